import type { Statement } from '../../wire/types.ts';
import type { Lab } from '../interpreter.ts';
import type { Json } from '../people/players.ts';
import { shapeOf } from '../statement.ts';
import type { Sent } from './complained-fields.ts';
import type { ColumnRef } from './synthesis.ts';

/** A text that is not of the column's type, and a row that refers to none: what sort of thing the field should have named. */
const wrongForm = '22P02';
const noSuchRow = '23503';

/**
 * Which column a field reached, where the database refused the statement for the field's value. Such a value says more than one that was
 * taken: also a short one is the field's beyond doubt, and what became `NaN` on its way is told by the column that is called like the field.
 */
export function columnsRefused(lab: Lab, { error, text, binds }: Statement, sent: Sent): Map<string, ColumnRef> {
  const found = new Map<string, ColumnRef>();
  if (error?.code !== wrongForm && error?.code !== noSuchRow) return found;
  const value = error.code === wrongForm ? /: "([^"]*)"/.exec(error.message)?.[1] : undefined;
  for (const { table: relation, column: name, how, bind, literal } of shapeOf(text)?.uses ?? []) {
    const table = relation === null ? undefined : lab.tables.byRelation(relation);
    const column = table?.columns.find((one) => one.name === name);
    const held = bind === null ? literal : binds[bind - 1];
    if (!table || !column || typeof held !== 'string') continue;
    const refers = table.foreignKeys.some((key) => key.columns.includes(name));
    if (error.code === wrongForm ? held !== value || !error.message.includes(`type ${column.type}`) : !refers) continue;
    for (const [key, given] of fieldsOf(sent)) {
      const named = sameName(key, name) || (key.startsWith('params:') && table.primaryKey.includes(name));
      const reached = held === given ? named || aloneIn(sent, given) : named && held === 'NaN' && Number.isNaN(Number(given));
      if (reached) found.set(key, { table: table.name, column: name, how });
    }
  }
  return found;
}

/** `query:fromSkillId` -> what was sent there, as text. */
function fieldsOf({ body, query, params }: Sent): [string, string][] {
  const flat = (place: string, fields: Readonly<Record<string, Json>>): [string, string][] =>
    Object.entries(fields).flatMap(([name, value]): [string, string][] =>
      value === null || typeof value === 'object' ? [] : [[`${place}:${name}`, String(value)]],
    );
  const fields = body !== null && typeof body === 'object' && !Array.isArray(body) ? body : {};
  return [...flat('params', params), ...flat('query', query), ...flat('body', fields)];
}

function aloneIn(sent: Sent, value: string): boolean {
  return fieldsOf(sent).filter(([, other]) => other === value).length === 1;
}

function sameName(key: string, column: string): boolean {
  const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();
  return plain(key.slice(key.indexOf(':') + 1)) === plain(column);
}
