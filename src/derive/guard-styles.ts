import type { GuardStyles } from '../model/evidence/derived.ts';
import { defineDerivation } from '../model/producer.ts';
import { asked } from './asked.ts';
import type { Asked } from './asked.ts';
import { rivalsOf } from './rival-guards.ts';

type Outlier = GuardStyles['outliers'][number];

/** Clusters the guards of all endpoints and compares every endpoint with its peers: same path, same tables, same router. */
export default defineDerivation({
  name: 'guard-styles',
  needs: ['endpoints'],
  uses: ['queries'],
  yields: 'guard-styles',
  run: ({ endpoints, queries }) => {
    const all = asked(endpoints.value.endpoints, queries?.value.queries ?? []);
    const routers = wholeRouters(all);
    const told = new Set(routers.flatMap((outlier) => outlier.endpoints));
    const single = all.flatMap((one) => (told.has(one.id) ? [] : (outlierOf(one, all) ?? [])));
    // The same handler mounted twice is one finding.
    const places = new Set<string>();
    const once = single.filter(({ where, endpoints: ids }) => {
      const key = `${ids[0]?.split(' ')[0]} ${where.file}:${where.line}`;
      return places.has(key) ? false : (places.add(key), true);
    });
    return { value: { clusters: clustersOf(all), rivals: rivalsOf(all), outliers: [...routers, ...once] }, gaps: endpoints.gaps };
  },
});

function clustersOf(all: readonly Asked[]): GuardStyles['clusters'] {
  const clusters = Map.groupBy(all, ({ pattern }) => pattern.join('\n'));
  return [...clusters.values()]
    .map((members) => ({ asks: [...(members[0]?.pattern ?? [])], endpoints: members.map(({ id }) => id) }))
    .toSorted((a, b) => b.endpoints.length - a.endpoints.length || (a.asks.join() < b.asks.join() ? -1 : 1));
}

function outlierOf(one: Asked, all: readonly Asked[]): Outlier | undefined {
  if (one.neverRefuses) {
    return { ...subject(one), lacks: 'refusal', peers: [], compared: 1, by: { kind: 'itself', name: one.id }, asked: [], sure: true };
  }
  if (one.open) return withoutAuthentication(one, all);
  return weakerGuard(one, all) ?? withoutRole(one, all) ?? withoutOwnership(one, all);
}

function subject({ id, where }: Asked): Pick<Outlier, 'endpoints' | 'where'> {
  return { endpoints: [id], where };
}

const most = 2 / 3;

/** Where many reads ask nobody, reading is open on purpose. */
function readsOpenly(all: readonly Asked[]): boolean {
  const reads = all.filter(({ changes, intended }) => !changes && intended !== 'public');
  const bare = reads.filter(({ open, intended }) => open && intended === 'unknown').length;
  return bare > Math.max(3, reads.length / 5);
}

function withoutAuthentication(one: Asked, all: readonly Asked[]): Outlier | undefined {
  if (one.intended !== 'unknown') return undefined;
  const others = all.filter((other) => other !== one && other.intended !== 'public');
  const group = groupOf(one, all, (other) => other.changes === one.changes);
  // A router that stands open as a whole is the way in, a public page, or a hook: to be asked about, not to be accused.
  const beside = [...all.filter(({ where }) => where.file === one.where.file), ...(group?.units.flat() ?? [])];
  const among = beside.some(({ open }) => !open);
  const meant = !one.changes && readsOpenly(all);
  for (const table of one.tables) {
    // Public reading beside guarded writing is how catalogues work, and so is a public form beside a guarded list.
    if (one.creates) break;
    const touching = others.filter((other) => (one.writes ? other.written : other.read).includes(table));
    const asking = touching.filter((other) => !other.open);
    if (asking.length < 2 || asking.length / (touching.length + 1) < most) continue;
    return {
      ...subject(one),
      lacks: 'authentication',
      ...compared(asking, { units: [touching] }),
      by: { kind: 'table', name: table },
      sure: among && one.vague === 0 && !meant,
    };
  }
  if (!group) return undefined;
  const asking = group.units.filter((unit) => unit.every((other) => !other.open));
  if (asking.length < 2 || asking.length / (group.units.length + 1) < most) return undefined;
  const alike = others.filter(({ tables }) => tables.some((table) => one.tables.includes(table)));
  const sameTables = alike.filter(({ open }) => !open).length;
  return {
    ...subject(one),
    lacks: 'authentication',
    ...compared(asking.flat(), group),
    by: { kind: 'path', name: group.path },
    // What others do with the same tables bears it out; what only adds may be a form for everybody.
    sure:
      !meant &&
      one.vague === 0 &&
      (/^(PUT|PATCH|DELETE)$/.test(one.method) || (!one.creates && sameTables >= 2 && sameTables * 2 > alike.length)),
  };
}

