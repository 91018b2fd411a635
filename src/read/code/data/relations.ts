import type { z } from 'zod';
import type { queries } from '../../../model/evidence/read.ts';
import type { Place } from '../../../model/words.ts';
import type { Pack } from '../../pack.ts';
import { compare } from '../queries.ts';
import type { Described, Queries, ReadsToBe } from '../queries.ts';
import { followedFor } from '../routes.ts';
import type { Route } from '../routes.ts';
import { reach } from '../visit.ts';
import type { Access, Visit } from '../visit.ts';
import type { Accesses } from './accesses.ts';
import { describeSites } from './describe.ts';
import type { Query, Uses } from './describe.ts';
import { placeOf, stepsOf } from './sequences.ts';
import type { Sequence } from './sequences.ts';
import type { DeclaredTable } from './tables.ts';

/** A table that the sources of a schema declare. */
export type Declared = z.infer<typeof queries>['declared'][number];

/** Where the code is entered: its endpoints, and functions that no endpoint leads to. */
export interface Entries {
  readonly routes: readonly Route[];
  readonly others: readonly Visit[];
  readonly routesOf: (within: string) => string[];
  readonly uses: Uses;
}

/** What the code asks of the database, as text and through libraries, and in which order each entry does. */
export async function dataAccess(
  statements: Queries,
  accesses: Accesses,
  { routes, others, routesOf, uses }: Entries,
  pack: Pack,
): Promise<{ queries: Query[]; sequences: Sequence[] }> {
  const byVisit = new Map<Visit, string[]>();
  for (const route of routes)
    for (const root of followedFor(route).all)
      for (const visit of reach(root)) {
        const list = byVisit.get(visit) ?? [];
        if (list.at(-1) !== route.id) list.push(route.id);
        byVisit.set(visit, list);
      }
  const apart = new Set(others.flatMap((visit) => [...reach(visit)]));
  // A function was followed more than once; only what an entry leads to counts, where any does.
  const led = (visits: Iterable<Visit>) => {
    const all = [...visits];
    const known = all.filter((visit) => byVisit.has(visit) || apart.has(visit));
    return known.length > 0 ? known : all;
  };
  const leading = (visit: Visit, within: string) =>
    [...new Set(byVisit.get(visit) ?? (apart.has(visit) ? [] : routesOf(within)))].sort(compare);
  const reads: ReadsToBe = new Map();
  for (const [at, site] of accesses.sites) {
    const tables = new Set([...site.visits.values()].flatMap((chains) => [...chains.values()].flatMap((asked) => asked.tables[0] ?? [])));
    reads.set(at, { where: site.where, table: tables.size === 1 ? ([...tables][0] ?? null) : null });
  }
  const texts = await statements.rows(leading, reads, uses, led, pack);
  const described: Described[] = [...texts, ...describeSites(accesses.sites, reads, uses, (visit) => leading(visit, visit.id), led)];
  described.sort(
    ({ row: a }, { row: b }) =>
      compare(a.where.file, b.where.file) ||
      a.where.line - b.where.line ||
      compare(a.text ?? '', b.text ?? '') ||
      compare(a.tables.join(), b.tables.join()) ||
      compare(a.routes.join(), b.routes.join()),
  );
  const index = new Map<Access, Map<Visit, number>>();
  described.forEach(({ access, visits }, number) => {
    const map = index.get(access) ?? new Map<Visit, number>();
    for (const visit of visits) map.set(visit, number);
    index.set(access, map);
  });
  const together = new Set<Access>([...accesses.sites.values()].filter((site) => site.together));
  const sequence = (route: string | null, where: Place, roots: readonly Visit[]): Sequence => ({
    route,
    where,
    steps: stepsOf(
      roots,
      (access, visit) => index.get(access)?.get(visit),
      (access) => together.has(access),
    ),
  });
  const all = [
    ...routes.map((route) => sequence(route.id, route.handler?.where ?? route.where, outermost(followedFor(route).own))),
    ...others.map((visit) => sequence(null, placeOf(visit), [visit])),
  ];
  return { queries: described.map(({ row }) => row), sequences: all.filter(({ steps }) => steps.length > 0) };
}

/** Without those that another of them leads to. */
function outermost(visits: readonly Visit[]): Visit[] {
  return visits.filter((visit) => !visits.some((other) => other !== visit && reach(other).includes(visit)));
}

/** The rows of the evidence for declared tables, by name. */
export function declaredRows(tables: readonly DeclaredTable[]): Declared[] {
  return tables
    .map(({ name, where, columns, uniques }) => ({ table: name, where, columns: [...columns.values()], uniques }))
    .sort((a, b) => compare(a.table, b.table) || compare(a.where.file, b.where.file));
}
