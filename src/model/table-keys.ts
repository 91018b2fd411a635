import type { DeclaredKeys } from './evidence/constructs.ts';
import type { EvidenceValue } from './evidence/index.ts';
import type { AbstractValue } from './evidence/read.ts';
import type { SchemaTable } from './evidence/run.ts';
import type { Query } from './statements.ts';
import { shownTable } from './words.ts';
import type { Place } from './words.ts';

/** A table with what finds its rows, from the database itself or from what declares it. */
export interface SearchedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns with which an index or a key begins. */
  readonly leading: ReadonlySet<string>;
  readonly references: readonly { readonly columns: readonly string[]; readonly table: string; readonly where: Place | null }[];
  readonly spare: readonly { readonly what: string; readonly name: string; readonly where: Place | null }[];
}

/** True for a column that refers to another table. */
export function refers(table: SearchedTable, column: string): boolean {
  return table.references.some(({ columns }) => sameColumn(columns[0] ?? '') === sameColumn(column));
}

/** A table as the database has it. */
export function ofDatabase(table: SchemaTable): SearchedTable {
  const keys = [table.primaryKey, ...table.uniques, ...table.indexes.map(({ columns }) => columns)];
  return {
    name: table.name,
    columns: table.columns.map(({ name }) => name),
    leading: new Set(keys.flatMap(([first]) => (first === undefined ? [] : [sameColumn(first)]))),
    references: table.foreignKeys.map((key) => ({ columns: key.columns, table: key.table, where: null })),
    spare: [],
  };
}

/** A table as migrations and models declare it. */
export function ofSources(table: DeclaredKeys, indexesReferences: boolean): SearchedTable {
  const leading = new Set(table.indexes.flatMap(({ columns: [first] }) => (first === undefined ? [] : [sameColumn(first)])));
  if (indexesReferences) for (const { columns } of table.references) leading.add(sameColumn(columns[0] ?? ''));
  return { name: table.table, columns: table.columns, leading, references: table.references, spare: spareOf(table) };
}

/** Indexes that another one of the same source makes needless: it begins with the same columns. */
function spareOf({ table, indexes }: DeclaredKeys): SearchedTable['spare'] {
  const spare = indexes.filter((one) => {
    if (one.unique || !one.plain) return false;
    return indexes.some(
      (other) =>
        other !== one &&
        other.plain &&
        other.source === one.source &&
        one.columns.every((column, at) => other.columns[at] === column) &&
        // Of two that are equal, the first stays.
        (other.columns.length > one.columns.length || other.unique || indexes.indexOf(other) < indexes.indexOf(one)),
    );
  });
  return spare.map(({ name, columns, where }) => ({
    name: name ?? `${table} (${columns.join(', ')})`,
    what: `The index ${name ?? `on ${table} (${columns.join(', ')})`} is the beginning of another one, which serves the same queries`,
    where,
  }));
}

/** MySQL and MariaDB make the index of a reference by themselves. */
export function isMysql(dependencies: EvidenceValue<'dependencies'> | undefined): boolean {
  const names = new Set(dependencies?.units.flatMap(({ declared }) => declared.map(({ name }) => name)));
  const other = ['pg', 'postgres', 'sqlite3', 'better-sqlite3', '@neondatabase/serverless', 'pg-promise'];
  return ['mysql2', 'mysql', 'mariadb'].some((name) => names.has(name)) && !other.some((name) => names.has(name));
}

/** What names of one table have in common, however the library spells them. */
export function sameName(name: string): string {
  return shownTable(name).toLowerCase().replaceAll('_', '').replace(/ies$/, 'y').replace(/s$/, '');
}

/** What spellings of one column have in common. */
export function sameColumn(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

/** The columns by which a query searches the table, where no index begins with any of them. */
export function unserved(query: Query, name: string, table: SearchedTable, examined: Set<SearchedTable>): string[] {
  const mine = query.filters.filter(
    (filter) =>
      (filter.table === null ? query.through !== 'prisma' && query.tables.length === 1 : sameName(filter.table) === sameName(name)) ||
      filter.column === '*',
  );
  if (mine.some(({ column }) => column === '*')) return [];
  const known = mine.filter(({ column }) => table.columns.some((one) => sameColumn(one) === sameColumn(column)));
  const sought = known.filter(({ value, of }) => of.length > 0 || isGiven(value));
  if (sought.length === 0) return [];
  examined.add(table);
  // Rows of a joined table lead here only where that table is searched for a value itself.
  const led =
    query.tables.length === 1 ||
    query.filters.some((filter) => filter.table !== null && sameName(filter.table) !== sameName(name) && isGiven(filter.value));
  if ((led ? mine : sought).some(({ column }) => table.leading.has(sameColumn(column)))) return [];
  return [...new Set(sought.map(({ column }) => column))];
}

/** A value that differs from request to request: few rows have it. What every request compares with is the same for many. */
export function isGiven(value: AbstractValue): boolean {
  switch (value.kind) {
    case 'input':
    case 'session':
      return true;
    case 'either':
      return value.of.some(isGiven);
    case 'template':
      return value.holes.some(isGiven);
    case 'array':
      return value.items.some(isGiven);
    case 'call':
      return value.args.some(isGiven);
    default:
      return false;
  }
}
