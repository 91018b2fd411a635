import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { isAfterError, isUnderQuestion, madeBy, mayBe, plainName } from '../../model/statements.ts';
import type { Made } from '../../model/statements.ts';
import { shownTable } from '../../model/words.ts';

/** Sets of columns that the database lets occur once, by table. */
type Uniques = ReadonlyMap<string, readonly (readonly string[])[]>;

export default defineCheck({
  title: 'Limits, stock and uniqueness hold under concurrency',
  control: 'correctness/race-conditions',
  severity: 'medium',
  cwe: [362, 367],
  standards: ['ASVS v5.0.0-15.4.2', 'ASVS v5.0.0-2.3.4'],
  why: 'The code looks whether there is such a row and then adds one. Two requests at the same moment both look, both find nothing, and both add: two accounts with one address, one coupon used twice, one seat sold to two people.',
  remedy:
    'Let the database refuse the second one: a unique constraint on these columns, with ON CONFLICT (or an upsert) or the error caught and answered as "exists already".',
  needs: ['queries', 'sequences'],
  uses: ['schema'],
  *run({ queries, sequences, schema }) {
    const uniques = uniquesOf(queries.value, schema?.value);
    const open = new Set<string>();
    let examined = 0;
    for (const sequence of sequences.value.sequences) {
      if (sequence.route === null) continue;
      const steps = madeBy(sequence, queries.value.queries);
      const subject = endpointSubject(sequence.route);
      const pairs = steps.flatMap((insert) => lookedFor(insert, steps));
      for (const { insert, columns, look } of pairs) {
        examined++;
        const table = insert.asked.tables[0] ?? '';
        const known = uniques.get(table);
        const held = known?.some((set) => set.every((column) => columns.some((one) => plainName(one) === plainName(column))));
        if (held === true) yield pass('read', subject);
        else if (known === undefined) open.add(`${sequence.route} (${table}.${columns.join(', ')})`);
        else
          yield fail(
            'read',
            subject,
            `The code looks for a row of ${shownTable(table)} by ${columns.join(' and ')} (line ${look.asked.where.line}) and adds one when there is none; no unique constraint on ${columns.length > 1 ? 'these columns' : 'this column'} is declared, so two requests at once both add theirs.`,
            {
              impact: `Two requests at the same moment leave two rows of ${shownTable(table)} where the code counts on one.`,
              where: insert.asked.where,
              effect: `${table}.${columns.join(',')}`,
            },
          );
      }
    }
    if (open.size > 0) {
      const more = open.size > 3 ? ` and ${open.size - 3} more` : '';
      yield unknown(
        'read',
        application,
        `The code looks for a row before it adds one; whether the database has a unique constraint for it was not found: ${[...open].slice(0, 3).join(', ')}${more}.`,
        { settle: 'seaworthy audit --run' },
      );
    } else if (examined === 0)
      yield queries.gaps.length > 0
        ? unknown('read', application, 'No look before an insert was found, but some files could not be read.')
        : notApplicable('No endpoint looks for a row before it adds one.');
  },
});

/** An insert that an earlier look for the same values decides about. */
function lookedFor(insert: Made, steps: readonly Made[]): { insert: Made; columns: string[]; look: Made }[] {
  const { asked } = insert;
  if (asked.verb !== 'insert' || asked.conflict || asked.tables.length !== 1 || isAfterError(insert)) return [];
  const before = steps.slice(0, steps.indexOf(insert));
  if (before.some((step) => step.asked.locks && step.transaction)) return [];
  return before
    .flatMap((look) => {
      const { filters, verb, tables } = look.asked;
      if (
        verb !== 'select' ||
        !look.asked.probed ||
        tables.length !== 1 ||
        tables[0] !== asked.tables[0] ||
        filters.length === 0 ||
        !isUnderQuestion(look, insert)
      )
        return [];
      // The row that is looked for is the one that is added: every column of the question is written with the same value.
      const same = filters.every(({ column, value }) =>
        asked.sets.some((set) => plainName(set.column) === plainName(column) && JSON.stringify(set.value) === JSON.stringify(value)),
      );
      if (!same || !filters.some(({ value }) => mayBe(value, 'input'))) return [];
      return [{ insert, columns: filters.map(({ column }) => column), look }];
    })
    .slice(0, 1);
}

/** What the database holds, where it was seen; else what the code declares. */
function uniquesOf(queries: EvidenceValue<'queries'>, schema: EvidenceValue<'schema'> | undefined): Uniques {
  const found = new Map<string, readonly (readonly string[])[]>();
  for (const { table, uniques } of queries.declared) found.set(table, uniques);
  for (const { name, primaryKey, uniques, indexes } of schema?.tables ?? [])
    found.set(name.slice(name.indexOf('.') + 1), [
      primaryKey,
      ...uniques,
      ...indexes.flatMap(({ unique, columns }) => (unique ? [columns] : [])),
    ]);
  return found;
}
