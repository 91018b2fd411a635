import { spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startCluster, type TestCluster } from './cluster.testing.ts';
import { message } from './messages.ts';
import type { Statement, Wire } from './types.ts';
import { openWire } from './wire.ts';

let cluster: TestCluster;
let wire: Wire;
let told: Statement[];
let request: string | null = null;
const clients: pg.Client[] = [];

beforeAll(async () => {
  cluster = await startCluster();
  const admin = await cluster.connect();
  await admin.query('CREATE TABLE goods (id serial PRIMARY KEY, name text UNIQUE, price numeric(10,2))');
  await admin.end();
});
afterAll(() => cluster.stop());
beforeEach(async () => {
  told = [];
  request = null;
  wire = await openWire({
    upstream: cluster,
    listen: { host: '127.0.0.1', port: 0 },
    login: { user: 'postgres', database: 'postgres' },
    maxRows: 50,
    maxCell: 100,
    requestOf: () => request,
  });
  wire.onStatement((statement) => told.push(statement));
});
afterEach(async () => {
  expect(wire.openStatements()).toBe(0);
  await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})));
  await wire.close();
});

async function open(): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port: wire.port, user: 'whoever', password: 'whatever', database: 'anything' });
  client.on('error', () => {});
  await client.connect();
  clients.push(client);
  return client;
}

const row = (statement: Statement | undefined) => [statement?.text, statement?.binds, statement?.rows, statement?.tag];

test('simple, extended and named statements are told with binds, columns and rows', async () => {
  const client = await open();
  request = 'r1';
  await client.query("INSERT INTO goods (name, price) VALUES ('a', 1.50), ('b', 2)");
  await client.query('SELECT name, price FROM goods WHERE name = $1', ['a']);
  for (const name of ['a', 'b']) await client.query({ name: 'by', text: 'SELECT id, price FROM goods WHERE name = $1', values: [name] });
  expect(told.map(row)).toEqual([
    ["INSERT INTO goods (name, price) VALUES ('a', 1.50), ('b', 2)", [], [], 'INSERT 0 2'],
    ['SELECT name, price FROM goods WHERE name = $1', ['a'], [['a', '1.50']], 'SELECT 1'],
    ['SELECT id, price FROM goods WHERE name = $1', ['a'], [['1', '1.50']], 'SELECT 1'],
    ['SELECT id, price FROM goods WHERE name = $1', ['b'], [['2', '2.00']], 'SELECT 1'],
  ]);
  expect(told[3]?.columns.map((column) => [column.name, column.attribute, column.type])).toEqual([
    ['id', 1, 23],
    ['price', 3, 1700],
  ]);
  expect(told.every((one) => one.request === 'r1' && one.transaction === 'idle' && one.microseconds > 0)).toBe(true);
  expect(told[0]?.rowCount).toBe(2);
});

test('binary results read as the text Postgres itself writes', async () => {
  const client = await open();
  const list = `SELECT 1::int2, -5::int4, 9007199254740993::int8, 1.1::float4, 3.4e38::float4, 1e-7::float4, 123456.7::float4, 1234567::float4, 1e15::float8, 1e14::float8, 0.1::float8, 0.00001::float8,
    'NaN'::float8, '-Infinity'::float8, true, false, 'tëxt', 'v'::varchar, 'c'::char(3), '0b6f1f8e-0000-4000-8000-00000000000a'::uuid, '1999-12-31 23:59:59.5+00'::timestamptz,
    '2026-02-03 04:05:06'::timestamp, '0044-03-15 BC'::date, '2024-02-29'::date, 'infinity'::timestamptz, '13:14:15.000001'::time, 0::numeric, -12345.6700::numeric, 0.0001::numeric, 100000000::numeric, 1e20::numeric, 'NaN'::numeric,
    '\\xdeadbeef'::bytea, '{"a": 1}'::json, '{"a": 1}'::jsonb, 12::oid, ARRAY[1,NULL,3], ARRAY['a b','c"d',NULL,'null','','x'], ARRAY[]::int[], NULL::int, $1::int`;
  await client.query('SET TimeZone = UTC');
  const asText = await client.query({
    text: list,
    values: [3],
    rowMode: 'array',
    types: { getTypeParser: () => (value: string) => value },
  });
  await client.query({ text: list, binary: true, values: [3] } as pg.QueryConfig);
  expect(told.at(-1)?.columns[0]?.format).toBe(1);
  expect(told.at(-1)?.rows[0]).toEqual(asText.rows[0]);
});

