// Settings for tests; nothing listens at the addresses. Imported first by tests that load the app.
Object.assign(process.env, {
  NODE_ENV: 'test',
  LOG_LEVEL: 'silent',
  APP_URL: 'http://localhost:3000',
  CORS_ORIGINS: 'https://shop.example',
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  JWT_SECRET: 'only-for-tests-'.repeat(3),
  PAYMENTS_API_URL: 'http://127.0.0.1:1',
  STRIPE_SECRET_KEY: 'only-for-tests',
  WEBHOOK_SECRET: 'only-for-tests-webhook',
  MAIL_API_URL: 'http://127.0.0.1:1',
  MAIL_API_KEY: 'only-for-tests',
  MAIL_FROM: 'hello@harbor.example',
  OPENAI_BASE_URL: 'http://127.0.0.1:1',
  OPENAI_API_KEY: 'only-for-tests',
  OPENAI_MODEL: 'none',
  METRICS_TOKEN: 'only-for-tests-metrics',
});
