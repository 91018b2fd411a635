import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDoor } from './database-door.testing.ts';
import { groundOptions } from './ground.testing.ts';
import { openGround, type Ground } from './index.ts';
import { probeSeal } from './seal.ts';

const temporary = mkdtempSync(join(tmpdir(), 'ground-test-'));
process.env['TMPDIR'] = temporary;
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const trial = join(import.meta.dirname, 'testdata', 'trial');
const ask = (ground: Ground, method: string, path: string, body: string | null = null) =>
  ground.request({ actor: 'tester', method, path, headers: {}, body, timeoutMs: 5_000 });
const full = probeSeal().level === 'full';

describe('a ground with a small app', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await openGround(groundOptions(trial));
    await ground.prepare();
    await ground.migrate();
  }, 60_000);
  afterAll(() => ground.close());

  test('migrates from SQL files in their order, without the way down', async () => {
    const schema = await ground.schema();
    expect(schema.from).toBe('db/migrations/*.sql');
    expect(schema.tables.map((table) => table.name)).toEqual(['public.notes', 'public.tags']);
    const [notes, tags] = schema.tables;
    expect(notes?.columns.map(({ name, type, nullable, values }) => ({ name, type, nullable, values }))).toEqual([
      { name: 'id', type: 'integer', nullable: false, values: [] },
      { name: 'body', type: 'text', nullable: false, values: [] },
      { name: 'mood', type: 'mood', nullable: true, values: ['good', 'bad; really'] },
      { name: 'kind', type: 'text', nullable: true, values: ['a', 'b'] },
      { name: 'owner', type: 'text', nullable: true, values: [] },
    ]);
    expect(notes?.primaryKey).toEqual(['id']);
    expect(tags?.foreignKeys).toMatchObject([{ columns: ['note'], table: 'public.notes', references: ['id'], onDelete: 'cascade' }]);
    expect(tags?.uniques).toEqual([['note', 'name']]);
  });

  test('boots, and says what it invented', async () => {
    const boot = await ground.boot();
    expect(boot).toMatchObject({ start: 'npm start', notes: [] });
    expect(boot.invented).toEqual([
      { name: 'CARDS_URL', shape: 'url' },
      { name: 'MAX_ITEMS', shape: 'number' },
      { name: 'ONLY_IN_ENV', shape: 'word' },
      { name: 'SESSION_SECRET', shape: '64 hex' },
    ]);
    expect((await ground.logs()).map((line) => line.text)).toContain('before the start');
  }, 30_000);

  test('gives the app nothing of the owner', async () => {
    const environment = JSON.parse((await ask(ground, 'GET', '/environment')).exchange.response?.body ?? '{}') as Record<string, string>;
    expect(JSON.stringify(environment)).not.toContain('real-secret-of-the-owner');
    expect(environment['SESSION_SECRET']).toBe((await ground.environment())['SESSION_SECRET']);
    expect(environment['MAX_ITEMS']).toBe('7');
    expect(Object.keys(environment)).not.toContain('USER');
  });

  test('tells what a request caused, and takes it back', async () => {
    const seen = await ask(ground, 'POST', '/notes', 'first');
    expect(seen.exchange.response).toMatchObject({ status: 200, headers: { 'set-cookie': 'a=1\nb=2' } });
    expect(seen.statements.map(({ text, binds, tag }) => ({ text, binds, tag }))).toEqual([
      { text: 'INSERT INTO notes (body) VALUES ($1) RETURNING id', binds: ['first'], tag: 'INSERT 0 1' },
    ]);
    expect(seen.changes).toMatchObject([{ table: 'public.notes', op: 'insert', after: { body: 'first' } }]);
    expect(seen.gaps).toEqual([]);
    expect(await ground.sql('SELECT body, mood FROM notes WHERE body = $1', ['first'])).toEqual([{ body: 'first', mood: null }]);
    await ground.undo(seen.changes);
    expect(await ground.sql('SELECT count(*) AS n FROM notes')).toEqual([{ n: '0' }]);
    const next = await ask(ground, 'GET', '/notes');
    expect(next.changes).toEqual([]);
    expect(next.statements).toHaveLength(1);
  });

  test('waits for work that goes on behind the answer', async () => {
    const seen = await ask(ground, 'POST', '/careless', 'late');
    expect(seen.changes).toMatchObject([{ op: 'insert', after: { body: 'late' } }]);
    await ground.undo(seen.changes);
  });

  test('makes a statement fail', async () => {
    const fault = await ground.intercept({ statement: '^insert into notes', does: { do: 'fail', code: '40001' }, times: 1 });
    const seen = await ask(ground, 'POST', '/careless', 'lost');
    expect(seen.exchange.response?.status).toBe(200);
    expect(seen.changes).toEqual([]);
    expect(seen.statements[0]?.error?.code).toBe('40001');
    expect(await fault.caught()).toMatchObject([{ binds: ['lost'] }]);
    await fault.remove();
    const after = await ask(ground, 'POST', '/careless', 'kept');
    expect(after.changes).toHaveLength(1);
  });

  test.runIf(full)('answers for the outside world, and lets nothing out', async () => {
    const paid = await ask(ground, 'POST', '/pay');
    expect(JSON.parse(paid.exchange.response?.body ?? '')).toMatchObject({
      object: 'charge',
      amount: 500,
      currency: 'eur',
      status: 'succeeded',
    });
    expect(paid.outbound).toMatchObject([
      { method: 'POST', url: 'https://api.stripe.com/v1/charges', body: 'amount=500&currency=eur', status: 200 },
    ]);
    expect((await ask(ground, 'POST', '/cards')).outbound).toMatchObject([{ url: 'http://cards.outside.test/new' }]);
    expect((await ask(ground, 'GET', '/outward')).exchange.response?.body).toBe('"ENETUNREACH"');
  });

  test('goes back to the state after the migrations', async () => {
    await ask(ground, 'POST', '/notes', 'to be forgotten');
    await ground.reset();
    expect((await ask(ground, 'GET', '/notes')).exchange.response?.body).toBe('[]');
    expect((await ask(ground, 'POST', '/notes', 'again')).changes).toHaveLength(1);
  }, 30_000);

  test('keeps the app away from what only a superuser may', async () => {
    const door = await openDoor(temporary, 'app');
    try {
      await expect(door.query('CREATE EXTENSION dblink')).rejects.toThrow(/not available/);
      await expect(door.query('CREATE EXTENSION file_fdw')).rejects.toThrow(/not available/);
      await expect(door.query("COPY notes TO PROGRAM 'cat'")).rejects.toThrow(/permission denied/);
    } finally {
      await door.end();
    }
  });

  test('is no superuser itself where the triggers of the app run', async () => {
    await expect(ground.sql("COPY notes TO PROGRAM 'cat'")).rejects.toThrow(/permission denied/);
    await expect(ground.sql('SET ROLE app')).rejects.toThrow(/permission denied/);
    await expect(ground.sql('CREATE TABLE public.ours (n int)')).rejects.toThrow(/permission denied/);
  });
});

