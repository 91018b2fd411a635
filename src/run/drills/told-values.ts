import type { Secrecy } from '../../model/evidence/fields.ts';
import type { RowRef } from '../../model/transcript.ts';
import { quote } from '../ground/play/quote.ts';
import { passwordScheme } from '../ground/play/people/passwords.ts';
import type { Played } from '../ground/play/interpreter.ts';
import type { Stage } from '../ground/play/scene.ts';
import { showsText } from '../ground/play/provenance.ts';
import { personal, secrecyOf } from './data-names.ts';
import { ownerQuery, rowKey } from './owners.ts';

/** A value that would tell something: a secret, or how to reach a person. */
export interface Telling {
  readonly row: RowRef;
  readonly column: string;
  readonly value: string;
  readonly what: Secrecy | 'personal';
  /** Key of the user that the row leads to. */
  readonly person: string | null;
  /** Written by the very request that was answered. */
  readonly fresh: boolean;
}

/** The values of a database that answers should not hold without need, and columns by what they hold. */
export interface Census {
  readonly columns: ReadonlyMap<string, { readonly table: string; readonly column: string; readonly what: Secrecy | 'personal' }>;
  readonly values: readonly Telling[];
}

const rowsPerTable = 1_000;
/** How hashes of passwords begin, whatever the column is called. */
const passwordHash = /^(\$2[abxy]\$\d\d\$|\$argon2|\$scrypt\$|\$pbkdf2|pbkdf2_sha|scrypt:)/;

/** Reads what every row holds in columns whose names speak of secrets, and what reaches people. */
export async function censusOf(stage: Stage): Promise<Census> {
  const columns = new Map<string, { table: string; column: string; what: Secrecy | 'personal' }>();
  const values: Telling[] = [];
  for (const table of stage.lab.tables.all) {
    const chain = stage.ownership.tables.find((one) => one.table === table.name)?.user ?? null;
    const wanted = table.columns.flatMap((column): { table: string; column: string; what: Telling['what'] }[] => {
      const what =
        secrecyOf(table.name, column, stage.ownership) ??
        (holdsPassword(stage, table.name, column.name) ? 'password' : null) ??
        (chain !== null && personal.test(column.name) && isText(column.type) ? 'personal' : null);
      return what === null ? [] : [{ table: table.name, column: column.name, what }];
    });
    if (wanted.length === 0 || table.primaryKey.length === 0) continue;
    for (const one of wanted) columns.set(`${one.table}.${one.column}`, one);
    const people = await peopleOf(stage, table.name, table.primaryKey, chain);
    const picked = [...new Set([...table.primaryKey, ...wanted.map(({ column }) => column)])];
    const rows = await stage.lab.ground.sql(
      `SELECT ${picked.map((column) => `CAST(${quote(column)} AS text) AS ${quote(column)}`).join(', ')} FROM ${quote(table.name)} LIMIT ${rowsPerTable}`,
    );
    for (const row of rows) {
      const ref = { table: table.name, key: Object.fromEntries(table.primaryKey.map((column) => [column, row[column] ?? null])) };
      for (const { column, what } of wanted) {
        const value = row[column] ?? null;
        if (value !== null && tells(what, value))
          values.push({
            row: ref,
            column,
            value,
            what: passwordHash.test(value) ? 'password' : what,
            person: people.get(rowKey(ref)) ?? null,
            fresh: false,
          });
      }
    }
  }
  return { columns, values };
}

/** Whether a column took the password of somebody who signed up, whatever it is called. */
function holdsPassword({ lab }: Stage, table: string, column: string): boolean {
  const name = `${table.slice(table.indexOf('.') + 1)}.${column}`;
  return [...lab.players.values()].some(({ values }) => {
    const stored = values.get(name);
    return typeof stored === 'string' && passwordScheme(stored, String(values.get('password'))).scheme !== 'unknown';
  });
}

function isText(type: string): boolean {
  return /^(text|character|varchar|citext)/i.test(type);
}

/** Short values stand in answers by accident. */
function tells(what: Telling['what'], value: string): boolean {
  return what === 'personal' ? /@./.test(value) || value.replace(/\D/g, '').length >= 7 || value.length >= 16 : value.length >= 8;
}

async function peopleOf(
  stage: Stage,
  table: string,
  key: readonly string[],
  chain: Parameters<typeof ownerQuery>[2] | null,
): Promise<Map<string, string>> {
  const users = stage.ownership.users;
  if (!users || chain === null) return new Map();
  const rows = await stage.lab.ground.sql(ownerQuery(table, key, chain, users.key));
  return new Map(
    rows.flatMap((row) => {
      const ref = { table, key: Object.fromEntries(key.map((column) => [column, row[column] ?? null])) };
      const person = row['owner of row'] ?? null;
      return person === null ? [] : [[rowKey(ref), person] as const];
    }),
  );
}

/** The telling values that an answer holds and its request did not: one for each column and person. */
export function toldBy(stage: Stage, census: Census, played: Played): Telling[] {
  const fresh = played.changes.flatMap((change): Telling[] =>
    Object.entries(change.after ?? {}).flatMap(([column, value]) => {
      const what = census.columns.get(`${change.table}.${column}`)?.what;
      if (what === undefined || value === null || value === change.before?.[column] || !tells(what, value)) return [];
      const row = { table: change.table, key: change.key };
      return [
        { row, column, value, what: passwordHash.test(value) ? ('password' as const) : what, person: personIn(stage, change), fresh: true },
      ];
    }),
  );
  const found = new Map<string, Telling>();
  for (const telling of [...fresh, ...census.values]) {
    const id = `${telling.row.table}.${telling.column} ${telling.person ?? rowKey(telling.row)}`;
    if (!found.has(id) && showsText(played, telling.value)) found.set(id, telling);
  }
  return [...found.values()];
}

/** The user that a changed row is or names. */
function personIn({ ownership: { users, tables } }: Stage, { table, after }: Played['changes'][number]): string | null {
  if (!users) return null;
  if (table === users.table) return after?.[users.key] ?? null;
  const chain = tables.find((one) => one.table === table)?.user;
  return chain?.length === 1 && chain[0] ? (after?.[chain[0].column] ?? null) : null;
}
