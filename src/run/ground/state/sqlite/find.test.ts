import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteDatabase } from './database.ts';
import { findSqliteFiles, toWatch } from './find.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sqlite-find-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function make(name: string, ...tables: string[]): string {
  const db = new DatabaseSync(join(dir, name));
  db.exec('PRAGMA user_version = 1');
  for (const table of tables) db.exec(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY, note TEXT CHECK (length(note) <= 20))`);
  db.close();
  return join(dir, name);
}

test('files with tables are found, whatever they are called', () => {
  mkdirSync(join(dir, 'node_modules'));
  mkdirSync(join(dir, 'db'));
  const data = make('db/data', 'users');
  make('empty.db');
  make('node_modules/other.db', 'x');
  writeFileSync(join(dir, 'text.db'), 'x'.repeat(4096));
  expect(findSqliteFiles({ dirs: [dir], pids: [], since: 0 })).toEqual({
    files: [{ path: data, tables: 1, open: false, fresh: true }],
    elsewhere: [],
  });
});

test('what a process has open comes first, and what it has open elsewhere is named', async () => {
  mkdirSync(join(dir, 'app'));
  const [used, cache] = [make('app/used.db', 'a', 'b'), make('app/cache.v1.db', 'c')];
  make('app/sample.db', 'd', 'e', 'f');
  const outside = make('outside.db', 'g');
  const script = join(dir, 'app.mjs');
  writeFileSync(
    script,
    `import { DatabaseSync } from 'node:sqlite';
     globalThis.open = process.argv.slice(2).map((path) => { const db = new DatabaseSync(path); db.prepare('SELECT 1 FROM sqlite_schema').all(); return db; });
     process.send('ready');
     process.on('message', () => {});`,
  );
  const child = fork(script, [used, cache, outside], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  try {
    await once(child, 'message');
    const { files, elsewhere } = findSqliteFiles({ dirs: [join(dir, 'app')], pids: [child.pid ?? 0], since: 0 });
    expect(toWatch(files)).toEqual([
      { path: used, schema: 'main' },
      { path: cache, schema: 'cache' },
    ]);
    expect(elsewhere).toEqual([outside]);
  } finally {
    child.kill();
  }
});

test('a database is asked, kept and put back', async () => {
  const [path, other] = [make('app.db', 'notes'), make('other.db', 'logs')];
  const app = new DatabaseSync(path);
  app.exec("PRAGMA journal_mode = wal; INSERT INTO notes VALUES (1, 'kept')");
  const database = await openSqliteDatabase(
    [
      { path, schema: 'main' },
      { path: other, schema: 'other' },
    ],
    join(dir, 'kept'),
  );
  await database.sql('INSERT INTO "other"."logs" VALUES ($1, $2)', ['5', "it's"]);
  expect(
    await database.sql('SELECT *, CAST(id AS text) AS text, 1.0 AS real, NULL AS none FROM "other"."logs" WHERE note = $1', ["it's"]),
  ).toEqual([{ id: '5', note: "it's", text: '5', real: '1.0', none: null }]);
  await expect(database.sql('INSERT INTO logs VALUES (6, $1)', ['x'.repeat(21)])).rejects.toThrow('CHECK constraint failed');
  expect(await database.sql('SELECT CAST($1 AS integer) AS yes, CAST($2 AS integer) AS no', ['true', 'false'])).toEqual([
    { yes: '1', no: '0' },
  ]);
  expect(await database.state().changes()).toMatchObject([{ table: 'other.logs', op: 'insert' }]);
  expect((await database.schema()).map((table) => table.name)).toEqual(['main.notes', 'other.logs']);
  await expect(database.sql('SELECT missing FROM notes', [])).rejects.toThrow('no such column: missing');
  app.exec('DELETE FROM notes; CREATE TABLE more (a)');
  app.close();
  await database.restore();
  expect(await database.sql('SELECT * FROM notes', [])).toEqual([{ id: '1', note: 'kept' }]);
  expect(await database.sql('SELECT * FROM other.logs', [])).toEqual([]);
  expect((await database.schema()).map((table) => table.name)).toEqual(['main.notes', 'other.logs']);
  await database.close();
});
