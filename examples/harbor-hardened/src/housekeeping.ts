import { pool } from './db.js';
import { log } from './log.js';

const statements = [
  'DELETE FROM rate_limits WHERE expires_at < now()',
  "DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'",
  "DELETE FROM password_resets WHERE expires_at < now() - interval '24 hours'",
  'DELETE FROM order_shares WHERE expires_at < now()',
  "DELETE FROM ai_requests WHERE created_at < now() - interval '30 days'",
];

/** Deletes what has expired, every ten minutes; may run on several instances at once. Returns a function that stops it. */
export function startHousekeeping(): () => void {
  const timer = setInterval(async () => {
    try {
      for (const statement of statements) await pool.query(statement);
    } catch (err) {
      log.error({ err }, 'housekeeping failed');
    }
  }, 600_000);
  timer.unref();
  return () => clearInterval(timer);
}
