import type { DatabaseSync } from 'node:sqlite';
import { StateError } from '../types.ts';
import { type Cell, quoted, sameCells } from './cells.ts';
import { exact } from './connection.ts';
import { type Difference, place, type StoredRow } from './snapshot.ts';
import type { Table } from './catalogue.ts';

/** Several changes of one row, one after the other, as the one that they come to. */
export function netChanges(list: readonly Difference[]): Difference[] {
  const net = new Map<string, Difference>();
  const at = (table: Table, row: StoredRow | null): string => `${table.shown} ${typeof row?.id} ${String(row?.id)}`;
  for (const change of list) {
    const place = at(change.table, change.before ?? change.after);
    const earlier = net.get(place);
    const merged = earlier ? { ...change, before: earlier.before } : change;
    net.delete(place);
    if (merged.before !== null || merged.after !== null) net.set(at(change.table, change.after ?? change.before), merged);
  }
  return [...net.values()];
}

/**
 * Puts rows back as they were: everything that was written is taken out first and what was there is put in then, so that no unique key is in
 * the way of another. The app's triggers are dropped and made again inside the same transaction, because SQLite lets nobody switch
 * them off. To be called inside a transaction that writes. Throws {@link StateError} `needs-restore` when a row is no longer as it was left.
 */
export function putBack(db: DatabaseSync, changes: readonly Difference[]): void {
  const tables = new Map(changes.map(({ table }) => [table.shown, table])).values();
  const triggers = [...tables].flatMap((table) => triggersOf(db, table));
  for (const { drop } of triggers) db.exec(drop);
  for (const { table, after } of changes) if (after) takeOut(db, table, after);
  for (const { table, before } of changes) if (before) putIn(db, table, before);
  for (const { make } of triggers) db.exec(make);
}

function triggersOf(db: DatabaseSync, table: Table): { drop: string; make: string }[] {
  const rows = db
    .prepare(
      `SELECT name, sql FROM ${quoted(table.schema)}.sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY rowid`,
    )
    .all(table.name);
  return rows.map((row) => ({
    drop: `DROP TRIGGER ${quoted(table.schema)}.${quoted(String(row['name']))}`,
    // SQLite keeps the text without the name of the file, and takes that out again.
    make: String(row['sql']).replace(/^\s*CREATE\s+TRIGGER\s+/i, () => `CREATE TRIGGER ${quoted(table.schema)}.`),
  }));
}

function takeOut(db: DatabaseSync, table: Table, row: StoredRow): void {
  const { where, values } = found(table, row);
  const names = table.columns.map(quoted).join(', ');
  const now = exact(db, `SELECT ${names} FROM ${place(table)} WHERE ${where}`).get(...values) as Cell[] | undefined;
  if (!now || !sameCells(now, row.cells)) throw new StateError('needs-restore', `a row of ${table.shown} is no longer as it was left`);
  db.prepare(`DELETE FROM ${place(table)} WHERE ${where}`).run(...values);
}

function found(table: Table, row: StoredRow): { where: string; values: Cell[] } {
  if (table.rowid !== null) return { where: `${table.rowid} = ?`, values: [row.id] };
  return {
    where: table.key.map((column) => `${quoted(column)} = ?`).join(' AND '),
    values: table.key.map((column) => row.cells[table.columns.indexOf(column)] ?? null),
  };
}

function putIn(db: DatabaseSync, table: Table, row: StoredRow): void {
  if (row.cells.some((cell) => typeof cell === 'string' && cell.includes('\uFFFD')))
    throw new StateError('needs-restore', `a text of ${table.shown} may hold bytes that are no UTF-8`);
  const cells = table.columns.flatMap((column, index) =>
    table.computed.has(column) ? [] : [{ name: quoted(column), value: row.cells[index] ?? null }],
  );
  if (table.rowid !== null && !table.rowidIsColumn) cells.unshift({ name: table.rowid, value: row.id });
  const holes = cells.map(() => '?').join(', ');
  db.prepare(`INSERT INTO ${place(table)} (${cells.map((cell) => cell.name).join(', ')}) VALUES (${holes})`).run(
    ...cells.map((cell) => cell.value),
  );
}
