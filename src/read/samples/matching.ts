import type { EvidenceValue } from '../../model/evidence/index.ts';

type Route = Pick<EvidenceValue<'routes'>['routes'][number], 'unit' | 'id' | 'method' | 'path'>;

/** How many segments of a base (`/api/v1`) may stand before one of two paths and not before the other. */
const longestBase = 3;

/** Finds the endpoint that takes a request, by method and path. */
export function matcherOf(routes: readonly Route[]): (method: string, path: string) => { unit: string; id: string } | null {
  const byMethod = new Map<string, { route: Route; segments: string[] }[]>();
  for (const route of routes) {
    const list = byMethod.get(route.method) ?? [];
    byMethod.set(route.method, list);
    list.push({ route, segments: segmentsOf(route.path) });
  }
  const known = new Map<string, { unit: string; id: string } | null>();
  return (method, path) => {
    const key = `${method} ${path}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const segments = segmentsOf(path);
    let best: { route: Route; score: number } | null = null;
    for (const { route, segments: pattern } of [...(byMethod.get(method) ?? []), ...(byMethod.get('ALL') ?? [])]) {
      const whole = closeness(pattern, segments);
      const [bare, bareSegments] = [withoutBase(pattern), withoutBase(segments)];
      const inner = whole === null && bare.length === bareSegments.length ? closeness(bare, bareSegments) : null;
      const score = whole ?? (inner === null ? null : inner - longestBase);
      if (score !== null && (best === null || score > best.score)) best = { route, score };
    }
    const found = best && { unit: best.route.unit, id: best.route.id };
    known.set(key, found);
    return found;
  };
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** `/api/v2/links` and `/api/links` are the same behind words that only say that an interface begins here. */
function withoutBase(segments: readonly string[]): readonly string[] {
  const start = segments.findIndex((segment) => !/^(?:api|rest|v\d+(?:\.\d+)?)$/i.test(segment));
  return start < 0 ? segments : segments.slice(start);
}

/** How well a request's path fits a pattern; null when it does not. Bases count against it, literal segments for it. */
function closeness(pattern: readonly string[], path: readonly string[]): number | null {
  const extra = path.length - pattern.length;
  if (Math.abs(extra) > longestBase) return null;
  const base = extra > 0 ? path.slice(0, extra) : pattern.slice(0, -extra);
  if (base.some(isHole)) return null;
  const [from, to] = [pattern.slice(Math.max(0, -extra)), path.slice(Math.max(0, extra))];
  let literal = 0;
  for (const [index, segment] of from.entries()) {
    const one = to[index] ?? '';
    if (isHole(segment)) continue;
    if (isHole(one) || segment.toLowerCase() !== one.toLowerCase()) return null;
    literal += 1;
  }
  // With nothing but parameters in common, a base would make anything fit.
  if (extra !== 0 && literal === 0) return null;
  return literal * 10 - Math.abs(extra);
}

/** `:id`, `{id}`, `{}`, `{{orderId}}`, `<id>`, `*` */
function isHole(segment: string): boolean {
  return /^:|^\{|^<|\*/.test(segment) || segment.includes('{}') || segment.includes('{{');
}
