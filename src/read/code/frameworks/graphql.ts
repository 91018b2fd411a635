import type { Checked, Endpoint, Link } from '../routers.ts';
import type { Machine } from '../machine.ts';
import type { KnownCall } from '../listener.ts';
import { pathText } from '../paths.ts';
import { keyOf, REQ, RES, UNKNOWN } from '../value.ts';
import type { SourceFile, Value } from '../value.ts';
import { fieldsOfClasses } from './graphql-classes.ts';
import { field } from './graphql-field.ts';
import type { CodeField } from './graphql-field.ts';
import { fieldsOfBuilders } from './pothos.ts';
import type { EndpointReader, Linked } from './reader.ts';
import { functionPlace, namedFunction, sessionOr } from './resolver.ts';
import { fieldsOfSchema, operations } from './schema-language.ts';
import type { Operation, SchemaField } from './schema-language.ts';

type Instance = Extract<Value, { k: 'inst' }>;

const library = 'npm:graphql#';
const deepest = 8;

/** A server of GraphQL, as it was made. */
interface Server {
  readonly value: Instance;
  readonly file: SourceFile;
  readonly options: Value;
  /** Given where it is handed to a router. */
  context: Value | undefined;
  at: string | null;
}

/** Where a server answers. */
interface Door {
  readonly at: string;
  readonly before: readonly Link[];
  readonly file: SourceFile;
  readonly args: (variables: Value) => readonly Value[];
}

/** GraphQL: one endpoint for each field of the query, the mutation and the subscription. */
export class Graphql implements EndpointReader {
  private readonly servers = new Map<string, Server>();
  /** What schemas were built with, and what builders of fields were told. */
  private readonly built: Value[] = [];
  private readonly told = new Map<string, KnownCall>();

  register(call: KnownCall): Value | undefined {
    if (!call.means.startsWith('graphql-')) return undefined;
    const { args, means, symbol } = call;
    const site = `${call.frame.file.path}:${call.expr.i}@${call.frame.id}`;
    const made = (name: string): Instance => ({ k: 'inst', symbol: `${library}${name}`, site, args, on: null });
    const options = args.find((one) => one.k === 'obj') ?? UNKNOWN;
    switch (means) {
      case 'graphql-merge':
        return args[0];
      case 'graphql-schema':
        this.built.push(options);
        return made('Schema');
      case 'graphql-field':
        this.told.set(site, call);
        return undefined;
      case 'graphql-combine':
        return made('Combined');
      case 'graphql-server': {
        // Apollo's instances keep their package's name, so that their methods are known.
        const value: Instance = symbol.endsWith('#ApolloServer') ? { ...made('Server'), symbol } : made('Server');
        this.servers.set(keyOf(value), { value, file: call.frame.file, options, context: undefined, at: null });
        return value;
      }
      case 'graphql-apply': {
        const server = call.receiver === null ? undefined : this.servers.get(keyOf(call.receiver));
        if (server !== undefined) server.at = pathText(field(options, 'path') ?? { k: 'lit', v: '/graphql' });
        return undefined;
      }
      case 'graphql-serve': {
        const value = made('Served');
        const server = args[0] === undefined ? undefined : this.servers.get(keyOf(args[0]));
        if (server === undefined) return value;
        server.context ??= field(options, 'context');
        if (symbol.includes('standalone')) server.at ??= '/';
        return { ...value, on: server.value };
      }
      default:
        return undefined;
    }
  }

