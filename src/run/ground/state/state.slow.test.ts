import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../wire/cluster.testing.ts';
import { openState } from './state.ts';
import type { State } from './types.ts';

let cluster: TestCluster;
let admin: pg.Client;
let app: pg.Client;
let state: State;
let count = 0;

const tables = ['plain', 'heap', '"Odd ""Name"""', 'always', 'computed', 'child', 'parts', 'unique_key'];
const schema = `
  CREATE TYPE mood AS ENUM ('sad', 'so so');
  CREATE DOMAIN positive AS int CHECK (value > 0);
  CREATE TABLE plain (id int PRIMARY KEY, note text DEFAULT 'default!', at timestamptz, day date, amount numeric(12,3), ratio float8, small real, ok bool, tags text[], doc jsonb, raw json, bin bytea,
    feeling mood, bits bit(4), span interval, addr inet, who uuid, money money, pad char(5), pos positive, nested int[][], r int4range);
  CREATE TABLE heap (a text, raw json, ratio float8, pad char(4), big text, p point);
  CREATE TABLE "Odd ""Name""" ("Key one" text, "select" varchar(20), "v'" text, PRIMARY KEY ("Key one", "select"));
  CREATE TABLE always (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);
  CREATE TABLE computed (id serial PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) STORED, thrice int GENERATED ALWAYS AS (a * 3) VIRTUAL);
  CREATE TABLE child (id serial PRIMARY KEY, plain int REFERENCES plain ON DELETE CASCADE ON UPDATE CASCADE, note text);
  CREATE TABLE parts (id int, region text, note text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
  CREATE TABLE parts_eu PARTITION OF parts FOR VALUES IN ('eu');
  CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
  CREATE TABLE unique_key (id int PRIMARY KEY, code int UNIQUE DEFERRABLE INITIALLY IMMEDIATE);
  CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := coalesce(NEW.note, '') || '+'; RETURN NEW; END $$;
  CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON always FOR EACH ROW EXECUTE FUNCTION stamp();`;

beforeAll(async () => {
  cluster = await startCluster();
  admin = await cluster.connect();
  await admin.query('CREATE ROLE app LOGIN');
  // As the ground makes it: see database.ts.
  await admin.query('CREATE ROLE hand LOGIN BYPASSRLS');
  await admin.query('GRANT pg_read_all_data, pg_write_all_data TO hand');
  await admin.query('GRANT SET ON PARAMETER session_replication_role TO hand');
});
afterAll(async () => {
  await admin.end();
  await cluster.stop();
});
beforeEach(async () => {
  const database = `d${++count}`;
  await admin.query(`CREATE DATABASE ${database} OWNER app`);
  app = await cluster.connect(database);
  await app.query('SET ROLE app');
  await app.query(schema);
  state = await openState({ socketDir: cluster.socketDir, port: cluster.port, user: 'postgres', hand: 'hand', database });
});
afterEach(async () => {
  await state.close();
  const database = `d${count}`;
  await app.end();
  await admin.query(`DROP DATABASE ${database}`);
});

/** Hash of every row of every table, whatever their order. */
async function fingerprint(): Promise<string> {
  const parts = tables.map(
    (table) =>
      `SELECT '${table.replaceAll("'", "''")}' AS t, coalesce(md5(string_agg(md5(x::text), '' ORDER BY md5(x::text))), 'empty') AS h FROM ${table} x`,
  );
  return JSON.stringify((await app.query(parts.join(' UNION ALL '))).rows);
}

const int = fc.integer({ min: 1, max: 12 });
const words = fc.oneof(
  fc.constantFrom(null, '', "it's", 'back\\slash', 'null', 'a\nb', 'é🎈', '  '),
  fc.integer({ min: 1, max: 3 }).map((n) => 'long '.repeat(n * 2000)),
);
const number = fc.constantFrom(null, '0', '-0', '1e300', 'NaN', '-Infinity', '0.1', '1e-7');

