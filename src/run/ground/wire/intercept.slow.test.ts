import { tmpdir } from 'node:os';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startCluster, type TestCluster } from './cluster.testing.ts';
import type { Rule, Statement, Wire } from './types.ts';
import { openWire } from './wire.ts';

let cluster: TestCluster;
let admin: pg.Client;
let wire: Wire;
const clients: pg.Client[] = [];

beforeAll(async () => {
  cluster = await startCluster();
  admin = await cluster.connect();
  await admin.query('CREATE TABLE wallet (id int PRIMARY KEY, balance int)');
});
afterAll(async () => {
  await admin.end();
  await cluster.stop();
});
beforeEach(async () => {
  await admin.query('TRUNCATE wallet; INSERT INTO wallet VALUES (1, 100)');
  wire = await openWire({ upstream: cluster, listen: { host: '127.0.0.1', port: 0 }, login: { user: 'postgres', database: 'postgres' } });
});
afterEach(async () => {
  await wire.close();
  clients.splice(0);
});

async function open(): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port: wire.port, user: 'a', password: 'b', database: 'c' });
  client.on('error', () => {});
  await client.connect();
  clients.push(client);
  return client;
}
const balance = async () => (await admin.query('SELECT balance FROM wallet')).rows[0].balance;
const nextStatement = (match: (statement: Statement) => boolean) =>
  new Promise<Statement>((resolve) => {
    const off = wire.onStatement((statement) => {
      if (!match(statement)) return;
      off();
      resolve(statement);
    });
  });
const rule = (pattern: RegExp, rest: Omit<Rule, 'match'>): Rule => ({ match: (statement) => pattern.test(statement.text), ...rest });

const withdraw = {
  naive: async (client: pg.Client) => {
    const found = await client.query('SELECT balance FROM wallet WHERE id = $1', [1]);
    if (found.rows[0].balance >= 100) await client.query('UPDATE wallet SET balance = $1 WHERE id = 1', [found.rows[0].balance - 100]);
    return found.rows[0].balance >= 100;
  },
  atomic: async (client: pg.Client) =>
    (await client.query('UPDATE wallet SET balance = balance - 100 WHERE id = $1 AND balance >= 100', [1])).rowCount === 1,
};

test('the lost update is forced at every try, and never on the atomic twin', async () => {
  for (const [kind, expected] of [
    ['naive', 2],
    ['atomic', 1],
  ] as const) {
    for (let trial = 0; trial < 20; trial++) {
      await admin.query('UPDATE wallet SET balance = 100');
      const [first, second] = [await open(), await open()];
      const held = wire.intercept({ match: (one) => one.text.startsWith('UPDATE') && one.connection % 2 === 1, before: 'hold', times: 1 });
      const one = withdraw[kind](first);
      await held.arrived;
      if (kind === 'naive') {
        const read = nextStatement((statement) => statement.text.startsWith('SELECT balance'));
        const two = withdraw[kind](second);
        await read;
        held.remove();
        expect([await one, await two].filter(Boolean).length).toBe(expected);
      } else {
        const two = await withdraw[kind](second);
        held.remove();
        expect([await one, two].filter(Boolean).length).toBe(expected);
      }
      await Promise.all(clients.splice(0).map((client) => client.end()));
    }
  }
});

test('a held statement keeps those behind it waiting, in order, and other connections go on', async () => {
  const [client, other] = [await open(), await open()];
  const held = wire.intercept(rule(/second/, { before: 'hold' }));
  const done: string[] = [];
  const all = ['first', 'second', 'third'].map((word) =>
    client.query(`SELECT '${word}' AS word`).then((result) => done.push(result.rows[0].word)),
  );
  const caught = await held.arrived;
  expect(caught.text).toContain('second');
  await other.query('SELECT 1');
  expect(done).toEqual(['first']);
  expect(wire.openStatements()).toBe(0);
  caught.release();
  await Promise.all(all);
  expect(done).toEqual(['first', 'second', 'third']);
  held.remove();
});

test('a statement held in the extended protocol takes no snapshot and no lock before its release', async () => {
  const client = await open();
  const held = wire.intercept(rule(/FROM wallet/, { before: 'hold' }));
  const reading = client.query('SELECT balance FROM wallet WHERE id = $1', [1]);
  await held.arrived;
  await admin.query('ALTER TABLE wallet ADD COLUMN IF NOT EXISTS note text; UPDATE wallet SET balance = 7');
  held.release();
  expect((await reading).rows[0].balance).toBe(7);
});

