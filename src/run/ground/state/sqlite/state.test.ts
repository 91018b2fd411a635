import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StateError } from '../types.ts';
import { openSqliteState, type SqliteState } from './state.ts';

let dir: string;
let path: string;
let app: DatabaseSync;
let state: SqliteState;

const definition = `
  CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE UNIQUE, balance REAL DEFAULT 0, big INTEGER, doc JSON, raw BLOB, anything);
  CREATE TABLE notes (id TEXT PRIMARY KEY, person INTEGER REFERENCES people ON DELETE CASCADE ON UPDATE CASCADE, note TEXT, size INTEGER GENERATED ALWAYS AS (length(note)) STORED, twice INTEGER GENERATED ALWAYS AS (length(note) * 2) VIRTUAL);
  CREATE TABLE pairs (a TEXT, b INTEGER, note TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
  CREATE TABLE heap (a, "odd ""name""" TEXT);
  CREATE TABLE strict (id INTEGER PRIMARY KEY, value ANY) STRICT;
  CREATE TABLE journal (at INTEGER, what TEXT);
  CREATE VIRTUAL TABLE words USING fts5(note);
  CREATE INDEX by_note ON notes (note);
  CREATE TRIGGER on_note AFTER INSERT ON notes BEGIN INSERT INTO journal VALUES (1, 'note ' || new.id); INSERT INTO words (rowid, note) VALUES (new.rowid, new.note); END;
  CREATE TRIGGER gone AFTER DELETE ON notes BEGIN INSERT INTO journal VALUES (2, 'gone ' || old.id); END;
  CREATE TRIGGER no_heap BEFORE DELETE ON heap WHEN old.a = 'keep' BEGIN SELECT RAISE(ABORT, 'never'); END;`;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sqlite-state-'));
  path = join(dir, 'app.db');
  app = new DatabaseSync(path);
  app.exec(definition);
  state = await openSqliteState({ files: [{ path, schema: 'main' }] });
});
afterEach(async () => {
  await state.close();
  if (app.isOpen) app.close();
  rmSync(dir, { recursive: true });
});

const tables = [
  'people',
  'notes',
  'pairs',
  'heap',
  'strict',
  'journal',
  'words',
  'words_data',
  'words_content',
  'words_docsize',
  'words_idx',
];

/** Every row with its number and the storage class of every cell, and every object of the schema. */
function dump(): string {
  const rows = tables.map((table) => {
    const columns = app.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
    const cells = columns.map(({ name }) => `quote("${String(name).replaceAll('"', '""')}")`);
    const number = /pairs|_idx$/.test(table) ? '' : 'rowid, ';
    return app.prepare(`SELECT ${number}${cells.join(" || ' ' || ")} AS line FROM ${table} ORDER BY 1`).all();
  });
  return JSON.stringify([rows, app.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all()]);
}

const small = fc.integer({ min: 1, max: 6 });
const key = fc.constantFrom('a', 'b', 'c');
const cell: fc.Arbitrary<SQLInputValue> = fc.oneof(
  fc.constantFrom(null, '', "it's", '1', '01', '1.0', 'x\u0000y', 'é🎈', 9007199254740993n, -1n, 0.5, 1.0, 1e300, Number.POSITIVE_INFINITY),
  fc.uint8Array({ maxLength: 6 }),
);
type Write = [string, SQLInputValue[]];
/** One write. Many fail on purpose; a failed write changes nothing. */
const write: fc.Arbitrary<Write> = fc.oneof(
  fc
    .tuple(key, cell, cell)
    .map(([name, doc, any]): Write => ['INSERT INTO people (name, doc, raw, anything) VALUES (?, ?, ?, ?)', [name, doc, any, any]]),
  fc.tuple(small, cell).map(([id, any]): Write => ['UPDATE people SET anything = ?1, balance = ?1, big = ?1 WHERE id = ?2', [any, id]]),
  fc.tuple(small, small).map(([from, to]): Write => ['UPDATE people SET id = ? WHERE id = ?', [to, from]]),
  small.map((id): Write => ['DELETE FROM people WHERE id = ?', [id]]),
  fc
    .tuple(key, small, cell)
    .map(([id, person, note]): Write => ['INSERT OR REPLACE INTO notes (id, person, note) VALUES (?, ?, ?)', [id, person, note]]),
  fc.tuple(key, key).map(([from, to]): Write => ['UPDATE notes SET id = ? WHERE id = ?', [to, from]]),
  key.map((id): Write => ['DELETE FROM notes WHERE id = ?', [id]]),
  fc
    .tuple(key, small, cell)
    .map(([a, b, note]): Write => ['INSERT INTO pairs VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET note = excluded.note', [a, b, note]]),
  fc.tuple(small, small).map(([from, to]): Write => ['UPDATE pairs SET b = ? WHERE b = ?', [to, from]]),
  fc.tuple(cell, key).map(([a, text]): Write => ['INSERT INTO heap VALUES (?, ?)', [a, text]]),
  cell.map((a): Write => ['DELETE FROM heap WHERE a IS ?', [a]]),
  fc.tuple(small, cell).map(([id, value]): Write => ['INSERT OR REPLACE INTO strict VALUES (?, ?)', [id, value]]),
  fc.constant<Write>(['DELETE FROM notes', []]),
  fc.constant<Write>(['UPDATE people SET name = name || id, id = -id', []]),
);

