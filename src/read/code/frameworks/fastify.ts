import type { Expr } from '../facts.ts';
import type { KnownCall } from '../listener.ts';
import { paths } from '../paths.ts';
import type { Checked, Given, Instance, Routers } from '../routers.ts';
import { NEXT, UNKNOWN } from '../value.ts';
import type { Value } from '../value.ts';

/** Stages before the handler, in the order in which they run. */
const stages = ['onRequest', 'preParsing', 'preValidation', 'preHandler'];
/** What a route may ask for, or be spared, by its own options. */
const limiter = 'npm:@fastify/rate-limit#';
const parts: Readonly<Record<string, Checked['at']>> = {
  body: 'body',
  querystring: 'query',
  query: 'query',
  params: 'params',
  headers: 'headers',
};

/** A call on a Fastify instance. */
export function registerWithFastify(routers: Routers, call: KnownCall): Value | undefined {
  const { receiver } = call;
  if (receiver?.k !== 'inst') return undefined;
  const [first, second] = call.args;
  switch (call.means) {
    case 'route': {
      const verb = call.symbol.slice(call.symbol.lastIndexOf('.') + 1);
      const [options, handler] = routers.given(call, 1);
      const only = handler === undefined && options?.value.k !== 'obj' ? options : undefined;
      route(routers, call, receiver, [verb], paths(first), options, handler ?? only ?? keyOf(options, 'handler'));
      return receiver;
    }
    case 'route-described': {
      if (first?.k !== 'obj') return receiver;
      const options = { value: first, expr: call.expr.k === 'call' ? call.expr.a[0] : undefined };
      const [method, url] = [first.keys.get('method'), first.keys.get('url') ?? first.keys.get('path')];
      route(routers, call, receiver, paths(method ?? UNKNOWN), paths(url), options, keyOf(options, 'handler'));
      return receiver;
    }
    case 'hook':
      if (first?.k === 'lit' && stages.includes(String(first.v)))
        routers.add(receiver, call, { kind: 'use', method: 'use', paths: ['/'] }, routers.given(call, 1));
      return receiver;
    case 'decorate':
      if (first?.k === 'lit' && second !== undefined) routers.machine().decorate(String(first.v), second);
      return receiver;
    case 'plugin':
      plugin(routers, call, receiver);
      return receiver;
    case 'router-of':
      return receiver;
    // `fastify.auth([a, b])` lets in whom one of them lets in.
    case 'any-of':
      return first;
    default:
      return undefined;
  }
}

function route(
  routers: Routers,
  call: KnownCall,
  receiver: Instance,
  methods: readonly string[],
  at: readonly string[],
  options: Given | undefined,
  handler: Given | undefined,
): void {
  const schema = keyOf(options, 'schema')?.value;
  const checked = schema?.k === 'obj' ? [...schema.keys].flatMap(([name, value]) => checkedAs(name, value)) : [];
  const config = keyOf(options, 'config')?.value;
  const limit = config?.k === 'obj' ? config.keys.get('rateLimit') : undefined;
  const limits: Given[] = limit?.k === 'obj' ? [{ value: { k: 'lib', symbol: `${limiter}default` }, expr: undefined }] : [];
  const before = [...limits, ...stages.flatMap((stage) => keyOf(options, stage) ?? [])];
  for (const method of methods)
    routers.add(
      receiver,
      call,
      {
        kind: 'route',
        method: method.toLowerCase(),
        paths: at,
        checked,
        answers: answersOf(schema),
        ...(isFalse(limit) ? { without: limiter } : {}),
      },
      [...before, ...(handler ? [handler] : [])],
    );
}

/** Schemas of the answers that give what was asked for: what they do not name is not sent. */
function answersOf(schema: Value | undefined): readonly Value[] | undefined {
  const response = schema?.k === 'obj' ? schema.keys.get('response') : undefined;
  if (response === undefined) return undefined;
  return response.k === 'obj'
    ? [...response.keys].flatMap(([status, one]) => (/^([23]\d\d|2xx|default)$/i.test(status) ? [one] : []))
    : [response];
}

function isFalse(value: Value | undefined): boolean {
  return value?.k === 'lit' && value.v === false;
}

function checkedAs(name: string, schema: Value): Checked[] {
  const at = parts[name];
  return at === undefined ? [] : [{ at, schema }];
}

/** A key of an object literal, with what was written there. */
function keyOf(options: Given | undefined, key: string): Given | undefined {
  if (options?.value.k !== 'obj') return undefined;
  const value = options.value.keys.get(key);
  const expr: Expr | undefined = options.expr?.k === 'obj' ? options.expr.p.find(([name]) => name === key)?.[1] : undefined;
  return value === undefined ? undefined : { value, expr };
}

/** A plugin has an instance of its own, which inherits hooks; one that `fastify-plugin` wraps works on the instance that registers it. */
function plugin(routers: Routers, call: KnownCall, receiver: Instance): void {
  const [named, options] = call.args;
  const machine = routers.machine();
  // `register(import('./routes/users.js'))`
  const given = named?.k === 'mod' ? machine.get(named, 'default', call.frame) : named;
  const wrapped = given?.k === 'result' && given.symbol.startsWith('npm:fastify-plugin#') ? given.args[0] : undefined;
  const fn = functionIn(wrapped ?? given);
  if (fn === null) {
    // A limiter counts for every route of the instance, unless it was told to wait for those that ask for it.
    if (given?.k === 'lib' && given.symbol.startsWith(limiter) && !isFalse(options?.k === 'obj' ? options.keys.get('global') : undefined))
      routers.add(receiver, call, { kind: 'use', method: 'use', paths: ['/'] }, [{ value: given, expr: undefined }]);
    if (given !== undefined) routers.plugins.push({ plugin: given, options: options ?? UNKNOWN, file: call.frame.file });
    return;
  }
  const prefix = options?.k === 'obj' ? options.keys.get('prefix') : undefined;
  let instance = receiver;
  if (wrapped === undefined) {
    instance = { ...receiver, site: `${receiver.site}>${call.frame.file.path}:${call.expr.i}@${call.frame.id}`, on: receiver };
    routers.add(receiver, call, { kind: 'use', method: 'use', paths: paths(prefix) }, [{ value: instance, expr: undefined }]);
  }
  machine.apply(fn, [instance, options ?? UNKNOWN, NEXT]);
}

function functionIn(value: Value | undefined): Extract<Value, { k: 'fn' }> | null {
  if (value?.k === 'fn') return value;
  if (value?.k === 'either') return value.of.map(functionIn).find((one) => one !== null) ?? null;
  return null;
}