test('an error in place of a statement fails the transaction as a real one would', async () => {
  for (const values of [undefined, [1]]) {
    const client = await open();
    const told: Statement[] = [];
    wire.onStatement((statement) => told.push(statement));
    const failing = wire.intercept(rule(/^UPDATE/, { before: { error: { code: '40001', message: 'could not serialize' } }, times: 1 }));
    await client.query('BEGIN');
    const text = values === undefined ? 'UPDATE wallet SET balance = 0' : 'UPDATE wallet SET balance = 0 WHERE id = $1';
    await expect(client.query(text, values)).rejects.toMatchObject({ code: '40001', message: 'could not serialize' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK');
    await client.query(text, values);
    expect(told.map((one) => one.error?.code ?? one.tag)).toEqual(['BEGIN', '40001', '25P02', 'ROLLBACK', 'UPDATE 1']);
    expect(told[1]?.text).toBe(text);
    expect(failing.caught.length).toBe(1);
    failing.remove();
    await admin.query('UPDATE wallet SET balance = 100');
  }
});

test('a fatal error ends the connection', async () => {
  const client = await open();
  wire.intercept(rule(/^SELECT/, { before: { error: { code: '57P01', message: 'terminating connection' } } }));
  await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '57P01' });
  await expect.poll(() => wire.connections()).toBe(0);
});

test('cut before leaves no effect; cut after COMMIT leaves the effect, and the app hears of neither', async () => {
  const [before, after, plain] = [await open(), await open(), await open()];
  const cutBefore = wire.intercept(rule(/^UPDATE/, { before: 'cut', times: 1 }));
  await expect(before.query('UPDATE wallet SET balance = 1 WHERE id = $1', [1])).rejects.toThrow();
  cutBefore.remove();
  expect(await balance()).toBe(100);

  wire.intercept(rule(/^COMMIT/, { after: 'cut', times: 1 }));
  await after.query('BEGIN');
  await after.query('UPDATE wallet SET balance = 2');
  await expect(after.query('COMMIT')).rejects.toThrow();
  expect(await balance()).toBe(2);

  wire.intercept(rule(/^UPDATE/, { after: 'cut', times: 1 }));
  await expect(plain.query('UPDATE wallet SET balance = $1', [3])).rejects.toThrow();
  expect(await balance()).toBe(3);
});

test('a client on a unix socket is served and cut as well', async () => {
  const path = `${tmpdir()}/.s.PGSQL.${40000 + (process.pid % 20000)}`;
  const local = await openWire({ upstream: cluster, listen: { path }, login: { user: 'postgres', database: 'postgres' } });
  const client = new pg.Client({ host: tmpdir(), port: Number(path.split('.').at(-1)), user: 'a', database: 'b' });
  client.on('error', () => {});
  await client.connect();
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  local.intercept(rule(/doomed/, { before: 'cut' }));
  await expect(client.query("SELECT 'doomed'")).rejects.toThrow();
  await local.close();
});

test('an answer can be held after the statement took effect, and delayed', async () => {
  const client = await open();
  const held = wire.intercept(rule(/^UPDATE/, { after: 'hold', times: 1 }));
  let answered = false;
  const updating = client.query('UPDATE wallet SET balance = $1', [5]).then(() => (answered = true));
  await held.arrived;
  expect(await balance()).toBe(5);
  expect(answered).toBe(false);
  held.release();
  await updating;

  const order: string[] = [];
  wire.intercept(rule(/slow/, { before: { delayMs: 150 } }));
  wire.intercept(rule(/late/, { after: { delayMs: 150 } }));
  const other = await open();
  await Promise.all([
    client.query("SELECT 'slow'").then(() => order.push('slow')),
    other.query("SELECT 'quick'").then(() => order.push('quick')),
  ]);
  await Promise.all([
    client.query('SELECT $1', ['x /* late */']).then(() => order.push('x')),
    client.query("SELECT 'late'").then(() => order.push('late')),
    other.query("SELECT 'quick'").then(() => order.push('quick')),
  ]);
  expect(order.filter((word) => word !== 'x')).toEqual(['quick', 'slow', 'quick', 'late']);
});

test('new connections can be refused, and all cut', async () => {
  const client = await open();
  wire.refuse({ code: '53300', message: 'sorry, too many clients already' });
  await expect(open()).rejects.toMatchObject({ code: '53300' });
  wire.refuse(null);
  expect(wire.cutAll()).toBe(1);
  await expect(client.query('SELECT 1')).rejects.toThrow();
  await (await open()).query('SELECT 1');
});

test('rules that never match change nothing under load, and a disconnect while held is harmless', async () => {
  wire.intercept(rule(/never/, { before: 'hold' }));
  wire.intercept(rule(/never/, { after: 'hold' }));
  const all = await Promise.all(Array.from({ length: 20 }, open));
  await Promise.all(
    all.map(async (client, n) => {
      for (let i = 0; i < 50; i++)
        expect((await client.query('SELECT $1::int AS n, repeat($2, 20000) AS r', [n * i, 'y'])).rows[0].n).toBe(n * i);
    }),
  );
  const held = wire.intercept(rule(/doomed/, { before: 'hold' }));
  const client = await open();
  client.query("SELECT 'doomed'").catch(() => {});
  await held.arrived;
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  await expect.poll(() => wire.connections()).toBe(20);
  held.release();
  expect((await all[0]?.query('SELECT 1 AS one'))?.rows).toEqual([{ one: 1 }]);
});
