import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { messageOf, SeaworthyError } from '../../model/errors.ts';
import { openLogs } from './app/logs.ts';
import { readManifest } from './app/manifest.ts';
import { migrate } from './app/migrate.ts';
import type { AppPlan } from './app/plan.ts';
import { descendants } from './app/ports.ts';
import { driversOf } from './app/sqlite.ts';
import { openVisits } from './browser/visits.ts';
import { openClock } from './clock.ts';
import { createDatabase, type Database, type OwnDatabase } from './database.ts';
import { openLive } from './live/live.ts';
import { keepFiles, type KeptFiles } from './files.ts';
import { openInstances, type Site } from './instances.ts';
import { openInterferences } from './interferences.ts';
import { chooseOracle, withBlind } from './oracle.ts';
import { createAuthority } from './outside/certificates.ts';
import { openOutside, type Outside } from './outside/outside.ts';
import { serverlessDatabase } from './outside/serverless.ts';
import { startServices, type RunningServices } from './services.ts';
import { startPostgres, postgresPort } from './postgres.ts';
import { layPreload, movePreloadClock } from './preload/preload.ts';
import type { Program } from './programs.ts';
import type { GroundCalls, Settings } from './protocol.ts';
import { openSqliteDatabase } from './state/sqlite/database.ts';
import { findSqliteFiles } from './state/sqlite/find.ts';
import type { Sequences } from './state/types.ts';
import { openTraffic } from './traffic.ts';
import type { Oracle, ResetKind } from './types.ts';
import type { Wire } from './wire/types.ts';
import { openWire } from './wire/wire.ts';

/** The wire's port inside a network namespace of our own. */
const sealedWire = 5432;

interface Parts extends Omit<Settings, 'services'> {
  readonly services: RunningServices;
  postgres: Program;
  readonly server: OwnDatabase;
  /** Where the app keeps its data: in ours until it is seen to keep it elsewhere. */
  database: Database;
  /** When the ground was opened: what the app wrote since is its own. */
  readonly since: number;
  readonly wire: Wire;
  readonly outside: Outside | null;
  /** A certificate of the outside world; null without one of our own. */
  readonly leaf: string | null;
}