test('errors carry code, message, constraint and table; transactions their state', async () => {
  const client = await open();
  await client.query('BEGIN');
  await client.query("INSERT INTO goods (name) VALUES ('dup')");
  await expect(client.query('INSERT INTO goods (name) VALUES ($1)', ['dup'])).rejects.toThrow('goods_name_key');
  await expect(client.query('SELECT 1')).rejects.toThrow('aborted');
  await client.query('ROLLBACK');
  await expect(client.query('SELEC $1', ['x'])).rejects.toThrow('syntax error');
  // The driver hears of an error before Postgres is ready again, and told is what has come to its end.
  await expect
    .poll(() => told.map((one) => [one.transaction, one.error?.code ?? one.tag]))
    .toEqual([
      ['open', 'BEGIN'],
      ['open', 'INSERT 0 1'],
      ['failed', '23505'],
      ['failed', '25P02'],
      ['idle', 'ROLLBACK'],
      ['idle', '42601'],
    ]);
  expect(told[2]?.error).toMatchObject({ constraint: 'goods_name_key', table: 'goods' });
});

test('rows and cells are bounded, and large rows arrive whole', async () => {
  const client = await open();
  const many = await client.query('SELECT i FROM generate_series(1, 1000) i');
  expect(many.rowCount).toBe(1000);
  expect([told[0]?.rows.length, told[0]?.rowCount]).toEqual([50, 1000]);
  const large = await client.query("SELECT repeat('x', 20000000) AS big, 7 AS after");
  expect(large.rows[0].big.length).toBe(20_000_000);
  expect(told[1]?.rows[0]?.[0]).toBe('x'.repeat(100));
});

test('what one client pipelines is told in order', async () => {
  const client = await open();
  const results = await Promise.all(Array.from({ length: 200 }, (_, i) => client.query('SELECT $1::int AS n', [i])));
  expect(results.map((one) => one.rows[0].n)).toEqual(told.map((one) => Number(one.rows[0]?.[0])));
});

test('fifty connections at once keep their statements apart', async () => {
  const all = await Promise.all(Array.from({ length: 50 }, open));
  await Promise.all(
    all.map(async (client, n) => {
      for (let i = 0; i < 40; i++) expect((await client.query('SELECT $1::int + $2::int AS sum', [n, i])).rows[0].sum).toBe(n + i);
    }),
  );
  expect(told.length).toBe(2000);
  const perConnection = Map.groupBy(told, (one) => one.connection);
  expect(perConnection.size).toBe(50);
  for (const one of perConnection.values())
    expect(one.map((each) => each.binds[1])).toEqual(Array.from({ length: 40 }, (_, i) => String(i)));
});

/** Speaks the protocol by hand; resolves with what arrived once `enough` says so. */
function raw(bytes: Buffer, enough: (got: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = connect(wire.port, '127.0.0.1');
    let got = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => resolve(got));
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (enough(got)) socket.destroy();
    });
    socket.write(bytes);
  });
}

const startUp = Buffer.concat([Buffer.from([0, 0, 0, 22, 0, 3, 0, 0]), Buffer.from('user\0someone\0\0')]);

test('COPY in and out pass through; statements after it are told', async () => {
  const rows = Array.from({ length: 5000 }, (_, i) => `${i}\tcopied ${i}\n`).join('');
  const script = Buffer.concat([
    startUp,
    message('Q', 'CREATE TEMP TABLE copied (id int, name text)'),
    message('Q', 'COPY copied FROM STDIN'),
  ]);
  const socket = connect(wire.port, '127.0.0.1');
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk.toString('latin1');
    if (got.includes('G\0\0\0')) {
      got = '';
      socket.write(
        Buffer.concat([
          message('d', Buffer.from(rows)),
          message('c'),
          message('Q', 'COPY copied TO STDOUT'),
          message('Q', 'SELECT count(*) FROM copied'),
        ]),
      );
    }
  });
  socket.write(script);
  await expect.poll(() => told.map((one) => one.tag), { timeout: 10_000 }).toEqual(['CREATE TABLE', 'COPY 5000', 'COPY 5000', 'SELECT 1']);
  expect(told.at(-1)?.rows).toEqual([['5000']]);
  expect(told[1]?.rowCount).toBe(5000);
  socket.destroy();
});

test('cursors and suspended portals count what each fetch returned', async () => {
  const client = await open();
  await client.query('BEGIN; DECLARE c CURSOR FOR SELECT i FROM generate_series(1, 10) i');
  await client.query('FETCH 4 FROM c');
  await client.query('COMMIT');
  await client.query({ text: 'SELECT i FROM generate_series(1, 5) i', rows: 3, values: [] } as pg.QueryConfig);
  expect(told.map((one) => [one.text, one.rowCount, one.tag]).slice(0, 4)).toEqual([
    ['BEGIN', 0, 'BEGIN'],
    ['DECLARE c CURSOR FOR SELECT i FROM generate_series(1, 10) i', 0, 'DECLARE CURSOR'],
    ['FETCH 4 FROM c', 4, 'FETCH 4'],
    ['COMMIT', 0, 'COMMIT'],
  ]);
  expect(told.slice(4).map((one) => [one.tag, one.rowCount])).toEqual([
    [null, 3],
    ['SELECT 2', 2],
  ]);
});

