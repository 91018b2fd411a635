import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Flow } from '../model/evidence/flows.ts';
import type { Gap } from '../model/words.ts';
import { sha256 } from '../world/hash.ts';
import { CallSites } from './code/call-sites.ts';
import type { Call } from './code/call-sites.ts';
import { CaughtErrors } from './code/caught-errors.ts';
import type { CatchRow } from './code/caught-errors.ts';
import { Accesses } from './code/data/accesses.ts';
import { Answers } from './code/data/answers.ts';
import { declarations } from './code/data/declarations.ts';
import type { Query } from './code/data/describe.ts';
import { dataAccess, declaredRows } from './code/data/relations.ts';
import type { Declared } from './code/data/relations.ts';
import type { Sequence } from './code/data/sequences.ts';
import { tablesReached } from './code/direct-tables.ts';
import type { DirectTable } from './code/direct-tables.ts';
import { environmentNames, environmentReads } from './code/environment-reads.ts';
import type { EnvironmentRead } from './code/environment-reads.ts';
import { factsVersion } from './code/facts.ts';
import type { KeptFacts } from './code/alone.ts';
import { Flows } from './code/flows.ts';
import { filedEndpoints } from './code/frameworks/filed.ts';
import { nestEndpoints, noteProviders } from './code/frameworks/nest-controllers.ts';
import { noteAutoImports } from './code/frameworks/nitro.ts';
import { endpointReaders, registerWith, withoutDoors } from './code/frameworks/readers.ts';
import { settingsOf } from './code/frameworks/settings.ts';
import { Jobs } from './code/jobs.ts';
import type { Job } from './code/jobs.ts';
import { LiveServers } from './code/live.ts';
import type { LiveEndpoint } from './code/live.ts';
import { sourcesOf } from './code/load.ts';
import { Machine } from './code/machine.ts';
import { openModules } from './code/modules.ts';
import type { Resolve } from './code/modules.ts';
import { isBesidePython, isPython, isPythonPath } from './code/python/files.ts';
import { byLanguage, pythonModules } from './code/python/modules.ts';
import { unreadOfPython } from './code/python/unread.ts';
import { followErrorHandlers, operationOf } from './code/operation/index.ts';
import { Notes } from './code/operation/notes.ts';
import { webSocketMethod } from './code/paths.ts';
import { sinksOf } from '../knowledge/flows/index.ts';
import { followComponents } from './code/components.ts';
import { Queries, compare } from './code/queries.ts';
import { Routers } from './code/routers.ts';
import { describeRoutes } from './code/routes.ts';
import type { Route } from './code/routes.ts';
import { sentCredentials } from './code/sent-credentials.ts';
import type { SentCredential } from './code/sent-credentials.ts';
import { unescapedIn } from './code/templates.ts';
import { followUnreached } from './code/unreached.ts';
import type { SourceFile } from './code/value.ts';
import type { Visit } from './code/visit.ts';
import type { ReadContext } from './context.ts';
import { openPack } from './pack.ts';
import { clientCalls } from './samples/client-calls.ts';
import type { ClientCall } from './samples/client-calls.ts';
import { specificationsIn } from './samples/specifications.ts';
import type { WrittenInCode } from './samples/specifications.ts';
import { isTestCode } from './test-code.ts';

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
  /** The credentials that a file sends along by itself. */
  readonly credentialsOf: (file: SourceFile) => readonly SentCredential[];
  /** What is missing of Python in single relations, beside the gaps of all. */
  readonly unread: { readonly data: readonly Gap[]; readonly operation: readonly Gap[]; readonly constructs: readonly Gap[] };
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

