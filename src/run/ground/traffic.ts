import { SeaworthyError } from '../../model/errors.ts';
import type { Exchange } from '../../model/transcript.ts';
import type { Logs } from './app/logs.ts';
import type { Visit, VisitSpec } from './browser/types.ts';
import { exchangeOf } from './browser/visits.ts';
import type { Database } from './database.ts';
import { openRequest, type Flight } from './http.ts';
import type { Outside } from './outside/outside.ts';
import type { Concert, Observed, RequestSpec, Visited } from './types.ts';
import type { Statement, Wire } from './wire/types.ts';

/** Time without an open statement after which a request's effects count as at rest, and the longest wait for it. */
const settle = { quietMs: 4, quietAfterConnectMs: 30, stepMs: 2, longestMs: 2_000 };
/** Addresses of requests that are remembered, for statements that come late. */
const remembered = 20_000;
const keptStatements = 20_000;

/** What traffic runs through. */
export interface Road {
  readonly wire: Wire;
  readonly database: Database;
  readonly outside: Outside | null;
}

/** Requests to the app and what they cause: one at a time, or several at once. */
export interface Traffic {
  /** The request that a statement belongs to, by its mark (wire/marks.ts). */
  requestOf(mark: string | null): string | null;
  onStatement(statement: Statement): void;
  /** Forgets what was caused until now, once it has come to rest. */
  rest(): Promise<void>;
  /** Sends one request and waits until its effects have come to rest. */
  observe(spec: RequestSpec): Promise<Observed>;
  /** Looks at a page and waits until what it caused has come to rest. */
  visit(spec: VisitSpec, look: (port: number) => Promise<Visit>): Promise<Visited>;
  /** Does something else to the app that answers like a request, and waits until what it caused has come to rest; `here` says from which address it comes. */
  attend<T extends { exchange: Exchange }>(work: (here: (address: string | null) => void) => Promise<T>): Promise<T & Observed>;
  /** Begins a concert: several requests at once. */
  begin(): Promise<void>;
  /** Sends into the concert; `burst` holds all back until all are there. */
  send(specs: readonly RequestSpec[], burst: boolean): Promise<string[]>;
  answer(id: string): Promise<Exchange>;
  /** Waits for every answer and ends the concert. */
  end(): Promise<Concert>;
}

/**
 * @param road throws while the ground is not prepared
 * @param portOf where an instance of the app listens; throws when it does not run
 * @param ended why an instance has ended by itself; null while all run
 */
