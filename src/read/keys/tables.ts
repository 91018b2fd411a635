import type { DeclaredKeys } from '../../model/evidence/constructs.ts';
import type { Place } from '../../model/words.ts';

type Index = DeclaredKeys['indexes'][number];

interface Table {
  readonly table: string;
  where: Place | null;
  readonly columns: Set<string>;
  indexes: Index[];
  references: { readonly columns: string[]; readonly table: string; readonly where: Place }[];
}

/** The tables of one application with what belongs to them, as one source after the other tells of them. */
export class Keys {
  private readonly tables = new Map<string, Table>();

  /** The table of that name, made when nothing was heard of it before; spelling and number make no difference: `OrderItem` is `order_items`. */
  table(name: string): Table {
    const key = sameTable(name);
    let table = this.tables.get(key);
    if (table === undefined) {
      table = { table: name, where: null, columns: new Set(), indexes: [], references: [] };
      this.tables.set(key, table);
    }
    return table;
  }

  /** Adds an index, a key or a unique constraint; one that was told before under the same name by the same kind of source counts once. */
  index(name: string, index: Index): void {
    const { indexes } = this.table(name);
    const columns = index.columns.filter((column) => column !== '');
    const again = indexes.some(
      (one) => one.source === index.source && one.name === index.name && one.columns.join('\0') === columns.join('\0'),
    );
    if (columns.length > 0 && !again) indexes.push({ ...index, columns });
  }

  reference(name: string, columns: readonly string[], target: string, where: Place): void {
    const { references } = this.table(name);
    if (columns.length > 0 && !references.some((one) => one.columns.join() === columns.join()))
      references.push({ columns: [...columns], table: target, where });
  }

  /** An index that a migration takes away again, on whatever table it is. */
  dropIndex(name: string): void {
    for (const table of this.tables.values()) table.indexes = table.indexes.filter((one) => one.name !== name);
  }

  dropTable(name: string): void {
    this.tables.delete(sameTable(name));
  }

  renameTable(from: string, to: string): void {
    const table = this.tables.get(sameTable(from));
    if (table === undefined) return;
    this.tables.delete(sameTable(from));
    this.tables.set(sameTable(to), { ...table, table: to });
  }

  renameColumn(name: string, from: string, to: string): void {
    const table = this.table(name);
    const renamed = (column: string) => (column === from ? to : column);
    if (table.columns.delete(from)) table.columns.add(to);
    table.indexes = table.indexes.map((one) => ({ ...one, columns: one.columns.map(renamed) }));
    table.references = table.references.map((one) => ({ ...one, columns: one.columns.map(renamed) }));
  }

  dropColumn(name: string, column: string): void {
    const table = this.table(name);
    table.columns.delete(column);
    table.indexes = table.indexes.filter((one) => !one.columns.includes(column));
    table.references = table.references.filter((one) => !one.columns.includes(column));
  }

  all(): DeclaredKeys[] {
    return [...this.tables.values()]
      .map(({ columns, ...table }) => ({ ...table, columns: [...columns].sort() }))
      .sort((a, b) => (a.table < b.table ? -1 : a.table > b.table ? 1 : 0));
  }
}

/** What names of one table have in common. */
function sameTable(name: string): string {
  return name.toLowerCase().replaceAll('_', '').replace(/ies$/, 'y').replace(/s$/, '');
}
