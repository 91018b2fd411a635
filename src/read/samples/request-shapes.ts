import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Expr, FileFacts } from '../code/facts.ts';
import { oneOf } from './abstract.ts';
import type { Following, Scope } from './following.ts';
import { lastName } from './walk.ts';
import type { Call } from './walk.ts';

// Which calls are requests, told by their shape: whoever wraps `fetch` keeps a path, a method and what is sent.

/** A request as a call states it. `url` is not yet known to be one of ours. */
export interface Shaped {
  readonly method: string;
  readonly url: AbstractValue;
  readonly query: AbstractValue | null;
  readonly body: AbstractValue | null;
  readonly encoding: 'json' | 'form' | 'multipart';
  /** The status that a test expects. */
  readonly status: number | null;
}

const verbs = /^(?:get|post|put|patch|delete|del|head)$/;
const methodName = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD)$/i;
/** Functions that are requests even where only a path is given. */
const requests = /^(?:fetch|\$fetch|ofetch|useFetch|ky|axios|request|got|inject)$|fetch|request|^api$|http/i;
/** Receivers whose `.get('/x', …)` registers a handler. */
const routers = /^(?:app|router|server|route|routes|\w*Router|fastify|express|koa|nock|scope)$/;
/** Receivers that take `{ data }`, `{ json }` and not the body itself. */
const takesOptions = /^(?:request|\w*[rR]equestContext|apiContext|ky|got|page|ofetch)$/;
const chained = /^(?:send|query|set|field|attach|type|expect|then|catch|finally|json|text|auth|accept|timeout|end)$/;

/** Whether a call may be a request, by its names and literals alone: most calls are none, and this is asked of each. */
export function mayBeRequest({ f, a }: Call, facts: FileFacts): boolean {
  const name = lastName(facts, f);
  if (requests.test(name) || (f.k === 'get' && (verbs.test(name) || (f.o.k === 'call' && chained.test(name))))) return true;
  return a.some(
    (arg) =>
      (arg.k === 'lit' && typeof arg.v === 'string' && methodName.test(arg.v)) ||
      (arg.k === 'get' && arg.n === 'method') ||
      (arg.k === 'obj' && arg.p.some(([key]) => key === 'method' || key === 'queryKey')),
  );
}

/** The request that a call makes, if it is one. `seen` takes the calls that belong to it. */
export function requestOf(call: Call, scope: Scope, following: Following, seen?: Set<number>): Shaped | null {
  const extras: Call[] = [];
  let base = call;
  for (
    let at: Expr = call;
    at.k === 'call' && at.f.k === 'get' && at.f.o.k === 'call' && chained.test(at.f.n) && extras.length < 40;
    at = at.f.o
  ) {
    extras.unshift(at);
    base = at.f.o;
  }
  const plain = direct(base, scope, following);
  if (plain === null) return null;
  for (const one of [base, ...extras]) seen?.add(one.i);
  return extras.reduce((made, one) => withExtra(made, one, scope, following), plain);
}

function withExtra(made: Shaped, { f, a }: Call, scope: Scope, following: Following): Shaped {
  const name = f.k === 'get' ? f.n : '';
  const first = a[0] === undefined ? null : following.value(a[0], scope);
  if (name === 'send' && first !== null) return { ...made, body: merged(made.body, first) };
  if (name === 'query' && first !== null) return { ...made, query: merged(made.query, first) };
  if ((name === 'field' || name === 'attach') && first?.kind === 'literal') {
    const value = name === 'field' && a[1] !== undefined ? following.value(a[1], scope) : { kind: 'unknown' as const };
    return {
      ...made,
      encoding: 'multipart',
      body: merged(made.body, { kind: 'object', keys: { [String(first.value)]: value }, open: false }),
    };
  }
  if (name === 'type' && first?.kind === 'literal' && /form/.test(String(first.value))) return { ...made, encoding: 'form' };
  if (name === 'expect' && first?.kind === 'literal' && typeof first.value === 'number') return { ...made, status: first.value };
  return made;
}

