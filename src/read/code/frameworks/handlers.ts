import type { Place } from '../../../model/words.ts';
import { pathOfTest } from '../addressed.ts';
import type { Address, PathTest } from '../addressed.ts';
import { exportedValue } from '../exports.ts';
import type { Guard } from '../guard.ts';
import type { Machine } from '../machine.ts';
import type { KnownCall } from '../listener.ts';
import { join, pathText } from '../paths.ts';
import { follow } from '../routers.ts';
import type { Endpoint, Link } from '../routers.ts';
import { keyOf, REQ, RES, UNKNOWN } from '../value.ts';
import type { SourceFile, Value } from '../value.ts';
import type { Framework } from './index.ts';
import type { EndpointReader, Linked } from './reader.ts';
import type { LambdaEvent, Settings } from './settings.ts';

type Fn = Extract<Value, { k: 'fn' }>;

/** A function that answers requests by itself, as it was handed over or exported. */
interface Served {
  readonly fn: Fn;
  readonly framework: Framework;
  readonly file: SourceFile;
  readonly where: Place;
  /** Where it answers; below it, it tells requests apart by itself unless this is all of its path. */
  readonly at: string;
  readonly method: string;
  readonly args: readonly Value[];
  readonly configured?: readonly Guard[];
}

/** Supabase verifies a token of its own before the function runs. */
const verified = 'verify_jwt';
const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];
const fetching = [REQ, UNKNOWN, UNKNOWN];
const listening = [REQ, RES];

/** Handlers that no router stands before: servers of Deno, Bun and Node, functions of Supabase, Vercel, Netlify, Cloudflare and AWS. */
export class Handlers implements EndpointReader {
  private readonly served = new Map<string, Served>();
  private readonly split = new Map<string, Endpoint[]>();

  register(call: KnownCall): Value | undefined {
    const { symbol, args, frame } = call;
    if (call.means === 'server') this.note(call, args.find(isFunction), 'node', '/', listening);
    else if (call.symbol.endsWith('#Server.on') && args[0]?.k === 'lit' && args[0].v === 'request')
      this.note(call, args[1], 'node', '/', listening);
    else if (call.means === 'serve' && symbol.includes('Bun.')) this.bun(call);
    else if (call.means === 'serve') {
      const options = args.find((one) => one.k === 'obj');
      const fn = args.find(isFunction) ?? (options?.k === 'obj' ? (options.keys.get('handler') ?? options.keys.get('fetch')) : undefined);
      const name = functionName(frame.file.path);
      this.note(call, fn, name === null ? 'deno' : 'supabase', name === null ? '/' : `/functions/v1/${name}`, fetching);
    }
    return undefined;
  }

  /** `Bun.serve({ routes: { '/users/:id': { GET: fn } }, fetch: fn })` */
  private bun(call: KnownCall): void {
    const [options] = call.args;
    if (options?.k !== 'obj') return;
    const routes = options.keys.get('routes') ?? options.keys.get('static');
    for (const [path, one] of routes?.k === 'obj' ? routes.keys : []) {
      if (one.k === 'fn') this.note(call, one, 'bun', path, fetching);
      else if (one.k === 'obj')
        for (const [method, fn] of one.keys) if (verbs.includes(method)) this.note(call, fn, 'bun', path, fetching, method);
    }
    this.note(call, options.keys.get('fetch'), 'bun', '/', fetching);
  }

  private note(
    { where, frame }: KnownCall,
    fn: Value | undefined,
    framework: Framework,
    at: string,
    args: readonly Value[],
    method = 'ALL',
  ): void {
    if (fn?.k !== 'fn') return;
    this.served.set(`${keyOf(fn)} ${method} ${at}`, { fn, framework, file: frame.file, where: placeOf(fn) ?? where, at, method, args });
  }

  endpoints(linked: Linked): Endpoint[] {
    const exported = linked.files.flatMap((file) => exportedHandlers(linked, file));
    return [...this.served.values(), ...exported].flatMap((one) => {
      // A function is followed once for each request; what it then asks for is not told again.
      const key = `${keyOf(one.fn)} ${one.method} ${one.at}`;
      const found = this.split.get(key) ?? endpointsOf(linked.machine, withSettings(one, linked.settings));
      this.split.set(key, found);
      return found;
    });
  }
}

