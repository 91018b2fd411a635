/** A cell as SQLite keeps it; integers are bigints, so that none loses a digit. */
export type Cell = bigint | number | string | Uint8Array | null;

/** A cell in text form, as Postgres would print it: blobs as `\x…`, a real with its point. */
export function textOf(cell: Cell): string | null {
  if (cell === null || typeof cell === 'string') return cell;
  if (typeof cell === 'bigint') return String(cell);
  if (typeof cell === 'number') return Number.isInteger(cell) && Math.abs(cell) < 1e15 ? cell.toFixed(1) : String(cell);
  return `\\x${Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('hex')}`;
}

/** Whether two cells are the same value of the same storage class. */
export function sameCell(a: Cell, b: Cell): boolean {
  if (a === b) return true;
  return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
}

export function sameCells(a: readonly Cell[], b: readonly Cell[]): boolean {
  return a.length === b.length && a.every((cell, index) => sameCell(cell, b[index] ?? null));
}

/** About how many bytes a cell takes in memory. */
export function weight(cell: Cell): number {
  return typeof cell === 'string' ? cell.length : cell instanceof Uint8Array ? cell.byteLength : 8;
}

/** A name as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