function direct(call: Call, scope: Scope, following: Following): Shaped | null {
  const { facts } = scope.file;
  const name = lastName(facts, call.f);
  const { a } = call;
  const value = (e: Expr): AbstractValue => following.value(e, scope);
  const known = (one: Expr | undefined): one is Expr => one !== undefined;
  // Positions of a literal method and of what looks like a path.
  const values = a.slice(0, 4).map((arg) => (arg.k === 'fn' ? null : arg));
  if (call.f.k === 'get' && verbs.test(name)) {
    const method = name === 'del' ? 'DELETE' : name.toUpperCase();
    const receiver = call.f.o;
    const registers = receiver.k === 'call' ? false : routers.test(lastName(facts, receiver)) || a.some(({ k }) => k === 'fn');
    const url = a[0];
    if (registers || url === undefined || url.k === 'fn') return null;
    const where = value(url);
    if (!isPath(where)) return null;
    const sends = /^(?:POST|PUT|PATCH)$/.test(method);
    const root = lastName(facts, receiver);
    const options = a[sends && !takesOptions.test(root) ? 2 : 1];
    const data = sends && !takesOptions.test(root) ? a[1] : undefined;
    const inOptions = optionsOf(options, value);
    return {
      method,
      url: withBase(where, receiver, scope, following),
      query: inOptions.query,
      body: data === undefined ? inOptions.body : wholeBody(value(data)),
      encoding: data === undefined ? inOptions.encoding : encodingOf(data, scope),
      status: null,
    };
  }
  const methodAt = values.findIndex((arg) => {
    const one = arg === null ? null : value(arg);
    return one?.kind === 'literal' && typeof one.value === 'string' && methodName.test(one.value);
  });
  const urlAt = values.findIndex((arg, at) => arg !== null && at !== methodAt && isPath(value(arg)));
  const url = values[urlAt];
  if (methodAt >= 0 && urlAt >= 0 && Math.max(methodAt, urlAt) <= 2 && url != null) {
    const method = value(a[methodAt] as Expr);
    const data = a[Math.max(methodAt, urlAt) + 1];
    return {
      method: method.kind === 'literal' ? String(method.value).toUpperCase() : 'GET',
      url: value(url),
      query: null,
      body: known(data) && data.k !== 'fn' ? wholeBody(value(data)) : null,
      encoding: known(data) ? encodingOf(data, scope) : 'json',
      status: null,
    };
  }
  if (urlAt === 0 && url != null) {
    const options = a[1];
    const inOptions = optionsOf(options, value);
    if (inOptions.method === null && !requests.test(name)) return null;
    if (a.some(({ k }) => k === 'fn') && inOptions.method === null) return null;
    return {
      ...inOptions,
      method: inOptions.method ?? 'GET',
      url: value(url),
      encoding: bodyEncoding(options, scope, inOptions.encoding),
      status: null,
    };
  }
  const config = a[0];
  if (config?.k === 'obj') return configured(config, name, scope, value);
  return null;
}

/** `axios({ url, method, data })`, `app.inject({ method, url, payload })`, and a query whose key is the path. */
function configured(config: Extract<Expr, { k: 'obj' }>, name: string, scope: Scope, value: (e: Expr) => AbstractValue): Shaped | null {
  const key = (names: RegExp): Expr | undefined => config.p.find(([one]) => names.test(one))?.[1];
  const url = key(/^(?:url|uri)$/) ?? (requests.test(name) ? key(/^(?:path|endpoint)$/) : undefined);
  // What has a handler or a schema is a route that is declared.
  if (key(/^(?:handler|preHandler|onRequest|schema|responses|resolver)$/) !== undefined) return null;
  if (url !== undefined && url.k !== 'fn') {
    const where = value(url);
    const inOptions = optionsOf(config, value);
    if (!isPath(where) || (inOptions.method === null && !requests.test(name))) return null;
    return {
      ...inOptions,
      method: inOptions.method ?? 'GET',
      url: where,
      encoding: bodyEncoding(config, scope, inOptions.encoding),
      status: null,
    };
  }
  const queryKey = key(/^queryKey$/);
  if (queryKey?.k !== 'arr' || key(/^queryFn$/) !== undefined || !/^use\w*Query$/.test(name)) return null;
  const whole = value(queryKey);
  const segments = whole.kind === 'array' ? whole.items : [];
  if (segments[0] === undefined || !isPath(segments[0])) return null;
  const parts = segments.flatMap((one, index) => (index === 0 ? [one] : [{ kind: 'literal' as const, value: '/' }, one]));
  return {
    method: 'GET',
    url: { kind: 'template', parts: parts.map(() => '').concat(''), holes: parts },
    query: null,
    body: null,
    encoding: 'json',
    status: null,
  };
}