function apply(db: DatabaseSync, writes: readonly Write[]): void {
  for (const [text, values] of writes) {
    try {
      db.prepare(text).run(...values);
    } catch {
      continue;
    }
  }
}

test.each(['delete', 'wal'])(
  'writes of another connection, each undone, leave the database equal (journal mode %s)',
  async (mode) => {
    app.exec(`PRAGMA journal_mode = ${mode}; PRAGMA foreign_keys = ON`);
    apply(app, [
      ["INSERT INTO people (name, anything) VALUES ('first', 1.0), ('second', '1')", []],
      ["INSERT INTO notes (id, person, note) VALUES ('n', 1, 'hello')", []],
      ["INSERT INTO heap VALUES ('keep', 'x'), ('keep', 'x')", []],
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(write, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (looks, atOnce) => {
          await state.mark();
          const before = dump();
          const told = [];
          for (const writes of looks) {
            apply(app, writes);
            const changes = await state.changes();
            told.push(...changes);
            // As it comes back from the engine.
            if (!atOnce) await state.undo(JSON.parse(JSON.stringify(changes)) as typeof changes);
          }
          if (atOnce) await state.undo(told);
          expect(dump()).toBe(before);
          expect(await state.changes()).toEqual([]);
          expect(app.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
          expect(app.prepare("INSERT INTO words (words) VALUES ('integrity-check')").run()).toBeTruthy();
        },
      ),
      { numRuns: 500 },
    );
  },
  120_000,
);

test('writes of another process are told with keys and text forms, and undone', async () => {
  const script = join(dir, 'app.mjs');
  writeFileSync(
    script,
    `import { DatabaseSync } from 'node:sqlite';
     const db = new DatabaseSync(process.argv[2]);
     process.on('message', (text) => { db.exec(text); process.send('done'); });`,
  );
  const child = fork(script, [path], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const run = async (text: string) => {
    child.send(text);
    await once(child, 'message');
  };
  try {
    const before = dump();
    await run(
      "BEGIN; INSERT INTO people (name, balance, raw) VALUES ('ann', 2, x'00ff'); INSERT INTO notes (id, person, note) VALUES ('k', 1, 'hi'); COMMIT",
    );
    const changes = await state.changes();
    expect(changes.map(({ transaction: _each, ...change }) => change)).toEqual([
      {
        table: 'main.people',
        op: 'insert',
        key: { id: '1' },
        before: null,
        after: { id: '1', name: 'ann', balance: '2.0', big: null, doc: null, raw: '\\x00ff', anything: null },
      },
      { table: 'main.notes', op: 'insert', key: { id: 'k' }, before: null, after: { id: 'k', person: '1', note: 'hi', size: '2' } },
      { table: 'main.journal', op: 'insert', key: { at: '1', what: 'note k' }, before: null, after: { at: '1', what: 'note k' } },
    ]);
    expect(await state.changes()).toEqual([]);
    await state.undo(changes);
    expect(dump()).toBe(before);
  } finally {
    child.kill();
  }
});

test('the same key deleted and inserted again is one row that changed', async () => {
  app.exec("INSERT INTO notes (id, note) VALUES ('k', 'old')");
  await state.mark();
  app.exec("REPLACE INTO notes (id, note) VALUES ('k', 'new')");
  expect(await state.changes()).toMatchObject([
    { table: 'main.notes', op: 'update', key: { id: 'k' }, before: { note: 'old' }, after: { note: 'new' } },
    { table: 'main.journal', op: 'insert' },
  ]);
});

test('an undo is all or nothing, and says when a row is no longer as it was left', async () => {
  app.exec("INSERT INTO people (name) VALUES ('ann'), ('bob')");
  const changes = await state.changes();
  app.exec("UPDATE people SET name = 'Ann' WHERE id = 1");
  const before = dump();
  await expect(state.undo(changes)).rejects.toMatchObject({ code: 'needs-restore' });
  expect(dump()).toBe(before);
  expect(await state.changes()).toMatchObject([{ op: 'update', before: { name: 'ann' }, after: { name: 'Ann' } }]);
  await expect(state.undo([{ table: 'main.people', op: 'insert', key: {}, before: null, after: {}, transaction: '99.1' }])).rejects.toThrow(
    StateError,
  );
});

test('what else was committed before an undo is told afterwards', async () => {
  app.exec("INSERT INTO people (name) VALUES ('ann')");
  const changes = await state.changes();
  app.exec("INSERT INTO people (name) VALUES ('bob')");
  await state.undo(changes);
  expect(await state.changes()).toMatchObject([{ op: 'insert', after: { name: 'bob' } }]);
});

test('data definition is told and cannot be undone row by row', async () => {
  app.exec(
    'ALTER TABLE heap ADD COLUMN more TEXT; CREATE TABLE fresh (id INTEGER PRIMARY KEY); INSERT INTO fresh VALUES (1); DROP TABLE strict',
  );
  const changes = await state.changes();
  expect(changes.map(({ table, op, key: { command } }) => [table, op, command])).toEqual([
    ['main.heap', 'schema', 'ALTER TABLE'],
    ['main.strict', 'schema', 'DROP TABLE'],
    ['main.fresh', 'schema', 'CREATE TABLE'],
    ['main.fresh', 'insert', undefined],
  ]);
  await expect(state.undo(changes)).rejects.toMatchObject({ code: 'needs-restore' });
});

test('sequences are read and put back', async () => {
  app.exec("INSERT INTO people (name) VALUES ('ann')");
  const before = await state.sequences();
  expect(before).toEqual({ 'main.people': { lastValue: '1', isCalled: true } });
  app.exec("INSERT INTO people (name) VALUES ('bob')");
  await state.restoreSequences(before);
  expect(await state.sequences()).toEqual(before);
});

test('virtual tables and tables that are too large are blind', async () => {
  await state.close();
  state = await openSqliteState({ files: [{ path, schema: 'main' }], bounds: { rows: 2, bytes: 1_000 } });
  expect(await state.blind()).toEqual([{ table: 'main.words', reason: expect.stringContaining('virtual') as string }]);
  app.exec("INSERT INTO heap VALUES (1, ''), (2, ''), (3, '')");
  await expect(state.changes()).rejects.toMatchObject({ code: 'needs-restore', message: expect.stringContaining('main.heap') as string });
  app.exec(`INSERT INTO strict VALUES (1, '${'x'.repeat(2_000)}')`);
  await state.mark();
  expect((await state.blind()).map((one) => one.table)).toEqual(['main.words', 'main.heap', 'main.strict']);
});

test('more changes than allowed at once need a restore', async () => {
  await state.close();
  state = await openSqliteState({ files: [{ path, schema: 'main' }], maxChanges: 3 });
  app.exec('INSERT INTO heap (a) VALUES (1), (2), (3), (4)');
  await expect(state.changes()).rejects.toMatchObject({ code: 'needs-restore' });
});

test('an open transaction of the app blocks an undo until it ends', async () => {
  app.exec("INSERT INTO people (name) VALUES ('ann')");
  const changes = await state.changes();
  app.exec('BEGIN IMMEDIATE');
  setTimeout(() => app.exec('COMMIT'), 50);
  await state.undo(changes);
  app.exec("BEGIN IMMEDIATE; INSERT INTO people (name) VALUES ('bob')");
  await expect(state.undo(changes)).rejects.toMatchObject({ code: 'blocked' });
  app.exec('ROLLBACK');
});

test('an exclusive lock blocks', async () => {
  app.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
  await expect(state.changes()).rejects.toMatchObject({ code: 'blocked' });
});

test('several files are one state', async () => {
  const other = join(dir, 'other.db');
  const second = new DatabaseSync(other);
  second.exec('CREATE TABLE logs (id INTEGER PRIMARY KEY, what TEXT); CREATE TRIGGER t AFTER INSERT ON logs BEGIN SELECT 1; END');
  await state.close();
  state = await openSqliteState({
    files: [
      { path, schema: 'main' },
      { path: other, schema: 'other' },
    ],
  });
  app.exec("INSERT INTO heap VALUES (1, 'a')");
  second.exec("INSERT INTO logs VALUES (1, 'b')");
  const changes = await state.changes();
  expect(changes.map((change) => change.table)).toEqual(['main.heap', 'other.logs']);
  await state.undo(changes);
  expect(app.prepare('SELECT count(*) AS n FROM heap').get()).toEqual({ n: 0 });
  second.close();
  const again = new DatabaseSync(other);
  expect(again.prepare("SELECT (SELECT count(*) FROM logs) AS n, (SELECT sql FROM sqlite_schema WHERE name = 't') AS sql").get()).toEqual({
    n: 0,
    sql: 'CREATE TRIGGER t AFTER INSERT ON logs BEGIN SELECT 1; END',
  });
  again.close();
});

test('a file put in the place of the old one is followed', async () => {
  app.exec("INSERT INTO heap VALUES (1, 'a')");
  await state.mark();
  app.exec(`VACUUM INTO '${join(dir, 'copy.db')}'`);
  app.close();
  renameSync(join(dir, 'copy.db'), path);
  app = new DatabaseSync(path);
  app.exec("INSERT INTO heap VALUES (2, 'b')");
  expect(await state.changes()).toMatchObject([{ op: 'insert', after: { a: '2' } }]);
  app.close();
  copyFileSync(path, `${path}.other`);
  rmSync(path);
  symlinkSync(`${path}.other`, path);
  await expect(state.changes()).rejects.toThrow('no ordinary file');
  rmSync(path);
  await expect(state.changes()).rejects.toMatchObject({ code: 'unavailable' });
  app = new DatabaseSync(path);
  app.exec('CREATE TABLE x (a)');
});
