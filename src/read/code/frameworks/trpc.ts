import type { Machine } from '../machine.ts';
import type { KnownCall } from '../listener.ts';
import { join, pathText } from '../paths.ts';
import type { Checked, Endpoint, Link, Mounted } from '../routers.ts';
import { keyOf, NEXT, NULL, REQ, RES, UNKNOWN } from '../value.ts';
import type { SourceFile, Value } from '../value.ts';
import type { EndpointReader, Linked } from './reader.ts';
import { functionPlace, namedFunction, sessionOr } from './resolver.ts';

type Instance = Extract<Value, { k: 'inst' }>;

const library = 'npm:@trpc/server#';
const deepest = 12;

/** Where a router was handed to a server. */
interface Served {
  readonly call: KnownCall;
  readonly value: Instance;
}

/** Procedures of tRPC: one endpoint each, its chain of middleware in front of it. */
export class Trpc implements EndpointReader {
  private readonly routers = new Map<string, { value: Instance; file: SourceFile }>();
  private readonly served = new Map<string, Served>();
  /** What each procedure's middleware handed on; they are followed once. */
  private readonly contexts = new Map<string, ReadonlyMap<string, Value>>();

  register(call: KnownCall): Value | undefined {
    if (!call.means.startsWith('trpc-')) return undefined;
    const { receiver, args, means, symbol } = call;
    const site = `${call.frame.file.path}:${call.expr.i}@${call.frame.id}`;
    const made = (name: string, given: readonly Value[], on: Value | null): Instance => ({
      k: 'inst',
      symbol: `${library}${name}`,
      site,
      args: given,
      on,
    });
    switch (means) {
      case 'trpc-root':
        return made('Root', args, null);
      case 'trpc-middleware':
        return args[0];
      case 'trpc-router':
      case 'trpc-merge': {
        const router = made('Router', args, null);
        this.routers.set(keyOf(router), { value: router, file: call.frame.file });
        return router;
      }
      case 'trpc-step':
        return made(`Procedure.${symbol.slice(symbol.lastIndexOf('.') + 1)}`, args, receiver);
      case 'trpc-procedure':
        return made(`Endpoint.${symbol.slice(symbol.lastIndexOf('.') + 1)}`, args, receiver);
      case 'trpc-serve': {
        const server = made('Server', args, null);
        this.served.set(keyOf(server), { call, value: server });
        return server;
      }
      default:
        return undefined;
    }
  }

  endpoints({ machine, mounts, plugins }: Linked): Endpoint[] {
    const doors = [...this.served.values()].flatMap((one) => doorsOf(machine, one, mounts));
    for (const { plugin, options, file } of plugins) {
      const trpc = plugin.k === 'lib' && plugin.symbol.startsWith(library.slice(0, -1)) ? field(options, 'trpcOptions') : undefined;
      if (trpc === undefined || trpc.k !== 'obj') continue;
      doors.push({
        router: field(trpc, 'router') ?? UNKNOWN,
        context: field(trpc, 'createContext'),
        at: pathText(field(options, 'prefix') ?? NULL),
        before: [],
        file,
      });
    }
    const found = doors.flatMap((door) => {
      const context = contextOf(machine, door.context);
      return this.walk(machine, door.router, '', door, context, 0);
    });
    if (found.length > 0) return found;
    // Handed to a server that could not be followed: the usual path then.
    const inner = new Set([...this.routers.values()].flatMap(({ value }) => value.args.flatMap((one) => routersIn(one, 0))));
    return [...this.routers.values()].flatMap(({ value, file }) =>
      inner.has(keyOf(value)) ? [] : this.walk(machine, value, '', { at: '/api/trpc', before: [], file }, contextOf(machine, undefined), 0),
    );
  }

  private walk(
    machine: Machine,
    value: Value,
    name: string,
    door: Pick<Door, 'at' | 'before' | 'file'>,
    context: ReadonlyMap<string, Value>,
    depth: number,
  ): Endpoint[] {
    if (depth > deepest) return [];
    const inside = (one: Value, more = name) => this.walk(machine, one, more, door, context, depth + 1);
    switch (value.k) {
      case 'either':
        return value.of.flatMap((one) => inside(one));
      case 'obj':
        return [...value.keys].flatMap(([key, one]) => inside(one, key === '...' ? name : name === '' ? key : `${name}.${key}`));
      case 'fn': {
        // `lazy(() => import('./posts'))`
        const loaded = machine.apply(value, [])?.value;
        return loaded?.k === 'mod'
          ? Object.keys(loaded.file.facts.exports).flatMap((key) => inside(machine.get(loaded, key, value.frame)))
          : [];
      }
      case 'inst':
        if (value.symbol === `${library}Router`) return value.args.flatMap((one) => inside(one));
        if (value.symbol.startsWith(`${library}Endpoint.`)) return [this.procedure(machine, value, name, door, context)];
        return [];
      default:
        return [];
    }
  }