interface Options extends Pick<Shaped, 'query' | 'body' | 'encoding'> {
  readonly method: string | null;
}

/** What an object of options says of the request. */
function optionsOf(options: Expr | undefined, value: (e: Expr) => AbstractValue): Options {
  const nothing: Options = { method: null, query: null, body: null, encoding: 'json' };
  if (options === undefined || options.k === 'fn') return nothing;
  const all = value(options);
  if (all.kind !== 'object') return nothing;
  const key = (...names: string[]): AbstractValue | null => {
    for (const name of names) if (Object.hasOwn(all.keys, name)) return all.keys[name] ?? null;
    return null;
  };
  const method = key('method', 'type');
  const named = method?.kind === 'literal' && methodName.test(String(method.value)) ? String(method.value).toUpperCase() : null;
  return {
    method: named,
    query: key('params', 'searchParams', 'query'),
    body: wholeBody(key('body', 'data', 'json', 'payload', 'form', 'multipart', 'formData')),
    encoding: key('form') !== null ? 'form' : key('multipart', 'formData') !== null ? 'multipart' : 'json',
  };
}

function bodyEncoding(options: Expr | undefined, scope: Scope, otherwise: Shaped['encoding']): Shaped['encoding'] {
  if (options?.k !== 'obj') return otherwise;
  const body = options.p.find(([name]) => /^(?:body|data)$/.test(name))?.[1];
  const encoding = body === undefined ? 'json' : encodingOf(body, scope);
  return encoding === 'json' ? otherwise : encoding;
}

function encodingOf(e: Expr, scope: Scope): Shaped['encoding'] {
  const { facts } = scope.file;
  const at = e.k === 'var' ? facts.bindings[e.b]?.v[0]?.e : e;
  const made = at?.k === 'call' ? lastName(facts, at.f) : '';
  return made === 'FormData' ? 'multipart' : made === 'URLSearchParams' ? 'form' : 'json';
}

/** What is sent: of several possibilities the one that says most, nothing where only nothing is known. */
function wholeBody(body: AbstractValue | null): AbstractValue | null {
  if (body?.kind === 'either') {
    const size = (one: AbstractValue): number => (one.kind === 'object' ? Object.keys(one.keys).length : one.kind === 'literal' ? -1 : 0);
    return wholeBody(body.of.toSorted((a, b) => size(b) - size(a))[0] ?? null);
  }
  return body?.kind === 'literal' && (body.value === null || body.value === '') ? null : body;
}

/** Whether a value can be the address of a request: a path from the root, perhaps behind a base that is not known. */
function isPath(value: AbstractValue): boolean {
  if (value.kind === 'either') return value.of.some(isPath);
  if (value.kind === 'literal')
    return typeof value.value === 'string' && /^(?:https?:\/\/[^/]+)?\/(?:[\w:[{-]|$)/.test(value.value) && !/\s/.test(value.value);
  if (value.kind !== 'template') return false;
  const [before = '', after = ''] = value.parts;
  return before === '' ? /^\/[\w:[{-]/.test(after) : /^(?:https?:\/\/[^/]+)?\/[\w:[{?-]|^https?:\/\/[\w.]*:?$/.test(before);
}

/** The address behind the base of the client that the call goes through. */
function withBase(url: AbstractValue, receiver: Expr, scope: Scope, following: Following): AbstractValue {
  if (receiver.k !== 'var' && receiver.k !== 'imp') return url;
  const base = oneOf(['baseURL', 'prefixUrl', 'baseUrl'].map((name) => following.made(receiver, scope, name)));
  const text =
    base.kind === 'literal'
      ? String(base.value)
      : base.kind === 'either' && base.of[0]?.kind === 'literal'
        ? String(base.of[0].value)
        : null;
  if (text === null || (url.kind === 'literal' && /^https?:/.test(String(url.value)))) return url;
  return { kind: 'template', parts: ['', '', ''], holes: [{ kind: 'literal', value: text.replace(/\/$/, '') }, url] };
}

function merged(a: AbstractValue | null, b: AbstractValue): AbstractValue {
  if (a?.kind !== 'object' || b.kind !== 'object') return b;
  return { kind: 'object', keys: { ...a.keys, ...b.keys }, open: a.open || b.open };
}
