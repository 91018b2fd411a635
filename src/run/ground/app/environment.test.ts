import { expect, test } from 'vitest';
import { inventEnvironment, parseDotenv, type EnvironmentWish } from './environment.ts';

const wish = (names: string[], more: Partial<EnvironmentWish> = {}): EnvironmentWish => ({
  read: names.map((name) => ({ name, fallback: false })),
  example: {},
  configured: {},
  seed: 'seed',
  port: 3000,
  wire: { host: 'localhost', port: 5432 },
  path: ['/bin'],
  home: '/home/app',
  ...more,
});

test.each([
  ['JWT_SECRET', /^[0-9a-f]{64}$/, '64 hex'],
  ['STRIPE_SECRET_KEY', /^sk_test_[0-9a-f]+$/, 'key sk_test_'],
  ['STRIPE_WEBHOOK_SECRET', /^whsec_/, 'key whsec_'],
  ['OPENAI_API_KEY', /^sk-proj-/, 'key sk-proj-'],
  ['BILLING_API_URL', /^http:\/\/billing\.outside\.test$/, 'url'],
  ['APP_URL', /^http:\/\/localhost:3000$/, 'url'],
  ['SUPPORT_EMAIL', /@outside\.test$/, 'e-mail'],
  ['MAX_UPLOAD_SIZE', /^\d+$/, 'number'],
  ['ENABLE_SIGNUP', /^true$/, 'boolean, so that people may sign up'],
  ['ENABLE_CHAT', /^false$/, 'boolean'],
  ['TOKEN_TTL_SECONDS', /^3600$/, 'duration'],
  ['BCRYPT_ROUNDS', /^10$/, 'number'],
  ['SMTP_PORT', /^587$/, 'number'],
  ['SENTRY_DSN', /^https:\/\/[0-9a-f]{32}@sentry\.outside\.test\/1$/, 'url with a key'],
  ['APP_PORT', /^3000$/, 'number'],
  ['LOG_LEVEL', /^info$/, 'word'],
])('%s gets a value of its shape', (name, value, shape) => {
  const made = inventEnvironment(wish([name]));
  expect(made.values[name]).toMatch(value);
  expect(made.invented).toEqual([{ name, shape }]);
});

test('values follow the seed', () => {
  const made = (seed: string) => inventEnvironment(wish(['SESSION_SECRET'], { seed })).values['SESSION_SECRET'];
  expect(made('a')).toBe(made('a'));
  expect(made('a')).not.toBe(made('b'));
});

test('every way to name the database leads to the wire, and is not called invented', () => {
  const made = inventEnvironment(
    wish(['DATABASE_URL', 'POSTGRES_PRISMA_URL', 'DIRECT_URL', 'DB_HOST', 'DB_PORT', 'DB_PASSWORD', 'DB_NAME', 'POSTGRES_URL_NON_POOLING']),
  );
  expect(made.invented).toEqual([]);
  expect(made.values).toMatchObject({
    POSTGRES_PRISMA_URL: 'postgres://app:app@localhost:5432/app',
    POSTGRES_URL_NON_POOLING: 'postgres://app:app@localhost:5432/app',
    DIRECT_URL: 'postgres://app:app@localhost:5432/app',
    DB_HOST: 'localhost',
    DB_PORT: '5432',
    DB_PASSWORD: 'app',
    DB_NAME: 'app',
  });
});

test("the app's own defaults stay, but secrets are set", () => {
  const read = ['JWT_SECRET', 'PAGE_SIZE', 'MAIL_API_URL'].map((name) => ({ name, fallback: true }));
  expect(inventEnvironment(wish([], { read })).invented).toEqual([{ name: 'JWT_SECRET', shape: '64 hex' }]);
});

test('an app made for SQLite is not led to Postgres', () => {
  const read = [
    { name: 'DATABASE_URL', fallback: false },
    { name: 'DB_DIALECT', fallback: false },
    { name: 'DB_NAME', fallback: true },
  ];
  const made = inventEnvironment(wish([], { read, sqlite: true })).values;
  expect(made).toMatchObject({ DATABASE_URL: 'file:./seaworthy.db', DB_DIALECT: 'sqlite' });
  expect(Object.keys(made).filter((name) => /^(?:PG|POSTGRES|DB_NAME)/.test(name))).toEqual([]);
  expect(inventEnvironment(wish([], { sqlite: true })).values).not.toHaveProperty('DATABASE_URL');
});

test.each([
  ['DATABASE_URL', 'file:./dev.db', 'file:./dev.db'],
  ['DB_CLIENT', 'better-sqlite3', 'better-sqlite3'],
  ['DATABASE_URL', 'libsql://somebody.example.com', 'file:./seaworthy.db'],
  ['DATABASE_URL', 'file:/data/app.db', 'file:./seaworthy.db'],
  ['DATABASE_URL', 'postgres://me@localhost/db', 'postgres://app:app@localhost:5432/app'],
])('the sample %s=%s leads to %s', (name, sample, value) => {
  expect(inventEnvironment(wish([], { example: { [name]: sample } })).values[name]).toBe(value);
});

test('what the owner configured wins', () => {
  expect(inventEnvironment(wish(['JWT_SECRET'], { configured: { JWT_SECRET: 'mine', PORT: '9' } }))).toMatchObject({
    values: { JWT_SECRET: 'mine', PORT: '9' },
    invented: [],
  });
});

test('what shows a platform is not invented, but keys for its API are', () => {
  const made = inventEnvironment(
    wish(['VERCEL', 'VERCEL_URL', 'NEXT_RUNTIME', 'NODE_EXTRA_CA_CERTS', 'AWS_LAMBDA_FUNCTION_NAME', 'VERCEL_API_TOKEN']),
  );
  expect(made.invented.map(({ name }) => name)).toEqual(['VERCEL_API_TOKEN']);
});

test('samples are read as dotenv does', () => {
  expect(parseDotenv('# x\nA=1 # one\nexport B="two words"\nC=\n D = d \nnot a line')).toEqual({ A: '1', B: 'two words', C: '', D: 'd' });
});

test.each([
  ['FILE_DRIVER', 'local', 'local'],
  ['APPLE_AUDIENCE', '[]', '[]'],
  ['BACKEND_DOMAIN', 'http://localhost:3001', 'http://localhost:3000'],
  ['PRICES_SERVICE', 'http://localhost:8000', 'http://prices-service.outside.test'],
  ['MAIL_PORT', '1025', '587'],
  ['STAGE', 'DOCKER', 'DOCKER'],
  ['AUTH_PROVIDERS', 'github,credentials', 'github,credentials'],
  ['DISALLOW_REGISTRATION', 'true', 'false'],
  ['ENABLE_SIGNUP', 'false', 'true'],
  ['SIGNUP_URL', '', 'http://signup.outside.test'],
  ['APP_PORT', '3001', '3000'],
])('%s, with %s in the sample, becomes %s', (name, sample, value) => {
  expect(inventEnvironment(wish([name], { example: { [name]: sample } })).values[name]).toBe(value);
});
