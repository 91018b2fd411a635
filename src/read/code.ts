import type { z } from 'zod';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { AbstractValue, calls, catches, environment, queries } from '../model/evidence/read.ts';
import { sha256 } from '../world/hash.ts';
import type { ReadContext } from './context.ts';
import type { Gap, Place } from '../model/words.ts';
import { openPack } from './pack.ts';
import { endpointReaders } from './code/frameworks/readers.ts';
import type { EndpointReader } from './code/frameworks/reader.ts';
import { settingsOf } from './code/frameworks/settings.ts';
import type { Pack } from './pack.ts';
import { filedEndpoints } from './code/frameworks/filed.ts';
import { noteAutoImports } from './code/frameworks/nitro.ts';
import { nestEndpoints, noteProviders } from './code/frameworks/nest-controllers.ts';
import { webSocketMethod } from './code/paths.ts';
import { follow, Routers } from './code/routers.ts';
import type { Endpoint } from './code/routers.ts';
import { LiveServers } from './code/live.ts';
import type { LiveEndpoint } from './code/live.ts';
import { flag, factsVersion } from './code/facts.ts';
import type { FileFacts } from './code/facts.ts';
import { tablesReached } from './code/direct-tables.ts';
import type { DirectTable } from './code/direct-tables.ts';
import { Jobs } from './code/jobs.ts';
import type { Job } from './code/jobs.ts';
import { sourcesOf } from './code/load.ts';
import { outcomeOf } from './code/outcome.ts';
import { Machine } from './code/machine.ts';
import type { CaughtError, KnownCall } from './code/machine.ts';
import { Flows } from './code/flows.ts';
import { unescapedIn } from './code/templates.ts';
import type { Flow } from '../model/evidence/flows.ts';
import { openModules } from './code/modules.ts';
import type { Resolve } from './code/modules.ts';
import { followErrorHandlers, operationOf } from './code/operation/index.ts';
import { Notes } from './code/operation/notes.ts';
import { Accesses } from './code/data/accesses.ts';
import { Answers } from './code/data/answers.ts';
import { describeSites } from './code/data/describe.ts';
import type { Query, Uses } from './code/data/describe.ts';
import { declarations } from './code/data/declarations.ts';
import { placeOf, stepsOf } from './code/data/sequences.ts';
import type { Sequence } from './code/data/sequences.ts';
import type { DeclaredTable } from './code/data/tables.ts';
import { Queries, compare } from './code/queries.ts';
import type { Described, ReadsToBe } from './code/queries.ts';
import { describeRoutes, followedFor } from './code/routes.ts';
import type { Route } from './code/routes.ts';
import { shapeOf } from './code/schema.ts';
import { clientCalls } from './samples/client-calls.ts';
import type { ClientCall } from './samples/client-calls.ts';
import { specificationsIn } from './samples/specifications.ts';
import type { WrittenInCode } from './samples/specifications.ts';
import { either, keyOf, NEXT, REQ, RES, toAbstract, UNKNOWN } from './code/value.ts';
import type { SourceFile, Value } from './code/value.ts';
import { reach } from './code/visit.ts';
import type { Access, Visit } from './code/visit.ts';

type Declared = z.infer<typeof queries>['declared'][number];
type Call = z.infer<typeof calls>['calls'][number];
type CatchRow = z.infer<typeof catches>['catches'][number];
type EnvironmentRead = z.infer<typeof environment>['reads'][number];

