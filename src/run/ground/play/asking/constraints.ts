import type { Want } from '../../../../model/want.ts';
import { fieldNamed } from './complained-fields.ts';
import type { Sent } from './complained-fields.ts';
import type { Complaint } from './complaints.ts';
import type { Tables } from '../provenance.ts';

/** What Postgres means when it names a constraint or a type and not the field, looked up in the catalogue. */
export function constraintComplaints(tables: Tables, answer: string, sent: Sent): Complaint[] {
  const text = answer.replaceAll('\\"', '"').replaceAll('&quot;', '"');
  const [, type, value] = /invalid input value for enum "?([\w."]+?)"?: "([^"]*)"/.exec(text) ?? [];
  const [, table, constraint] = /relation "(\w+)" violates check constraint "([^"]+)"/.exec(text) ?? [];
  const found: Complaint[] = [];
  const add = (column: string, wants: Want): void => {
    const field = fieldNamed(sent, null, [column]);
    if (field) found.push({ in: field.in, field: field.name, wants });
  };
  if (type !== undefined && sent.body !== null && typeof sent.body === 'object') {
    const bare = (name: string): string => name.replaceAll('"', '').slice(name.lastIndexOf('.') + 1);
    const column = tables.all.flatMap((one) => one.columns).find((one) => bare(one.type) === bare(type) && one.values.length > 0);
    for (const [name, held] of Object.entries(sent.body))
      if (column && held === value) add(name, { kind: 'one-of', values: column.values });
  }
  const definition = table === undefined ? undefined : tables.byRelation(table)?.checks.find((one) => one.name === constraint)?.definition;
  for (const { column, want } of boundsOf(definition ?? '')) add(column, want);
  return found;
}

/** `CHECK (((age >= 18) AND (length(code) = 5)))`: the column and its limit in each comparison. */
function boundsOf(definition: string): { column: string; want: Want }[] {
  const compared = /(length\(|char_length\()?\(?"?([a-z_]\w*)"?\)*(?:::[\w ]+)?\)*\s*(>=|<=|>|<|=)\s*\(?'?(-?\d+(?:\.\d+)?)'?/gi;
  return [...definition.matchAll(compared)].flatMap(([, length, column = '', sign = '', number = '']) => {
    const limit = Number(number);
    const [least, most] = [sign.startsWith('>') || sign === '=', sign.startsWith('<') || sign === '='];
    const exclusive = sign.length === 1 && sign !== '=';
    const step = exclusive ? 1 : 0;
    return [
      ...(least
        ? [{ column, want: length ? { kind: 'shortest' as const, length: limit + step } : { kind: 'minimum' as const, limit, exclusive } }]
        : []),
      ...(most
        ? [{ column, want: length ? { kind: 'longest' as const, length: limit - step } : { kind: 'maximum' as const, limit, exclusive } }]
        : []),
    ];
  });
}
