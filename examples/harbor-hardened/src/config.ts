import { z } from 'zod';

const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean))
  .pipe(z.array(z.string().url()));

const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  TRUST_PROXY_HOPS: z.coerce.number().int().min(0).max(5).default(0),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  APP_URL: z.string().url(),
  CORS_ORIGINS: list,
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(10),
  JWT_SECRET: z.string().min(32, 'must have at least 32 characters'),
  PAYMENTS_API_URL: z.string().url(),
  STRIPE_SECRET_KEY: z.string().min(1),
  WEBHOOK_SECRET: z.string().min(16, 'must have at least 16 characters'),
  MAIL_API_URL: z.string().url(),
  MAIL_API_KEY: z.string().min(1),
  MAIL_FROM: z.string().email(),
  OPENAI_BASE_URL: z.string().url(),
  OPENAI_API_KEY: z.string().min(1),
  OPENAI_MODEL: z.string().min(1),
  AI_DAILY_TOKENS_PER_ORGANISATION: z.coerce.number().int().min(0).default(100_000),
  METRICS_TOKEN: z
    .string()
    .optional()
    .transform((text) => text || undefined)
    .pipe(z.string().min(16, 'must have at least 16 characters').optional()),
});

export type Config = z.infer<typeof schema>;

export class ConfigError extends Error {}

/** Reads the settings; throws a ConfigError that names every setting that is missing or wrong, never its value. */
export function parseConfig(env: NodeJS.ProcessEnv): Config {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `  ${name}: ${env[name] === undefined ? 'is missing' : issue.message}`;
  });
  throw new ConfigError(`The settings are not complete (see .env.example):\n${lines.join('\n')}`);
}
