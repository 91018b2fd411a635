import type { Value } from '../value.ts';
import type { Atom } from '../visit.ts';

/** Notes which rows of what a statement gives are used; statements are told apart by where they stand. */
export class UsedRows {
  private readonly first = new Set<string>();
  private readonly others = new Set<string>();
  private readonly counted = new Set<string>();
  private readonly decisive = new Set<string>();
  private readonly logged = new Set<string>();

  /** A property of the rows is read: an index, `*` for each of them, or their number. */
  note(at: string, name: string): void {
    if (name === '0') this.first.add(at);
    else if (name === '*' || /^[1-9]\d*$/.test(name)) this.others.add(at);
    else if (name === 'length' || name === 'rowCount') this.counted.add(at);
  }

  /** A test asks about the rows; `idle` where nothing hangs on it but a line in the log. What went wrong with the statement is no row. */
  tests(atoms: readonly Atom[], idle: boolean): void {
    for (const { l, r } of atoms) for (const at of [...placesIn(l), ...placesIn(r)]) (idle ? this.logged : this.decisive).add(at);
  }

  /** True where what comes is only written to the log that it came or not. */
  isIdle(at: string): boolean {
    return this.logged.has(at) && !this.decisive.has(at) && !this.others.has(at);
  }

  /** True where of what comes it only matters whether there is anything. */
  onlyProbed(at: string): boolean {
    return (this.first.has(at) || this.counted.has(at)) && !this.others.has(at);
  }

  /** True where of all rows that come only the first is used. */
  onlyFirst(at: string): boolean {
    return this.first.has(at) && !this.others.has(at);
  }
}

function placesIn(value: Value): string[] {
  if (value.k === 'either') return value.of.flatMap(placesIn);
  if (value.k === 'guarded') return placesIn(value.of);
  return value.k === 'result' && value.at !== undefined && value.path[0] !== 'error' ? [value.at] : [];
}
