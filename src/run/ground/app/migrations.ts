import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunConfig } from '../types.ts';
import { readManifest, scriptCommand } from './plan.ts';

/** How the app's database comes to be. Files are relative to the unit. */
export type MigrationPlan =
  | { readonly kind: 'command'; readonly from: string; readonly command: string }
  | { readonly kind: 'files'; readonly from: string; readonly files: readonly string[] }
  | { readonly kind: 'none'; readonly from: string };

const scripts = [
  'migrate',
  'db:migrate',
  'migrate:up',
  'migrate:deploy',
  'migrate:latest',
  'migrate:prod',
  'db:migrate:up',
  'db:migrate:deploy',
  'db:deploy',
  'migration:run',
  'migrations:run',
  'migrate:run',
  'typeorm:migration:run',
  'db:push',
  'db:sync',
  'db:setup',
  'db:init',
  'setup:db',
  'init:db',
  'setup-db',
  'init-db',
];
const folders = [
  'migrations',
  'db/migrations',
  'database/migrations',
  'src/migrations',
  'src/db/migrations',
  'src/database/migrations',
  'server/migrations',
  'supabase/migrations',
  'drizzle',
  'drizzle/migrations',
  'sql/migrations',
  'sql',
  'db/sql',
  'db/init',
  'database',
];
const files = ['schema.sql', 'init.sql', 'database.sql', 'setup.sql', 'db.sql', 'structure.sql'];
const fileFolders = ['', 'db', 'database', 'sql', 'src/db', 'src/database', 'server/db', 'scripts', 'docker', 'config'];

/** Finds the app's migrations: its own script, else SQL files, else a schema file. `dir` is its unit in the copy. */
export function findMigrations(dir: string, config: RunConfig | undefined): MigrationPlan {
  if (config?.migrate === null) return { kind: 'none', from: 'nothing to migrate, says seaworthy.json' };
  if (config?.migrate !== undefined) return { kind: 'command', from: config.migrate, command: config.migrate };
  const manifest = readManifest(dir);
  for (const name of scripts) {
    const command = scriptCommand(manifest, name);
    if (command !== null) return { kind: 'command', from: `npm run ${name}`, command };
  }
  for (const folder of folders) {
    const found = upFiles(join(dir, folder));
    if (found.length > 0) return { kind: 'files', from: `${folder}/*.sql`, files: found.map((file) => `${folder}/${file}`) };
  }
  for (const folder of fileFolders) {
    for (const file of files) {
      const path = folder === '' ? file : `${folder}/${file}`;
      if (existsSync(join(dir, path))) return { kind: 'files', from: path, files: [path] };
    }
  }
  return { kind: 'none', from: 'no migrations found' };
}

/** SQL files of a folder that build up, in order: numbers before letters, `2_x` before `10_y`; also one folder deeper (`001_x/up.sql`). */
function upFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return [entry.name];
    if (!entry.isDirectory()) return [];
    return readdirSync(join(folder, entry.name)).map((name) => `${entry.name}/${name}`);
  });
  return found
    .filter((file) => file.endsWith('.sql') && !/(?:^|[./_-])(?:down|rollback|undo|revert|drop)\.sql$/i.test(file))
    .sort(byNumberThenName);
}

function byNumberThenName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The part of a migration that builds up: what stands before a `-- Down`, `-- migrate:down` or `-- +goose Down` line. */
export function upPart(text: string): string {
  const down = /^\s*--+\s*(?:\+goose\s+|migrate:|!|@|#)?\s*(?:down|undo|rollback)(?:\s+migration)?\s*:?\s*(?:[-=]+\s*)?$/im.exec(text);
  return down ? text.slice(0, down.index) : text;
}
