import type { z } from 'zod';
import type { queries } from '../../../model/evidence/read.ts';
import type { Place } from '../../../model/words.ts';
import { keyOf, either, toAbstract } from '../value.ts';
import type { Value } from '../value.ts';
import type { Access, Visit } from '../visit.ts';
import { joined } from './accesses.ts';
import type { Site } from './accesses.ts';
import type { Column } from './access.ts';
import { isCalculated, rowsIn } from './tables.ts';

export type Query = z.infer<typeof queries>['queries'][number];
type RowColumn = Query['filters'][number]['of'][number];

/** Where a statement stands and on which table, by the call that a chain begins with. */
export type Reads = ReadonlyMap<string, { readonly where: Place; readonly table: string | null }>;

/** What is done with the rows of a statement, by what its result is known by. */
export interface Uses {
  /** Only the first is used. */
  readonly one: (at: string) => boolean;
  /** Only the first is used, or whether there is any. */
  readonly any: (at: string) => boolean;
  /** Nothing hangs on them but a line in the log. */
  readonly idle: (at: string) => boolean;
  /** The visits that answer them whole. */
  readonly answered: (at: string) => ReadonlySet<Visit>;
}

/** Of the visits of one place, those that count. */
export type Led = (visits: Iterable<Visit>) => readonly Visit[];

/** The visits of one place that the same endpoints lead to. */
export function byRoutes(
  visits: Iterable<Visit>,
  routesOf: (visit: Visit) => readonly string[],
  led: Led,
): { routes: string[]; visits: Visit[] }[] {
  const groups = new Map<string, { routes: string[]; visits: Visit[] }>();
  for (const visit of led(visits)) {
    const routes = [...routesOf(visit)];
    const key = routes.join('\0');
    const group = groups.get(key) ?? { routes, visits: [] };
    group.visits.push(visit);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The rows that a value was taken from, as evidence says it. */
export function takenFrom(value: Value, reads: Reads): RowColumn[] {
  const found = new Map<string, RowColumn>();
  for (const { at, column } of rowsIn(value)) {
    const read = reads.get(at);
    if (read === undefined) continue;
    const row = { where: read.where, table: read.table, column };
    found.set(JSON.stringify(row), row);
  }
  return [...found.values()];
}

/** Columns with several values as one row for each. */
function merged(columns: readonly Column[]): { table: string | null; column: string; value: Value; atomic: boolean }[] {
  const found = new Map<string, { table: string | null; column: string; values: Value[]; atomic: boolean }>();
  for (const { table, column, value, atomic } of columns) {
    const key = `${table ?? ''}.${column}`;
    const held = found.get(key) ?? { table, column, values: [], atomic: false };
    if (held.values.length < 8 && !held.values.some((one) => keyOf(one) === keyOf(value))) held.values.push(value);
    held.atomic ||= atomic === true;
    found.set(key, held);
  }
  return [...found.values()].map(({ values, ...rest }) => ({ ...rest, value: either(values) }));
}

/** What is written, as evidence says it. */
export function setsOf(columns: readonly Column[], reads: Reads): Query['sets'] {
  return merged(columns).map(({ column, value, atomic }) => ({
    column,
    value: toAbstract(value),
    how: atomic ? 'atomic' : isCalculated(value) ? 'calculated' : 'given',
    of: takenFrom(value, reads),
  }));
}

/** Comparisons, as evidence says it. */
export function filtersOf(columns: readonly Column[], reads: Reads): Query['filters'] {
  return merged(columns).map(({ table, column, value }) => ({ table, column, value: toAbstract(value), of: takenFrom(value, reads) }));
}

/** How the visits of a place are made: in a transaction, in a loop. */
export function madeIn(access: Access, visits: readonly Visit[]): { inTransaction: boolean; inLoop: boolean } {
  const steps = visits.flatMap((visit) => visit.steps.filter(({ does }) => does === access));
  return { inTransaction: steps.length > 0 && steps.every(({ transaction }) => transaction), inLoop: steps.some(({ loops }) => loops) };
}

/** The endpoints among these that answer what comes. */
export function answeredBy(visits: ReadonlySet<Visit>, routes: readonly string[], routesOf: (visit: Visit) => readonly string[]): string[] {
  const answering = new Set([...visits].flatMap((visit) => [...routesOf(visit)]));
  return routes.filter((route) => answering.has(route));
}

/** The rows of the evidence for what is asked through libraries. */
export function describeSites(
  sites: ReadonlyMap<string, Site>,
  reads: Reads,
  uses: Uses,
  routesOf: (visit: Visit) => readonly string[],
  led: Led,
): { row: Query; access: Access; visits: Visit[] }[] {
  const rows: { row: Query; access: Access; visits: Visit[] }[] = [];
  for (const [at, site] of sites) {
    for (const { routes, visits } of byRoutes(site.visits.keys(), routesOf, led)) {
      const asked = joined(visits.flatMap((visit) => [...(site.visits.get(visit)?.values() ?? [])]));
      if (asked === null) continue;
      const made = madeIn(site, visits);
      const row: Query = {
        through: site.through,
        where: site.where,
        within: site.within,
        routes: routes.toSorted(),
        text: null,
        verb: asked.verb,
        tables: [...new Set(asked.tables)].sort(),
        filters: filtersOf(asked.filters, reads),
        sets: setsOf(asked.sets, reads),
        columns: [...(asked.columns ?? [])],
        holes: [],
        parameters: [],
        star: asked.star,
        limited: asked.limited,
        single: asked.single || (asked.verb === 'select' && uses.one(at)),
        probed: asked.single || uses.any(at),
        answered: answeredBy(uses.answered(at), routes, routesOf),
        ordered: asked.ordered,
        locks: asked.locks,
        conflict: asked.conflict,
        inTransaction: made.inTransaction || asked.transaction || site.together,
        inLoop: made.inLoop,
        ...(site.unbound ? { unbound: true as const } : {}),
        ...(uses.idle(at) ? { idle: true as const } : {}),
      };
      rows.push({ row, access: site, visits });
    }
  }
  return rows;
}
