import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { ipKeyGenerator, rateLimit, type ClientRateLimitInfo, type Options, type Store } from 'express-rate-limit';
import { z } from 'zod';
import { pool } from '../db.js';
import { signedIn } from './auth.js';

const minute = 60_000;

/** Counts in Postgres, so that all instances share the limits. Keys are hashed: they hold addresses. */
class PostgresStore implements Store {
  #windowMs = minute;
  constructor(readonly prefix: string) {}

  init(options: Options): void {
    this.#windowMs = options.windowMs;
  }

  #row(key: string): string {
    return `${this.prefix}:${createHash('sha256').update(key).digest('base64url')}`;
  }

  async increment(key: string): Promise<ClientRateLimitInfo> {
    const result = await pool.query<{ hits: number; expires_at: Date }>(
      `INSERT INTO rate_limits (key, hits, expires_at) VALUES ($1, 1, now() + $2 * interval '1 millisecond')
       ON CONFLICT (key) DO UPDATE SET
         hits = CASE WHEN rate_limits.expires_at <= now() THEN 1 ELSE rate_limits.hits + 1 END,
         expires_at = CASE WHEN rate_limits.expires_at <= now() THEN excluded.expires_at ELSE rate_limits.expires_at END
       RETURNING hits, expires_at`,
      [this.#row(key), this.#windowMs]
    );
    const row = result.rows[0];
    return { totalHits: row?.hits ?? 1, resetTime: row?.expires_at };
  }

  async decrement(key: string): Promise<void> {
    await pool.query('UPDATE rate_limits SET hits = greatest(hits - 1, 0) WHERE key = $1', [this.#row(key)]);
  }

  async resetKey(key: string): Promise<void> {
    await pool.query('DELETE FROM rate_limits WHERE key = $1', [this.#row(key)]);
  }
}

function limit(name: string, windowMs: number, max: number, keyOf: (req: Request) => string, onlyFailures = false) {
  return rateLimit({
    windowMs,
    limit: max,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    store: new PostgresStore(name),
    keyGenerator: keyOf,
    skipSuccessfulRequests: onlyFailures,
    passOnStoreError: false,
    handler: (req, res) => {
      res.status(429).json({ error: 'Too many requests, please wait a little', requestId: req.id });
    },
  });
}

const address = (req: Request) => ipKeyGenerator(req.ip ?? 'unknown');
const account = (req: Request) => {
  const given = z.object({ email: z.string().max(254) }).safeParse(req.body);
  return given.success ? given.data.email.trim().toLowerCase() : 'none';
};
const user = (req: Request) => String(signedIn(req).id);

export const signupLimits = [limit('signup', 60 * minute, 30, address)];
// Only failures count, and with every address an account has its own count: guessing stops, and the owner at another
// address is not locked out by it before the far higher count of the account as a whole.
export const loginLimits = [
  limit('login-address', 15 * minute, 50, address, true),
  limit('login-account-address', 15 * minute, 8, (req) => `${account(req)} ${address(req)}`, true),
  limit('login-account', 15 * minute, 100, account, true),
];
export const resetLimits = [limit('reset-address', 60 * minute, 20, address), limit('reset-account', 60 * minute, 5, account)];
export const newPasswordLimits = [limit('new-password', 15 * minute, 20, address)];
export const assistantLimits = [limit('assistant', minute, 20, user)];
export const exportLimits = [limit('export', minute, 30, user)];
export const confirmLimits = [limit('confirm', 15 * minute, 8, user, true)];
