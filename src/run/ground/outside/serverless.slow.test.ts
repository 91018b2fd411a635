import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { neon, neonConfig, Pool } from '@neondatabase/serverless';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startCluster } from '../wire/cluster.testing.ts';
import type { TestCluster } from '../wire/cluster.testing.ts';
import type { Statement, Wire } from '../wire/types.ts';
import { openWire } from '../wire/wire.ts';
import { serverlessDatabase } from './serverless.ts';
import type { ServerlessDatabase } from './serverless.ts';

let cluster: TestCluster;
let wire: Wire;
let bridge: ServerlessDatabase;
const told: Statement[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    void bridge.query(request.method ?? '', request.url ?? '', headers, Buffer.concat(chunks).toString()).then((answer) => {
      response.writeHead(answer?.status ?? 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer?.json ?? null));
    });
  });
});

beforeAll(async () => {
  cluster = await startCluster();
  wire = await openWire({ upstream: cluster, listen: { host: '127.0.0.1', port: 0 }, login: { user: 'postgres', database: 'postgres' } });
  wire.onStatement((statement) => told.push(statement));
  bridge = serverlessDatabase({ host: '127.0.0.1', port: wire.port });
  server.on('upgrade', (request, socket, head: Buffer) => void bridge.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  neonConfig.webSocketConstructor = WebSocket;
  neonConfig.wsProxy = () => `127.0.0.1:${port}/v2`;
  neonConfig.useSecureWebSocket = false;
  neonConfig.fetchEndpoint = () => `http://127.0.0.1:${port}/sql`;
});
afterAll(async () => {
  bridge.close();
  server.close();
  await wire.close();
  await cluster.stop();
});

const address = 'postgres://app:app@db.example.com/app';

test('the driver works over its WebSocket: transactions, parameters, errors, and the wire records them', async () => {
  const pool = new Pool({ connectionString: address });
  const client = await pool.connect();
  await client.query('CREATE TABLE things (id serial PRIMARY KEY, name text UNIQUE, at timestamptz DEFAULT now())');
  await client.query('BEGIN');
  const { rows } = await client.query('INSERT INTO things (name) VALUES ($1) RETURNING id, name', ['a']);
  await client.query('COMMIT');
  expect(rows).toEqual([{ id: 1, name: 'a' }]);
  await expect(client.query('INSERT INTO things (name) VALUES ($1)', ['a'])).rejects.toMatchObject({ code: '23505' });
  client.release();
  await pool.end();
  expect(told.some(({ text, binds }) => text.startsWith('INSERT INTO things') && binds[0] === 'a')).toBe(true);
});

test('the driver works over HTTP: one statement, a transaction, types, an error', async () => {
  const sql = neon(address);
  expect(await sql`SELECT ${5}::int + 1 AS six, now() AS at`).toMatchObject([{ six: 6, at: expect.any(Date) as Date }]);
  const [first, second] = await sql.transaction([
    sql`INSERT INTO things (name) VALUES ('b') RETURNING name`,
    sql`SELECT count(*)::int AS n FROM things`,
  ]);
  expect([first, second]).toEqual([[{ name: 'b' }], [{ n: 2 }]]);
  await expect(sql`SELECT * FROM nowhere`).rejects.toMatchObject({ code: '42P01' });
});