/** One write: text and values. Many fail on purpose; a failed write changes nothing. */
const write: fc.Arbitrary<[string, unknown[]]> = fc.oneof(
  fc.tuple(int, words, number).map(([id, note, ratio]): [string, unknown[]] => [
    `INSERT INTO plain VALUES ($1, $2, now(), 'infinity', 12.5, $3, 0.1, $1 % 2 = 0, ARRAY[$2, NULL, 'x,"y"'], '{"a": [1, "b"]}', '{"b":  1, "b": 2}', '\\xdeadbeef',
      'so so', B'1010', '1 year -3 days 04:05:06.7', '10.0.0.1/8', '0b6f1f8e-0000-4000-8000-00000000000a', 12.34, 'ab', 7, '{{1,2},{3,4}}', '[1,5)') ON CONFLICT (id) DO UPDATE SET note = excluded.note`,
    [id, note, ratio],
  ]),
  fc.tuple(int).map(([id]): [string, unknown[]] => ['INSERT INTO plain (id, note) VALUES ($1, NULL)', [id]]),
  fc
    .tuple(int, words)
    .map(([id, note]): [string, unknown[]] => ['UPDATE plain SET note = $2, doc = NULL, ok = NOT ok WHERE id = $1', [id, note]]),
  fc.tuple(int, int).map(([id, other]): [string, unknown[]] => ['UPDATE plain SET id = $2 WHERE id = $1', [id, other]]),
  fc.tuple(int).map(([id]): [string, unknown[]] => ['UPDATE plain SET amount = amount + 1 WHERE id <> $1', [id]]),
  fc.tuple(int).map(([id]): [string, unknown[]] => ['DELETE FROM plain WHERE id = $1', [id]]),
  fc
    .tuple(words, number)
    .map(([note, ratio]): [string, unknown[]] => [
      `INSERT INTO heap SELECT $1, '{"j": 1}', $2, 'p', repeat('big', 3000), '(1,2)' FROM generate_series(1, 2)`,
      [note, ratio],
    ]),
  fc.tuple(words).map(([note]): [string, unknown[]] => ['UPDATE heap SET a = $1 WHERE ctid IN (SELECT ctid FROM heap LIMIT 1)', [note]]),
  fc.tuple(number).map(([ratio]): [string, unknown[]] => ['UPDATE heap SET ratio = $1', [ratio]]),
  fc.constant<[string, unknown[]]>(['DELETE FROM heap WHERE ctid IN (SELECT ctid FROM heap LIMIT 2)', []]),
  fc
    .tuple(int, words)
    .map(([id, note]): [string, unknown[]] => [
      `INSERT INTO "Odd ""Name""" VALUES ($1, 's', $2) ON CONFLICT ("Key one", "select") DO UPDATE SET "Key one" = excluded."Key one" || '_', "v'" = $2`,
      [String(id), note],
    ]),
  fc.constant<[string, unknown[]]>(['DELETE FROM "Odd ""Name""" WHERE ctid IN (SELECT ctid FROM "Odd ""Name""" LIMIT 1)', []]),
  fc.tuple(words).map(([note]): [string, unknown[]] => ['INSERT INTO always (note) VALUES ($1)', [note]]),
  fc.constant<[string, unknown[]]>(["UPDATE always SET note = 'x' WHERE id % 3 = 0", []]),
  fc.constant<[string, unknown[]]>(['DELETE FROM always WHERE id IN (SELECT id FROM always LIMIT 2)', []]),
  fc.tuple(int).map(([a]): [string, unknown[]] => ['INSERT INTO computed (a) VALUES ($1), (NULL)', [a]]),
  fc.tuple(int).map(([a]): [string, unknown[]] => ['UPDATE computed SET a = a + 1 WHERE id % 4 = $1 % 4', [a]]),
  fc.tuple(int).map(([a]): [string, unknown[]] => ['DELETE FROM computed WHERE a = $1', [a]]),
  fc.tuple(int, words).map(([id, note]): [string, unknown[]] => ['INSERT INTO child (plain, note) VALUES ($1, $2)', [id, note]]),
  fc
    .tuple(int, fc.constantFrom('eu', 'us'))
    .map(([id, region]): [string, unknown[]] => [
      "INSERT INTO parts VALUES ($1, $2, 'n') ON CONFLICT (id, region) DO UPDATE SET region = CASE parts.region WHEN 'eu' THEN 'us' ELSE 'eu' END",
      [id, region],
    ]),
  fc.tuple(int).map(([id]): [string, unknown[]] => ['INSERT INTO unique_key VALUES ($1, $1)', [id]]),
  fc.constant<[string, unknown[]]>(['UPDATE unique_key SET code = code + 1', []]),
);

