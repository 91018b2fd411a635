import type { SchemaTable } from './run.ts';

/** For tests: tables as the ground reads them, of which a test says only what matters to it. */

type Column = SchemaTable['columns'][number];

/** A column that must have a value; its table counts it. */
export function schemaColumn(name: string, type = 'text', more: Partial<Column> = {}): Column {
  return { name, number: 1, type, nullable: false, default: null, generated: false, values: [], ...more };
}

/** A table with the key `id`; its name is `schema.table`, and its columns are numbered in their order. */
export function schemaTable(name: string, columns: readonly Column[], more: Partial<SchemaTable> = {}): SchemaTable {
  return {
    name,
    oid: 1,
    columns: columns.map((column, index) => ({ ...column, number: index + 1 })),
    primaryKey: ['id'],
    uniques: [],
    foreignKeys: [],
    checks: [],
    indexes: [],
    rowSecurity: false,
    ...more,
  };
}
