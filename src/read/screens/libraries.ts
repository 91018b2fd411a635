import type { Expr } from '../code/facts.ts';
import { anyOf, bare, lit, NOTHING, UNKNOWN } from './values.ts';
import type { Env, Shown } from './values.ts';
import type { Walk } from './walk.ts';

type Call = Extract<Expr, { k: 'call' }>;

/** What a library's hook tells about its work, and does not do. */
export const passive =
  /^(is[A-Z].*|data|error|errors|status|variables|failure\w*|length|formState|loading|pending|called|message|state|values|id|name)$/;

const effect = /^(use(Layout|Insertion|Isomorphic\w*|Async|Mount|Update)?Effect|useMount|onMount|createEffect)$/;
const query = /^(use(Suspense|Infinite|Prefetch|Lazy)?Query|useSWR(Immutable|Infinite)?|createQuery)$/;
const waits =
  /^(useMutation|useSWRMutation|createMutation|createAsyncThunk|useLazyQuery|useForm|useFetcher|useActionState|useReducer|useRef)$/;
const same = /^(useCallback|useEvent|useEffectEvent|memo|forwardRef|observer|debounce|throttle|startTransition|useDebouncedCallback)$/;
const loads = /^(lazy|dynamic|loadable|lazyWithRetry|lazyLoad)$/;
const selects = /^use\w*(Selector|Store)$/;
const decodes = /^(jwt_?Decode|decodeJwt|decodeToken|parseJwt|decode)$/i;
const whoAmI =
  /^\/?(api\/)?(v\d+\/)?((auth|users?|account|session)\/)?(me|whoami|current-?user|current|user|session|profile|account|status|check)\/?$/i;
const loops = /^(map|flatMap|forEach|filter|find|some|every|reduce|sort|toSorted|findIndex|findLast)$/;
const stored = /^(user_?role|role)$/i;

/** A method of a value that is not of the application's making; null where it is not one that tells anything. */
export function callMethod(walk: Walk, o: Shown, name: string, e: Call, env: Env): Shown | null {
  const base = bare(o);
  const args = (): Shown[] => e.a.map((one) => walk.eval(one.k === 'spread' ? one.e : one, env));
  if (base.k === 'lib' && /^(window\.|globalThis\.)?(localStorage|sessionStorage)$/.test(base.symbol) && name === 'getItem') {
    const [key] = args().map(bare);
    if (key?.k !== 'lit' || typeof key.v !== 'string') return UNKNOWN;
    if (stored.test(key.v)) return walk.looking.aboutRole('role') ?? UNKNOWN;
    return walk.looking.isAboutSession(key.v) ? { k: 'user' } : UNKNOWN;
  }
  if (base.k === 'lib' && base.symbol === 'JSON' && name === 'parse') return anyOf(args().slice(0, 1));
  if (base.k === 'lib' && base.symbol === 'Object' && /^(freeze|values|entries|keys)$/.test(name)) return anyOf(args().slice(0, 1));
  if (name === 'then' || name === 'catch' || name === 'finally') {
    const [first] = args();
    const fn = first ? bare(first) : UNKNOWN;
    const given = name === 'then' && base.k !== 'held' ? o : UNKNOWN;
    return fn.k === 'fn' ? anyOf([walk.apply(fn, [given]), ...(base.k === 'held' ? [o] : [])]) : o;
  }
  if (base.k === 'lit' && typeof base.v === 'string') return textMethod(walk, base, name, args);
  if (walk.looking.isRole(base) && /^to(Lower|Upper)Case$|^trim$|^toString$/.test(name)) return base;
  if (base.k === 'list') return listMethod(walk, base, name, args());
  if (loops.test(name) && (base.k === 'unknown' || base.k === 'held' || base.k === 'lit')) {
    const given = base.k === 'held' ? o : UNKNOWN;
    return anyOf([
      UNKNOWN,
      ...args().map((arg) => (bare(arg).k === 'fn' ? walk.apply(bare(arg) as Extract<Shown, { k: 'fn' }>, [given]) : arg)),
    ]);
  }
  return null;
}

function textMethod(walk: Walk, base: Extract<Shown, { k: 'lit' }>, name: string, args: () => Shown[]): Shown {
  const text = String(base.v);
  if (name === 'toLowerCase') return lit(text.toLowerCase());
  if (name === 'toUpperCase') return lit(text.toUpperCase());
  if (name === 'trim' || name === 'toString') return base;
  const [first] = args().map(bare);
  if (first) walk.looking.compared(base, first);
  if (first?.k !== 'lit' || typeof first.v !== 'string') return UNKNOWN;
  if (name === 'includes') return lit(text.includes(first.v));
  if (name === 'startsWith') return lit(text.startsWith(first.v));
  return UNKNOWN;
}