async function link(context: ReadContext): Promise<Program> {
  const { facts, components, gaps } = await ownFacts(context);
  const modules = await openModules(context, new Set(facts.keys()));
  const resolve = byLanguage(modules.resolve, pythonModules(new Set([...facts.keys()].filter(isPythonPath))));
  const files = new Map<string, SourceFile>();
  for (const [path, one] of facts) files.set(path, { path, unit: modules.unitOf(path), facts: one });
  const production = [...files.values()].filter(({ path }) => !isTestCode(path));
  // What asks how scripts are built, tested and shown knows nothing of Python.
  const scripts = new Map([...files].filter(([path]) => !isPythonPath(path)));
  const inProduction = production.filter((file) => !isPython(file));

  let inComponents = false;
  const sites = new CallSites();
  const caught = new CaughtErrors();
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
  const machine: Machine = new Machine(files, resolve, {
    call(call) {
      if (inComponents) return undefined;
      if (call.means === 'decorated') return registerWith(readers, call, () => machine);
      sites.record(call, machine.handling?.method ?? null);
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
      // Of a component only what becomes markup is read.
      if (inComponents && !sinksOf(arrival.symbol).some(({ kind }) => kind === 'html')) return;
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
    caught: (one) => inComponents || caught.record(one),
    dropped: (expr, frame) => inComponents || notes.drop(expr, frame),
    own: (fn, expr, frame) => inComponents || notes.ownCall(fn, expr, frame),
    outside: (call) => inComponents || notes.outsideCall(call),
    accessed(call, made) {
      if (inComponents) return;
      accesses.record(machine, call, made);
    },
    stated(call) {
      if (inComponents) return;
      statements.record(machine, call);
    },
    changed(row, name, value) {
      accesses.changed(row, name, value);
      answers.changed(row, name);
    },
  });

  noteAutoImports(machine, inProduction);
  const imported = new Set<string>();
  for (const file of production) {
    for (const [specifier, , typeOnly] of file.facts.imports) {
      const target = resolve(file.path, specifier);
      if (!typeOnly && 'file' in target && target.file !== file.path) imported.add(target.file);
    }
  }
  const loading = new Set<string>();
  for (const file of production) if (!imported.has(file.path)) machine.load(file, loading);
  for (const file of production) if (!loading.has(file.path)) machine.load(file, loading);

  jobs.loading = false;
  noteProviders(machine, inProduction, routers.nest);
  const endpoints = () => {
    // Routers that files export are found first: no others stand at the root then.
    const filed = filedEndpoints(machine, routers, inProduction);
    const registered = routers.endpoints(imported);
    const plain = [...registered.endpoints, ...nestEndpoints(machine, inProduction, routers.nest), ...filed];
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
  const others = followUnreached(machine, production);
  const again = endpoints();
  if (again.endpoints.length !== found.endpoints.length) {
    found = again;
    routes = describeRoutes(machine, http(found));
  }
  const live = servers.describe(found.endpoints, routes);
  inComponents = true;
  followComponents(
    machine,
    [...components].map(([path, one]) => ({ path, unit: modules.unitOf(path), facts: one })),
  );
  inComponents = false;
  const jobRows = jobs.rows(machine, production, settings);
  const reached = tablesReached(machine, inProduction);
  for (const where of found.unmounted)
    gaps.push({ file: where.file, reason: `the router of line ${where.line} is mounted nowhere that could be followed` });
  const requests = clientCalls(scripts, modules.resolve);
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
      others: withoutHandlers(others, routes),
      routesOf,
      uses: {
        one: (at) => machine.rows.onlyFirst(at),
        any: (at) => machine.rows.onlyProbed(at),
        idle: (at) => machine.rows.isIdle(at),
        answered: (at) => answers.of(at),
      },
    },
    openPack(context.cacheDir, `sql-${sha256(context.tree.root).slice(0, 16)}`, `${context.toolVersion}-${factsVersion}`),
  );

  const unread = unreadOfPython(production, routes);
  return {
    routes,
    live,
    jobs: jobRows,
    reached,
    calls: sites.rows(machine, routesOf),
    ...data,
    // Where a library that is not read asks the database too, what was read of an entry is not all that it asks.
    sequences: unread.data.length === 0 ? data.sequences : data.sequences.filter(({ where }) => !isPythonPath(where.file)),
    declared: declaredRows(tables.all()),
    rowSecurity,
    flows: flows.rows(routesOf, routes),
    catches: caught.rows(machine, routesOf),
    environment: {
      reads: environmentReads(production, machine),
      validated: [...new Set([...validated, ...machine.checkedEnvironment])].sort(compare),
    },
    clientCalls: requests.calls,
    specifications: specificationsIn(scripts.values()),
    operation: operationOf(notes, {
      machine,
      files: new Map(inProduction.map((file) => [file.path, file])),
      routes: routes.filter(({ where }) => !isPythonPath(where.file)),
      endpoints: found.endpoints.filter(({ app }) => !isPython(app)),
      resolve: modules.resolve,
      routesOf,
    }),
    lines: [...files.values()].reduce((sum, file) => sum + file.facts.lines, 0),
    unread,
    gaps: gaps.sort((a, b) => compare(a.file ?? '', b.file ?? '') || compare(a.reason, b.reason)),
    credentialsOf: (file) => sentCredentials(machine, file),
    files: new Map(inProduction.map((file) => [file.path, file])),
    everyFile: scripts,
    resolve: modules.resolve,
  };
}

/** Functions that turned out to belong to an endpoint, once those were followed that make the application, are entered by it alone. */
function withoutHandlers(others: readonly Visit[], routes: readonly Route[]): Visit[] {
  const entered = new Set(routes.flatMap(({ reaches }) => reaches));
  return others.filter(({ id }) => !entered.has(id));
}

/** The facts of the application's own files, and why some have none. */
async function ownFacts(context: ReadContext): Promise<{ facts: Map<string, KeptFacts>; components: Map<string, KeptFacts>; gaps: Gap[] }> {
  const sources = await sourcesOf(context);
  const facts = new Map<string, KeptFacts>();
  const gaps: Gap[] = sources.gaps.filter(({ own }) => own).map(({ file, reason }) => ({ file, reason }));
  const components = new Map<string, KeptFacts>();
  for (const reading of [...sources.readings, ...sources.python]) {
    if (!reading.own && !/\.(vue|svelte)$/.test(reading.path)) continue;
    if (isPythonPath(reading.path) && isBesidePython(reading.path)) continue;
    const found = reading.facts();
    if (!reading.own) {
      if (typeof found !== 'string') components.set(reading.path, found);
      continue;
    }
    if (typeof found === 'string') gaps.push({ file: reading.path, reason: found });
    else facts.set(reading.path, found);
  }
  return { facts, components, gaps };
}