/** The ground as it is inside the namespace: everything that the engine may ask for. */
export function openGroundProcess(): GroundCalls {
  const logs = openLogs();
  const instances = openInstances(logs);
  const interferences = openInterferences();
  const visits = openVisits();
  let parts: Parts | null = null;
  let kept = false;
  let files: KeptFiles | null = null;
  let sequences: Sequences = {};
  let turn: Promise<unknown> = Promise.resolve();
  /** Lets the turn go that a concert has. */
  let endTurn: (() => void) | null = null;

  const ready = (): Parts => {
    if (!parts) throw new SeaworthyError('ground-failed', 'the proving ground is not prepared');
    return parts;
  };
  const traffic = openTraffic(
    ready,
    (instance) => instances.portOf(instance),
    () => instances.ended(),
    logs,
  );
  const live = openLive(traffic, (instance) => instances.portOf(instance));
  const world = (): Outside => {
    const { outside } = ready();
    if (!outside)
      throw new SeaworthyError('ground-failed', 'without a seal there is no outside world of our own: the app has the real one');
    return outside;
  };
  /** One thing at a time: only then does a statement belong to a request beyond doubt. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };
  /** In its turn; at once where a concert has it. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => (endTurn ? work() : alone(work));
  const site = (): Site => {
    const { seal, layout, wire, outside, services } = ready();
    return {
      seal,
      layout,
      wirePort: wire.port,
      ownPorts: [wire.port, ...services.ports, ...(outside?.ports ?? []), ...visits.ports()],
      clock: clock.variables(),
      async built() {
        files ??= await keepFiles(layout.copy, join(layout.run, 'kept'));
      },
    };
  };
  const again = async () => {
    const plan = instances.plan();
    if (!plan) throw new SeaworthyError('ground-failed', 'the app was not started yet');
    const result = await instances.start(site(), plan);
    if (!endTurn) await traffic.rest();
    return result;
  };
  /** Starts Postgres anew under another clock; the app's connections break, as when a database fails over. */
  const restartPostgres = async (inside: Readonly<Record<string, string>>) => {
    const now = ready();
    await now.server.suspend();
    now.wire.cutAll();
    now.postgres.signal('SIGINT');
    await Promise.race([now.postgres.ended, new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
    await now.postgres.kill();
    now.postgres = await startPostgres(now.seal, now.layout, inside);
    await now.server.resume();
  };
  const clock = openClock({
    mark: (seconds) => movePreloadClock(ready().layout, seconds),
    app: () => instances.first(),
    again,
    restartPostgres,
    inFile: () => ready().database.kind === 'sqlite',
  });
  /** Finds out where the app keeps its data, and watches that. */
  const findOracle = async (plan: AppPlan): Promise<Oracle> => {
    const now = ready();
    const { layout, server, wire } = now;
    if (now.database !== server) await now.database.close();
    now.database = server;
    const dirs = [layout.copy, ...(layout.app === layout.copy ? [layout.home] : [])];
    const pids = descendants(instances.first()?.program.pid ?? 0);
    const tables = await server.schema();
    const unit = join(layout.copy, relative(layout.app, plan.cwd));
    const drivers = driversOf(unit, readManifest(unit));
    const signs = { connected: wire.connections() > 0, tables: tables.length, drivers, dir: layout.copy };
    const { oracle, watch } = chooseOracle({ ...signs, ...findSqliteFiles({ dirs, pids, since: now.since }) });
    if (watch.length === 0) return oracle;
    try {
      now.database = await openSqliteDatabase(watch, join(layout.run, 'kept-data'));
      return withBlind(oracle, await now.database.state().blind());
    } catch (thrown) {
      return { kind: 'responses', detail: `${oracle.detail}, but its rows cannot be watched: ${messageOf(thrown)}` };
    }
  };
  const putBack = async (kinds: readonly ResetKind[]) => {
    const { wire, database, outside, services } = ready();
    if (kinds.includes('sequences') && !kinds.includes('rows')) await database.state().restoreSequences(sequences);
    if (kinds.includes('world')) outside?.forget();
    if (!kinds.some((kind) => ['rows', 'files', 'memory'].includes(kind))) return;
    await instances.stopAll();
    if (kinds.includes('files')) await files?.restore();
    // The rows of an app with a file went with its files.
    if (kinds.includes('rows') || (kinds.includes('files') && database.kind === 'sqlite')) {
      wire.cutAll();
      await clock.move(0);
      await database.restore();
      await services.forget();
    }
    await again();
  };

  return {
    async open({ seal, layout, services: wanted }) {
      const authority = createAuthority();
      await writeFile(join(layout.etc, 'ca.pem'), authority.certificate);
      const sealed = seal.level !== 'none';
      const outside = sealed
        ? await openOutside('127.0.0.1', authority, serverlessDatabase({ host: '127.0.0.1', port: sealedWire }))
        : null;
      const postgres = await startPostgres(seal, layout);
      const server = await createDatabase(layout);
      const wire = await openWire({
        upstream: { socketDir: layout.socket, port: postgresPort },
        listen: { host: '127.0.0.1', port: sealed ? sealedWire : 0 },
        login: { user: 'app', database: 'app' },
        tls: authority.leaf('localhost'),
        requestOf: (mark) => traffic.requestOf(mark),
      });
      wire.onStatement((statement) => traffic.onStatement(statement));
      await layPreload(layout);
      const services = await startServices(seal, layout, wanted);
      parts = {
        seal,
        layout,
        services,
        postgres,
        server,
        database: server,
        since: Date.now(),
        wire,
        outside,
        leaf: sealed ? authority.leaf('localhost').cert : null,
      };
      return { wirePort: wire.port };
    },
    async migrate(task) {
      const { seal, layout, wire, database } = ready();
      await migrate(seal, layout, task.plan, task.app, wire.port, logs);
      wire.cutAll();
      await database.keep();
      kept = true;
      return null;
    },
    boot: (task) =>
      alone(async () => {
        if (!kept) await ready().server.keep();
        kept = true;
        const result = await instances.start(site(), task);
        await traffic.rest();
        const oracle = await findOracle(task);
        sequences = await ready().database.state().sequences();
        await traffic.rest();
        return { ...result, oracle };
      }),
    keep: () =>
      inTurn(async () => {
        await instances.stopAll();
        ready().wire.cutAll();
        await ready().database.keep();
        sequences = await ready().database.state().sequences();
        await again();
        return null;
      }),
    restart: () => inTurn(again),
    reset: (kinds) => inTurn(async () => (await putBack(kinds), null)),
    instance: (name) => inTurn(() => instances.further(site(), name)),
    async kill(wish) {
      await instances.kill(wish);
      return null;
    },
    clock: (seconds) => inTurn(() => clock.move(seconds)),
    request: (spec) => alone(() => traffic.observe(spec)),
    listen: (spec) => alone(() => live.listen(spec)),
    say: ({ connection, text }) => alone(() => live.say(connection, text)),
    heard: async (connections) => connections.map((one) => live.state(one)),
    async hangUp(connections) {
      for (const one of connections) live.hangUp(one);
      return null;
    },
    visit: ({ spec, browser }) => alone(() => traffic.visit(spec, (port) => visits.visit(ready(), browser, spec, port))),
    together: () =>
      new Promise((resolve, reject) => {
        void alone(async () => {
          await traffic.begin().then(
            () => resolve(null),
            (thrown: unknown) => {
              reject(thrown);
              throw thrown;
            },
          );
          await new Promise<void>((end) => (endTurn = end));
        }).catch(() => {});
      }),
    send: ({ specs, burst }) => traffic.send(specs, burst),
    answer: (id) => traffic.answer(id),
    endTogether: () =>
      traffic.end().finally(() => {
        endTurn?.();
        endTurn = null;
      }),
    undo: (changes) => alone(async () => (await ready().database.state().undo(changes), null)),
    sql: ({ text, parameters }) => ready().database.sql(text, parameters),
    async schema(from) {
      const { database } = ready();
      return { from, database: database.kind, tables: await database.schema() };
    },
    logs: async (since) => logs.since(since),
    outbound: async (since) => ready().outside?.since(since) ?? [],
    mails: async (since) => ready().outside?.mails(since) ?? [],
    world: async (rule) => world().add(rule),
    worldApplied: async (rule) => world().applied(rule),
    async worldRestored(rule) {
      world().remove(rule);
      return null;
    },
    webhook: async (wish) => world().webhook(wish, instances.plan()?.env ?? {}),
    intercept: async (wish) => interferences.add(ready().wire, wish),
    caught: async (id) => interferences.caught(id),
    arrived: ({ interference, count, withinMs }) => interferences.arrived(interference, count, withinMs),
    async release(id) {
      interferences.release(id);
      return null;
    },
    async lift(id) {
      interferences.remove(id);
      return null;
    },
    environment: async () => ({ ...instances.plan()?.env }),
    async close() {
      live.hangUpAll();
      await Promise.all([instances.stopAll(), visits.close()]);
      if (parts) {
        const { postgres, database, server, wire, outside, services } = parts;
        parts = null;
        await wire.close();
        if (database !== server) await database.close();
        await server.close().catch(() => {}); // Postgres may be gone already
        await postgres.kill();
        await services.stop();
        outside?.close();
      }
      return null;
    },
  };
}
