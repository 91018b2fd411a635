import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFiles } from '../../../world/folder.testing.ts';
import { findMigrations } from './migrations.ts';
import { withoutPsql } from './sql-files.ts';

let dir = '';
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'migrations-'))));
afterEach(() => rmSync(dir, { recursive: true }));
const write = (files: Record<string, string>) => writeFiles(dir, files);
const manifest = (dependencies: string[], scripts: Record<string, string> = {}) => ({
  'package.json': JSON.stringify({ dependencies: Object.fromEntries(dependencies.map((name) => [name, '*'])), scripts }),
});

test("Prisma's migrations are applied as SQL, even where a script would call its engine", () => {
  write({
    ...manifest(['prisma', '@prisma/client'], { 'db:migrate': 'prisma migrate deploy' }),
    'prisma/schema.prisma': '',
    'prisma/migrations/migration_lock.toml': '',
    'prisma/migrations/20250102_b/migration.sql': '',
    'prisma/migrations/20250101_a/migration.sql': '',
  });
  expect(findMigrations(dir, undefined)).toEqual({
    kind: 'files',
    from: 'prisma/migrations/*/migration.sql',
    files: ['prisma/migrations/20250101_a/migration.sql', 'prisma/migrations/20250102_b/migration.sql'],
  });
});

test('a Prisma schema without migrations is pushed, with the way out should that fail', () => {
  write({ ...manifest(['prisma']), 'prisma/schema.prisma': '' });
  expect(findMigrations(dir, undefined)).toMatchObject({
    kind: 'command',
    command: 'prisma db push --accept-data-loss --schema prisma/schema.prisma',
    hint: expect.stringContaining('migrate diff --from-empty'),
  });
});

test('the schema of a package beside the unit counts', () => {
  write({
    'package.json': '{"workspaces": ["apps/*", "packages/*"]}',
    'apps/api/package.json': '{}',
    'packages/db/package.json': '{}',
    'packages/db/prisma/schema.prisma': '',
    'packages/db/prisma/migrations/1_a/migration.sql': '',
  });
  expect(findMigrations(join(dir, 'apps/api'), undefined)).toMatchObject({
    files: ['../../packages/db/prisma/migrations/1_a/migration.sql'],
  });
});

test("Drizzle's files come in the order of its journal", () => {
  const entries = [
    { idx: 1, tag: '0001_a' },
    { idx: 0, tag: '0000_z' },
  ];
  write({
    ...manifest(['drizzle-orm', 'drizzle-kit'], { 'db:migrate': 'drizzle-kit migrate' }),
    'drizzle/meta/_journal.json': JSON.stringify({ entries }),
    'drizzle/0000_z.sql': '',
    'drizzle/0001_a.sql': '',
    'drizzle/0002_forgotten.sql': '',
  });
  expect(findMigrations(dir, undefined)).toMatchObject({ files: ['drizzle/0000_z.sql', 'drizzle/0001_a.sql'] });
});

test('Drizzle is pushed where that is what the app does, with a script or without', () => {
  write({ ...manifest(['drizzle-kit'], { 'db:push': 'drizzle-kit push' }), 'migrations/meta/_journal.json': '{"entries": []}' });
  expect(findMigrations(dir, undefined)).toMatchObject({ command: 'drizzle-kit push' });
  write({ ...manifest(['drizzle-kit']), 'drizzle.config.ts': '' });
  expect(findMigrations(dir, undefined)).toMatchObject({ command: 'drizzle-kit push --force' });
});

test.each([
  ['knex', 'knexfile.js', 'knex migrate:latest --knexfile knexfile.js'],
  ['typeorm', 'src/data-source.ts', 'typeorm-ts-node-commonjs migration:run -d src/data-source.ts'],
  ['node-pg-migrate', 'migrations/1_a.js', 'node-pg-migrate up -m migrations'],
  ['@mikro-orm/migrations', 'mikro-orm.config.ts', 'mikro-orm migration:up'],
])('%s is run by its command line', (dependency, file, command) => {
  write({ ...manifest([dependency]), [file]: '' });
  expect(findMigrations(dir, undefined)).toMatchObject({ kind: 'command', command });
});

test('Sequelize is run when it has migrations, else the app makes its tables itself', () => {
  write({ ...manifest(['sequelize-cli']), 'config/config.json': '{}' });
  expect(findMigrations(dir, undefined).kind).toBe('none');
  write({ 'migrations/1-a.js': '' });
  expect(findMigrations(dir, undefined)).toMatchObject({ command: 'sequelize-cli db:migrate' });
});

test('a migration that runs what a build makes has it built before', () => {
  write(manifest(['typescript'], { migrate: 'node dist/migrate.js', build: 'tsc' }));
  expect(findMigrations(dir, undefined)).toMatchObject({ command: 'node dist/migrate.js', build: 'tsc' });
});

test('scripts that write migrations, or want Docker, are passed over', () => {
  write({ ...manifest([], { migrate: 'knex migrate:make', 'db:setup': 'docker compose up -d' }), 'migrations/1.sql': '' });
  expect(findMigrations(dir, undefined)).toMatchObject({ kind: 'files' });
});

test("Supabase's folder is known as such", () => {
  write({ 'supabase/migrations/1_a.sql': '' });
  expect(findMigrations(dir, undefined)).toMatchObject({ kind: 'files', platform: 'supabase' });
});

test('what psql takes for itself is left out', () => {
  expect(withoutPsql("\\restrict abc\nCREATE TABLE a (b text DEFAULT '\\d');\n\\connect app\n")).toBe(
    "\nCREATE TABLE a (b text DEFAULT '\\d');\n\n",
  );
});

const compose = (volume: string) =>
  `services:\n  db:\n    image: postgres\n    volumes:\n      - data:/var/lib/postgresql/data\n      - ${volume}\n`;

test.each([
  ['./init.sql:/docker-entrypoint-initdb.d/init.sql', { 'init.sql': '' }, ['../init.sql']],
  [
    './docker/pg:/docker-entrypoint-initdb.d:ro',
    { 'docker/pg/2.sql': '', 'docker/pg/1.sql': '' },
    ['../docker/pg/1.sql', '../docker/pg/2.sql'],
  ],
  ['{ type: bind, source: ./init.sql, target: /docker-entrypoint-initdb.d/1.sql }', { 'init.sql': '' }, ['../init.sql']],
])('what compose gives to its database (%s) is run, from a unit below it too', (volume, made, files) => {
  write({ ...made, 'docker-compose.yml': compose(volume), 'app/server.js': '' });
  expect(findMigrations(join(dir, 'app'), undefined, dir)).toMatchObject({ kind: 'files', files });
});

test('a folder that compose takes from elsewhere is left alone', () => {
  write({ 'docker-compose.yml': compose('../other:/docker-entrypoint-initdb.d'), 'app/server.js': '' });
  expect(findMigrations(join(dir, 'app'), undefined, dir).kind).toBe('none');
});

test('the root of the repository is looked at when the unit has nothing', () => {
  write({ 'database/schema.sql': '', 'server/app/server.js': '' });
  expect(findMigrations(join(dir, 'server/app'), undefined, dir)).toMatchObject({ files: ['../../database/schema.sql'] });
  expect(findMigrations(join(dir, 'server/app'), undefined).kind).toBe('none');
});