  endpoints({ machine, files: program, mounts, plugins, settings }: Linked): Endpoint[] {
    const files = settings.schemas.map(({ text }) => text);
    const servers = [...this.servers.values()];
    for (const { plugin, options, file } of plugins)
      if (plugin.k === 'lib' && plugin.symbol.startsWith('npm:mercurius#'))
        servers.push({
          value: { k: 'inst', symbol: `${library}Server`, site: `mercurius:${file.path}`, args: [], on: null },
          file,
          options,
          context: undefined,
          at: null,
        });
    const inCode = (context: Value): CodeField[] => [
      ...fieldsOfClasses(machine, program, this.built, context),
      ...fieldsOfBuilders(machine, [...this.told.values()], context),
    ];
    // Handed to a server that could not be followed: the usual path then.
    if (servers.length === 0)
      return inCode(contextOf(machine, undefined)).map((one) => endpointInCode({ at: '/graphql', before: [], file: one.file }, one));
    return servers.flatMap((server) => {
      const schema = field(server.options, 'schema');
      const sources = [server.options, ...(schema?.k === 'inst' ? schema.args : [])];
      const written = [...(schema === undefined ? [] : [schema]), ...sources.flatMap((one) => field(one, 'typeDefs') ?? one)].flatMap(
        (one) => textsIn(one, 0),
      );
      const declared = fieldsOfSchema([...written, ...files].join('\n'));
      const resolvers = sources.flatMap((one) => field(one, 'resolvers') ?? []);
      const roots = sources.flatMap((one) => field(one, 'rootValue') ?? []);
      const context = contextOf(machine, server.context ?? field(server.options, 'context'));
      const mounted = mounts.filter(({ value }) => leadsTo(value, server.value));
      const at =
        server.at ?? pathText(field(server.options, 'graphqlEndpoint') ?? field(server.options, 'path') ?? { k: 'lit', v: '/graphql' });
      const doors = mounted.length > 0 && server.at === null ? mounted : [{ at, before: [], app: server.file }];
      const named = operations.flatMap((operation) => resolvers.flatMap((one) => resolversOf(machine, one, operation, 0)));
      return doors.flatMap(({ at: path, before, app }) => {
        const door: Door = { at: path, before, file: app, args: (variables) => [UNKNOWN, variables, context, UNKNOWN] };
        const known = [
          ...named.map(({ operation, name, value }) => endpointOf(door, operation, name, value, declared)),
          // `rootValue: { users: (args, context) => ... }`
          ...declared.flatMap(({ operation, name }) =>
            roots.flatMap((root) => {
              const value = field(root, name);
              return value === undefined
                ? []
                : [endpointOf({ ...door, args: (variables) => [variables, context, UNKNOWN] }, operation, name, value, declared)];
            }),
          ),
        ];
        if (declared.length === 0) known.push(...inCode(context).map((one) => endpointInCode(door, one)));
        const told = new Set(known.map((one) => `${one.method} ${one.path}`));
        const rest = declared.flatMap(({ operation, name }) => {
          const one = endpointOf(door, operation, name, UNKNOWN, declared);
          return told.has(`${one.method} ${one.path}`) ? [] : [one];
        });
        return [...known, ...rest];
      });
    });
  }
}

function endpointOf(door: Door, operation: Operation, name: string, value: Value, declared: readonly SchemaField[]): Endpoint {
  const field = declared.find((one) => one.operation === operation && one.name === name);
  const types = field?.args ?? [];
  const args = door.args(field !== undefined && types.length === 0 ? UNKNOWN : { k: 'input', from: 'body', path: ['variables'] });
  const [handler, ...before] = combined(value, 0)
    .toReversed()
    .map((one): Link => ({ value: one, name: namedFunction(one) ?? name, inner: null, where: functionPlace(one, door.file), args }));
  // What stands before a resolver may refuse by the error that it returns.
  const guards = before.toReversed().map((one): Link => ({ ...one, decides: true }));
  const checked: Checked[] =
    types.length === 0
      ? []
      : // GraphQL itself refuses what is not of the declared type.
        [{ at: 'body', path: ['variables'], schema: jsonSchemaOf(types) }];
  return {
    method: operation.toUpperCase(),
    path: `${door.at}#${name}`,
    where: handler?.where ?? functionPlace(UNKNOWN, door.file),
    guards: [...door.before, ...guards],
    handler: handler !== undefined && handler.value.k === 'fn' ? handler : null,
    checked,
    framework: 'graphql',
    app: door.file,
  };
}

/** The endpoint of a field that says itself what stands in front of it. */
function endpointInCode(
  door: Pick<Door, 'at' | 'before' | 'file'>,
  { operation, name, where, guards, handler, types }: CodeField,
): Endpoint {
  return {
    method: operation.toUpperCase(),
    path: `${door.at}#${name}`,
    where,
    guards: [...door.before, ...guards],
    handler,
    checked: types.length === 0 ? [] : [{ at: 'body', path: ['variables'], schema: jsonSchemaOf(types) }],
    framework: 'graphql',
    app: door.file,
  };
}