/** The linked program: what the collectors of routes, calls, queries, catches and environment hand over. */
export interface Program {
  readonly routes: readonly Route[];
  readonly live: readonly LiveEndpoint[];
  readonly calls: readonly Call[];
  readonly jobs: readonly Job[];
  /** What the browser reaches past the application's own server. */
  readonly reached: { readonly tables: readonly DirectTable[]; readonly complete: boolean };
  readonly queries: readonly Query[];
  readonly flows: readonly Flow[];
  readonly sequences: readonly Sequence[];
  readonly declared: readonly Declared[];
  readonly rowSecurity: boolean;
  readonly catches: readonly CatchRow[];
  readonly environment: { readonly reads: readonly EnvironmentRead[]; readonly validated: readonly string[] };
  /** Requests that screens, client libraries and tests make of the application's own server. */
  readonly clientCalls: readonly ClientCall[];
  /** Specifications of its interface that it holds as objects. */
  readonly specifications: readonly WrittenInCode[];
  readonly operation: EvidenceValue<'operation'>;
  readonly lines: number;
  readonly gaps: readonly Gap[];
  /** The files that run in production, by path. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** Those and the tests, stories and configurations beside them. */
  readonly everyFile: ReadonlyMap<string, SourceFile>;
  readonly resolve: Resolve;
}

const programs = new WeakMap<ReadContext, Promise<Program>>();

/** The program of a tree, read once for each context. */
export function programOf(context: ReadContext): Promise<Program> {
  let program = programs.get(context);
  if (program === undefined) {
    program = link(context);
    programs.set(context, program);
  }
  return program;
}

/** Code that does not run in production: its routes, calls and catches would be noise. */
export function isTestCode(path: string): boolean {
  // Where folders make addresses, one that is called `test` is an address like any other.
  const [, before] =
    /^(.*?)(?:app\/(?:.*\/)?route\.[jt]sx?|pages\/api\/.+|server\/(?:api|routes)\/.+|src\/routes\/(?:.*\/)?\+.+)$/.exec(path) ?? [];
  return (
    /(^|\/)(__tests__|__mocks__|tests?|e2e|cypress|spec|fixtures|\.storybook)\//.test(before ?? path) ||
    /\.(test|spec|stories|e2e)\.[cm]?[jt]sx?$/.test(path) ||
    /(^|\/)(vite|vitest|jest|webpack|rollup|eslint|tailwind|postcss|next|playwright|cypress|drizzle|babel|prettier)\.config\.[cm]?[jt]s$/.test(
      path,
    )
  );
}

/** Without the handlers that only hand on to procedures or fields which are endpoints of their own. */
function withoutDoors(machine: Machine, endpoints: readonly Endpoint[]): Endpoint[] {
  const behind = new Set(endpoints.map(({ framework }) => framework).filter((one) => one === 'trpc' || one === 'graphql'));
  if (behind.size === 0) return [...endpoints];
  const handsOn = (means: string) => [...behind].some((one) => means === `${one}-serve` || means === `${one}-server`);
  return endpoints.filter(({ handler, framework }) => {
    if (handler === null || framework === 'trpc' || framework === 'graphql') return true;
    const made = handler.value.k === 'inst' ? handler.value.symbol : '';
    if (made.startsWith('npm:@trpc/server#') || made.startsWith('npm:graphql#')) return false;
    return !follow(machine, handler, framework).some((visit) => [...visit.means].some(handsOn));
  });
}

/** Tells the readers of endpoints of a call; the first that says what it gives is believed. */
function registerWith(readers: readonly EndpointReader[], call: KnownCall, machine: () => Machine): Value | undefined {
  for (const reader of readers) {
    const value = reader.register(call, machine);
    if (value !== undefined) return value;
  }
  return undefined;
}

interface CallSite {
  readonly call: KnownCall;
  readonly args: Map<string, readonly Value[]>;
  transaction: boolean;
}