/** Writes beside which nearly every other write of the resource asks for a role, and reads beside which everything does. */
function withoutRole(one: Asked, all: readonly Asked[]): Outlier | undefined {
  if (one.roles.length > 0 || one.owns || one.vague > 0) return undefined;
  const outlier = (peers: readonly Asked[], group: Group, by: Outlier['by']): Outlier => ({
    ...subject(one),
    lacks: 'role',
    ...compared(peers, group),
    asked: [...new Set(peers.flatMap(({ roles }) => roles))].toSorted(),
    by,
    sure: true,
  });
  if (!one.changes) {
    const area = groupOf(one, all, (other) => !other.open);
    const others = area?.units.flat() ?? [];
    const reserved = others.filter(({ changes }) => !changes).length >= 2 && others.every(({ roles }) => roles.length > 0);
    // What everybody may read elsewhere is no secret here; what is written down beside it (who exported what) is shown to nobody.
    const known = (table: string): boolean => all.some((other) => other !== one && other.roles.length === 0 && other.read.includes(table));
    if (!area || !reserved || (one.followed && one.read.every(known))) return undefined;
    return { ...outlier(others, area, { kind: 'path', name: area.path }), sure: one.followed };
  }
  // Customers create what only the staff may list; but who may not even look may not change.
  const twins = all.filter((other) => other.path === one.path && !other.changes && other.roles.length > 0);
  if (twins.length > 0 && one.method !== 'POST') return outlier(twins, { units: [twins] }, { kind: 'path', name: one.path });
  const group = groupOf(one, all, (other) => other.changes && !other.open);
  if (group && !addsTo(one, group.path)) {
    const asking = group.units.filter((unit) => unit.every(({ roles }) => roles.length > 0));
    if (asking.length >= 2 && asking.length / (group.units.length + 1) >= most)
      return outlier(asking.flat(), group, { kind: 'path', name: group.path });
  }
  const writers = one.written.map((table) => all.filter((other) => other !== one && !other.open && other.written.includes(table)));
  const onlyByRole = writers.every((others) => others.length >= 2 && others.every(({ roles }) => roles.length > 0));
  const peers = [...new Set(writers.flat())];
  return writers.length > 0 && onlyByRole ? outlier(peers, { units: [peers] }, { kind: 'table', name: one.written[0] ?? '' }) : undefined;
}

/** Compared in the handler by nearly all others that take this id or change this resource, and here not at all. */
function withoutOwnership(one: Asked, all: readonly Asked[]): Outlier | undefined {
  if (one.owns || one.roles.length > 0) return undefined;
  const taking = /^[^:]*\/:/.exec(one.path)?.[0];
  const byId = all.filter((other) => other !== one && taking !== undefined && other.path.startsWith(taking));
  const group =
    taking === undefined && one.changes
      ? groupOf(one, all, (other) => other.changes && !other.open)
      : { path: `${taking ?? ''}id`, units: [byId] };
  const others = group?.units.flat() ?? [];
  const asking = others.filter(({ owns }) => owns);
  // What could not be followed may be this very question, unless the others ask that too.
  const unclear = one.vague > Math.min(...asking.map(({ vague }) => vague));
  if (!group || unclear || addsTo(one, group.path) || asking.length < 2 || asking.length / (others.length + 1) < most) return undefined;
  return {
    ...subject(one),
    lacks: 'ownership',
    ...compared(asking, group),
    by: { kind: 'path', name: group.path },
    // Where no statement was followed, the caller's id may be part of it.
    sure: one.followed && !one.bySession,
  };
}

