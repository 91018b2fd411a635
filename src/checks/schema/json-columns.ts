import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import { plainName } from '../../model/statements.ts';
import { shownTable } from '../../model/words.ts';

const json = /^(jsonb?|json\(b\))$/i;

export default defineCheck({
  title: 'JSON columns have a known shape',
  control: 'schema/json-columns',
  severity: 'low',
  cwe: [20],
  standards: ['ASVS v5.0.0-2.2.1'],
  why: 'The database checks nothing inside a JSON column. Whatever a caller sends is stored there, the code that reads it later meets shapes that it does not expect, and no migration can tell which there are.',
  remedy:
    'Parse what is written with a schema that drops what it does not know, bound its size, and keep a version in it; give what is asked for often a column of its own.',
  needs: ['queries', 'routes'],
  uses: ['schema'],
  *run({ queries, routes, schema }) {
    const columns = new Map<string, { table: string; column: string; shaped: boolean }>();
    for (const { table, columns: list } of queries.value.declared)
      for (const { name, type, shaped } of list)
        if (json.test(type)) columns.set(`${table}.${plainName(name)}`, { table, column: name, shaped });
    for (const { name, columns: list } of schema?.value.tables ?? [])
      for (const one of list) {
        const table = shownTable(name);
        const key = `${table}.${plainName(one.name)}`;
        if (json.test(one.type) && !columns.has(key)) columns.set(key, { table, column: one.name, shaped: false });
      }
    let open = 0;
    for (const [key, { table, column }] of columns) {
      const writers = queries.value.queries.flatMap((query) =>
        query.tables.length === 1 && query.tables[0] === table
          ? query.sets.filter((set) => plainName(set.column) === key.slice(key.lastIndexOf('.') + 1)).map((set) => ({ query, set }))
          : [],
      );
      const unchecked = writers.find(
        ({ query, set }) =>
          isRaw(set.value) && query.routes.some((id) => routes.value.routes.some((route) => route.id === id && !route.validated)),
      );
      const subject = { kind: 'column' as const, name: `${table}.${column}` };
      if (unchecked !== undefined)
        yield fail('read', subject, `What the caller sends is stored in ${table}.${column} as it comes, whatever its shape and size.`, {
          impact: 'Code that reads it later meets what it does not expect, and a caller can store as much there as a request may carry.',
          where: unchecked.query.where,
          effect: 'unchecked',
        });
      else if (writers.length > 0 && writers.every(({ set }) => !isOpen(set.value))) yield pass('read', subject);
      else open++;
    }
    if (open > 0)
      yield unknown(
        'read',
        application,
        `${open === 1 ? 'Of one JSON column' : `Of ${open} JSON columns`} the code that writes could not be followed.`,
      );
    else if (columns.size === 0)
      yield queries.value.declared.length > 0 || schema
        ? notApplicable('The tables have no JSON columns.')
        : unknown('read', application, 'Whether tables have JSON columns is known when the database has been made.', {
            settle: 'seaworthy audit --run',
          });
  },
});

/** An input that no schema has parsed. */
function isRaw(value: AbstractValue): boolean {
  if (value.kind === 'input') return value.from === 'body' || value.from === 'query';
  return value.kind === 'either' && value.of.some(isRaw);
}

function isOpen(value: AbstractValue): boolean {
  return value.kind === 'unknown' || isRaw(value) || (value.kind === 'either' && value.of.some(isOpen));
}