async function link(context: ReadContext): Promise<Program> {
  const { facts, gaps } = await ownFacts(context);
  const modules = await openModules(context, new Set(facts.keys()));
  const files = new Map<string, SourceFile>();
  for (const [path, one] of facts) files.set(path, { path, unit: modules.unitOf(path), facts: one });
  const production = [...files.values()].filter(({ path }) => !isTestCode(path));

  const sites = new Map<string, CallSite>();
  const caught = new Map<string, CaughtError>();
  const validated = new Set<string>();
  const notes = new Notes(() => machine);
  const statements = new Queries();
  const flows = new Flows(await unescapedIn(context));
  const { tables, rowSecurity } = await declarations(context);
  const accesses = new Accesses(tables);
  const answers = new Answers();
  const routers = new Routers(() => machine);
  const readers = endpointReaders();
  const jobs = new Jobs();
  const settings = await settingsOf(context);
  const servers = new LiveServers(() => machine);
  const machine: Machine = new Machine(files, modules.resolve, {
    call(call) {
      record(sites, call);
      notes.known(call);
      if (call.means === 'answer') answers.record(machine, call);
      if (call.means === 'sql-query') statements.record(machine, call);
      else if (call.means === 'sql-template' || call.means === 'sql-execute') statements.recordTemplate(machine, call);
      const arrival = { ...call, at: call.expr.i, notes: [] };
      if (call.means === 'sql-query') flows.statement(machine, arrival);
      if (call.means === 'model-call') flows.prompt(machine, arrival);
      if (call.means === 'environment-schema' || call.means === 'schema-parse')
        for (const name of environmentNames(call)) validated.add(name);
      jobs.register(call);
      return servers.register(call) ?? routers.register(call) ?? registerWith(readers, call, () => machine);
    },
    arrive(arrival) {
      flows.record(machine, arrival);
    },
    pattern(pattern, frame, line) {
      flows.pattern(
        machine,
        pattern,
        machine.place(frame, line, line),
        machine.within(frame),
        frame.file.facts.functions[frame.fn]?.n ?? '',
      );
    },
    caught(one) {
      const key = `${one.where.file}:${one.where.line}:${one.where.endLine}`;
      const before = caught.get(key);
      // The walk that knows who asks tells more than the one that does not.
      if (before === undefined || (before.outcome.answer === null && one.outcome.answer !== null)) caught.set(key, one);
    },
    dropped: (expr, frame) => notes.drop(expr, frame),
    own: (fn, expr, frame) => notes.ownCall(fn, expr, frame),
    outside: (call) => notes.outsideCall(call),
    accessed(call, made) {
      accesses.record(machine, call, made);
    },
    stated(call) {
      statements.record(machine, call);
    },
    changed(row, name, value) {
      accesses.changed(row, name, value);
      answers.changed(row, name);
    },
  });

  noteAutoImports(machine, production);
  const imported = new Set<string>();
  for (const file of production) {
    for (const [specifier, , typeOnly] of file.facts.imports) {
      const target = modules.resolve(file.path, specifier);
      if (!typeOnly && 'file' in target && target.file !== file.path) imported.add(target.file);
    }
  }
  const loading = new Set<string>();
  for (const file of production) if (!imported.has(file.path)) machine.load(file, loading);
  for (const file of production) if (!loading.has(file.path)) machine.load(file, loading);

  jobs.loading = false;
  noteProviders(machine, production, routers.nest);
  const endpoints = () => {
    // Routers that files export are found first: no others stand at the root then.
    const filed = filedEndpoints(machine, routers, production);
    const registered = routers.endpoints(imported);
    const plain = [...registered.endpoints, ...nestEndpoints(machine, production, routers.nest), ...filed];
    // A file's own handler may be the server of another protocol.
    const asHandlers = filed.flatMap(({ handler, path, guards, app }) =>
      handler === null ? [] : [{ value: handler.value, at: path, before: guards, app }],
    );
    const mounts = [...routers.mountings, ...asHandlers];
    const linked = { machine, files: production, imported, settings, mounts, plugins: routers.plugins };
    const more = readers.flatMap((reader) => reader.endpoints(linked));
    return { ...registered, endpoints: withoutDoors(machine, [...plain, ...more]) };
  };
  let found = endpoints();
  const http = ({ endpoints: all }: typeof found) => all.filter(({ method }) => method !== webSocketMethod);
  let routes = describeRoutes(machine, http(found));
  servers.describe(found.endpoints, routes);
  followErrorHandlers(machine, notes);
  const others = followTheRest(machine, production);
  const again = endpoints();
  if (again.endpoints.length !== found.endpoints.length) {
    found = again;
    routes = describeRoutes(machine, http(found));
  }
  const live = servers.describe(found.endpoints, routes);
  const jobRows = jobs.rows(machine, production, settings);
  const reached = tablesReached(machine, production);
  for (const where of found.unmounted)
    gaps.push({ file: where.file, reason: `the router of line ${where.line} is mounted nowhere that could be followed` });
  const requests = clientCalls(files, modules.resolve);
  if (!requests.complete) gaps.push({ file: null, reason: 'the code makes more requests of its own server than are read' });
  if (machine.exhausted) gaps.push({ file: null, reason: 'the code calls deeper or wider than is followed; some calls are missing' });

  const byFunction = new Map<string, string[]>();
  for (const route of routes) {
    for (const id of route.reaches) {
      const list = byFunction.get(id);
      if (list === undefined) byFunction.set(id, [route.id]);
      else if (list.at(-1) !== route.id) list.push(route.id);
    }
  }
  for (const list of byFunction.values()) list.sort(compare);
  const routesOf = (within: string) => byFunction.get(within) ?? [];
  const data = await dataAccess(
    statements,
    accesses,
    {
      routes,
      others,
      routesOf,
      uses: { one: (at) => machine.usesOneRow(at), any: (at) => machine.probes(at), answered: (at) => answers.of(at) },
    },
    openPack(context.cacheDir, `sql-${sha256(context.tree.root).slice(0, 16)}`, `${context.toolVersion}-${factsVersion}`),
  );

  return {
    routes,
    live,
    jobs: jobRows,
    reached,
    calls: callRows(sites, machine, routesOf),
    ...data,
    declared: declaredRows(tables.all()),
    rowSecurity,
    flows: flows.rows(routesOf, routes),
    catches: catchRows(caught, machine, routesOf),
    environment: {
      reads: environmentReads(production, machine),
      validated: [...new Set([...validated, ...machine.checkedEnvironment])].sort(compare),
    },
    clientCalls: requests.calls,
    specifications: specificationsIn(files.values()),
    operation: operationOf(notes, {
      machine,
      files: new Map(production.map((file) => [file.path, file])),
      routes,
      endpoints: found.endpoints,
      resolve: modules.resolve,
      routesOf,
    }),
    lines: [...files.values()].reduce((sum, file) => sum + file.facts.lines, 0),
    gaps: gaps.sort((a, b) => compare(a.file ?? '', b.file ?? '') || compare(a.reason, b.reason)),
    files: new Map(production.map((file) => [file.path, file])),
    everyFile: files,
    resolve: modules.resolve,
  };
}

