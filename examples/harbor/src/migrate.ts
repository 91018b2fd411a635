import 'dotenv/config';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pool } from './db.js';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'migrations');

async function migrate() {
  await pool.query('CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, applied_at TIMESTAMP DEFAULT now())');
  const applied = await pool.query('SELECT name FROM schema_migrations');
  const done = new Set(applied.rows.map((row) => row.name));

  for (const file of fs.readdirSync(folder).sort()) {
    if (!file.endsWith('.sql') || done.has(file)) continue;
    console.log(`➡️  ${file}`);
    await pool.query(fs.readFileSync(path.join(folder, file), 'utf8'));
    await pool.query('INSERT INTO schema_migrations (name) VALUES ($1)', [file]);
  }

  console.log('✅ Database is up to date');
  await pool.end();
}

migrate().catch((err) => {
  console.error('Migration failed', err);
  process.exit(1);
});
