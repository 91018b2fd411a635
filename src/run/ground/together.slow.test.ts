import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFaketime } from './clock.ts';
import { openBooted } from './ground.testing.ts';
import type { Ground, RequestSpec } from './index.ts';

const temporary = mkdtempSync(join(tmpdir(), 'together-test-'));
process.env['TMPDIR'] = temporary;

let ground: Ground;
beforeAll(async () => {
  ground = await openBooted(join(import.meta.dirname, 'testdata', 'together'));
}, 60_000);
afterAll(async () => {
  await ground.close();
  rmSync(temporary, { recursive: true, force: true });
});

const spec = (method: string, path: string, more: Partial<RequestSpec> = {}): RequestSpec => ({
  actor: 'tester',
  method,
  path,
  headers: {},
  body: null,
  timeoutMs: 10_000,
  ...more,
});
const json = async (method: string, path: string, more: Partial<RequestSpec> = {}): Promise<Record<string, unknown>> => {
  const { exchange } = await ground.request(spec(method, path, more));
  return JSON.parse(exchange.response?.body ?? `{"failure":${JSON.stringify(exchange.failure)}}`) as Record<string, unknown>;
};

test('every statement of forty requests at once is told with the request that sent it', async () => {
  const concert = await ground.together();
  const tags = Array.from({ length: 40 }, (_, index) => `tag-${index}`);
  const ids = await concert.burst(tags.map((tag) => spec('GET', `/tagged?tag=${tag}`)));
  const { statements, gaps } = await concert.end();
  expect(gaps).toEqual([]);
  const tagged = statements.filter((statement) => statement.binds[0]?.startsWith('tag-'));
  expect(tagged).toHaveLength(40 * 6);
  const wrong = tagged.filter((statement) => statement.request !== ids[tags.indexOf(statement.binds[0] ?? '')]);
  expect(wrong.map(({ text, binds, request }) => ({ text, binds, request }))).toEqual([]);
  // BEGIN and COMMIT hold no tag, but stand between statements of one request.
  expect(statements.filter((statement) => statement.request === null).map(({ text }) => text)).toEqual([]);
});

test("what a driver sends from a queue of its own is told as nobody's, never as somebody else's", async () => {
  const concert = await ground.together();
  const tags = Array.from({ length: 40 }, (_, index) => `tag-${index}`);
  await concert.burst(tags.map((tag) => spec('GET', `/tagged-by-another-driver?tag=${tag}`)));
  const { statements } = await concert.end();
  const tagged = statements.filter((statement) => statement.binds[0]?.startsWith('tag-'));
  expect(tagged).toHaveLength(40 * 3);
  expect([...new Set(tagged.map(({ request }) => request))]).toEqual([null]);
});

test('a lost update is forced by holding one statement of one request', async () => {
  await ground.reset(['rows']);
  const concert = await ground.together();
  const first = await ground.intercept({ statement: '^UPDATE accounts', does: { do: 'hold', at: 'before' }, times: 2 });
  const one = await concert.send(spec('POST', '/withdraw?id=1'));
  expect(await first.arrived(1, 5_000)).toBe(true);
  const two = await concert.send(spec('POST', '/withdraw?id=1'));
  expect(await first.arrived(2, 5_000)).toBe(true);
  await first.remove();
  expect((await concert.answer(one)).response?.status).toBe(200);
  expect((await concert.answer(two)).response?.status).toBe(200);
  const { changes } = await concert.end();
  expect(changes.map(({ table, after }) => [table, after?.['balance']])).toEqual([
    ['public.accounts', '40'],
    ['public.accounts', '-20'],
  ]);
  await ground.undo(changes);
  expect(await ground.sql('SELECT balance FROM accounts WHERE id = 1')).toEqual([{ balance: '100' }]);
});

test('an interference can be about one of several requests', async () => {
  const concert = await ground.together();
  const [slow, quick] = await Promise.all([concert.send(spec('GET', '/tagged?tag=slow')), concert.send(spec('GET', '/tagged?tag=quick'))]);
  const held = await ground.intercept({ statement: 'second', request: slow, does: { do: 'hold', at: 'after' } });
  await concert.answer(quick);
  await held.remove();
  await concert.answer(slow);
  await concert.end();
  expect((await held.caught()).every(({ request }) => request === slow)).toBe(true);
});

test('a killed instance answers nothing until it is started anew; a gentle end is one', async () => {
  expect(await json('GET', '/visits')).toMatchObject({ visits: 1 });
  await ground.kill({ signal: 'SIGKILL' });
  expect(await json('GET', '/visits')).toMatchObject({ failure: expect.stringMatching('ECONNREFUSED|reset') });
  await ground.restart();
  expect(await json('GET', '/visits')).toMatchObject({ visits: 1 });
  const before = (await ground.logs()).at(-1)?.seq ?? 0;
  await ground.kill({ signal: 'SIGTERM' });
  expect((await ground.logs(before)).map(({ text }) => text)).toEqual(['asked to end']);
  await ground.restart();
});

