import type { DatabaseSync } from 'node:sqlite';
import { quoted } from './cells.ts';

/** What is needed to read rows of a table and to write them back. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** `schema.table`, as it is told. */
  readonly shown: string;
  /** Columns that are stored, in order; those that are computed when read are left out. */
  readonly columns: readonly string[];
  /** Of those, the ones that SQLite computes and that nobody may write. */
  readonly computed: ReadonlySet<string>;
  readonly key: readonly string[];
  /** The name by which the row's number is reached, quoted where it is a column; null for WITHOUT ROWID. */
  readonly rowid: string | null;
  /** The row's number is one of the columns. */
  readonly rowidIsColumn: boolean;
  /** Kept by a virtual table for itself: put back with the rest, but never told. */
  readonly hidden: boolean;
}

export interface Catalogue {
  readonly tables: readonly Table[];
  readonly blind: readonly { table: string; reason: string }[];
  /** `type name` -> its object and its SQL: what data definition changes. */
  readonly objects: ReadonlyMap<string, { table: string; sql: string }>;
}

const rowids = ['rowid', '_rowid_', 'oid'];

/** The tables of every file that the connection has open. */
export function readCatalogue(db: DatabaseSync, schemas: readonly string[]): Catalogue {
  const tables: Table[] = [];
  const blind: { table: string; reason: string }[] = [];
  const objects = new Map<string, { table: string; sql: string }>();
  for (const schema of schemas) {
    for (const row of db.prepare(`PRAGMA ${quoted(schema)}.table_list`).all()) {
      const [name, type] = [String(row['name']), String(row['type'])];
      // With a name before it, the pragma lists that file alone; its own tables begin with `sqlite_`.
      if (name.startsWith('sqlite_') || type === 'view') continue;
      const shown = `${schema}.${name}`;
      if (type === 'virtual') {
        blind.push({ table: shown, reason: 'a virtual table: its rows are made by a module, not kept as rows' });
        continue;
      }
      const table = describe(db, schema, name, Number(row['wr']) === 1, type === 'shadow');
      if (table) tables.push(table);
      else blind.push({ table: shown, reason: 'its columns hide the number of the row, and it has no primary key' });
    }
    const made = db.prepare(`SELECT type, name, tbl_name, sql FROM ${quoted(schema)}.sqlite_schema WHERE sql IS NOT NULL`).all();
    for (const row of made) {
      const [type, name] = [String(row['type']), String(row['name'])];
      if (!name.startsWith('sqlite_')) objects.set(`${schema} ${type} ${name}`, { table: `${schema}.${name}`, sql: String(row['sql']) });
    }
  }
  // In the order in which they were made: what others refer to comes first.
  const order = new Map([...objects.values()].map(({ table }, index) => [table, index]));
  tables.sort((a, b) => (order.get(a.shown) ?? 0) - (order.get(b.shown) ?? 0));
  return { tables, blind, objects };
}

function describe(db: DatabaseSync, schema: string, name: string, withoutRowid: boolean, hidden: boolean): Table | null {
  const all = db.prepare(`PRAGMA ${quoted(schema)}.table_xinfo(${quoted(name)})`).all();
  // 0: ordinary, 2: generated when read, 3: generated and stored.
  const stored = all.filter((column) => column['hidden'] === 0 || column['hidden'] === 3);
  const columns = stored.map((column) => String(column['name']));
  const key = all
    .filter((column) => Number(column['pk']) > 0)
    .toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
    .map((column) => String(column['name']));
  const taken = new Set(all.map((column) => String(column['name']).toLowerCase()));
  const keyHasIndex = db
    .prepare(`PRAGMA ${quoted(schema)}.index_list(${quoted(name)})`)
    .all()
    .some((index) => index['origin'] === 'pk');
  // A single INTEGER PRIMARY KEY is the number of the row itself, and has no index of its own (sqlite.org/lang_createtable.html).
  const alias = !withoutRowid && key.length === 1 && !keyHasIndex ? key[0] : undefined;
  const rowid = withoutRowid ? null : alias === undefined ? (rowids.find((each) => !taken.has(each)) ?? null) : quoted(alias);
  if (rowid === null && key.length === 0) return null;
  if (rowid === null && !withoutRowid) return null;
  return {
    schema,
    name,
    shown: `${schema}.${name}`,
    columns,
    computed: new Set(stored.filter((column) => column['hidden'] === 3).map((column) => String(column['name']))),
    key,
    rowid,
    rowidIsColumn: alias !== undefined,
    hidden,
  };
}