/** Where the code is entered: its endpoints, and functions that no endpoint leads to. */
interface Entries {
  readonly routes: readonly Route[];
  readonly others: readonly Visit[];
  readonly routesOf: (within: string) => string[];
  readonly uses: Uses;
}

/** What the code asks of the database, as text and through libraries, and in which order each entry does. */
async function dataAccess(
  statements: Queries,
  accesses: Accesses,
  { routes, others, routesOf, uses }: Entries,
  pack: Pack,
): Promise<Pick<Program, 'queries' | 'sequences'>> {
  const byVisit = new Map<Visit, string[]>();
  for (const route of routes)
    for (const root of followedFor(route).all)
      for (const visit of reach(root)) {
        const list = byVisit.get(visit) ?? [];
        if (list.at(-1) !== route.id) list.push(route.id);
        byVisit.set(visit, list);
      }
  const apart = new Set(others.flatMap((visit) => [...reach(visit)]));
  // A function was followed more than once; only what an entry leads to counts, where any does.
  const led = (visits: Iterable<Visit>) => {
    const all = [...visits];
    const known = all.filter((visit) => byVisit.has(visit) || apart.has(visit));
    return known.length > 0 ? known : all;
  };
  const leading = (visit: Visit, within: string) =>
    [...new Set(byVisit.get(visit) ?? (apart.has(visit) ? [] : routesOf(within)))].sort(compare);
  const reads: ReadsToBe = new Map();
  for (const [at, site] of accesses.sites) {
    const tables = new Set([...site.visits.values()].flatMap((chains) => [...chains.values()].flatMap((asked) => asked.tables[0] ?? [])));
    reads.set(at, { where: site.where, table: tables.size === 1 ? ([...tables][0] ?? null) : null });
  }
  const texts = await statements.rows(leading, reads, uses, led, pack);
  const described: Described[] = [...texts, ...describeSites(accesses.sites, reads, uses, (visit) => leading(visit, visit.id), led)];
  described.sort(
    ({ row: a }, { row: b }) =>
      compare(a.where.file, b.where.file) ||
      a.where.line - b.where.line ||
      compare(a.text ?? '', b.text ?? '') ||
      compare(a.tables.join(), b.tables.join()) ||
      compare(a.routes.join(), b.routes.join()),
  );
  const index = new Map<Access, Map<Visit, number>>();
  described.forEach(({ access, visits }, number) => {
    const map = index.get(access) ?? new Map<Visit, number>();
    for (const visit of visits) map.set(visit, number);
    index.set(access, map);
  });
  const together = new Set<Access>([...accesses.sites.values()].filter((site) => site.together));
  const sequence = (route: string | null, where: Place, roots: readonly Visit[]): Sequence => ({
    route,
    where,
    steps: stepsOf(
      roots,
      (access, visit) => index.get(access)?.get(visit),
      (access) => together.has(access),
    ),
  });
  const all = [
    ...routes.map((route) => sequence(route.id, route.handler?.where ?? route.where, outermost(followedFor(route).own))),
    ...others.map((visit) => sequence(null, placeOf(visit), [visit])),
  ];
  return { queries: described.map(({ row }) => row), sequences: all.filter(({ steps }) => steps.length > 0) };
}

