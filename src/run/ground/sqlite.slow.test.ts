import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { groundOptions } from './ground.testing.ts';
import { openGround, type Ground } from './index.ts';
import type { Booted } from './types.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sqlite-ground-'));
process.env['TMPDIR'] = temporary;

let ground: Ground;
let booted: Booted;
beforeAll(async () => {
  const dir = join(temporary, 'notebook');
  cpSync(join(import.meta.dirname, 'testdata', 'notebook'), dir, { recursive: true });
  symlinkSync(join(import.meta.dirname, '..', '..', '..', 'examples', 'harbor', 'node_modules'), join(dir, 'node_modules'));
  ground = await openGround(groundOptions(dir));
  await ground.prepare();
  await ground.migrate();
  booted = await ground.boot();
}, 60_000);
afterAll(async () => {
  await ground.close();
  rmSync(temporary, { recursive: true, force: true });
});

const send = (path: string, body: object, token = '') =>
  ground.request({
    actor: 'tester',
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    timeoutMs: 5_000,
  });
const register = (tag: string) => send('/api/auth/register', { email: `${tag}@example.com`, name: tag, password: 'a long one' });
const people = async () => (await ground.sql('SELECT email FROM "main"."users" ORDER BY id')).map((row) => row['email']);

test('the file is found, and its structure', async () => {
  expect(booted.oracle).toEqual({ kind: 'sqlite', detail: 'the app keeps its data in data/notebook.db (SQLite): it has it open' });
  const schema = await ground.schema();
  expect(schema.database).toBe('sqlite');
  expect(schema.tables.map((table) => table.name)).toEqual(['main.notes', 'main.sessions', 'main.users']);
});

test('the environment does not lead the app to Postgres', async () => {
  const environment = await ground.environment();
  expect(Object.keys(environment).filter((name) => /^(DATABASE_URL|PG|POSTGRES)/.test(name))).toEqual([]);
});

test("a request's changes are told and taken back, with what a trigger did", async () => {
  const signUp = await register('swaaaaaaaa');
  expect(signUp.changes.map(({ table, op }) => [table, op])).toEqual([
    ['main.users', 'insert'],
    ['main.sessions', 'insert'],
  ]);
  const { token } = JSON.parse(signUp.exchange.response?.body ?? '{}') as { token: string };
  expect(signUp.rows?.map((row) => row.table).toSorted()).toEqual(['main.sessions', 'main.users']);
  const note = await send('/api/notes', { title: 'swaaaaaaaa first' }, token);
  expect(note.rows).toMatchObject([{ table: 'main.notes', key: { id: '1' }, values: { title: 'swaaaaaaaa first' } }]);
  expect(note.statements).toEqual([]);
  await ground.undo(note.changes);
  expect(await ground.sql('SELECT * FROM notes')).toEqual([]);
  await ground.undo(signUp.changes);
  expect(await people()).toEqual([]);
});

test.each([[['rows'] as const], [['files'] as const], [['rows', 'files', 'memory'] as const]])(
  'a reset of %j puts the file back, and the app can still write',
  async (kinds) => {
    await register('swbbbbbbbb');
    expect(await people()).toEqual(['swbbbbbbbb@example.com']);
    await ground.reset(kinds);
    expect(await people()).toEqual([]);
    const again = await register('swcccccccc');
    expect(again.exchange.response?.status).toBe(201);
    expect(again.changes.map((change) => change.table)).toEqual(['main.users', 'main.sessions']);
    await ground.undo(again.changes);
  },
);

test('a restart leaves the rows', async () => {
  const signUp = await register('swdddddddd');
  await ground.restart();
  expect(await people()).toEqual(['swdddddddd@example.com']);
  await ground.undo(signUp.changes);
  expect(await people()).toEqual([]);
});
