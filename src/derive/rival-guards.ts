import type { GuardStyles } from '../model/evidence/derived.ts';
import type { Asked, Door } from './asked.ts';

type Rival = GuardStyles['rivals'][number];

/** Endpoints that each of two ways must guard alone before they count as rivals, and of these under one path. */
const [few, together] = [3, 2];

/** Ways of asking the same question that compete: each stands alone before several endpoints, some of them under one path. */
export function rivalsOf(all: readonly Asked[]): Rival[] {
  return [...rivals(all, 'authentication', ({ doors }) => doors), ...rivals(all, 'role', ({ roleBy }) => roleBy)];
}

function rivals(all: readonly Asked[], asks: Rival['asks'], ways: (one: Asked) => readonly Door[]): Rival[] {
  const keys = [...new Set(all.flatMap((one) => ways(one).map(({ key }) => key)))].toSorted();
  const uses = (one: Asked, key: string): boolean => ways(one).some((way) => way.key === key);
  const found: Rival[] = [];
  for (const [at, first] of keys.entries()) {
    for (const second of keys.slice(at + 1)) {
      const firstAlone = all.filter((one) => uses(one, first) && !uses(one, second));
      const secondAlone = all.filter((one) => uses(one, second) && !uses(one, first));
      if (firstAlone.length < few || secondAlone.length < few) continue;
      const path = sharedPath(firstAlone, secondAlone, all);
      if (path === null) continue;
      const way = (key: string, members: readonly Asked[]): Rival['ways'][number] => {
        const own = members.flatMap((one) => ways(one).filter((door) => door.key === key));
        return {
          name: [...new Set(own.map(({ name }) => name))].toSorted().join(' and '),
          where: own[0]?.where ?? null,
          endpoints: members.map(({ id }) => id),
        };
      };
      found.push({ asks, path, ways: [way(first, firstAlone), way(second, secondAlone)] });
    }
  }
  return found;
}

/** The deepest path below which both ways stand several times, and which is not that of the whole application. */
function sharedPath(first: readonly Asked[], second: readonly Asked[], all: readonly Asked[]): string | null {
  const stems = first.flatMap(({ statics }) => statics.map((_, at) => `/${statics.slice(0, at + 1).join('/')}`));
  const below = (members: readonly Asked[], stem: string): number =>
    members.filter(({ statics }) => `/${statics.join('/')}/`.startsWith(`${stem}/`)).length;
  return (
    [...new Set(stems)]
      .filter((stem) => below(first, stem) >= together && below(second, stem) >= together && below(all, stem) * 2 <= all.length)
      .toSorted((a, b) => b.split('/').length - a.split('/').length || (a < b ? -1 : 1))[0] ?? null
  );
}
