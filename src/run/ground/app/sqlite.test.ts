import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readManifest } from './manifest.ts';
import { driversOf, forSqlite, isForSqlite } from './sqlite.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sqlite-app-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const prisma = (provider: string) => `datasource db {\n  provider = "${provider}"\n  url = env("DATABASE_URL")\n}`;

function lay(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
}

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
  lay(all);
  expect(isForSqlite(dir, readManifest(dir))).toBe(forSqlite);
  const builtIn = 'src/db.ts' in files ? ['node:sqlite'] : [];
  expect(driversOf(dir, readManifest(dir))).toEqual([...dependencies.filter((name) => name === 'better-sqlite3'), ...builtIn]);
});

test.each<[string, Record<string, string>, string]>([
  ["Prisma's schema", { 'prisma/schema.prisma': prisma('sqlite') }, 'prisma/dev.db'],
  [
    "Drizzle's settings",
    { 'drizzle.config.ts': "export default { dialect: 'sqlite', dbCredentials: { url: 'file:data/local.db' } }" },
    'data/local.db',
  ],
])('SQL files go into the file that %s name, and what fails stops nothing', (_who, files, file) => {
  lay({
    ...files,
    'sql/1.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY); --> statement-breakpoint\nINSERT INTO a VALUES (1);',
    'sql/2 two.sql': 'CREATE TABL b;',
    'sql/3.sql': 'INSERT INTO a VALUES (2)',
  });
  const plan = forSqlite({ kind: 'files', from: 'sql/*.sql', files: ['sql/1.sql', 'sql/2 two.sql', 'sql/3.sql'] }, dir, {
    DATABASE_URL: 'file:./dev.db',
  });
  if (plan.kind !== 'command') throw new Error(plan.from);
  expect(() => execFileSync('sh', ['-c', plan.command], { cwd: dir, stdio: 'pipe' })).toThrow('sql/2 two.sql: near "TABL"');
  const db = new DatabaseSync(join(dir, file));
  expect(db.prepare('SELECT id FROM a').all()).toEqual([{ id: 1 }, { id: 2 }]);
  db.close();
});

test('SQL files for SQLite never go into Postgres', () => {
  lay({ 'package.json': '{}' });
  const files = { kind: 'files', from: 'sql/*.sql', files: ['sql/1.sql'] } as const;
  for (const url of ['', 'libsql://somewhere.example.com', 'file:/data/app.db'])
    expect(forSqlite(files, dir, url === '' ? {} : { DATABASE_URL: url })).toMatchObject({
      kind: 'none',
      from: expect.stringContaining('left alone') as string,
    });
  const command = { kind: 'command', from: 'npm run migrate', command: 'knex migrate:latest' } as const;
  expect(forSqlite(command, dir, {})).toBe(command);
});
