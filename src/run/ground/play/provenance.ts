import type { SchemaTable } from '../../../model/evidence/run.ts';
import type { Json } from './people/players.ts';
import { shapeOf } from './statement.ts';
import type { Observed } from '../types.ts';

/** The catalogue by name and by object id. */
export interface Tables {
  readonly all: readonly SchemaTable[];
  byName(name: string): SchemaTable | undefined;
  byOid(oid: number): SchemaTable | undefined;
  /** A table by its bare relation name, the schema that everybody has first. */
  byRelation(relation: string): SchemaTable | undefined;
  /** A column's text form as the JSON value that a client would send: integers become numbers. */
  json(table: string, column: string, text: string | null): Json;
}

export function tablesOf(all: readonly SchemaTable[]): Tables {
  const byName = new Map(all.map((table) => [table.name, table]));
  const byOid = new Map(all.map((table) => [table.oid, table]));
  return {
    all,
    byName: (name) => byName.get(name),
    byOid: (oid) => byOid.get(oid),
    byRelation: (relation) =>
      byName.get(`public.${relation}`) ?? byName.get(`main.${relation}`) ?? all.find((table) => table.name.endsWith(`.${relation}`)),
    json(table, column, text) {
      if (text === null) return null;
      const type = byName.get(table)?.columns.find((one) => one.name === column)?.type ?? '';
      const number = Number(text);
      return /^(smallint|integer|bigint)$/.test(type) && Number.isSafeInteger(number) ? number : text;
    },
  };
}

/** A row that was read inside a request, as far as the result's columns tell. */
export interface ReadRow {
  readonly table: string;
  /** Empty when the statement did not select the primary key. */
  readonly key: Record<string, string | null>;
  readonly values: Record<string, string | null>;
  /** What the statement compared columns of this table with. */
  readonly where: Record<string, string>;
}

/**
 * Rows of tables that were returned inside a request: RowDescription names table and column of every cell. Where no wire saw them, those
 * that the answer shows beyond doubt.
 */
export function rowsRead(tables: Tables, observed: Pick<Observed, 'statements' | 'rows'>): ReadRow[] {
  const found: ReadRow[] = (observed.rows ?? []).map((row) => ({ ...row, where: {} }));
  for (const statement of observed.statements) {
    const origins = new Map<number, { index: number; column: string }[]>();
    statement.columns.forEach((column, index) => {
      const name = tables.byOid(column.table)?.columns.find((one) => one.number === column.attribute)?.name;
      if (name !== undefined) origins.set(column.table, [...(origins.get(column.table) ?? []), { index, column: name }]);
    });
    for (const [oid, cells] of origins) {
      const table = tables.byOid(oid);
      if (!table) continue;
      const where = comparedIn(statement, table.name);
      for (const row of statement.rows) {
        const values = Object.fromEntries(cells.map(({ index, column }) => [column, row[index] ?? null]));
        if (Object.values(values).every((value) => value === null)) continue;
        const key = table.primaryKey.every((column) => column in values)
          ? Object.fromEntries(table.primaryKey.map((column) => [column, values[column] ?? null]))
          : {};
        found.push({ table: table.name, key, values, where });
      }
    }
  }
  return found;
}

function comparedIn(statement: Observed['statements'][number], table: string): Record<string, string> {
  const bare = table.slice(table.indexOf('.') + 1);
  const uses = shapeOf(statement.text)?.uses.filter((use) => use.how === 'compared' && use.table === bare) ?? [];
  return Object.fromEntries(
    uses.flatMap((use) => {
      const value = use.bind === null ? use.literal : statement.binds[use.bind - 1];
      return typeof value === 'string' ? [[use.column, value]] : [];
    }),
  );
}

/**
 * Whether the answer shows the row: one of its distinctive values stands in the body and was not in the request.
 * A guard that loads a row in order to refuse does not show it.
 */
export function carries(
  played: Observed & { readonly sent: { readonly path: string; readonly body: string | null } },
  row: ReadRow,
): boolean {
  return carriedColumns(played, row).length > 0;
}

/** The columns of the row whose distinctive values stand in the answer. */
export function carriedColumns(
  played: Observed & { readonly sent: { readonly path: string; readonly body: string | null } },
  row: ReadRow,
): string[] {
  const body = played.exchange.response?.body ?? '';
  const request = `${decoded(played.sent.path)} ${played.sent.body ?? ''}`;
  const cells = Object.entries(row.values).flatMap(([column, value]) =>
    value === null ? [] : [{ column, value, kind: distinctiveness(value) }],
  );
  const standing = cells.filter(
    ({ value, kind }) =>
      kind !== 'none' && forms(value).some((form) => stands(body, form)) && !forms(value).some((form) => stands(request, form)),
  );
  // Where the row holds something unique, that must stand there: a status or a default text may do so for other reasons.
  if (cells.some(({ kind }) => kind === 'unique') && !standing.some(({ kind }) => kind === 'unique')) return [];
  return standing.map(({ column }) => column);
}

/** Whether a text, in one of the forms that a cell takes in JSON, stands in the answer and did not in the request. */
export function showsText(
  played: Pick<Observed, 'exchange'> & { readonly sent: { readonly path: string; readonly body: string | null } },
  value: string,
): boolean {
  const request = `${decoded(played.sent.path)} ${played.sent.body ?? ''}`;
  const body = played.exchange.response?.body ?? '';
  return forms(value).some((form) => stands(body, form)) && !forms(value).some((form) => stands(request, form));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // Not every percent sign is an escape of UTF-8.
  }
}

/** `unique`: canaries, uuids, and numbers of four digits or more that are no years. `long`: other long text. Short values occur by accident. */
function distinctiveness(value: string): 'unique' | 'long' | 'none' {
  if (/^sw[a-z]{8}/.test(value) || /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value)) return 'unique';
  if (/^-?\d+(\.\d+)?$/.test(value)) {
    return value.replace(/\D/g, '').replace(/0+$/, '').length >= 4 && !/^(19|20)\d\d$/.test(value) ? 'unique' : 'none';
  }
  return value.length >= 12 && !/^\d{4}-\d\d-\d\d/.test(value) ? 'long' : 'none';
}

/** The text forms in which a cell may stand in JSON. */
function forms(value: string): string[] {
  const escaped = JSON.stringify(value).slice(1, -1);
  const number = /^-?\d+\.\d+$/.test(value) ? [String(Number(value))] : [];
  return [...new Set([value, escaped, ...number])];
}

function stands(text: string, value: string): boolean {
  let at = text.indexOf(value);
  const digits = /^\d/.test(value) && /\d$/.test(value);
  while (at >= 0) {
    if (!digits || (!/[\d.]/.test(text[at - 1] ?? ' ') && !/\d/.test(text[at + value.length] ?? ' '))) return true;
    at = text.indexOf(value, at + 1);
  }
  return false;
}