test('an app that does not start is explained, and nothing is left', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'broken-app-'));
  writeFileSync(join(dir, 'package.json'), '{"scripts": {"start": "node server.js"}}');
  writeFileSync(join(dir, 'server.js'), 'throw new Error("STRIPE_KEY is required")');
  const before = runs();
  const ground = await openGround(groundOptions(dir));
  await ground.prepare();
  expect(await ground.migrate()).toEqual({ from: 'no migrations found' });
  await expect(ground.boot()).rejects.toThrow(/STRIPE_KEY is required[\s\S]*add "env": \{ "STRIPE_KEY"/);
  await ground.close();
  expect(runs()).toEqual(before);
  expect(readdirSync(dir).sort()).toEqual(['package.json', 'server.js']);
  rmSync(dir, { recursive: true });
}, 30_000);

test('a failing migration is named with its statement', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'broken-app-'));
  writeFileSync(join(dir, 'schema.sql'), 'CREATE TABLE a (id int);\nALTER TABLE b ADD c int;');
  const ground = await openGround(groundOptions(dir));
  await ground.prepare();
  await expect(ground.migrate()).rejects.toThrow(
    'the migration schema.sql failed: relation "b" does not exist; the statement was: ALTER TABLE b ADD c int',
  );
  await ground.close();
  rmSync(dir, { recursive: true });
}, 30_000);

test('the signal ends everything', async () => {
  const abort = new AbortController();
  const before = runs();
  const ground = await openGround(groundOptions(trial, { signal: abort.signal }));
  await ground.prepare();
  abort.abort();
  await ground.close();
  await expect(ground.sql('SELECT 1')).rejects.toMatchObject({ code: 'ground-failed' });
  expect(runs()).toEqual(before);
  expect(existsSync(join(trial, 'node_modules'))).toBe(false);
  expect(readFileSync(join(trial, '.env'), 'utf8')).toContain('real-secret');
}, 30_000);

/** Run directories of this test file; others may be at work on the same machine. */
function runs(): string[] {
  return readdirSync(temporary).filter((name) => name.startsWith('seaworthy-'));
}
