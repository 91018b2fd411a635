import type { Row } from '../types.ts';
import type { Table } from './catalogue.ts';
import { textOf } from './cells.ts';
import type { Snapshot, StoredRow } from './snapshot.ts';

/** A row of which an answer held a value that stands nowhere else. */
export interface FoundRow {
  readonly table: string;
  readonly key: Row;
  readonly values: Row;
}

/** Values of unguessable text to the one row that holds them; null for those that several hold, which tell nothing. */
export type Unguessable = ReadonlyMap<string, { table: Table; row: StoredRow } | null>;

const canary = /sw[a-z]{8}/;
const token = /^[\w$./+=:@-]{20,}$/;

/** Text that nobody guesses and that does not occur by accident: canaries, uuids, hashes, tokens. */
function isUnguessable(text: string): boolean {
  return canary.test(text) || (token.test(text) && /\d/.test(text) && /[a-z]/i.test(text) && !/^\d{4}-\d\d-\d\d/.test(text));
}

/** Which row each unguessable value of the database stands in. */
export function unguessableValues(snapshot: Snapshot): Unguessable {
  const found = new Map<string, { table: Table; row: StoredRow } | null>();
  for (const table of snapshot.catalogue.tables) {
    if (table.hidden) continue;
    for (const [id, cells] of snapshot.rows.get(table.shown) ?? []) {
      const row: StoredRow = { id, cells };
      for (const cell of new Set(cells)) {
        if (typeof cell !== 'string' || !isUnguessable(cell)) continue;
        found.set(cell, found.has(cell) ? null : { table, row });
      }
    }
  }
  return found;
}

/** The rows that an answer shows beyond doubt: a whole value of it is one that stands in no other row. */
export function rowsShown(values: Unguessable, answer: string): FoundRow[] {
  const found = new Map<StoredRow, FoundRow>();
  for (const part of partsOf(answer)) {
    const one = values.get(part);
    if (!one || found.has(one.row)) continue;
    const { table, row } = one;
    const cells: Row = Object.fromEntries(table.columns.map((column, index) => [column, textOf(row.cells[index] ?? null)]));
    const key = table.key.length === 0 ? cells : Object.fromEntries(table.key.map((column) => [column, cells[column] ?? null]));
    found.set(row, { table: table.shown, key, values: cells });
  }
  return [...found.values()];
}

/** The texts in a JSON document; of a page, what stands between tags and in attributes. */
function partsOf(answer: string): Set<string> {
  const parts = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === 'string') parts.add(value);
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) walk(inner);
  };
  try {
    walk(JSON.parse(answer));
  } catch {
    for (const piece of answer.split(/[<>"'\r\n]/)) parts.add(plain(piece.trim()));
  }
  return parts;
}

function plain(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#0?39|#x27);/gi, (entity) => entities[entity.toLowerCase()] ?? entity);
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#039;': "'",
  '&#x27;': "'",
};