  private procedure(
    machine: Machine,
    value: Instance,
    name: string,
    door: Pick<Door, 'at' | 'before' | 'file'>,
    context: ReadonlyMap<string, Value>,
  ): Endpoint {
    const kind = value.symbol.slice(`${library}Endpoint.`.length);
    const steps: Instance[] = [];
    for (let at = value.on; at !== null && at.k === 'inst' && steps.length < 40; at = at.on) {
      if (at.symbol === `${library}Procedure.use` || at.symbol === `${library}Procedure.input`) steps.unshift(at);
      // Another procedure's steps come in between.
      if (at.symbol.endsWith('concat')) for (let other = at.args[0] ?? null; other?.k === 'inst'; other = other.on) steps.unshift(other);
    }
    const body = kind === 'mutation';
    const checked = steps.flatMap((step): Checked[] => {
      const [schema] = step.symbol.endsWith('.input') ? step.args : [];
      return schema === undefined ? [] : [body ? { at: 'body', schema } : { at: 'query', path: ['input'], schema }];
    });
    const raw: Value = { k: 'input', from: body ? 'body' : 'query', path: body ? [] : ['input'] };
    const schema = checked.at(-1)?.schema;
    const input: Value = schema === undefined ? raw : { k: 'result', symbol: 'schema', base: 'schema', args: [raw], on: schema, path: [] };
    let keys = context;
    const guards: Link[] = [];
    for (const step of steps) {
      const [fn] = step.symbol.endsWith('.use') ? step.args : [];
      if (fn === undefined || (fn.k !== 'fn' && fn.k !== 'result' && fn.k !== 'lib')) continue;
      const args = [optionsOf(keys, input)];
      guards.push({ value: fn, name: namedFunction(fn) ?? 'use', inner: null, where: functionPlace(fn, door.file), args });
      keys = this.handedOn(machine, fn, args, keys);
    }
    const [fn] = value.args;
    const where = functionPlace(fn ?? UNKNOWN, door.file);
    return {
      method: body ? 'POST' : 'GET',
      path: join(door.at, name),
      where,
      guards: [...door.before, ...guards],
      handler: fn === undefined ? null : { value: fn, name, inner: null, where, args: [optionsOf(keys, input)] },
      checked,
      framework: 'trpc',
      app: door.file,
    };
  }

  /** The context after a middleware: `next({ ctx: { user } })`. */
  private handedOn(machine: Machine, fn: Value, args: readonly Value[], before: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
    const key = `${keyOf(fn)} ${args.map((one) => keyOf(one)).join()}`;
    let found = this.contexts.get(key);
    if (found === undefined) {
      machine.handedOn.length = 0;
      machine.apply(fn, args);
      const keys = new Map(before);
      for (const one of machine.handedOn)
        for (const [name, value] of one.k === 'obj' ? one.keys : []) keys.set(name, sessionOr(name, value));
      this.contexts.set(key, (found = keys));
    }
    return found;
  }
}

/** A path that leads to a router. */
interface Door {
  readonly router: Value;
  readonly context: Value | undefined;
  readonly at: string;
  readonly before: readonly Link[];
  readonly file: SourceFile;
}

function doorsOf(machine: Machine, { call, value }: Served, mounts: readonly Mounted[]): Door[] {
  const options = call.args.find((one) => one.k === 'obj');
  const router = field(options, 'router');
  if (router === undefined) return [];
  const context = field(options, 'createContext');
  const file = call.frame.file;
  const endpoint = field(options, 'endpoint');
  const mounted = mounts.filter((one) => keyOf(one.value) === keyOf(value));
  if (mounted.length > 0) return mounted.map(({ at, before, app }) => ({ router, context, at, before, file: app }));
  const alone = call.symbol.includes('standalone');
  return [{ router, context, at: endpoint === undefined ? (alone ? '/' : '/api/trpc') : pathText(endpoint), before: [], file }];
}

function field(value: Value | undefined, name: string): Value | undefined {
  return value?.k === 'obj' ? value.keys.get(name) : undefined;
}

function routersIn(value: Value, depth: number): string[] {
  if (depth > deepest) return [];
  if (value.k === 'inst') return value.symbol === `${library}Router` ? [keyOf(value)] : [];
  return value.k === 'obj' ? [...value.keys.values()].flatMap((one) => routersIn(one, depth + 1)) : [];
}

/** What `createContext` puts into the context; what is named like a caller and could not be followed is taken for one. */
function contextOf(machine: Machine, create: Value | undefined): ReadonlyMap<string, Value> {
  const keys = new Map<string, Value>(['user', 'session', 'auth', 'userId'].map((name) => [name, { k: 'session', path: [name] }]));
  keys.set('req', REQ).set('headers', { k: 'input', from: 'headers', path: [] });
  const given: Value = {
    k: 'obj',
    id: 'trpc',
    open: true,
    keys: new Map([
      ['req', REQ],
      ['res', RES],
    ]),
  };
  const made = create?.k === 'fn' ? machine.apply(create, [given, REQ])?.value : undefined;
  for (const one of made?.k === 'either' ? made.of : [made])
    for (const [name, value] of one?.k === 'obj' ? one.keys : []) keys.set(name, sessionOr(name, value));
  return keys;
}

/** What middleware and resolvers are called with. */
function optionsOf(context: ReadonlyMap<string, Value>, input: Value): Value {
  const ctx: Value = { k: 'obj', id: 'ctx', open: true, keys: new Map(context) };
  return {
    k: 'obj',
    id: 'options',
    open: true,
    keys: new Map<string, Value>([
      ['ctx', ctx],
      ['input', input],
      ['rawInput', input],
      ['next', NEXT],
    ]),
  };
}
