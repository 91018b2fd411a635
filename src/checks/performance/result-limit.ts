import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { madeBy, plainName } from '../../model/statements.ts';
import type { Made, Query } from '../../model/statements.ts';
import { shownTable } from '../../model/words.ts';

export default defineCheck({
  title: 'Lists are paged and bounded',
  control: 'performance/limits',
  severity: 'medium',
  cwe: [770, 1049],
  standards: ['API4:2023', 'ASVS v5.0.0-15.2.2'],
  why: 'A list without a limit answers with every row that there is. It is quick while there are fifty; with fifty thousand it fills the memory of the server and of the phone, and anybody can ask for it in a loop.',
  remedy: 'Give every list a limit that the server sets (LIMIT, take, limit), cap what callers may ask for, and page by the last key.',
  needs: ['queries', 'sequences'],
  *run({ queries, sequences }) {
    const { declared, queries: all } = queries.value;
    // What no request ever adds to stays as small as it is.
    const growing = new Set(all.flatMap((one) => (one.verb === 'insert' && one.routes.length > 0 ? one.tables : [])));
    let examined = 0;
    for (const sequence of sequences.value.sequences) {
      if (sequence.route === null || !/^(GET|QUERY)\b/.test(sequence.route)) continue;
      const lists = madeBy(sequence, all).filter(
        ({ asked, loops }) => isList(asked, declared) && !loops && asked.tables.some((table) => growing.has(table)),
      );
      if (lists.length === 0) continue;
      examined++;
      const subject = endpointSubject(sequence.route);
      const unbounded = lists.filter(({ asked }) => !asked.limited);
      const [worst] = unbounded.toSorted((a, b) => rank(a) - rank(b));
      if (worst === undefined) {
        yield pass('read', subject);
        continue;
      }
      const table = shownTable(worst.asked.tables[0] ?? 'the table');
      const own = rank(worst) === 1;
      yield fail(
        'read',
        subject,
        own
          ? `All rows of ${table} that match are fetched at once, without a limit.`
          : `All rows of ${table}${worst.asked.filters.length > 0 ? ' in one state' : ''} are fetched at once, without a limit.`,
        {
          severity: own ? 'low' : 'medium',
          impact: `The answer grows with ${table} until the request fails or the server runs out of memory.`,
          where: worst.asked.where,
          effect: table,
        },
      );
    }
    if (examined > 0) return;
    yield queries.gaps.length > 0
      ? unknown('read', application, 'No list was found, but some files could not be read.')
      : notApplicable('No endpoint lists rows of a table that grows.');
  },
});

/** A statement for any number of rows: not one that asks by a key. */
function isList(asked: Query, declared: EvidenceValue<'queries'>['declared']): boolean {
  if (asked.verb !== 'select' || asked.single || asked.probed || asked.tables.length === 0) return false;
  if (asked.filters.some(({ column }) => column === '*' || /^_?(id|uuid|email|slug|token|username|key|code)$/.test(plainName(column))))
    return false;
  const table = declared.find(({ table: name }) => name === asked.tables[0]);
  const filtered = asked.filters.map(({ column }) => plainName(column));
  return table?.uniques.some((set) => set.length > 0 && set.every((column) => filtered.includes(plainName(column)))) !== true;
}

/** What one customer, or one object, has is bounded by what is done with it. */
function rank({ asked }: Made): number {
  return asked.filters.some(({ value, of }) => value.kind !== 'literal' || of.length > 0) ? 1 : 0;
}
