/**
 * pgbench through the wire for a minute, in each of its query modes: no transaction may fail, and every statement that Postgres
 * executed must have been recorded (on the other side pg_stat_statements counts those that touch rows, and pgbench the transactions). Beside
 * it, the same through a bare TCP pipe.
 *
 *   node bench/soak.ts [seconds through the wire, default 60]
 */
import { spawn } from 'node:child_process';
import { startCluster } from '../src/run/ground/wire/cluster.testing.ts';
import { startMiddle } from './middle.ts';

const modes = ['simple', 'extended', 'prepared'];
const clients = 8;
/** Memory that may come with longer running: buffers of the garbage collector, nothing that grows with the statements. */
const allowedGrowth = 64 * 1024 * 1024;

interface Round {
  readonly transactions: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly code: number | null;
}

function pgbench(port: number, ...args: string[]): Promise<Round> {
  return new Promise((resolve) => {
    const child = spawn('pgbench', ['-h', '127.0.0.1', '-p', String(port), '-U', 'soak', ...args, 'postgres']);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    child.on('close', (code) => {
      const figure = (pattern: RegExp) => Number(pattern.exec(said)?.[1] ?? Number.NaN);
      if (code !== 0) console.log(said);
      resolve({
        transactions: figure(/actually processed: (\d+)/),
        failed: figure(/failed transactions: (\d+)/),
        perSecond: figure(/tps = ([\d.]+)/),
        code,
      });
    });
  });
}

async function soak(seconds: number): Promise<boolean> {
  const cluster = await startCluster(['shared_preload_libraries=pg_stat_statements', 'pg_stat_statements.track_utility=off']);
  const admin = await cluster.connect();
  await admin.query('CREATE EXTENSION pg_stat_statements; CREATE ROLE soak LOGIN; GRANT ALL ON SCHEMA public TO soak');
  const middle = await startMiddle(cluster.socketDir, 'soak');
  const executed = async () => {
    const { rows } = await admin.query(
      "SELECT coalesce(sum(calls), 0)::int AS calls, (SELECT dealloc FROM pg_stat_statements_info)::int AS lost FROM pg_stat_statements WHERE userid = 'soak'::regrole",
    );
    return rows[0] as { calls: number; lost: number };
  };
  await pgbench(middle.ports.wire, '-i', '-q', '-s', '5');
  let good = true;
  const resident: number[] = [];
  for (const mode of modes) {
    const args = ['-n', '-M', mode, '-c', String(clients), '-j', '2'];
    const pipe = await pgbench(middle.ports.pipe, ...args, '-T', String(Math.max(1, Math.round(seconds / 6))));
    await admin.query('SELECT pg_stat_statements_reset()');
    const before = await middle.recorded();
    const through = await pgbench(middle.ports.wire, ...args, '-T', String(Math.max(1, Math.round(seconds / modes.length))));
    const after = await middle.recorded();
    const { calls, lost } = await executed();
    // BEGIN and END are not counted reliably there once they are prepared: pgbench knows how many it sent.
    const sent = calls + 2 * through.transactions;
    const recorded = after.statements - before.statements;
    const paired = [after.begins - before.begins, after.commits - before.commits].every((count) => count === through.transactions);
    resident.push(after.resident);
    const whole = through.code === 0 && through.failed === 0 && after.errors === 0 && after.gaps === 0 && after.open === 0;
    good &&= whole && lost === 0 && recorded === sent && paired && through.transactions > 0;
    console.log(
      `${mode.padEnd(9)} ${through.transactions} transactions, ${through.failed} failed, ${after.errors} errors, ${after.gaps} gaps; executed ${sent}, recorded ${recorded}, lost ${sent - recorded}; ` +
        `${through.perSecond.toFixed(0)} per second, through a pipe ${pipe.perSecond.toFixed(0)} (wire:pipe ${(through.perSecond / pipe.perSecond).toFixed(2)}); memory ${(after.resident / 2 ** 20).toFixed(0)} MiB`,
    );
  }
  const growth = (resident.at(-1) ?? 0) - (resident[0] ?? 0);
  good &&= growth < allowedGrowth;
  console.log(`memory grew by ${(growth / 2 ** 20).toFixed(1)} MiB from the first mode to the last; ${good ? 'met' : 'missed'}`);
  middle.stop();
  await admin.end();
  await cluster.stop();
  return good;
}

process.exitCode = (await soak(Number(process.argv[2] ?? 60))) ? 0 : 1;
