import type { EvidenceValue } from '../../model/evidence/index.ts';

type Route = Pick<EvidenceValue<'routes'>['routes'][number], 'unit' | 'id' | 'method' | 'path'>;

/** How many segments of a base (`/api/v1`) may stand before one of two paths and not before the other. */
const longestBase = 3;

/** A path in parts: each in small letters, null where anything may stand. */
type Parts = readonly (string | null)[];
type Matcher = (method: string, path: string) => { unit: string; id: string } | null;

const matchers = new WeakMap<readonly Route[], Matcher>();

/** Finds the endpoint that takes a request, by method and path. */
export function matcherOf(routes: readonly Route[]): Matcher {
  let matcher = matchers.get(routes);
  if (matcher === undefined) matchers.set(routes, (matcher = made(routes)));
  return matcher;
}

function made(routes: readonly Route[]): Matcher {
  const byMethod = new Map<string, { route: Route; whole: Parts; bare: Parts }[]>();
  for (const route of routes) {
    const list = byMethod.get(route.method) ?? [];
    byMethod.set(route.method, list);
    list.push({ route, ...partsOf(route.path) });
  }
  const known = new Map<string, { unit: string; id: string } | null>();
  return (method, path) => {
    const key = `${method} ${path}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const asked = partsOf(path);
    let best: { route: Route; score: number } | null = null;
    for (const { route, whole, bare } of [...(byMethod.get(method) ?? []), ...(byMethod.get('ALL') ?? [])]) {
      const outer = closeness(whole, asked.whole);
      const inner = outer === null && bare.length === asked.bare.length ? closeness(bare, asked.bare) : null;
      const score = outer ?? (inner === null ? null : inner - longestBase);
      if (score !== null && (best === null || score > best.score)) best = { route, score };
    }
    const found = best && { unit: best.route.unit, id: best.route.id };
    known.set(key, found);
    return found;
  };
}

/** The parts of a path, and those without a base: `/api/v2/links` and `/api/links` are the same behind words that only say that an interface begins here. */
function partsOf(path: string): { whole: Parts; bare: Parts } {
  const segments = path.split('/').filter((segment) => segment !== '');
  const whole = segments.map((segment) => (isHole(segment) ? null : segment.toLowerCase()));
  const start = segments.findIndex((segment) => !/^(?:api|rest|v\d+(?:\.\d+)?)$/i.test(segment));
  return { whole, bare: start < 0 ? whole : whole.slice(start) };
}

/** How well a request's path fits a pattern; null when it does not. Bases count against it, literal segments for it. */
function closeness(pattern: Parts, path: Parts): number | null {
  const extra = path.length - pattern.length;
  if (Math.abs(extra) > longestBase) return null;
  const [skip, from] = [Math.max(0, -extra), Math.max(0, extra)];
  let literal = 0;
  for (let at = skip; at < pattern.length; at++) {
    const segment = pattern[at];
    if (segment === null) continue;
    if (segment !== path[at - skip + from]) return null;
    literal += 1;
  }
  const longer = extra > 0 ? path : pattern;
  for (let at = 0; at < Math.abs(extra); at++) if (longer[at] === null) return null;
  // With nothing but parameters in common, a base would make anything fit.
  if (extra !== 0 && literal === 0) return null;
  return literal * 10 - Math.abs(extra);
}

/** `:id`, `{id}`, `{}`, `{{orderId}}`, `<id>`, `*` */
function isHole(segment: string): boolean {
  return /^:|^\{|^<|\*/.test(segment) || segment.includes('{}') || segment.includes('{{');
}
