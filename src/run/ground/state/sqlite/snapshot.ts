import type { DatabaseSync } from 'node:sqlite';
import { type Catalogue, readCatalogue, type Table } from './catalogue.ts';
import { type Cell, quoted, sameCells, textOf, weight } from './cells.ts';
import { exact } from './connection.ts';

/** One row: what tells it from the others (its number, else its key), and its cells in the order of the table's columns. */
export interface StoredRow {
  readonly id: Cell | string;
  readonly cells: readonly Cell[];
}

/** All rows of the tables that are not too large. */
export interface Snapshot {
  readonly catalogue: Catalogue;
  readonly rows: Map<string, Map<StoredRow['id'], readonly Cell[]>>;
  readonly tooLarge: readonly { table: string; reason: string }[];
}

/** A row before and after; null where it was not there. */
export interface Difference {
  readonly table: Table;
  readonly before: StoredRow | null;
  readonly after: StoredRow | null;
}

export interface Bounds {
  /** Rows and bytes of one table beyond which its changes are not followed. */
  readonly rows: number;
  readonly bytes: number;
}

/** Reads everything; to be called inside a transaction. */
export function takeSnapshot(db: DatabaseSync, schemas: readonly string[], bounds: Bounds): Snapshot {
  const catalogue = readCatalogue(db, schemas);
  const rows: Snapshot['rows'] = new Map();
  const tooLarge: { table: string; reason: string }[] = [];
  for (const table of catalogue.tables) {
    const read = readTable(db, table, bounds);
    if (typeof read === 'string') tooLarge.push({ table: table.shown, reason: read });
    else rows.set(table.shown, read);
  }
  return { catalogue, rows, tooLarge };
}

function readTable(db: DatabaseSync, table: Table, bounds: Bounds): Map<StoredRow['id'], readonly Cell[]> | string {
  const rows = new Map<StoredRow['id'], readonly Cell[]>();
  const names = [...(table.rowid === null ? [] : [table.rowid]), ...table.columns.map(quoted)];
  let bytes = 0;
  for (const each of exact(db, `SELECT ${names.join(', ')} FROM ${place(table)}`).iterate()) {
    const read = each as unknown as Cell[];
    const cells = table.rowid === null ? read : read.slice(1);
    for (const cell of cells) bytes += weight(cell);
    if (rows.size >= bounds.rows) return `more than ${bounds.rows} rows: its changes are not followed`;
    if (bytes > bounds.bytes) return `more than ${Math.round(bounds.bytes / 1_048_576)} MiB: its changes are not followed`;
    rows.set(table.rowid === null ? keyId(table, cells) : (read[0] ?? null), cells);
  }
  return rows;
}

export function place(table: Table): string {
  return `${quoted(table.schema)}.${quoted(table.name)}`;
}

/** A key as one value that differs where the key does. */
export function keyId(table: Table, cells: readonly Cell[]): string {
  return JSON.stringify(
    table.key.map((column) => {
      const cell = cells[table.columns.indexOf(column)] ?? null;
      return [typeof cell, textOf(cell)];
    }),
  );
}

/** Rows that differ, table by table. A row deleted and another inserted under its primary key are one row that changed. */
export function differences(before: Snapshot, after: Snapshot): Difference[] {
  const found: Difference[] = [];
  for (const table of after.catalogue.tables) {
    const [old, fresh] = [before.rows.get(table.shown) ?? noRows(before, table), after.rows.get(table.shown)];
    const was = before.catalogue.tables.find((one) => one.shown === table.shown);
    if (!old || !fresh || (was && was.columns.join() !== table.columns.join())) continue;
    const deleted: StoredRow[] = [];
    const inserted: StoredRow[] = [];
    for (const [id, cells] of old) {
      const now = fresh.get(id);
      if (now === undefined) deleted.push({ id, cells });
      else if (!sameCells(cells, now)) found.push({ table, before: { id, cells }, after: { id, cells: now } });
    }
    for (const [id, cells] of fresh) if (!old.has(id)) inserted.push({ id, cells });
    found.push(...paired(table, deleted, inserted));
  }
  return found;
}

/** A table that was not there had no rows; one that was too large had rows that nobody knows. */
function noRows(before: Snapshot, table: Table): Map<StoredRow['id'], readonly Cell[]> | undefined {
  return before.catalogue.tables.some((one) => one.shown === table.shown) ? undefined : new Map();
}

function paired(table: Table, deleted: readonly StoredRow[], inserted: readonly StoredRow[]): Difference[] {
  const gone = new Map(deleted.map((row) => [row.id, row]));
  const byKey = new Map(table.key.length === 0 || table.rowidIsColumn ? [] : deleted.map((row) => [keyId(table, row.cells), row]));
  const found: Difference[] = inserted.map((after) => {
    const before = byKey.get(keyId(table, after.cells)) ?? null;
    if (before) gone.delete(before.id);
    return { table, before, after };
  });
  return [...found, ...[...gone.values()].map((before) => ({ table, before, after: null }))];
}
