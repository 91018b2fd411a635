import type { Table } from './catalogue.ts';
import { type Row, type RowChange, StateError } from './types.ts';

const name = (text: string) => `"${text.replaceAll('"', '""')}"`;
const literal = (text: string | null) => (text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`);

/**
 * The statement that takes one change back; it must touch exactly one row. Null when there is nothing to do.
 * Throws {@link StateError} `needs-restore` when rows cannot bring the change back.
 */
export function inverseOf(change: RowChange, tables: ReadonlyMap<string, Table>): string | null {
  const table = tables.get(change.table);
  if (change.op === 'truncate' || change.op === 'schema') {
    throw new StateError(
      'needs-restore',
      `${change.op === 'truncate' ? 'TRUNCATE' : change.key['command']} of ${change.table} cannot be undone row by row`,
    );
  }
  if (table === undefined) throw new StateError('needs-restore', `${change.table} is no longer there`);
  const target = `${name(table.schema)}.${name(table.name)}`;
  const { before, after } = change;
  if (before === null && after !== null) return `DELETE FROM ONLY ${target} WHERE ${where(table, target, after)}`;
  if (before === null) throw new StateError('needs-restore', `the old row of ${change.table} was not logged`);
  const columns = Object.keys(before).filter((column) => !table.computed.has(column));
  if (after === null) {
    if (columns.length === 0) return `INSERT INTO ${target} DEFAULT VALUES`;
    const values = columns.map((column) => literal(before[column] ?? null));
    return `INSERT INTO ${target} (${columns.map(name).join(', ')}) OVERRIDING SYSTEM VALUE VALUES (${values.join(', ')})`;
  }
  const changed = columns.filter((column) => before[column] !== after[column]);
  if (changed.length === 0) return null;
  const sets = changed.map((column) => `${name(column)} = ${literal(before[column] ?? null)}`);
  return `UPDATE ONLY ${target} SET ${sets.join(', ')} WHERE ${where(table, target, after)}`;
}

/** By primary key; else one of the rows that print the same, for not every type can be compared. */
function where(table: Table, target: string, row: Row): string {
  if (table.key.length > 0) return table.key.map((column) => `${name(column)} = ${literal(row[column] ?? null)}`).join(' AND ');
  const same = Object.entries(row)
    .filter(([column]) => !table.virtual.has(column))
    .map(([column, value]) =>
      value === null
        ? `${name(column)} IS NULL`
        : `${name(column)} IS NOT NULL AND pg_catalog.format('%s', ${name(column)}) = ${literal(value)}`,
    );
  return `ctid = (SELECT ctid FROM ONLY ${target} WHERE ${same.length === 0 ? 'true' : same.join(' AND ')} LIMIT 1)`;
}