/** Without those that another of them leads to. */
function outermost(visits: readonly Visit[]): Visit[] {
  return visits.filter((visit) => !visits.some((other) => other !== visit && reach(other).includes(visit)));
}

function declaredRows(tables: readonly DeclaredTable[]): Declared[] {
  return tables
    .map(({ name, where, columns, uniques }) => ({ table: name, where, columns: [...columns.values()], uniques }))
    .sort((a, b) => compare(a.table, b.table) || compare(a.where.file, b.where.file));
}

/** The facts of the application's own files, and why some have none. */
async function ownFacts(context: ReadContext): Promise<{ facts: Map<string, FileFacts>; gaps: Gap[] }> {
  const sources = await sourcesOf(context);
  const facts = new Map<string, FileFacts>();
  const gaps: Gap[] = sources.gaps.filter(({ own }) => own).map(({ file, reason }) => ({ file, reason }));
  for (const reading of sources.readings) {
    if (!reading.own) continue;
    const found = reading.facts();
    if (typeof found === 'string') gaps.push({ file: reading.path, reason: found });
    else facts.set(reading.path, found);
  }
  return { facts, gaps };
}

/** Functions that nothing was seen to call: jobs, scripts, handlers that are registered by name. */
function followTheRest(machine: Machine, files: readonly SourceFile[]): Visit[] {
  const entered: Visit[] = [];
  for (const file of files) {
    file.facts.functions.forEach((func, index) => {
      if (index === 0 || machine.wasSeen(file, index)) return;
      // A nested function is followed with the variables of the function around it.
      if (func.up !== 0) return;
      const { frame } = machine.module(file);
      const args = func.p.map((param): Value => {
        const name = file.facts.bindings[param.b]?.n ?? '';
        if (/^(req|request|_req)$/.test(name)) return REQ;
        if (/^(res|response|reply|_res)$/.test(name)) return RES;
        if (/^_?next$/.test(name)) return NEXT;
        if (/^(app|server)$/.test(name) && param.t === undefined)
          return { k: 'inst', symbol: 'npm:express#Application', site: `param:${file.path}:${index}`, args: [], on: null };
        if (/^router$/.test(name) && param.t === undefined)
          return { k: 'inst', symbol: 'npm:express#Router', site: `param:${file.path}:${index}`, args: [], on: null };
        return UNKNOWN;
      });
      const visit = machine.apply({ k: 'fn', file, fn: index, frame, self: null }, args);
      if (visit !== null) entered.push(visit);
    });
  }
  return entered;
}