test('a thousand random writes, each undone, leave the database equal; redone, they build up', async () => {
  const writes = fc.sample(write, { numRuns: 1000, seed: 7 });
  let effective = 0;
  let expected = await fingerprint();
  for (const [index, [text, values]] of writes.entries()) {
    const done = await app.query(text, values).then(
      () => true,
      () => false,
    );
    const after = await fingerprint();
    const changes = await state.changes();
    expect(changes.length > 0 || after === expected, text).toBe(true);
    if (!done) expect(changes).toEqual([]);
    await state.undo(changes);
    expect(await fingerprint(), `${text} ${JSON.stringify(values)}`).toBe(expected);
    if (changes.length > 0) effective += 1;
    // Every third write stays, so that later ones meet rows.
    if (index % 3 === 0 && done) {
      await app.query(text, values).catch(() => {});
      expected = await fingerprint();
      await state.mark();
    }
  }
  expect(effective).toBeGreaterThan(500);
});

test('many writes in several transactions are undone at once', async () => {
  const writes = fc.sample(write, { numRuns: 300, seed: 11 });
  for (const [text, values] of writes) await app.query(text, values).catch(() => {});
  const before = await fingerprint();
  await state.mark();
  for (const [text, values] of fc.sample(write, { numRuns: 400, seed: 13 })) await app.query(text, values).catch(() => {});
  const changes = await state.changes();
  expect(new Set(changes.map((change) => change.transaction)).size).toBeGreaterThan(100);
  await state.undo(changes);
  expect(await fingerprint()).toBe(before);
  expect(await state.changes()).toEqual([]);
});

test('a change tells its key, both rows, and untouched long values', async () => {
  await app.query("INSERT INTO heap (a, big) VALUES ('x', NULL); INSERT INTO computed (a) VALUES (5)");
  await app.query("INSERT INTO plain (id, note) SELECT 1, string_agg(md5(i::text), '') FROM generate_series(1, 5000) i");
  const [long] = (await app.query('SELECT note FROM plain')).rows;
  await state.mark();
  await app.query('UPDATE plain SET id = 2, ok = true; UPDATE computed SET a = 6; DELETE FROM heap');
  const changes = await state.changes();
  expect(changes[0]).toMatchObject({
    table: 'public.plain',
    op: 'update',
    key: { id: '2' },
    before: { id: '1', note: long.note, ok: null },
    after: { id: '2', note: long.note, ok: 't' },
  });
  expect(changes[1]).toMatchObject({ table: 'public.computed', before: { a: '5', twice: '10' }, after: { a: '6', twice: '12' } });
  expect(changes[1]?.after).not.toHaveProperty('thrice');
  expect(changes[2]).toMatchObject({ op: 'delete', key: { a: 'x', big: null }, after: null });
  expect(new Set(changes.map((change) => change.transaction)).size).toBe(1);
});

test('an open transaction is told when it commits, and one that rolls back never', async () => {
  await app.query("BEGIN; INSERT INTO always (note) VALUES ('a')");
  expect(await state.changes()).toEqual([]);
  await app.query('COMMIT');
  expect((await state.changes()).map((change) => change.op)).toEqual(['insert']);
  await app.query("BEGIN; INSERT INTO always (note) VALUES ('a'); ROLLBACK");
  expect(await state.changes()).toEqual([]);
});