/** `combineResolvers(isAuthenticated, resolve)`, laid out. */
function combined(value: Value, depth: number): readonly Value[] {
  return value.k === 'inst' && value.symbol === `${library}Combined` && depth < deepest
    ? value.args.flatMap((one) => combined(one, depth + 1))
    : [value];
}

function jsonSchemaOf(types: SchemaField['args']): Value {
  const object = (keys: [string, Value][]): Value => ({ k: 'obj', id: '', open: false, keys: new Map(keys) });
  const text = (v: string): Value => ({ k: 'lit', v });
  return object([
    ['type', text('object')],
    ['properties', object(types.map(({ name, type }) => [name, object([['type', text(type)]])]))],
    ['required', { k: 'arr', items: types.filter(({ required }) => required).map(({ name }) => text(name)), open: false }],
  ]);
}

/** The resolvers of one operation: `{ Query: { users() {} } }`, lists of those, and `{ subscribe, resolve }`. */
function resolversOf(
  machine: Machine,
  value: Value,
  operation: Operation,
  depth: number,
): { operation: Operation; name: string; value: Value }[] {
  if (depth > deepest) return [];
  if (value.k === 'arr') return value.items.flatMap((one) => resolversOf(machine, one, operation, depth + 1));
  if (value.k === 'either') return value.of.flatMap((one) => resolversOf(machine, one, operation, depth + 1));
  if (value.k === 'mod') {
    const { frame } = machine.module(value.file);
    return resolversIn(machine.get(value, operation, frame), operation);
  }
  return value.k === 'obj' ? resolversIn(value.keys.get(operation), operation) : [];
}

function resolversIn(found: Value | undefined, operation: Operation): { operation: Operation; name: string; value: Value }[] {
  if (found?.k !== 'obj') return [];
  return [...found.keys].flatMap(([name, one]) => {
    if (name === '...') return resolversIn(one, operation);
    const value = one.k === 'obj' ? (one.keys.get('subscribe') ?? one.keys.get('resolve') ?? UNKNOWN) : one;
    return [{ operation, name, value }];
  });
}

/** Texts of a schema: a text, a tagged template, or a list of those. */
function textsIn(value: Value, depth: number): string[] {
  if (depth > deepest) return [];
  switch (value.k) {
    case 'lit':
      return typeof value.v === 'string' ? [value.v] : [];
    case 'tpl':
      return [value.parts.join(' '), ...value.holes.flatMap((one) => textsIn(one, depth + 1))];
    case 'arr':
      return value.items.flatMap((one) => textsIn(one, depth + 1));
    case 'either':
      return value.of.flatMap((one) => textsIn(one, depth + 1));
    case 'result':
    case 'inst':
      return value.symbol.startsWith(library) || /gql|graphql/i.test(value.symbol)
        ? value.args.flatMap((one) => textsIn(one, depth + 1))
        : [];
    case 'guarded':
      return textsIn(value.of, depth + 1);
    default:
      return [];
  }
}

function leadsTo(value: Value, server: Instance): boolean {
  for (let at: Value | null = value; at !== null && (at.k === 'inst' || at.k === 'result'); at = at.on)
    if (keyOf(at) === keyOf(server)) return true;
  return false;
}

/** What resolvers get as their context. */
function contextOf(machine: Machine, make: Value | undefined): Value {
  const keys = new Map<string, Value>(
    ['user', 'session', 'auth', 'userId', 'currentUser'].map((name) => [name, { k: 'session', path: [name] }]),
  );
  keys.set('req', REQ).set('request', REQ).set('res', RES);
  const given: Value = {
    k: 'obj',
    id: 'given',
    open: true,
    keys: new Map([
      ['req', REQ],
      ['request', REQ],
      ['res', RES],
    ]),
  };
  const made = make?.k === 'fn' ? machine.apply(make, [given])?.value : make;
  for (const one of made?.k === 'either' ? made.of : [made])
    for (const [name, value] of one?.k === 'obj' ? one.keys : []) keys.set(name, sessionOr(name, value));
  return { k: 'obj', id: 'context', open: true, keys };
}