test('a cancel request reaches Postgres', async () => {
  const client = await open();
  const sleeping = expect(client.query('SELECT pg_sleep(30)')).rejects.toThrow('canceling statement');
  // Postgres forgets a cancellation that comes before the statement has begun.
  const other = await open();
  const asleep = async () => (await other.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).rowCount;
  await expect.poll(asleep).toBe(1);
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const packet = Buffer.alloc(16);
  [16, 80877102, processID, secretKey].forEach((value, index) => packet.writeInt32BE(value, index * 4));
  await raw(packet, () => false);
  await sleeping;
  // Bytes are forwarded before they are decoded: the client may know first.
  await expect.poll(() => told.some((one) => one.error?.code === '57014')).toBe(true);
});

test('a hostile client neither harms the process nor the other clients', async () => {
  const client = await open();
  const garbage = [
    Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]),
    Buffer.concat([startUp, Buffer.from([0x51, 0, 0, 0, 1, 1, 2, 3])]),
    Buffer.concat([startUp, Buffer.from([0x50, 0, 0, 0, 6, 0x61, 0x62])]),
    Buffer.concat([startUp, message('B', Buffer.from([1, 2, 3, 255, 255]))]),
    Buffer.concat([startUp, message('B', Buffer.from([0, 0, 0, 0, 255, 255, 0, 0]))]),
    Buffer.concat([startUp, Buffer.alloc(5000, 0x44)]),
  ];
  await Promise.race([Promise.all(garbage.map((bytes) => raw(bytes, () => false))), new Promise((resolve) => setTimeout(resolve, 3000))]);
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  expect(wire.gaps().length).toBeGreaterThan(0);
});

test('a client that asks for TLS is upgraded when there is a certificate, and told no when not', async () => {
  const refused = new pg.Client({ host: '127.0.0.1', port: wire.port, user: 'x', database: 'x', ssl: { rejectUnauthorized: false } });
  refused.on('error', () => {});
  await expect(refused.connect()).rejects.toThrow('SSL');
  const made = spawnSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      '/dev/stdout',
      '-out',
      '/dev/stdout',
      '-subj',
      '/CN=localhost',
      '-days',
      '2',
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) return;
  const key = /-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----/.exec(made.stdout)?.[0] ?? '';
  const cert = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/.exec(made.stdout)?.[0] ?? '';
  const secure = await openWire({
    upstream: cluster,
    listen: { host: '127.0.0.1', port: 0 },
    login: { user: 'postgres', database: 'postgres' },
    tls: { key, cert },
  });
  secure.onStatement((statement) => told.push(statement));
  const client = new pg.Client({
    host: '127.0.0.1',
    port: secure.port,
    user: 'x',
    password: 'y',
    database: 'z',
    ssl: { rejectUnauthorized: false },
  });
  await client.connect();
  await client.query('SELECT 42');
  expect(told.at(-1)?.rows).toEqual([['42']]);
  await client.end();
  await secure.close();
});

test.skipIf(spawnSync('pgbench', ['--version']).status !== 0)('pgbench runs through it in every query mode without an error', async () => {
  const bench = (...args: string[]) =>
    new Promise<number | null>((resolve) => {
      const child = spawn('pgbench', ['-h', '127.0.0.1', '-p', String(wire.port), '-U', 'x', ...args, 'y'], { stdio: 'ignore' });
      child.on('exit', resolve);
    });
  expect(await bench('-i', '-q')).toBe(0);
  for (const mode of ['simple', 'extended', 'prepared']) {
    told.length = 0;
    expect(await bench('-M', mode, '-t', '200', '-c', '4', '-n')).toBe(0);
    expect(told.filter((one) => one.tag === 'UPDATE 1').length).toBe(3 * 800);
    expect(told.filter((one) => one.error !== null)).toEqual([]);
  }
  expect(wire.gaps()).toEqual([]);
});

test('a password that a serverless driver sends unasked, with its first query, does no harm', async () => {
  const startup = Buffer.from('\0\0\0\0\0\x03\0\0user\0app\0database\0app\0\0', 'latin1');
  startup.writeInt32BE(startup.length, 0);
  const socket = connect(wire.port, '127.0.0.1');
  const answers: Buffer[] = [];
  socket.on('data', (chunk) => answers.push(chunk));
  const early = Buffer.concat([startup, message('p', Buffer.from('secret\0')), message('Q', Buffer.from('SELECT 41 + 1\0'))]);
  // In two pieces, cut inside the password.
  socket.write(early.subarray(0, startup.length + 4));
  await new Promise((resolve) => setTimeout(resolve, 20));
  socket.write(early.subarray(startup.length + 4));
  await expect.poll(() => told.length, { timeout: 5_000 }).toBe(1);
  expect(told[0]).toMatchObject({ text: 'SELECT 41 + 1', rows: [['42']], error: null });
  expect(Buffer.concat(answers).toString('latin1')).toContain('42');
  socket.destroy();
});