export function openTraffic(road: () => Road, portOf: (instance?: string) => number, ended: () => string | null, logs: Logs): Traffic {
  const statements: Statement[] = [];
  const requests = new Map<string, string>();
  let concert: { flights: Map<string, Flight>; before: Before } | null = null;
  let current: string | null = null;
  let count = 0;

  const fly = (spec: RequestSpec, id: string, held: boolean): Flight => {
    const flight = openRequest(spec, portOf(spec.instance), held);
    void flight.from.then((address) => comesFrom(address, id));
    return flight;
  };
  const comesFrom = (address: string | null, id: string) => {
    if (address === null) return;
    requests.delete(address);
    requests.set(address, id);
    const [oldest] = requests.keys();
    if (requests.size > remembered && oldest !== undefined) requests.delete(oldest);
  };
  const start = async (): Promise<Before> => {
    const { wire, outside, database } = road();
    const before = { logs: logs.latest(), outbound: outside?.latest() ?? 0, gaps: wire.gaps().length, connections: wire.connections() };
    statements.length = 0;
    await database.state().mark();
    return before;
  };
  /** What was caused since. */
  const finish = async (before: Before): Promise<Concert> => {
    const { wire, database, outside } = road();
    const gaps: string[] = [];
    if (!(await quiet({ wire, outside, database }, before.connections)))
      gaps.push('the app still had a statement or a call to the outside world open when the request was over');
    const why = ended();
    if (why !== null) gaps.push(why);
    const changes = await database.state().changes();
    gaps.push(
      ...wire
        .gaps()
        .slice(before.gaps)
        .map((gap) => gap.reason),
    );
    return {
      statements: statements.splice(0),
      changes,
      outbound: outside?.since(before.outbound) ?? [],
      logs: logs.since(before.logs).map((line) => line.text),
      gaps,
    };
  };
  /** Does one thing to the app, with everything that it causes until that has come to rest. */
  const attend = async <T extends { exchange: Exchange }>(work: (id: string) => Promise<T>): Promise<T & Observed> => {
    const before = await start();
    const id = String(++count);
    current = id;
    try {
      const done = await work(id);
      const caused = await finish(before);
      const late = caused.statements.filter((statement) => statement.request !== id);
      if (late.some((statement) => statement.tag !== null && !/^(?:SELECT|SHOW|SET|BEGIN|COMMIT|ROLLBACK)/.test(statement.tag)))
        caused.gaps.push('an earlier request still wrote meanwhile: a change of row may be its');
      const rows = road().database.shown(done.exchange.response?.body ?? '');
      return {
        ...done,
        ...(rows === null ? {} : { rows }),
        ...caused,
        statements: caused.statements.filter((statement) => !late.includes(statement)),
      };
    } finally {
      current = null;
    }
  };
  const playing = () => {
    if (!concert) throw new SeaworthyError('ground-failed', 'no concert was begun');
    return concert;
  };

  return {
    requestOf(mark) {
      // Only the address of a request says more than what is known anyway while there is one request at a time.
      return (mark === null ? undefined : requests.get(mark.replace(/^::ffff:/, ''))) ?? current;
    },
    onStatement(statement) {
      statements.push(statement);
      if (statements.length > keptStatements) statements.shift();
    },
    async rest() {
      const { wire, outside, database } = road();
      await quiet({ wire, outside, database }, wire.connections());
      await database.state().mark();
      statements.length = 0;
    },
    observe: (spec) => attend(async (id) => ({ exchange: await fly(spec, id, false).exchange })),
    visit: (spec, look) =>
      attend(async () => {
        const visit = await look(portOf(spec.instance));
        return { exchange: exchangeOf(spec, visit), visit };
      }),
    attend: (work) => attend((id) => work((address) => comesFrom(address, id))),
    async begin() {
      concert = { flights: new Map(), before: await start() };
    },
    async send(specs, burst) {
      const { flights } = playing();
      const sent = specs.map((spec) => {
        const id = spec.id ?? String(++count);
        const flight = fly(spec, id, burst);
        flights.set(id, flight);
        return { id, flight };
      });
      await Promise.all(sent.map(({ flight }) => flight.from));
      for (const { flight } of sent) flight.fire();
      return sent.map(({ id }) => id);
    },
    answer(id) {
      const flight = playing().flights.get(id);
      if (!flight) throw new SeaworthyError('ground-failed', `no request ${id} was sent in this concert`);
      return flight.exchange;
    },
    async end() {
      const { flights, before } = playing();
      await Promise.all([...flights.values()].map((flight) => flight.exchange));
      return finish(before).finally(() => (concert = null));
    },
  };
}

interface Before {
  readonly logs: number;
  readonly outbound: number;
  readonly gaps: number;
  readonly connections: number;
}

/**
 * Waits until no statement and no call to the outside world has been open for a moment; false when it takes too long. A
 * connection that was opened in the meantime (a pool that replaces a broken one) has its first statement still to come: there
 * the moment is longer.
 */
async function quiet({ wire, outside, database }: Road, connections: number): Promise<boolean> {
  const started = performance.now();
  let before = connections;
  let version = database.version();
  let calm = 0;
  let enough = settle.quietMs;
  while (calm < enough) {
    if (performance.now() - started > settle.longestMs) return false;
    await new Promise((resolve) => setTimeout(resolve, settle.stepMs));
    const now = wire.connections();
    if (now > before) enough = settle.quietAfterConnectMs;
    const written = database.version();
    calm = wire.openStatements() === 0 && !outside?.busy() && now === before && written === version ? calm + settle.stepMs : 0;
    before = now;
    version = written;
  }
  return true;
}