test('a kill in the middle of a held statement loses the work; the other instance goes on', async () => {
  await ground.reset(['rows']);
  const { port } = await ground.instance('second');
  expect(port).not.toBe(3000);
  const concert = await ground.together();
  const held = await ground.intercept({ statement: '^UPDATE accounts', does: { do: 'hold', at: 'before' }, times: 1 });
  const lost = await concert.send(spec('POST', '/withdraw?id=1'));
  expect(await held.arrived(1, 5_000)).toBe(true);
  await ground.kill({ signal: 'SIGKILL' });
  await held.remove();
  const other = await concert.send(spec('POST', '/withdraw?id=2', { instance: 'second' }));
  expect((await concert.answer(lost)).response).toBeNull();
  expect((await concert.answer(other)).response?.status).toBe(200);
  const { changes, gaps } = await concert.end();
  expect(gaps).toEqual([]);
  expect(changes.map(({ key }) => key)).toEqual([{ id: '2' }]);
  expect(await json('GET', '/visits', { instance: 'second' })).toMatchObject({ visits: 1 });
  await ground.kill({ instance: 'second', signal: 'SIGKILL' });
  await ground.restart();
});

test('the clock moves for app and database, without a restart of the app, and back', async () => {
  expect(findFaketime()).not.toBeNull();
  const { pid } = await json('GET', '/visits');
  const started = Date.now() - 1000;
  const day = 24 * 60 * 60 * 1000;
  const ahead = async () => {
    const time = await json('GET', '/time');
    expect(time['isDate']).toBe(true);
    return ['app', 'called', 'database'].map((key) => Math.round((Date.parse(String(time[key])) - started) / day));
  };
  expect(await ahead()).toEqual([0, 0, 0]);
  expect(await ground.clock(30 * 24 * 60 * 60)).toEqual([]);
  expect(await ahead()).toEqual([30, 30, 30]);
  expect(await json('GET', '/visits')).toMatchObject({ pid });
  const { exchange, changes } = await ground.request(spec('POST', '/withdraw?id=1'));
  expect(exchange.response?.status).toBe(200);
  expect(changes).toHaveLength(1);
  await ground.undo(changes);
  expect(await ground.clock(0)).toEqual([]);
  expect(await ahead()).toEqual([0, 0, 0]);
});

test('each reset puts back what it names', async () => {
  await json('GET', '/visits');
  await json('POST', '/file');
  await ground.sql("SELECT setval('accounts_id_seq', 500)");
  await ground.sql('UPDATE accounts SET balance = 7');
  const state = async () => ({
    rows: (await ground.sql('SELECT min(balance) AS least FROM accounts'))[0]?.['least'],
    sequence: (await ground.sql('SELECT last_value FROM accounts_id_seq'))[0]?.['last_value'],
    file: (await json('GET', '/file'))['there'],
    visits: Number((await json('GET', '/visits'))['visits']) > 1,
  });
  expect(await state()).toEqual({ rows: '7', sequence: '500', file: true, visits: true });
  await ground.reset(['sequences']);
  expect(await state()).toEqual({ rows: '7', sequence: '2', file: true, visits: true });
  await ground.reset(['files']);
  expect(await state()).toEqual({ rows: '7', sequence: '2', file: false, visits: false });
  await ground.reset(['rows']);
  expect(await state()).toEqual({ rows: '100', sequence: '2', file: false, visits: false });
  await json('GET', '/visits');
  await ground.reset(['memory']);
  expect(await state()).toEqual({ rows: '100', sequence: '2', file: false, visits: false });
});

test('a template can be taken of any state, to come back to it', async () => {
  await ground.sql('INSERT INTO accounts (balance) VALUES (55)');
  await ground.keep();
  await ground.sql('DELETE FROM accounts');
  await ground.reset(['rows']);
  expect(await ground.sql('SELECT balance FROM accounts ORDER BY id')).toEqual([{ balance: '100' }, { balance: '100' }, { balance: '55' }]);
  expect(await json('GET', '/visits')).toMatchObject({ visits: 1 });
});

test('an app without the preload is started anew under another clock', async () => {
  const other = await openBooted(join(import.meta.dirname, 'testdata', 'together'), { config: { start: 'NODE_OPTIONS= node server.js' } });
  try {
    const year = 365 * 24 * 60 * 60;
    expect(await other.clock(-2 * year)).toEqual([]);
    const { exchange } = await other.request(spec('GET', '/time'));
    const time = JSON.parse(exchange.response?.body ?? '') as Record<string, string>;
    for (const key of ['app', 'called', 'database'])
      expect(new Date(time[key] ?? '').getUTCFullYear()).toBe(new Date().getUTCFullYear() - 2);
  } finally {
    await other.close();
  }
});