/** A path under which nearly all pass a guard of their own, and this one passes only the guard of everywhere else. */
function weakerGuard(one: Asked, all: readonly Asked[]): Outlier | undefined {
  if (one.roles.length > 0 || one.vague > 0 || one.owns) return undefined;
  const group = groupOf(one, all, (other) => !other.open && other.vague === 0);
  for (const guard of new Set(group?.units.flat().flatMap((other) => other.doors.map(({ key }) => key)))) {
    if (!group || one.doors.some(({ key }) => key === guard)) continue;
    const passing = group.units.filter((unit) => unit.every((other) => other.doors.some(({ key }) => key === guard)));
    const members = passing.flat();
    const everywhere = all.filter((other) => other.doors.some(({ key }) => key === guard)).length;
    const shares = members.some((other) => other.doors.some(({ key }) => one.doors.some((own) => own.key === key)));
    if (shares || passing.length < 3 || members.length < everywhere * most || passing.length / (group.units.length + 1) < most) continue;
    const names = members.flatMap((other) => other.doors.filter(({ key }) => key === guard).map(({ name }) => name));
    return {
      ...subject(one),
      lacks: 'guard',
      ...compared(members, group),
      by: { kind: 'path', name: group.path },
      asked: [...new Set(names)].toSorted(),
      sure: true,
    };
  }
  return undefined;
}

/** Routers in which nobody asks anything, in an application that asks nearly everywhere before it changes data. */
function wholeRouters(all: readonly Asked[]): Outlier[] {
  const changing = all.filter(({ changes, intended }) => changes && intended !== 'public');
  const asking = changing.filter(({ open }) => !open);
  if (asking.length < 5 || asking.length / changing.length < most) return [];
  return [...Map.groupBy(all, ({ where }) => where.file)].flatMap(([file, members]): Outlier[] => {
    const first = members[0];
    // Where files make the endpoints, the methods of one path share a file, which is no router.
    if (new Set(members.map(({ path }) => path.replace(/\?.*$/, ''))).size < 2) return [];
    const bare = members.filter(({ intended }) => intended === 'unknown');
    if (!first || bare.length < 2 || bare.length * 2 <= members.length || !bare.some(({ changes }) => changes)) return [];
    if (!members.every(({ open, vague }) => open && vague === 0)) return [];
    return [
      {
        endpoints: bare.map(({ id }) => id),
        where: first.where,
        lacks: 'authentication',
        ...compared(asking, { units: [changing] }),
        by: { kind: 'router', name: file },
        sure: true,
      },
    ];
  });
}

/** `POST /orders` makes an object of its own; what may be done to others' objects says nothing about it. */
function addsTo({ method, statics }: Asked, path: string): boolean {
  return method === 'POST' && `/${statics.join('/')}` === path;
}

interface Group {
  readonly units: readonly (readonly Asked[])[];
}

function compared(peers: readonly Asked[], { units }: Group): Pick<Outlier, 'peers' | 'compared' | 'asked'> {
  const names = peers.flatMap(({ doors }) => doors.map(({ name }) => name));
  return { peers: peers.map(({ id }) => id), compared: units.flat().length, asked: [...new Set(names)].toSorted() };
}

/**
 * The other endpoints of a resource, in units: those at its own path one by one, each branch below it as one.
 * `/users/admin/*` is one voice about `/users/delete`, not five. Null where the path is that of (nearly) the whole application.
 */
function groupOf(one: Asked, all: readonly Asked[], counts: (other: Asked) => boolean): { path: string; units: Asked[][] } | null {
  for (const depth of [one.statics.length, one.statics.length - 1]) {
    const stem = one.statics.slice(0, depth);
    const within = all.filter((other) => other.unit === one.unit && stem.every((segment, at) => other.statics[at] === segment));
    if (depth <= 0 || (within.length > all.length / 2 && all.length > 8)) return null;
    const own = one.statics[depth];
    const peers = within.filter((other) => other !== one && counts(other) && (own === undefined || other.statics[depth] !== own));
    const units = Map.groupBy(peers, (other) => other.statics[depth] ?? other.id);
    if (units.size >= 2) return { path: `/${stem.join('/')}`, units: [...units.values()] };
  }
  return null;
}
