import { covers } from '../model/access-rule.ts';
import type { IntendedAccess } from '../model/evidence/derived.ts';

type Drafted = IntendedAccess['endpoints'][number];
type Draft = IntendedAccess['drafts'][number];

/** Paths that say nothing of their own: `/api`, `/v2`; a rule about all below them would be about everything. */
const wrapping = /^(?:\/(?:api|rest|v\d+|:[^/]+))*$/i;

/**
 * The drafts as few rules: a path stands for all endpoints at and below it where all of them, by whatever method or by one, are meant for
 * the same people. What nobody can tell and what a person confirmed otherwise is never put under such a rule.
 */
export function patternsOf(endpoints: readonly Drafted[]): Draft[] {
  const open = endpoints.filter(({ allow, confirmed }) => allow !== null && confirmed === null);
  const done = new Set<string>();
  const drafts: Draft[] = [];
  const take = (pattern: string, least: number): void => {
    const [mine, whole] = [open, endpoints].map((some) => some.filter(({ endpoint }) => covers(pattern, endpoint)));
    const left = (mine ?? []).filter(({ endpoint }) => !done.has(endpoint));
    const [first] = left;
    if (!first?.allow || left.length < least || !(whole ?? []).every(({ allow }) => keyOf(allow) === keyOf(first.allow))) return;
    for (const { endpoint } of left) done.add(endpoint);
    // Several methods of one path need no star behind it.
    const single = pattern.replace(/\/\*$/, '');
    const same = left.every(({ endpoint }) => covers(single, endpoint));
    drafts.push({
      endpoint: same ? single : pattern,
      allow: first.allow,
      why: telling(left.map(({ why }) => why)),
      covers: left.length,
    });
  };
  for (const path of pathsOf(open)) {
    take(`* ${path}/*`, 2);
    for (const method of [...new Set(open.map(({ endpoint }) => endpoint.split(' ')[0] ?? ''))].toSorted()) take(`${method} ${path}/*`, 2);
  }
  for (const { endpoint } of open) if (!done.has(endpoint)) take(endpoint, 1);
  return drafts.toSorted((a, b) => (byPath(a.endpoint) < byPath(b.endpoint) ? -1 : 1));
}

/** Every path above an endpoint, the shortest first. */
function pathsOf(endpoints: readonly Drafted[]): string[] {
  const paths = endpoints.flatMap(({ endpoint }) => {
    const segments = endpoint
      .slice(endpoint.indexOf(' ') + 1)
      .split('/')
      .filter((segment) => segment !== '' && !segment.includes('*'));
    return segments.map((_, at) => `/${segments.slice(0, at + 1).join('/')}`);
  });
  return [...new Set(paths)]
    .filter((path) => !wrapping.test(path))
    .toSorted((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
}

function keyOf(allow: readonly string[] | null): string {
  return allow === null ? 'nobody knows' : JSON.stringify(allow.toSorted());
}

function byPath(pattern: string): string {
  const [method = '', path = ''] = pattern.split(' ');
  return `${path} ${method}`;
}

/** The reason that speaks of a leak, else the most frequent one. */
function telling(texts: readonly string[]): string {
  const [most] = [...Map.groupBy(texts, (text) => text)].toSorted(
    ([a, some], [b, others]) => Number(/ leak\b/.test(b)) - Number(/ leak\b/.test(a)) || others.length - some.length || (a < b ? -1 : 1),
  );
  return most?.[0] ?? '';
}
