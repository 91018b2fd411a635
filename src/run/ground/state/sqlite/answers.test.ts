import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteState, type SqliteState } from './state.ts';

const uuid = '3f2b8c1e-0b1d-4a5e-9c43-1f0a6e2d7b11';
const hash = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
let dir: string;
let app: DatabaseSync;
let state: SqliteState;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sqlite-answers-'));
  app = new DatabaseSync(join(dir, 'app.db'));
  app.exec(`
    CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT, hash TEXT, plan TEXT);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id TEXT, title TEXT, made TEXT);
    INSERT INTO users VALUES ('${uuid}', 'swabcdefgh@example.com', '${hash}', 'a plan that all of them have');
    INSERT INTO notes VALUES (1, '${uuid}', 'swabcdefgh title 1', '2024-01-01 00:00:00'), (2, '${uuid}', 'swabcdefgh "title" 2', '2024-01-01 00:00:00');`);
  state = await openSqliteState({ files: [{ path: join(dir, 'app.db'), schema: 'main' }] });
});
afterEach(async () => {
  await state.close();
  app.close();
  rmSync(dir, { recursive: true });
});

const shown = (answer: string): string[] => state.shown(answer).map(({ table, key }) => `${table} ${key['id']}`);

test('a value that stands in one row names the row', () => {
  expect(shown(JSON.stringify({ note: { title: 'swabcdefgh "title" 2' } }))).toEqual(['main.notes 2']);
  expect(shown(JSON.stringify([{ hash }]))).toEqual([`main.users ${uuid}`]);
  expect(shown(JSON.stringify({ email: 'swabcdefgh@example.com', hash }))).toEqual([`main.users ${uuid}`]);
  expect(state.shown('{"email":"swabcdefgh@example.com"}')[0]?.values).toMatchObject({ plan: 'a plan that all of them have', hash });
});

test('a value that several rows hold, a part of a value and text that anybody may write name none', () => {
  expect(shown(JSON.stringify({ user_id: uuid }))).toEqual([]);
  expect(shown(JSON.stringify({ said: 'you asked for swabcdefgh title 1' }))).toEqual([]);
  expect(shown(JSON.stringify({ plan: 'a plan that all of them have', made: '2024-01-01 00:00:00' }))).toEqual([]);
});

test('pages are read between their tags', () => {
  expect(shown('<li><b>swabcdefgh title 1</b></li><input value="swabcdefgh &quot;title&quot; 2">').toSorted()).toEqual([
    'main.notes 1',
    'main.notes 2',
  ]);
});

test('rows are known as they are since the last look', async () => {
  app.exec("UPDATE notes SET title = 'swabcdefgh other' WHERE id = 1");
  const changes = await state.changes();
  expect(shown('["swabcdefgh other"]')).toEqual(['main.notes 1']);
  await state.undo(changes);
  expect(shown('["swabcdefgh other", "swabcdefgh title 1"]')).toEqual(['main.notes 1']);
});
