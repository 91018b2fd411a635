import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SeaworthyError } from '../../model/errors.ts';
import { startApp, type RunningApp } from './app/app.ts';
import { openLogs } from './app/logs.ts';
import { migrate } from './app/migrate.ts';
import type { AppPlan } from './app/plan.ts';
import { createDatabase, type Database } from './database.ts';
import { sendRequest } from './http.ts';
import { createAuthority } from './outside/certificates.ts';
import { openOutside, type Outside } from './outside/outside.ts';
import { serverlessDatabase } from './outside/serverless.ts';
import { startPostgres, postgresPort } from './postgres.ts';
import type { Program } from './programs.ts';
import type { GroundCalls, Settings } from './protocol.ts';
import { readSchema } from './schema.ts';
import type { Observed, RequestSpec } from './types.ts';
import type { Candidate, Interception, Statement, Wire } from './wire/types.ts';
import { openWire } from './wire/wire.ts';

/** The wire's port inside a network namespace of our own. */
const sealedWire = 5432;

/** Time without an open statement after which a request's effects count as at rest, and the longest wait for it. */
const settle = { quietMs: 4, quietAfterConnectMs: 30, stepMs: 2, longestMs: 2_000 };

interface Parts extends Settings {
  readonly postgres: Program;
  readonly database: Database;
  readonly wire: Wire;
  readonly outside: Outside | null;
}

/** The ground as it is inside the namespace: everything that the engine may ask for. */
export function openGroundProcess(): GroundCalls {
  const logs = openLogs();
  const statements: Statement[] = [];
  const faults = new Map<number, { rule: Interception; caught: Candidate[] }>();
  let parts: Parts | null = null;
  let app: RunningApp | null = null;
  let plan: AppPlan | null = null;
  let kept = false;
  let current: string | null = null;
  let requests = 0;
  let nextFault = 1;
  let turn: Promise<unknown> = Promise.resolve();

  const ready = (): Parts => {
    if (!parts) throw new SeaworthyError('ground-failed', 'the proving ground is not prepared');
    return parts;
  };
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
  const stop = async () => {
    await app?.program.kill();
    app = null;
  };
  const start = async (toStart: AppPlan) => {
    const { seal, layout, wire, outside, database } = ready();
    await stop();
    app = await startApp(seal, layout, toStart, [wire.port, ...(outside?.ports ?? [])], logs);
    plan = { ...toStart, build: null };
    await quiet(wire, outside);
    await database.state().mark();
    statements.length = 0;
    return app.result;
  };
  const again = () => {
    if (!plan) throw new SeaworthyError('ground-failed', 'the app was not started yet');
    return start(plan);
  };

  return {
    async open({ seal, layout }) {
      const authority = createAuthority();
      await writeFile(join(layout.etc, 'ca.pem'), authority.certificate);
      const sealed = seal.level !== 'none';
      const outside = sealed
        ? await openOutside('127.0.0.1', authority, serverlessDatabase({ host: '127.0.0.1', port: sealedWire }))
        : null;
      const postgres = await startPostgres(seal, layout);
      const database = await createDatabase(layout);
      const wire = await openWire({
        upstream: { socketDir: layout.socket, port: postgresPort },
        listen: { host: '127.0.0.1', port: sealed ? sealedWire : 0 },
        login: { user: 'app', database: 'app' },
        tls: authority.leaf('localhost'),
        current: () => current,
      });
      wire.onStatement((statement) => {
        statements.push(statement);
        if (statements.length > 20_000) statements.shift();
      });
      parts = { seal, layout, postgres, database, wire, outside };
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
        if (!kept) await ready().database.keep();
        kept = true;
        return start(task);
      }),
    restart: () => alone(again),
    reset: () =>
      alone(async () => {
        await stop();
        ready().wire.cutAll();
        await ready().database.restore();
        ready().outside?.forget();
        await again();
        return null;
      }),
    request: (spec) => alone(() => observe(spec)),
    undo: (changes) => alone(async () => (await ready().database.state().undo(changes), null)),
    sql: ({ text, parameters }) => ready().database.sql(text, parameters),
    schema: (from) => readSchema((text) => ready().database.sql(text, []), from),
    logs: async (since) => logs.since(since),
    outbound: async (since) => ready().outside?.since(since) ?? [],
    mails: async (since) => ready().outside?.mails(since) ?? [],
    world: async (rule) => world().add(rule),
    worldApplied: async (rule) => world().applied(rule),
    async worldRestored(rule) {
      world().remove(rule);
      return null;
    },
    webhook: async (wish) => world().webhook(wish, plan?.env ?? {}),
    async intercept({ statement, code, message = 'made to fail by the proving ground', times }) {
      const pattern = new RegExp(statement, 'i');
      const caught: Candidate[] = [];
      const rule = ready().wire.intercept({
        match: (candidate) => pattern.test(candidate.text),
        before: { error: { code, message } },
        ...(times === undefined ? {} : { times }),
        onCaught: ({ text, binds, connection, request }) => void caught.push({ text, binds, connection, request }),
      });
      const id = nextFault++;
      faults.set(id, { rule, caught });
      return id;
    },
    caught: async (id) => faults.get(id)?.caught.map(({ text, binds, request }) => ({ text, binds, request })) ?? [],
    async lift(id) {
      faults.get(id)?.rule.remove();
      return null;
    },
    environment: async () => ({ ...plan?.env }),
    async close() {
      await stop();
      if (parts) {
        const { postgres, database, wire, outside } = parts;
        parts = null;
        await wire.close();
        await database.close().catch(() => {}); // Postgres may be gone already
        await postgres.kill();
        outside?.close();
      }
      return null;
    },
  };

  async function observe(spec: RequestSpec): Promise<Observed> {
    const { wire, database, outside } = ready();
    if (!app) throw new SeaworthyError('ground-failed', 'the app was not started yet');
    const before = { logs: logs.latest(), outbound: outside?.latest() ?? 0, gaps: wire.gaps().length, connections: wire.connections() };
    statements.length = 0;
    await database.state().mark();
    current = String(++requests);
    const exchange = await sendRequest(spec, app.result.port);
    const gaps: string[] = [];
    if (!(await quiet(wire, outside, before.connections)))
      gaps.push('the app still had a statement or a call to the outside world open when the request was over');
    if (app.ended !== null) gaps.push(`the app has ended with code ${app.ended}: restart it`);
    current = null;
    const changes = await database.state().changes();
    gaps.push(
      ...wire
        .gaps()
        .slice(before.gaps)
        .map((gap) => gap.reason),
    );
    return {
      exchange,
      statements: statements.splice(0),
      changes,
      outbound: outside?.since(before.outbound) ?? [],
      logs: logs.since(before.logs).map((line) => line.text),
      gaps,
    };
  }
}

/**
 * Waits until no statement and no call to the outside world has been open for a moment; false when it takes too long. A
 * connection that was opened in the meantime (a pool that replaces a broken one) has its first statement still to come: there
 * the moment is longer.
 */
async function quiet(wire: Wire, outside: Outside | null, connections = wire.connections()): Promise<boolean> {
  const started = performance.now();
  let before = connections;
  let calm = 0;
  let enough = settle.quietMs;
  while (calm < enough) {
    if (performance.now() - started > settle.longestMs) return false;
    await new Promise((resolve) => setTimeout(resolve, settle.stepMs));
    const now = wire.connections();
    if (now > before) enough = settle.quietAfterConnectMs;
    calm = wire.openStatements() === 0 && !outside?.busy() && now === before ? calm + settle.stepMs : 0;
    before = now;
  }
  return true;
}
