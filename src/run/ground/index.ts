import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { messageOf, SeaworthyError } from '../../model/errors.ts';
import { inventEnvironment } from './app/environment.ts';
import { readExample, readOwnNames } from './app/examples.ts';
import { withoutNative } from './app/absent-native.ts';
import { startFromSource } from './app/from-source.ts';
import { findMigrations, type MigrationPlan } from './app/migrations.ts';
import { outdatedIn } from './app/outdated.ts';
import { plugAndPlay } from './app/pnp.ts';
import { findStart, ownPort, readManifest, type Start, type Surroundings } from './app/plan.ts';
import { adapterHome, standInFor } from './app/prisma-stand-in.ts';
import { maxRepairs, repaired } from './app/repair.ts';
import { forSqlite, isForSqlite } from './app/sqlite.ts';
import { findBrowser } from './browser/find.ts';
import { noBrowser } from './browser/visits.ts';
import { isThere } from './copy.ts';
import { installDependencies, installPackage } from './install.ts';
import { startGroundProcess, startReaper, type EngineEnd } from './outer.ts';
import { clusterCache, findPostgres, keepCluster } from './postgres.ts';
import type { Line } from './protocol.ts';
import { nodeHome, probeSeal } from './seal.ts';
import { findServices, leadToServices, type Services } from './services.ts';
import { freePort, makeRunDirectory, stage, type Stage } from './stage.ts';
import type { Ground, GroundOptions, ResetKind, RunConfig } from './types.ts';

export type * from './types.ts';
export type * from './browser/types.ts';
export type * from './outside/types.ts';

/**
 * Opens a proving ground for one unit of an app. Nothing is started yet: `prepare`, `migrate`, `boot` do that, in this
 * order. Throws `seal-missing` when the app cannot be sealed in fully and `unsealed` does not allow that, and
 * `part-missing` when Postgres is not installed.
 */
