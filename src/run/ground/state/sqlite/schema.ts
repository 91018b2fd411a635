import type { DatabaseSync } from 'node:sqlite';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import { quoted } from './cells.ts';
import { checksIn, listedValues, typeName } from './declarations.ts';

type Entry = Record<string, unknown>;

/** The app's own tables in the files that the connection has open; those of virtual tables and of SQLite itself are left out. */
export function readSqliteSchema(db: DatabaseSync, schemas: readonly string[]): SchemaTable[] {
  const tables: SchemaTable[] = [];
  for (const schema of schemas) {
    const made = new Map(
      db
        .prepare(`SELECT name, sql FROM ${quoted(schema)}.sqlite_schema WHERE type = 'table'`)
        .all()
        .map((row) => [text(row, 'name'), text(row, 'sql')]),
    );
    const listed = db
      .prepare(`PRAGMA ${quoted(schema)}.table_list`)
      .all()
      .filter((row) => row['type'] === 'table' && !text(row, 'name').startsWith('sqlite_'))
      .toSorted((a, b) => (text(a, 'name') < text(b, 'name') ? -1 : 1));
    for (const row of listed) {
      const name = text(row, 'name');
      tables.push(readTable(db, { schema, name, sql: made.get(name) ?? '', withoutRowid: row['wr'] === 1, oid: tables.length + 1 }));
    }
  }
  return tables;
}

interface Listed {
  readonly schema: string;
  readonly name: string;
  readonly sql: string;
  readonly withoutRowid: boolean;
  readonly oid: number;
}

function readTable(db: DatabaseSync, { schema, name, sql, withoutRowid, oid }: Listed): SchemaTable {
  const ask = (pragma: string, of = name): Entry[] => db.prepare(`PRAGMA ${quoted(schema)}.${pragma}(${quoted(of)})`).all();
  const columns = ask('table_xinfo');
  const primaryKey = columns
    .filter((column) => Number(column['pk']) > 0)
    .toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
    .map((column) => text(column, 'name'));
  const indexes = ask('index_list').map((index) => ({
    name: text(index, 'name'),
    unique: index['unique'] === 1,
    partial: index['partial'] === 1,
    columns: ask('index_info', text(index, 'name')).map((part) => (part['name'] === null ? null : text(part, 'name'))),
  }));
  // The number of the row: SQLite chooses it when it is left out, and it is never null.
  const ownNumber = !withoutRowid && primaryKey.length === 1 && !ask('index_list').some((index) => index['origin'] === 'pk');
  const checks = checksIn(sql);
  return {
    name: `${schema}.${name}`,
    oid,
    columns: columns.map((column) => {
      const called = text(column, 'name');
      const isNumber = ownNumber && called === primaryKey[0];
      return {
        name: called,
        number: Number(column['cid']) + 1,
        type: typeName(text(column, 'type')),
        nullable: column['notnull'] !== 1 && !isNumber,
        default: isNumber ? 'rowid' : column['dflt_value'] === null ? null : text(column, 'dflt_value'),
        generated: column['hidden'] === 2 || column['hidden'] === 3,
        values: checks.map((check) => listedValues(check, called)).find((values) => values.length > 0) ?? [],
      };
    }),
    primaryKey,
    uniques: indexes
      .filter((index) => index.unique && !index.partial && !index.columns.includes(null))
      .map((index) => index.columns.filter((column) => column !== null))
      .filter((list) => list.join() !== primaryKey.join()),
    foreignKeys: foreignKeys(db, ask('foreign_key_list'), schema, name),
    checks: checks.map((check, index) => ({ name: `${name}_check_${index + 1}`, definition: `CHECK (${check})` })),
    indexes: indexes.map((index) => ({
      name: index.name,
      columns: index.columns.map((column) => column ?? '(expression)'),
      unique: index.unique,
    })),
    rowSecurity: false,
  };
}

function foreignKeys(db: DatabaseSync, rows: readonly Entry[], schema: string, name: string): SchemaTable['foreignKeys'] {
  return [...Map.groupBy(rows, (row) => Number(row['id']))]
    .toSorted(([a], [b]) => a - b)
    .map(([id, parts]) => {
      const ordered = parts.toSorted((a, b) => Number(a['seq']) - Number(b['seq']));
      const target = text(ordered[0] ?? {}, 'table');
      // Without named columns the primary key is meant.
      const keys = db
        .prepare(`PRAGMA ${quoted(schema)}.table_xinfo(${quoted(target)})`)
        .all()
        .filter((column) => Number(column['pk']) > 0)
        .toSorted((a, b) => Number(a['pk']) - Number(b['pk']));
      return {
        name: `${name}_fk_${id + 1}`,
        columns: ordered.map((part) => text(part, 'from')),
        table: `${schema}.${target}`,
        references: ordered.map((part, index) => (part['to'] === null ? text(keys[index] ?? {}, 'name') : text(part, 'to'))),
        onDelete: text(ordered[0] ?? {}, 'on_delete').toLowerCase(),
      };
    });
}

function text(row: Entry, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value as number);
}
