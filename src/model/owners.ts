import type { EvidenceValue } from './evidence/index.ts';
import { mayBe, plainName } from './statements.ts';
import type { Query } from './statements.ts';

/** Whose rows are whose, as far as statements tell it. */

/** Columns that pick a row, or the caller's own account. */
const key = /^_?(id|uuid|guid|sub|email|username|name|slug)$/;
/** Who did something, which makes nobody its owner. */
const doer = /(by|author|editor|actor)(id)?$/;

/** The columns of each table that hold the caller or the caller's tenant, by their plain names. */
export function ownersOf(queries: readonly Query[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const put = (table: string, column: string) => found.set(table, (found.get(table) ?? new Set()).add(plainName(column)));
  for (const { verb, tables, filters, sets } of queries) {
    const [only] = tables;
    for (const { table, column, value } of filters)
      if (mayBe(value, 'session') && !key.test(plainName(column)) && column !== '*') {
        const of = table ?? (tables.length === 1 ? only : undefined);
        if (of !== undefined) put(of, column);
      }
    if (verb !== 'insert' || only === undefined || tables.length !== 1) continue;
    for (const { column, value } of sets)
      if (value.kind === 'session' && column !== '*' && !key.test(plainName(column)) && !doer.test(plainName(column))) put(only, column);
  }
  return found;
}

/** Whether the statement asks for rows of the caller alone; `maybe` where its comparisons are not all known. */
export function asksForOwn({ filters, through, unbound }: Query): 'yes' | 'maybe' | 'no' {
  if (filters.some(({ column, value }) => mayBe(value, 'session') && !key.test(plainName(column)))) return 'yes';
  // supabase-js speaks to the database as the caller, and row security answers.
  return (through === 'supabase' && unbound !== true) || filters.some(({ column }) => column === '*') ? 'maybe' : 'no';
}

/** True for a statement that picks rows by a key that the caller sends. */
export function picksByInput({ verb, filters, tables }: Query): boolean {
  return (
    (verb === 'select' || verb === 'update' || verb === 'delete') &&
    tables.length === 1 &&
    filters.some(({ column, value }) => (key.test(plainName(column)) || plainName(column).endsWith('id')) && mayBe(value, 'input')) &&
    !filters.some(({ value }) => mayBe(value, 'session'))
  );
}

/** True where the database may keep rows apart that the code does not. */
export function isKeptByDatabase(queries: EvidenceValue<'queries'>, schema: EvidenceValue<'schema'> | undefined): boolean {
  return queries.rowSecurity || (schema?.tables.some(({ rowSecurity }) => rowSecurity) ?? false);
}

/** A column that holds the caller's tenant, by table: several tables are asked for the same thing of the session, which is not the caller's own id. */
export function tenantColumns(queries: readonly Query[]): ReadonlyMap<string, string> {
  const tables = new Map<string, Set<string>>();
  for (const { tables: of, filters } of queries)
    for (const { table, column, value } of filters) {
      const only = table ?? (of.length === 1 ? of[0] : undefined);
      if (only === undefined || value.kind !== 'session' || key.test(plainName(column))) continue;
      if (/(^|\.)(id|sub|uid|userid|user)$/i.test(value.name.replaceAll('_', '')) || /user|owner|customer|member/.test(plainName(column)))
        continue;
      tables.set(plainName(column), (tables.get(plainName(column)) ?? new Set()).add(only));
    }
  const found = new Map<string, string>();
  for (const [column, of] of tables) if (of.size > 1) for (const table of of) found.set(table, column);
  return found;
}
