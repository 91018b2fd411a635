import 'dotenv/config';
import { readFile, readdir } from 'node:fs/promises';
import pg from 'pg';
import pino from 'pino';
import { z } from 'zod';

const log = pino();
const folder = new URL('../migrations/', import.meta.url);

/** Applies the migrations that are not applied yet, all in one transaction, one process at a time. */
async function migrate(connectionString: string): Promise<void> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query("SELECT pg_advisory_xact_lock(hashtext('harbor migrations'))");
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())'
    );
    const applied = await client.query<{ name: string }>('SELECT name FROM schema_migrations');
    const done = new Set(applied.rows.map((row) => row.name));
    for (const file of files) {
      if (done.has(file)) continue;
      await client.query(await readFile(new URL(file, folder), 'utf8'));
      await client.query('INSERT INTO schema_migrations (name) VALUES ($1)', [file]);
      log.info({ file }, 'migration applied');
    }
    await client.query('COMMIT');
  } finally {
    // Ends the transaction as well when it was not committed.
    await client.end();
  }
}

const databaseUrl = z.string().regex(/^postgres(ql)?:\/\//).safeParse(process.env.DATABASE_URL);
if (!databaseUrl.success) {
  process.stderr.write('DATABASE_URL is missing or does not start with postgres:// (see .env.example)\n');
  process.exitCode = 1;
} else {
  try {
    await migrate(databaseUrl.data);
  } catch (err) {
    log.fatal({ err }, 'migration failed');
    process.exitCode = 1;
  }
}