export async function openGround(options: GroundOptions): Promise<Ground> {
  const native = findPostgres();
  const seal = probeSeal();
  if (seal.level !== 'full' && !options.unsealed) {
    throw new SeaworthyError(
      'seal-missing',
      `the app cannot be sealed in on this machine: ${seal.notes.join('; ')}. Mend that, or allow it with --unsealed`,
    );
  }
  const unit = options.unit === '.' ? '' : options.unit;
  const run = await makeRunDirectory(seal);
  const reaper = startReaper(run);
  let staged: Stage | null = null;
  let end: EngineEnd | null = null;
  let app: Surroundings | null = null;
  let migrations: MigrationPlan | null = null;
  let closing: Promise<void> | null = null;

  // Without a network of our own, what listens on loopback is the user's.
  const services = (dir: string): Services => (seal.level === 'none' ? { found: [], missing: [] } : findServices(dir));
  const planned = () => {
    if (!app || !migrations) throw new SeaworthyError('ground-failed', 'the proving ground is not prepared');
    return { app, migrations };
  };
  const call: Line['call'] = (name, argument) => {
    if (end && !closing) return end.line.call(name, argument);
    return Promise.reject(
      new SeaworthyError('ground-failed', closing ? 'the proving ground is closed' : 'the proving ground is not prepared'),
    );
  };

  const close = () => {
    closing ??= (async () => {
      options.signal.removeEventListener('abort', onAbort);
      await end?.end();
      await reaper.finish();
    })();
    return closing;
  };
  const onAbort = () => void close();
  options.signal.addEventListener('abort', onAbort);
  if (options.signal.aborted) onAbort();

  const archives = ({ layout }: Stage) => plugAndPlay(join(layout.copy, unit), (path) => join(layout.app, relative(layout.copy, path)));
  /** The unit where its dependencies are to be looked at. */
  const treeOf = ({ layout, hasModules }: Stage) => join(hasModules ? options.dir : layout.copy, unit);
  /** Where the unit's dependencies lie: in the owner's tree, or in the copy where they were installed. */
  const modulesOf = ({ layout, hasModules }: Stage) =>
    [...new Set([join(hasModules ? options.dir : layout.copy, unit), hasModules ? options.dir : layout.copy])].map((at) =>
      join(at, 'node_modules'),
    );

  const plan = async (from: Stage, wirePort: number): Promise<Surroundings> => {
    const { layout } = from;
    const dir = join(layout.copy, unit);
    const example = readExample(layout.copy, dir);
    const port = options.config?.port ?? ownPort(dir, options.config) ?? (seal.level === 'none' ? await freePort() : 3000);
    const full = seal.level === 'full';
    const path = [
      ...from.commands,
      ...virtual.filter((at) => existsSync(join(layout.copy, unit, at))).map((at) => join(layout.unit, at)),
      layout.bin,
      nodeHome(),
      join(nodeHome(), 'bin'),
      '/usr/local/sbin',
      '/usr/local/bin',
      '/usr/sbin',
      '/usr/bin',
      '/sbin',
      '/bin',
    ];
    const own = readOwnNames(options.dir, join(options.dir, unit));
    const read = [...(options.environment ?? []), ...own.map((name) => ({ name, fallback: false }))];
    const led = leadToServices(services(dir).found, [...read.map(({ name }) => name), ...Object.keys(example)], example);
    const kept = (name: string) => led[name] !== null;
    const environment = inventEnvironment({
      read: read.filter(({ name }) => kept(name)),
      example: Object.fromEntries(Object.entries(example).filter(([name]) => kept(name))),
      configured: { ...withoutNull(led), ...options.config?.env },
      seed: options.seed,
      port,
      sqlite: isForSqlite(dir, readManifest(dir)),
      wire: { host: 'localhost', port: wirePort },
      path,
      home: full ? '/home/app' : layout.home,
    });
    const authority = full ? '/etc/ca.pem' : join(layout.etc, 'ca.pem');
    return {
      cwd: layout.unit,
      port,
      health: options.config?.health ?? '/',
      // Node, OpenSSL and Go; Python's requests; the AWS SDKs.
      env: {
        NODE_EXTRA_CA_CERTS: authority,
        SSL_CERT_FILE: authority,
        REQUESTS_CA_BUNDLE: authority,
        AWS_CA_BUNDLE: authority,
        ...environment.values,
        ...nodeOptions(archives(from)),
      },
      invented: environment.invented,
      sample: example,
      notes: [...from.notes, ...outdatedIn(modulesOf(from))],
    };
  };

  return {
    seal: { level: seal.level, notes: seal.notes },
    async prepare() {
      options.progress('copying the app');
      staged = await stage(seal, run, options.dir, unit, native, needsBuild(join(options.dir, unit), options.config));
      const { layout } = staged;
      if (!staged.hasModules && archives(staged) === null && readManifest(join(layout.copy, unit)).hasDependencies) {
        if (!options.install)
          throw new SeaworthyError(
            'boot-failed',
            "the dependencies of the app are not installed: run the package manager's install in its folder, or allow it with --install",
          );
        options.progress('installing dependencies');
        await installDependencies(seal, layout, unit);
      }
      const standIn = standInFor(join(layout.copy, unit), treeOf(staged));
      if (standIn && !standIn.ready && options.install) {
        options.progress(`installing ${standIn.adapter}`);
        // Without it the app may still start: what asks the database fails, and the note says why.
        await installPackage(seal, layout, standIn.adapter, adapterHome).catch((thrown: unknown) => options.progress(messageOf(thrown)));
      }
      options.progress('starting Postgres');
      if (closing) throw new SeaworthyError('ground-failed', 'the proving ground is closed');
      end = startGroundProcess(seal, layout);
      const { found } = services(join(layout.copy, unit));
      const { wirePort } = await call('open', { seal, layout, services: found });
      const cache = clusterCache(native);
      if (!(await isThere(cache))) await keepCluster(join(layout.postgres, 'pristine'), cache);
      app = await plan(staged, wirePort);
      const dir = join(layout.copy, unit);
      const made = findMigrations(dir, options.config, staged?.layout.copy);
      migrations = isForSqlite(dir, readManifest(dir)) ? forSqlite(made, dir, app.env) : made;
    },
    async migrate() {
      options.progress('migrating the database');
      await call('migrate', { plan: planned().migrations, app: planned().app });
      return { from: planned().migrations.from };
    },
    async boot() {
      options.progress('starting the app');
      const dir = join(run, 'app', unit);
      let start = findStart(dir, options.config, staged ? treeOf(staged) : dir, join(run, 'app'));
      let other: Start | null = null;
      const tried = new Map<string, number>();
      for (let repairs = 0; ; repairs++) {
        try {
          return await call('boot', { ...planned().app, ...start });
        } catch (thrown) {
          if (repairs >= maxRepairs || !(thrown instanceof SeaworthyError) || thrown.code !== 'boot-failed') throw thrown;
          other = other === null && options.config?.start === undefined ? startFromSource(dir, start, thrown.message) : null;
          if (other) {
            start = other;
            continue;
          }
          const better = withoutNative(planned().app, thrown.message) ?? repaired(planned().app, thrown.message, tried);
          if (!better) throw thrown;
          app = better;
        }
      }
    },
    request: (spec) => call('request', spec),
    listen: (spec) => call('listen', spec),
    say: (connection, text) => call('say', { connection, text }),
    heard: (connections) => call('heard', connections),
    async hangUp(connections) {
      await call('hangUp', connections);
    },
    async visit(spec) {
      const browser = findBrowser();
      if (!browser) throw noBrowser();
      return call('visit', { spec, browser });
    },
    async undo(changes) {
      await call('undo', changes);
    },
    sql: (text, parameters = []) => call('sql', { text, parameters }),
    schema: async () => call('schema', planned().migrations.from),
    async together() {
      await call('together', null);
      return {
        async send(spec) {
          const [id = ''] = await call('send', { specs: [spec], burst: false });
          return id;
        },
        burst: (specs) => call('send', { specs, burst: true }),
        answer: (id) => call('answer', id),
        end: () => call('endTogether', null),
      };
    },
    async reset(kinds = everything) {
      await call('reset', kinds);
    },
    async keep() {
      await call('keep', null);
    },
    restart: () => call('restart', null),
    instance: (name) => call('instance', name),
    async kill(wish) {
      await call('kill', wish);
    },
    clock: (seconds) => call('clock', seconds),
    logs: (since = 0) => call('logs', since),
    outbound: (since = 0) => call('outbound', since),
    mails: (since = 0) => call('mails', since),
    async world(rule) {
      const id = await call('world', rule);
      return {
        id,
        applied: () => call('worldApplied', id),
        async remove() {
          await call('worldRestored', id);
        },
      };
    },
    webhook: (wish) => call('webhook', wish),
    async intercept(rule) {
      const id = await call('intercept', rule);
      return {
        caught: () => call('caught', id),
        arrived: (count, withinMs) => call('arrived', { interference: id, count, withinMs }),
        async release() {
          await call('release', id);
        },
        async remove() {
          await call('lift', id);
        },
      };
    },
    environment: () => call('environment', null),
    close,
  };
}

function nodeOptions(value: string | null): Record<string, string> {
  return value === null ? {} : { NODE_OPTIONS: value };
}

/** Where virtual environments of Python keep their programs. */
const virtual = ['.venv/bin', 'venv/bin', 'env/bin'];

const everything: readonly ResetKind[] = ['rows', 'sequences', 'files', 'memory', 'world'];

function withoutNull(values: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== null));
}

/** Whether starting the app takes a build first; false when nothing says how to start it. */
function needsBuild(dir: string, config: RunConfig | undefined): boolean {
  try {
    return findStart(dir, config).build !== null;
  } catch {
    return false; // The sentence about it belongs to `boot`.
  }
}
