import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { changes, excludes, isAfterError, madeBy, plainName, takenFrom } from '../../model/statements.ts';
import type { Made } from '../../model/statements.ts';
import { shownTable } from '../../model/words.ts';

/** Rows that only tell of what was done; they are no part of it. */
const record =
  /(^|_)(audits?|logs?|events?|histor(y|ies)|notifications?|activit(y|ies)|sessions?|tokens?|analytics|emails?|visits?|views?|jobs?|metrics?)(_|$)|(logs?|events?|tokens?|sessions?|history|notifications?|activity|activities)$/i;

export default defineCheck({
  title: 'Steps that belong together happen together or not at all',
  control: 'correctness/atomicity',
  severity: 'medium',
  cwe: [662, 460],
  standards: ['ASVS v5.0.0-2.3.3'],
  why: 'Between two statements the process can be restarted, the connection cut, the second refused. What the first one wrote stays: money taken and not given, an order without its items, an account that nobody can enter.',
  remedy:
    'Put the statements into one transaction on one connection and let any error roll it back; calls to other services go before it or after it.',
  needs: ['queries', 'sequences'],
  uses: ['calls'],
  *run({ queries, sequences, calls }) {
    // A pool hands every statement to any connection: BEGIN is sent to one, what follows to others.
    for (const call of calls?.value.calls ?? []) {
      const [text] = call.args;
      if (!/^npm:(pg|pg-pool|@neondatabase\/serverless)#Pool\.query$/.test(call.symbol) || text?.kind !== 'literal') continue;
      if (!/^\s*(begin|start\s+transaction)\b/i.test(String(text.value))) continue;
      yield fail(
        'read',
        call.routes.length === 1 && call.routes[0] !== undefined
          ? endpointSubject(call.routes[0])
          : { kind: 'function', name: call.within.replace(/:\d+$/, '') },
        'BEGIN is sent through the pool, which may give every statement another connection: what follows is in no transaction, and that connection stays in one.',
        {
          severity: 'high',
          impact:
            'Changes that should happen together happen one by one, and statements of other requests end up in a transaction that nobody ends.',
          remedy: 'Take one client (pool.connect()), send BEGIN, the statements and COMMIT through it, and release it in finally.',
          where: call.where,
          effect: 'pool',
        },
      );
    }
    let examined = 0;
    for (const sequence of sequences.value.sequences) {
      if (sequence.route === null) continue;
      const steps = madeBy(sequence, queries.value.queries);
      const writes = steps.filter(
        ({ asked }) => changes(asked) && asked.tables.length > 0 && !asked.tables.some((table) => record.test(table)),
      );
      if (writes.length < 2) continue;
      const subject = endpointSubject(sequence.route);
      const torn = writes.flatMap((later, index) => {
        const earlier = writes.slice(0, index).find((one) => belong(one, later));
        return earlier === undefined ? [] : [{ earlier, later }];
      });
      const loose = torn.find(({ earlier, later }) => !(earlier.transaction && later.transaction) && !undone(earlier, steps));
      if (torn.length > 0) examined++;
      if (loose !== undefined) {
        const { earlier, later } = loose;
        const [one = '', other = ''] = [earlier, later].map(({ asked }) => shownTable(asked.tables[0] ?? ''));
        const moved = one === other && isSum(earlier);
        yield fail(
          'read',
          subject,
          `${verbs[earlier.asked.verb] ?? 'Changes'} ${one} (line ${earlier.asked.where.line}) and then ${(verbs[later.asked.verb] ?? 'changes').toLowerCase()} ${other} (line ${later.asked.where.line}), which depends on it, without a transaction around both.`,
          {
            severity: moved ? 'high' : 'medium',
            impact: moved
              ? `An error between the two leaves ${one} changed on one side only: what was taken is not given.`
              : `An error between the two leaves ${one} as if all were done, and ${other} without it.`,
            where: later.asked.where,
            effect: `${one},${other}`,
          },
        );
      } else if (torn.length > 0) yield pass('read', subject);
    }
    if (examined === 0)
      yield queries.gaps.length > 0
        ? unknown(
            'read',
            application,
            'No endpoint was seen to make several changes that belong together, but some files could not be read.',
          )
        : notApplicable('No endpoint makes several changes that depend on each other.');
  },
});

const verbs: Partial<Record<string, string>> = { insert: 'Adds to', update: 'Changes', delete: 'Deletes from' };

/** The later one writes what the earlier one made, or takes the other side of a sum. */
function belong(earlier: Made, later: Made): boolean {
  if (excludes(earlier, later) || isAfterError(earlier) || isAfterError(later)) return false;
  if (earlier.asked.where.file === later.asked.where.file && earlier.asked.where.line === later.asked.where.line) return false;
  const made =
    earlier.asked.verb === 'insert' && later.asked.verb !== 'delete' && later.asked.sets.some(({ of }) => takenFrom(of, earlier.asked));
  const [table] = earlier.asked.tables;
  const transfer = isSum(earlier) && isSum(later) && table === later.asked.tables[0] && !sameRow(earlier, later);
  return made || transfer;
}

/** It adds to, or takes from, what stands in the row. */
function isSum({ asked }: Made): boolean {
  return (
    asked.verb === 'update' &&
    asked.sets.some(
      ({ column, how, of }) => how === 'atomic' || (how === 'calculated' && of.some((row) => plainName(row.column) === plainName(column))),
    )
  );
}

function sameRow(one: Made, other: Made): boolean {
  return (
    JSON.stringify(one.asked.filters.map(({ column, value, of }) => [column, value, of])) ===
    JSON.stringify(other.asked.filters.map(({ column, value, of }) => [column, value, of]))
  );
}

/** What is done after an error takes it back. */
function undone(earlier: Made, steps: readonly Made[]): boolean {
  return steps.some((step) => isAfterError(step) && step.asked.tables[0] === earlier.asked.tables[0] && changes(step.asked));
}