function record(sites: Map<string, CallSite>, call: KnownCall): void {
  const key = `${call.frame.file.path}\0${call.expr.i}\0${call.symbol}`;
  let site = sites.get(key);
  if (site === undefined) {
    site = { call, args: new Map(), transaction: call.transaction };
    sites.set(key, site);
  }
  site.transaction ||= call.transaction;
  if (site.args.size < 8) site.args.set(call.args.map((arg) => keyOf(arg)).join(), call.args);
}

function callRows(sites: ReadonlyMap<string, CallSite>, machine: Machine, routesOf: (within: string) => string[]): Call[] {
  const rows: Call[] = [];
  for (const { call, args, transaction } of sites.values()) {
    const width = Math.max(0, ...[...args.values()].map((list) => list.length));
    const within = machine.within(call.frame);
    rows.push({
      symbol: call.symbol,
      means: call.means,
      args: Array.from({ length: Math.min(width, 12) }, (_, index) =>
        toAbstract(either([...args.values()].map((list) => list[index] ?? UNKNOWN))),
      ),
      where: call.where,
      within,
      routes: routesOf(within),
      awaited: (call.expr.w & flag.awaited) !== 0,
      inTry: (call.expr.w & flag.inTry) !== 0,
      inLoop: (call.expr.w & flag.inLoop) !== 0,
      inTransaction: transaction,
    });
  }
  return rows.sort(
    (a, b) =>
      compare(a.where.file, b.where.file) ||
      a.where.line - b.where.line ||
      compare(a.symbol, b.symbol) ||
      compare(JSON.stringify(a.args), JSON.stringify(b.args)),
  );
}

function catchRows(caught: ReadonlyMap<string, CaughtError>, machine: Machine, routesOf: (within: string) => string[]): CatchRow[] {
  const rows = [...caught.values()].map((one): CatchRow => {
    const within = machine.within(one.frame);
    return {
      where: one.where,
      within,
      routes: routesOf(within),
      outcome: outcomeOf(one),
      guards: [...one.tried].sort(compare),
      explained: one.explained,
    };
  });
  return rows.sort((a, b) => compare(a.where.file, b.where.file) || a.where.line - b.where.line || a.where.endLine - b.where.endLine);
}

function environmentReads(files: readonly SourceFile[], machine: Machine): EnvironmentRead[] {
  const rows = new Map<string, EnvironmentRead>();
  for (const file of files) {
    // Who asks whether it is there, and then reads it again, does not need it.
    const asked = new Set(file.facts.env.flatMap(({ n, o }) => (o === undefined ? [] : [n])));
    for (const read of file.facts.env) {
      const key = `${file.path}:${read.l}:${read.n}`;
      const { d } = read;
      let fallback: AbstractValue | null = null;
      if (d !== undefined) machine.bounded(() => (fallback = toAbstract(machine.lazily(machine.module(file).frame, d))));
      rows.set(key, {
        name: read.n,
        where: { file: file.path, line: read.l, endLine: read.l },
        fallback,
        required: fallback === null && !asked.has(read.n),
      });
    }
  }
  return [...rows.values()].sort((a, b) => compare(a.where.file, b.where.file) || a.where.line - b.where.line || compare(a.name, b.name));
}

/** The variables that a schema for the environment names. */
function environmentNames(call: KnownCall): string[] {
  const names: string[] = [];
  const parsed = call.args.some(
    (arg) => arg.k === 'environment' || (arg.k === 'obj' && [...arg.keys.values()].some((one) => one.k === 'environment')),
  );
  if (call.means === 'environment-schema') {
    for (const arg of call.args) {
      if (arg.k !== 'obj') continue;
      for (const [key, value] of arg.keys) {
        if (/^(server|client|shared)$/.test(key) && value.k === 'obj') names.push(...value.keys.keys());
        else if (/^[A-Z][A-Z0-9_]+$/.test(key)) names.push(key);
      }
    }
  } else if (parsed && call.receiver !== null) names.push(...(shapeOf(call.receiver)?.fields?.keys() ?? []));
  return names;
}
