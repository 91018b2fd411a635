import pg from 'pg';
import { log } from './log.js';
import { settings } from './settings.js';

// Identities and cents are BIGINT and stay below 2^53 (the schema has checks), so numbers hold them exactly.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export const pool = new pg.Pool({
  connectionString: settings.DATABASE_URL,
  max: settings.DATABASE_POOL_SIZE,
  connectionTimeoutMillis: 3_000,
  statement_timeout: 10_000,
  idle_in_transaction_session_timeout: 15_000,
  application_name: 'harbor',
});

pool.on('error', (err) => log.error({ err }, 'an idle database connection failed'));

export type Db = Pick<pg.PoolClient, 'query'>;

const retryable = new Set(['40001', '40P01']);

/** Runs the work in one transaction; repeats it up to twice after a deadlock or a serialisation failure. */
export async function transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (attempt >= 3 || !code || !retryable.has(code)) throw error;
    } finally {
      client.release(broken);
    }
  }
}
