import { clerk } from '../kept.ts';
import { knowledgeOf } from '../knowledge.ts';
import type { Machine } from '../machine.ts';
import { fitsAny, fitsPattern } from '../path-patterns.ts';
import { pathname, requestTo } from '../request.ts';
import type { Link } from '../routers.ts';
import { UNKNOWN } from '../value.ts';
import type { SourceFile, Value } from '../value.ts';
import { exported, linkTo } from './files.ts';

/** What stands in front of an endpoint by the application's one middleware. */
export type Middleware = (path: string, method: string) => Link[];

/** The middleware of a file (`middleware.ts`, or `proxy.ts` as it is called by now). */
export function middlewareOf(machine: Machine, file: SourceFile): Middleware | null {
  const [name, value] =
    ['middleware', 'proxy', 'default'].map((one) => [one, exported(machine, file, one)] as const).find((one) => one[1] !== null) ?? [];
  if (name === undefined || value === null || value === undefined) return null;
  const config = exported(machine, file, 'config');
  const matcher = config?.k === 'obj' ? config.keys.get('matcher') : undefined;
  return (path, method) => {
    if (matcher !== undefined && !reaches(matcher, pathname(path))) return [];
    return linksOf(file, name, value, path, method).map((link) => ({ ...link, name: 'middleware' }));
  };
}

/** Whether the middleware certainly runs for a path. Under a condition (`has`, `missing`) it does not: callers choose their headers. */
function reaches(matcher: Value, path: string): boolean {
  if (matcher.k === 'arr') return matcher.items.some((one) => reaches(one, path));
  if (matcher.k === 'lit' && typeof matcher.v === 'string') return fitsPattern(matcher.v, path) === true;
  if (matcher.k !== 'obj' || matcher.keys.has('has') || matcher.keys.has('missing')) return false;
  const source = matcher.keys.get('source');
  return source !== undefined && reaches(source, path);
}

function linksOf(file: SourceFile, name: string, value: Value, path: string, method: string): Link[] {
  const request = requestTo(path, method === 'ALL' ? undefined : method);
  if (value.k === 'fn' || value.k === 'either') return [linkTo(file, name, value, [request, UNKNOWN])];
  if (value.k !== 'result' && value.k !== 'inst' && value.k !== 'lib') return [];
  const means = knowledgeOf(value.symbol)?.means;
  const given = value.k === 'lib' ? [] : value.args;
  const wrapped = given.find((arg) => arg.k === 'fn');
  const whole = linkTo(file, name, value, []);
  switch (means) {
    case 'clerk-middleware':
      return wrapped === undefined ? [] : [linkTo(file, name, wrapped, [clerk, request])];
    case 'clerk-authorizing': {
      const options = given[0]?.k === 'obj' ? given[0].keys : new Map<string, Value>();
      const open = ['publicRoutes', 'ignoredRoutes'].map((key) => fitsAny(options.get(key), pathname(path)));
      if (open.some((one) => one?.k === 'told' && one.v)) return [];
      return [{ ...whole, value: { k: 'lib', symbol: 'npm:@clerk/nextjs#authMiddleware.protect' }, inner: null }];
    }
    // `export default auth((request) => ...)`, or `export { auth as middleware }` with its rule beside the other options.
    case 'session-read': {
      if (wrapped !== undefined) return [linkTo(file, name, wrapped, [request, UNKNOWN])];
      const rule = ruleIn(optionsOf(value));
      return rule === null ? [] : [decided(file, name, rule, 'auth', request)];
    }
    case 'guard:authentication': {
      const rule = given.map((arg) => ruleIn(arg)).find((one) => one !== null) ?? null;
      const first = rule === null ? whole : decided(file, name, rule, 'token', request);
      return wrapped === undefined
        ? [{ ...first, inner: null }]
        : [{ ...first, inner: null }, linkTo(file, name, wrapped, [request, UNKNOWN])];
    }
    default:
      return [];
  }
}

/** `callbacks.authorized` of NextAuth: what it returns decides. */
function ruleIn(options: Value | undefined): Value | null {
  const callbacks = options?.k === 'obj' ? options.keys.get('callbacks') : undefined;
  const rule = callbacks?.k === 'obj' ? callbacks.keys.get('authorized') : undefined;
  return rule?.k === 'fn' ? rule : null;
}

/** The options that the instance was made with. */
function optionsOf(value: Value): Value | undefined {
  for (let at: Value | null = value; at !== null && at.k === 'inst'; at = at.on) if (at.args[0]?.k === 'obj') return at.args[0];
  return undefined;
}

function decided(file: SourceFile, name: string, rule: Value, who: string, request: Value): Link {
  const keys = new Map<string, Value>([
    [who, { k: 'session', path: [] }],
    ['request', request],
    ['req', request],
  ]);
  const id = `authorized:${file.path}:${request.k === 'role' ? `${request.of?.method ?? ''} ${request.of?.path ?? ''}` : ''}`;
  return { ...linkTo(file, name, rule, [{ k: 'obj', keys, open: true, id }]), decides: true };
}