function isFunction(value: Value): value is Fn {
  return value.k === 'fn';
}

/** `hook` of `supabase/functions/hook/index.ts`; null elsewhere. */
function functionName(path: string): string | null {
  return /(?:^|\/)supabase\/functions\/([^/_][^/]*)\//.exec(path)?.[1] ?? null;
}

/** Supabase asks for a token before the function runs, unless told otherwise; the public key of the application is such a token too. */
function withSettings(one: Served, settings: Settings): Served {
  if (one.framework !== 'supabase') return one;
  const folder = one.file.path.slice(0, one.file.path.lastIndexOf('/'));
  if (settings.open.has(folder)) return one;
  return { ...one, configured: [{ name: verified, where: null, does: ['other'], refuses: true, roles: [] }] };
}

/** One endpoint for each path and method that a handler asks for; one for all where it asks for none. */
function endpointsOf(machine: Machine, served: Served): Endpoint[] {
  const { at, method } = served;
  const known = at !== '/';
  const ask = (path: PathTest | null, verb: string | null): { address: Address; answer: number | null; follows: boolean } => {
    const address: Address = { path, method: verb, tests: new Map(), methods: new Set() };
    const [visit] = follow(machine, linkOf(served, address), served.framework);
    if (served.configured?.some(({ name }) => name === verified) === true) visit?.does('host-verified');
    return { address, answer: visit?.outcome.answer ?? null, follows: visit !== undefined };
  };
  const asked = ask(null, null);
  if (!asked.follows) return [];
  const tests = known ? [] : [...asked.address.tests.values()];
  const found = (tests.length === 0 ? [null] : tests).flatMap((test) => {
    const path = test === null ? (known ? at : '/*') : join('/', pathOfTest(test));
    const wanted = method === 'ALL' ? methodsOf(test === null ? asked.address : ask(test, null).address) : [method];
    return wanted.flatMap((verb): Endpoint[] => {
      const { address, answer } = ask(test, verb === 'ALL' ? null : verb);
      // What certainly is not found, or not allowed, is no endpoint.
      if (answer === 404 || answer === 405 || answer === 426) return [];
      if (test === null && !known && answer === null) return [];
      return [endpointAt(served, verb, path, linkOf(served, address))];
    });
  });
  // A beginning that others say more about is no endpoint of its own.
  return found.filter(
    ({ path }) => !path.endsWith('/*') || !found.some((other) => other.path !== path && other.path.startsWith(path.slice(0, -1))),
  );
}

function methodsOf({ methods }: Address): string[] {
  const asked = [...methods].filter((one) => verbs.includes(one));
  return asked.length === 0 ? ['ALL'] : asked;
}

function linkOf({ fn, args, where }: Served, address: Address): Link {
  const name = fn.file.facts.functions[fn.fn]?.n ?? '';
  return { value: fn, name: name === '' ? 'handler' : name, inner: null, where, args, address };
}

function endpointAt(served: Served, method: string, path: string, handler: Link): Endpoint {
  const { where, framework, file, configured } = served;
  return { method, path, where, guards: [], handler, checked: [], framework, app: file, ...(configured ? { configured } : {}) };
}

function placeOf(fn: Fn): Place | null {
  const func = fn.file.facts.functions[fn.fn];
  return func === undefined ? null : { file: fn.file.path, line: func.l, endLine: func.e };
}

