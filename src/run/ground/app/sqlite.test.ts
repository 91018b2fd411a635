import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readManifest } from './manifest.ts';
import { driversOf, isForSqlite } from './sqlite.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sqlite-app-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const prisma = (provider: string) => `datasource db {\n  provider = "${provider}"\n  url = env("DATABASE_URL")\n}`;

test.each<[string, string[], Record<string, string>, boolean]>([
  ['a driver for SQLite', ['express', 'better-sqlite3'], {}, true],
  ['drivers for both', ['pg', 'better-sqlite3'], {}, false],
  ['no driver', ['express'], {}, false],
  ["Node's own", ['express'], { 'src/db.ts': "import { DatabaseSync } from 'node:sqlite';" }, true],
  ['Prisma on SQLite', ['@prisma/client'], { 'prisma/schema.prisma': prisma('sqlite') }, true],
  ['Prisma on Postgres beside a cache', ['@prisma/client', 'better-sqlite3'], { 'prisma/schema.prisma': prisma('postgresql') }, false],
  ['Drizzle on SQLite', ['pg', 'drizzle-orm'], { 'drizzle.config.ts': "export default { dialect: 'sqlite' }" }, true],
])('%s', (_what, dependencies, files, forSqlite) => {
  const all = { 'package.json': JSON.stringify({ dependencies: Object.fromEntries(dependencies.map((name) => [name, '*'])) }), ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  expect(isForSqlite(dir, readManifest(dir))).toBe(forSqlite);
  expect(driversOf(readManifest(dir))).toEqual(dependencies.filter((name) => name === 'better-sqlite3'));
});
