/**
 * What the wire costs: one statement at a time, directly, through a bare TCP pipe and through the recording wire,
 * interleaved in one run. The bar (DESIGN.md, section 8): p50 (wire - pipe) below 40 microseconds.
 *
 *   node bench/wire.ts [statements per way, default 5000]
 */
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { startCluster } from '../src/run/ground/wire/cluster.testing.ts';
import { startMiddle } from './middle.ts';

const bar = 40;

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

const statements: Record<string, () => pg.QueryConfig> = {
  'by key, 1 row (named)': () => ({
    name: 'one',
    text: 'SELECT * FROM goods WHERE id = $1',
    values: [1 + Math.floor(Math.random() * 1000)],
  }),
  'by key, 1 row (unnamed)': () => ({ text: 'SELECT * FROM goods WHERE id = $1', values: [1 + Math.floor(Math.random() * 1000)] }),
  'list, 20 rows': () => ({
    name: 'list',
    text: 'SELECT * FROM goods WHERE id > $1 ORDER BY id LIMIT 20',
    values: [Math.floor(Math.random() * 900)],
  }),
  'simple query': () => ({ text: 'SELECT 1' }),
};

async function measure(count: number): Promise<boolean> {
  const cluster = await startCluster();
  const admin = await cluster.connect();
  await admin.query(
    "CREATE TABLE goods AS SELECT i AS id, 'goods ' || i AS name, i * 1.5 AS price, now() AS made FROM generate_series(1, 1000) i",
  );
  await admin.query('ALTER TABLE goods ADD PRIMARY KEY (id)');
  const middle = await startMiddle(cluster.socketDir, 'postgres');
  const open = async (port: number) => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
    await client.connect();
    return client;
  };
  const ways = { direct: admin, pipe: await open(middle.ports.pipe), wire: await open(middle.ports.wire) };
  let within = true;
  for (const [name, make] of Object.entries(statements)) {
    const taken: Record<string, number[]> = { direct: [], pipe: [], wire: [] };
    for (let round = -200; round < count; round++) {
      for (const [way, client] of Object.entries(ways)) {
        const statement = make();
        const start = performance.now();
        await client.query(statement);
        if (round >= 0) taken[way]?.push((performance.now() - start) * 1000);
      }
    }
    for (const times of Object.values(taken)) times.sort((a, b) => a - b);
    const p50 = (way: string) => quantile(taken[way] ?? [], 0.5);
    const shown = Object.keys(ways).map((way) => `${way} ${p50(way).toFixed(0)}/${quantile(taken[way] ?? [], 0.99).toFixed(0)}`);
    const cost = p50('wire') - p50('pipe');
    within &&= cost < bar;
    console.log(
      `${name.padEnd(26)} p50/p99 us: ${shown.join('  ')}  wire:pipe ${(p50('wire') / p50('pipe')).toFixed(2)}  p50 (wire - pipe) ${cost.toFixed(1)} us`,
    );
  }
  const { statements: recorded, gaps } = await middle.recorded();
  const expected = Object.keys(statements).length * (count + 200);
  console.log(`${recorded} of ${expected} statements recorded, ${gaps} gaps; bar ${bar} us: ${within ? 'met' : 'missed'}`);
  await Promise.all(Object.values(ways).map((client) => client.end()));
  middle.stop();
  await cluster.stop();
  return within && recorded === expected;
}

process.exitCode = (await measure(Number(process.argv[2] ?? 5000))) ? 0 : 1;