/** What a file exports for its host to call. */
function exportedHandlers({ machine, settings, imported }: Linked, file: SourceFile): Served[] {
  const { path } = file;
  const lambdas = [...settings.lambdas].filter(([key]) => key.slice(0, key.lastIndexOf('.')) === path.replace(/\.[cm]?[jt]sx?$/, ''));
  if (lambdas.length > 0)
    return lambdas.flatMap(([key, events]) => lambdaHandlers(machine, file, key.slice(key.lastIndexOf('.') + 1), events));
  if (imported.has(path)) return [];
  const exported = (name: string) =>
    Object.hasOwn(file.facts.exports, name) || Object.hasOwn(file.facts.exports, '=') ? exportedValue(machine, file, name) : UNKNOWN;
  const [, inVercel] =
    settings.hosts.vercel.map((folder) => new RegExp(`^${escaped(folder)}api/(.+)\\.[cm]?[jt]s$`).exec(path)).find((one) => one) ?? [];
  if (inVercel !== undefined && !/(?:^|\/)_/.test(inVercel))
    return functionsAt(file, 'vercel', join('/api', patternOf(inVercel)), exported, [REQ, RES]);
  const [, , inNetlify] = /(^|\/)netlify\/(?:edge-)?functions\/([^/]+)(?:\/index)?\.[cm]?[jt]s$/.exec(path) ?? [];
  if (inNetlify !== undefined) return netlifyHandlers(file, inNetlify, exported);
  const whole = exported('default');
  const fetch = whole.k === 'obj' ? whole.keys.get('fetch') : undefined;
  return fetch?.k === 'fn' ? [servedBy(fetch, file, 'workers', '/', 'ALL', [REQ, { k: 'environment' }, UNKNOWN])] : [];
}

function servedBy(fn: Fn, file: SourceFile, framework: Framework, at: string, method: string, args: readonly Value[]): Served {
  return { fn, file, framework, at, method, args, where: placeOf(fn) ?? { file: file.path, line: 1, endLine: 1 } };
}

/** `export default (req, res) => ...`, or one function for each method. */
function functionsAt(
  file: SourceFile,
  framework: Framework,
  at: string,
  exported: (name: string) => Value,
  args: readonly Value[],
): Served[] {
  const whole = exported('default');
  return [
    ...(whole.k === 'fn' ? [servedBy(whole, file, framework, at, 'ALL', args)] : []),
    ...verbs.flatMap((verb) => {
      const fn = exported(verb);
      return fn.k === 'fn' ? [servedBy(fn, file, framework, at, verb, fetching)] : [];
    }),
  ];
}

/** `users/[id]` is `users/:id`. */
function patternOf(name: string): string {
  return name.replace(/(^|\/)index$/, '').replaceAll(/\[(?:\.\.\.)?(\w+)\]/g, ':$1');
}

/** What functions of AWS and Netlify are called with. */
function eventOf(session: boolean): Value {
  const part = (from: 'body' | 'query' | 'params' | 'headers'): Value => ({ k: 'input', from, path: [] });
  return {
    k: 'obj',
    id: 'event',
    open: true,
    keys: new Map<string, Value>([
      ['body', part('body')],
      ['headers', part('headers')],
      ['multiValueHeaders', part('headers')],
      ['queryStringParameters', part('query')],
      ['pathParameters', part('params')],
      ['httpMethod', { k: 'input', from: 'other', path: ['method'] }],
      ['path', { k: 'input', from: 'other', path: ['pathname'] }],
      ['rawPath', { k: 'input', from: 'other', path: ['pathname'] }],
      [
        'requestContext',
        { k: 'obj', id: 'context', open: true, keys: new Map(session ? [['authorizer', { k: 'session', path: ['authorizer'] }]] : []) },
      ],
    ]),
  };
}

function netlifyHandlers(file: SourceFile, name: string, exported: (name: string) => Value): Served[] {
  const config = exported('config');
  const at = config.k === 'obj' && config.keys.has('path') ? pathText(config.keys.get('path') ?? UNKNOWN) : `/.netlify/functions/${name}`;
  const handler = exported('handler');
  if (handler.k === 'fn') return [servedBy(handler, file, 'netlify', at, 'ALL', [eventOf(false), UNKNOWN])];
  return functionsAt(file, 'netlify', at, exported, fetching);
}

function lambdaHandlers(machine: Machine, file: SourceFile, name: string, events: readonly LambdaEvent[]): Served[] {
  const fn = exportedValue(machine, file, name);
  if (fn.k !== 'fn') return [];
  return events.flatMap(({ http }) => {
    if (http === null) return [];
    const path = http.path.replaceAll(/\{(\w+)\+?\}/g, ':$1');
    const one = servedBy(fn, file, 'lambda', path, http.method === '*' || http.method === 'ANY' ? 'ALL' : http.method, [
      eventOf(http.authorizer),
      UNKNOWN,
    ]);
    const guard: Guard = { name: 'authorizer', where: null, does: ['authentication'], refuses: true, roles: [] };
    return [http.authorizer ? { ...one, configured: [guard] } : one];
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