test('truncate and data definition need a restore; tables created later are followed', async () => {
  await app.query('TRUNCATE plain, child');
  await expect(state.undo(await state.changes())).rejects.toMatchObject({ code: 'needs-restore' });
  await app.query('CREATE TABLE later (a text); CREATE UNLOGGED TABLE light (a text); CREATE TEMP TABLE own (a text)');
  const made = await state.changes();
  expect(made.map((change) => change.op)).not.toContain('insert');
  expect(made.some((change) => change.op === 'schema' && change.table === 'public.later')).toBe(true);
  await expect(state.undo(made)).rejects.toMatchObject({ code: 'needs-restore' });
  await app.query(
    "INSERT INTO later VALUES ('x'); INSERT INTO light VALUES ('y'); UPDATE later SET a = NULL; INSERT INTO own VALUES ('z')",
  );
  const rows = await state.changes();
  expect(rows.map((change) => [change.table, change.op, change.before?.['a'] ?? null])).toEqual([
    ['public.later', 'insert', null],
    ['public.light', 'insert', null],
    ['public.later', 'update', 'x'],
  ]);
  await state.undo(rows);
  expect((await app.query('SELECT * FROM later UNION ALL SELECT * FROM light')).rows).toEqual([]);
  expect(await state.blind()).toEqual([]);
  await app.query('DROP TABLE later');
  await expect(state.undo(await state.changes())).rejects.toMatchObject({ code: 'needs-restore' });
});

test('an undo that no longer fits changes nothing and says so; one that is blocked says that', async () => {
  await app.query("INSERT INTO always (note) VALUES ('a'), ('b')");
  const changes = await state.changes();
  await app.query('DELETE FROM always WHERE id = 1');
  const before = await fingerprint();
  await expect(state.undo(changes)).rejects.toMatchObject({ code: 'needs-restore' });
  expect(await fingerprint()).toBe(before);
  await app.query('BEGIN; UPDATE always SET note = note WHERE id = 2');
  await expect(state.undo(changes.slice(1))).rejects.toMatchObject({ code: 'blocked' });
  await app.query('ROLLBACK');
  await state.undo(changes.slice(1));
  expect((await app.query('SELECT count(*)::int AS n FROM always')).rows[0].n).toBe(0);
});

test('sequences go back where they were', async () => {
  await app.query('INSERT INTO computed (a) VALUES (1)');
  const before = await state.sequences();
  expect(before).toMatchObject({
    'public.computed_id_seq': { lastValue: '1', isCalled: true },
    'public.always_id_seq': { lastValue: '1', isCalled: false },
  });
  await app.query('INSERT INTO computed (a) VALUES (1), (2); INSERT INTO always DEFAULT VALUES');
  await state.restoreSequences(before);
  expect(await state.sequences()).toEqual(before);
  expect(await app.query('INSERT INTO always DEFAULT VALUES RETURNING id').catch((error) => error.code)).toBe('23505');
});

test('a trigger of the app that fires always does not become superuser by an undo', async () => {
  await app.query(`
    CREATE TABLE gains (what text);
    CREATE FUNCTION climb() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO gains SELECT current_user || ' ' || current_setting('is_superuser');
      BEGIN ALTER ROLE app SUPERUSER; EXCEPTION WHEN OTHERS THEN NULL; END;
      RETURN NULL;
    END $$;
    CREATE TRIGGER climb AFTER INSERT OR DELETE OR UPDATE ON plain FOR EACH ROW EXECUTE FUNCTION climb();
    ALTER TABLE plain ENABLE ALWAYS TRIGGER climb`);
  await state.mark();
  await app.query('INSERT INTO plain (id) VALUES (901)');
  const changes = await state.changes();
  await state.undo(changes.filter(({ table }) => table === 'public.plain'));
  expect((await app.query("SELECT what FROM gains WHERE what NOT LIKE 'app %'")).rows).toEqual([{ what: 'hand off' }]);
  expect((await admin.query("SELECT rolsuper FROM pg_roles WHERE rolname = 'app'")).rows).toEqual([{ rolsuper: false }]);
});

test('rows behind forced row security are put back too', async () => {
  await app.query(`CREATE TABLE walled (id int PRIMARY KEY, note text); INSERT INTO walled VALUES (1, 'a');
    ALTER TABLE walled ENABLE ROW LEVEL SECURITY; ALTER TABLE walled FORCE ROW LEVEL SECURITY; CREATE POLICY own ON walled USING (note = 'a' OR note = 'b')`);
  await state.mark();
  await app.query("UPDATE walled SET note = 'b' WHERE id = 1");
  await state.undo(await state.changes());
  expect((await app.query('SELECT note FROM walled')).rows).toEqual([{ note: 'a' }]);
});
