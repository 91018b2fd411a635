import type { Screens, ScreenLimits } from '../model/evidence/screens.ts';
import { defineDerivation } from '../model/producer.ts';

type Limit = ScreenLimits['limits'][number];

/**
 * Endpoints that the screens offer to viewers of certain roles only. Whatever may be a request for the endpoint and is shown to
 * somebody counts, also where its address is not known in full: then the screens do not keep the endpoint from them.
 */
export default defineDerivation({
  name: 'screen-limits',
  needs: ['routes', 'screens'],
  yields: 'screen-limits',
  run: ({ routes, screens }) => {
    const { roles, flags } = screens.value;
    const limits = routes.value.routes.flatMap((route) => limitOf(route, screens.value) ?? []);
    return { value: { roles, flags, limits }, gaps: screens.gaps };
  },
});

function limitOf({ id, unit, method, path }: { id: string; unit: string; method: string; path: string }, screens: Screens): Limit | null {
  const mine = screens.offers.filter(({ endpoint }) => endpoint?.id === id && endpoint.unit === unit);
  if (mine.length === 0) return null;
  if (screens.loose.some((one) => one.method === method && mayBe(one.path, path))) return null;
  if (screens.addresses.some((address) => mayBe(address, path))) return null;
  const vague = screens.offers.filter((one) => one.endpoint === null && one.method === method && mayBe(one.path, path));
  const all = [...mine, ...vague];
  const others = all.some((one) => one.others);
  const shownTo = [...screens.roles, ...screens.flags].filter((role) => all.some((one) => one.shownTo.includes(role)));
  const everybody = others && shownTo.length === screens.roles.length + screens.flags.length;
  if (everybody || (shownTo.length === 0 && !others) || all.some((one) => one.anonymous)) return null;
  const offers = mine.map(({ where, component, conditions }) => ({ where, component, conditions }));
  return { endpoint: id, shownTo, others, offers };
}

/** Whether a request to this path may reach an endpoint of this pattern; a base before either of them is left aside. */
function mayBe(request: string, pattern: string): boolean {
  const [one, other] = [segmentsOf(request), segmentsOf(pattern)];
  const length = Math.min(one.length, other.length);
  if (length === 0 || Math.abs(one.length - other.length) > 2) return false;
  const [a, b] = [one.slice(one.length - length), other.slice(other.length - length)];
  const same = a.map((segment, index) => segment.toLowerCase() === b[index]?.toLowerCase());
  const holes = a.map((segment, index) => isHole(segment) || isHole(b[index] ?? ''));
  return same.every((one, index) => one || holes[index]) && same.some((one, index) => one && !holes[index]);
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function isHole(segment: string): boolean {
  return segment.startsWith(':') || segment.includes('{}') || segment.includes('*');
}
