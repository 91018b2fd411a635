import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { Made } from '../../model/statements.ts';
import { isAfterError, madeBy, plainName, takenFrom } from '../../model/statements.ts';

/** Packages that let one process or one of several do something at a time. */
const locks = new Set(['async-mutex', 'redlock', 'async-lock', 'proper-lockfile', '@sesamecare-oss/redlock', 'redis-semaphore']);
const tally = /^(views?|hits|visits?|clicks?|impressions?|downloads?|likes?|viewcount|visitcount|clickcount)$/;

export default defineCheck({
  title: 'Concurrent changes to one row are not lost',
  control: 'correctness/race-conditions',
  severity: 'high',
  cwe: [362, 367],
  standards: ['ASVS v5.0.0-15.4.2'],
  why: 'Two requests read the same balance, each adds to what it read, and the second writes over the first: one of the two is gone and nothing says so. A transaction alone does not help; both read before either writes.',
  remedy:
    'Let the database calculate (SET balance = balance - $1, with the condition in WHERE), or lock the row while it is read (SELECT ... FOR UPDATE in the same transaction), or compare a version column in WHERE and try again.',
  needs: ['queries', 'sequences'],
  uses: ['dependencies'],
  *run({ queries, sequences, dependencies }) {
    const locked = dependencies?.value.units.some(({ imports }) => imports.some(({ name }) => locks.has(name))) ?? false;
    let [examined, open] = [0, 0];
    for (const sequence of sequences.value.sequences) {
      if (sequence.route === null) continue;
      const steps = madeBy(sequence, queries.value.queries);
      const updates = steps.filter(({ asked }) => asked.verb === 'update' && asked.sets.some(({ how }) => how !== 'given'));
      if (updates.length === 0) continue;
      examined++;
      const lost = updates.flatMap((update) => lossesOf(update, steps));
      const [first] = lost;
      const subject = endpointSubject(sequence.route);
      if (first === undefined) yield pass('read', subject);
      else if (locked) open++;
      else {
        const { update, column, read } = first;
        const table = update.asked.tables[0] ?? 'the row';
        const inside = update.transaction ? ' The transaction around it does not keep others from reading the same value meanwhile.' : '';
        yield fail(
          'read',
          subject,
          `${table}.${column} is read (line ${read.asked.where.line} of ${read.asked.where.file}), calculated in the application and written back, without a lock or a condition on what was read.${inside}`,
          {
            severity: tally.test(plainName(column)) ? 'low' : 'high',
            impact: `Of two requests at the same moment one change of ${table}.${column} is lost: sums no longer add up.`,
            where: update.asked.where,
            effect: `${table}.${column}`,
          },
        );
      }
    }
    if (open > 0)
      yield unknown(
        'read',
        application,
        `${open} endpoints calculate a new value from what they read; the application has a library for locks, and whether it is held there could not be followed.`,
        { settle: 'seaworthy audit --run' },
      );
    else if (examined === 0)
      yield queries.gaps.length > 0
        ? unknown('read', application, 'No endpoint was seen to change a value that it calculates, but some files could not be read.')
        : notApplicable('No endpoint changes a value by what it was before.');
  },
});

/** Columns that an update sets to what was calculated from the same column of a row that was read without a lock. */
function lossesOf(update: Made, steps: readonly Made[]): { update: Made; column: string; read: Made }[] {
  const before = steps.slice(0, steps.indexOf(update));
  // A lock on any row inside the same transaction orders those who come for it.
  if (isAfterError(update) || before.some(({ asked, transaction }) => asked.locks && transaction)) return [];
  return update.asked.sets.flatMap((set) => {
    if (set.how !== 'calculated') return [];
    const own = set.of.find(
      (row) => row.table !== null && update.asked.tables.includes(row.table) && plainName(row.column) === plainName(set.column),
    );
    const read = own === undefined ? undefined : before.findLast(({ asked }) => takenFrom([own], asked));
    if (read === undefined || read.asked.verb !== 'select') return [];
    return comparesWhatWasRead(update, set.column) ? [] : [{ update, column: set.column, read }];
  });
}

/** `WHERE version = $old`, `WHERE balance = $old`: whoever comes second changes nothing. */
function comparesWhatWasRead({ asked }: Made, column: string): boolean {
  return asked.filters.some(
    (filter) =>
      filter.column === '*' ||
      plainName(filter.column) === plainName(column) ||
      (filter.of.some((row) => plainName(row.column) === plainName(filter.column)) &&
        asked.sets.some((set) => plainName(set.column) === plainName(filter.column))),
  );
}
