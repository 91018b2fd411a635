/** Notes which rows of what a statement gives are used; statements are told apart by where they stand. */
export class UsedRows {
  private readonly first = new Set<string>();
  private readonly others = new Set<string>();
  private readonly counted = new Set<string>();

  /** A property of the rows is read: an index, `*` for each of them, or their number. */
  note(at: string, name: string): void {
    if (name === '0') this.first.add(at);
    else if (name === '*' || /^[1-9]\d*$/.test(name)) this.others.add(at);
    else if (name === 'length' || name === 'rowCount') this.counted.add(at);
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