function listMethod(walk: Walk, base: Extract<Shown, { k: 'list' }>, name: string, args: readonly Shown[]): Shown {
  const [first] = args.map(bare);
  const items = base.items.slice(0, 60);
  if (first && (name === 'includes' || name === 'has' || name === 'indexOf')) {
    for (const one of items) walk.looking.compared(first, bare(one));
    if (first.k !== 'lit' || items.some((one) => bare(one).k !== 'lit')) return UNKNOWN;
    const at = items.findIndex((one) => (bare(one) as { v: unknown }).v === first.v);
    return name === 'indexOf' ? lit(at) : lit(at >= 0);
  }
  if (first?.k !== 'fn') return anyOf([UNKNOWN, ...items]);
  const results = items.map((one, index) => walk.apply(first, [one, lit(index), base]));
  const truths = results.map((one) => walk.truth(one));
  switch (name) {
    case 'map':
    case 'flatMap':
      return { k: 'list', items: results };
    case 'filter':
      return { k: 'list', items: items.filter((_one, index) => truths[index] !== false) };
    case 'some':
      return truths.includes(true) ? lit(true) : truths.includes(null) ? UNKNOWN : lit(false);
    case 'every':
      return truths.includes(false) ? lit(false) : truths.includes(null) ? UNKNOWN : lit(true);
    case 'find':
      return anyOf([NOTHING, ...items.filter((_one, index) => truths[index] !== false)]);
    default:
      return anyOf([UNKNOWN, ...items, ...results]);
  }
}

interface LibraryCall {
  readonly symbol: string;
  /** The last name of what is called. */
  readonly name: string;
  readonly args: readonly Shown[];
  readonly e: Call;
  readonly env: Env;
}

/** A call of something that is not followed: hooks run their functions now or when they are asked to; of all else the functions that it is given are called. */
export function callLibrary(walk: Walk, { symbol, name: called, args, e, env }: LibraryCall): Shown {
  const name = called === '' || called === 'default' ? (symbol.split(/[#.]/).at(-1) ?? '') : called;
  const [first = UNKNOWN, second = UNKNOWN] = args;
  const inner = bare(first);
  if (same.test(name)) return first;
  if (waits.test(name)) return { k: 'held', of: args };
  if (name === 'useState') return { k: 'list', items: [inner.k === 'lit' ? UNKNOWN : anyOf([UNKNOWN, first]), UNKNOWN] };
  if (name === 'useMemo' || name === 'createMemo') return inner.k === 'fn' ? walk.apply(inner, []) : UNKNOWN;
  if (name === 'Set' || name === 'Map' || name === 'use') return first;
  if (effect.test(name)) {
    if (inner.k === 'fn') walk.effect(inner);
    return UNKNOWN;
  }
  if (loads.test(name)) return inner.k === 'fn' ? anyOf([walk.apply(inner, [])]) : UNKNOWN;
  if (name === 'useContext') return walk.looking.isAboutSession(variableName(e, env)) ? { k: 'session', beside: null } : UNKNOWN;
  if (selects.test(name) && inner.k === 'fn') {
    const session: Shown = { k: 'session', beside: null };
    const store = ['auth', 'user', 'session', 'account', 'currentUser', 'authentication', 'userInfo', 'userLogin'];
    return walk.apply(inner, [{ k: 'rec', keys: new Map(store.map((part) => [part, () => session])), open: true }]);
  }
  if (decodes.test(name)) return { k: 'user' };
  if (query.test(name)) return runQuery(walk, args);
  for (const arg of [first, second, ...args.slice(2)]) if (bare(arg).k === 'fn') walk.touch(arg);
  return { k: 'held', of: args };
}

/** A query runs when its component is shown, unless it is told to wait for something that is not there. */
function runQuery(walk: Walk, args: readonly Shown[]): Shown {
  const options = args.map(bare).find((arg) => arg.k === 'rec');
  const enabled = options ? walk.get(options, 'enabled') : UNKNOWN;
  const key = addressOf(
    args.map((arg) => bare(arg)).find((arg) => arg.k === 'list' || arg.k === 'lit') ?? (options ? walk.get(options, 'queryKey') : UNKNOWN),
  );
  const keys = new Map<string, () => Shown>(key !== null && whoAmI.test(key) ? [['data', () => ({ k: 'user' })]] : []);
  if (!options || !options.keys.has('enabled') || walk.truth(enabled) !== false) {
    for (const arg of args) {
      const inner = bare(arg);
      if (inner.k === 'fn') walk.touch(arg);
      else if (inner.k === 'rec') for (const [name, one] of inner.keys) if (/Fn$|^on|^select$/.test(name)) walk.touch(one());
    }
  }
  return { k: 'rec', keys, open: true };
}

/** The key of a query as one text; null where part of it is not known. */
function addressOf(value: Shown): string | null {
  const inner = bare(value);
  if (inner.k === 'lit') return typeof inner.v === 'string' ? inner.v : null;
  if (inner.k !== 'list') return null;
  const parts = inner.items.map((one) => addressOf(one));
  return parts.includes(null) ? null : parts.join('/');
}

/** The name of the variable that is handed over first. */
function variableName(e: Call, env: Env): string {
  const [first] = e.a;
  if (first?.k !== 'var') return '';
  const binding = env.file.facts.bindings[first.b];
  const [source] = binding?.v ?? [];
  return source?.e.k === 'imp' && source.e.n !== 'default' ? source.e.n : (binding?.n ?? '');
}
