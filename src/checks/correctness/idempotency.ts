import { isRead } from '../../model/requests.ts';
import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import { changes, isAfterError, isUnderQuestion, madeBy, mayBe, plainName } from '../../model/statements.ts';
import type { Made } from '../../model/statements.ts';
import { shownTable } from '../../model/words.ts';

export default defineCheck({
  title: 'Repeating a request or event has one effect',
  control: 'correctness/idempotency',
  severity: 'high',
  cwe: [837],
  standards: ['ASVS v5.0.0-2.3.4'],
  why: 'Payment providers send an event again until they hear a 200, and often once more for good measure. A handler that adds credits or rows each time gives them twice.',
  remedy:
    "Write the event's id into a table where it is unique, in the same transaction as its effect, and leave when it is there already (INSERT ... ON CONFLICT DO NOTHING).",
  needs: ['queries', 'sequences', 'routes'],
  uses: ['calls', 'schema'],
  *run({ queries, sequences, routes, calls, schema }) {
    const verified = new Set(calls?.value.calls.filter(({ means }) => means === 'webhook-verify').flatMap((call) => call.routes) ?? []);
    const uniques = new Map<string, readonly (readonly string[])[]>(
      queries.value.declared.map(({ table, uniques: sets }) => [table, sets]),
    );
    for (const { name, primaryKey, uniques: sets } of schema?.value.tables ?? [])
      uniques.set(name.slice(name.indexOf('.') + 1), [primaryKey, ...sets]);
    const open: string[] = [];
    let examined = 0;
    for (const route of routes.value.routes) {
      const signed = [...route.guards, ...route.inline].some(({ does }) => does.includes('signature'));
      if (!signed && !verified.has(route.id) && !/(^|[/-])webhooks?([/-]|$)/i.test(route.path)) continue;
      const sequence = sequences.value.sequences.find((one) => one.route === route.id);
      if (sequence === undefined || isRead(route.method)) continue;
      const steps = madeBy(sequence, queries.value.queries).filter((step) => !isAfterError(step));
      const repeated = steps.filter(repeats);
      const subject = endpointSubject(route.id);
      if (!steps.some(({ asked }) => changes(asked))) continue;
      examined++;
      const twice = repeated.find(
        (step) => isAsked(step, steps) === 'no' && (step.asked.verb === 'update' || isHeld(step, uniques) === false),
      );
      if (twice !== undefined) {
        const table = shownTable(twice.asked.tables[0] ?? 'rows');
        const column = twice.asked.sets.find(({ how }) => how !== 'given')?.column ?? '';
        yield fail(
          'read',
          subject,
          `The event ${twice.asked.verb === 'insert' ? `adds a row to ${table}` : `adds to ${table}.${column}`} (line ${twice.asked.where.line}) without asking whether it was handled already.`,
          {
            impact: `An event that is sent twice counts twice in ${table}.`,
            where: twice.asked.where,
            effect: table,
          },
        );
      } else if (repeated.some((step) => isAsked(step, steps) !== 'yes' && isHeld(step, uniques) !== true)) open.push(route.id);
      else yield pass('read', subject);
    }
    if (open.length > 0)
      yield unknown(
        'read',
        application,
        `Whether an event that is sent twice counts twice could not be followed: ${open.slice(0, 3).join(', ')}${open.length > 3 ? ` and ${open.length - 3} more` : ''}.`,
        { settle: 'seaworthy audit --run' },
      );
    else if (examined === 0)
      yield routes.gaps.length > 0
        ? unknown('read', application, 'No endpoint for events of other services was found, but some files could not be read.')
        : notApplicable('No endpoint takes events of other services that change rows.');
  },
});

/** Doing it twice differs from doing it once. */
function repeats({ asked }: Made): boolean {
  if (asked.verb === 'insert') return !asked.conflict;
  return (
    asked.verb === 'update' &&
    asked.sets.some(({ how }) => how !== 'given') &&
    !asked.filters.some(({ column, value }) => isState(column, value))
  );
}

/** `WHERE status = 'open'`: the second time nothing matches. */
function isState(column: string, value: AbstractValue): boolean {
  return column === '*' || (value.kind === 'literal' && typeof value.value !== 'number');
}

/** Whether the step hangs on a question that an event sent twice answers otherwise the second time. */
function isAsked(step: Made, steps: readonly Made[]): 'yes' | 'maybe' | 'no' {
  const before = steps.slice(0, steps.indexOf(step)).filter((one) => isUnderQuestion(one, step));
  if (
    before.some(({ asked }) =>
      asked.verb === 'insert'
        ? asked.conflict
        : asked.verb === 'update' && asked.filters.some(({ column, value }) => isState(column, value)),
    )
  )
    return 'yes';
  // A row is looked for and something depends on it: its state, or only whether there is such a thing.
  return before.some(({ asked }) => asked.verb === 'select') ? 'maybe' : 'no';
}

/** What is added holds something unique that came with the event; null where the unique columns are not known. */
function isHeld({ asked }: Made, uniques: ReadonlyMap<string, readonly (readonly string[])[]>): boolean | null {
  const sets = asked.verb === 'insert' ? uniques.get(asked.tables[0] ?? '') : [];
  if (sets === undefined) return null;
  return sets.some((set) =>
    set.every((column) =>
      asked.sets.some((one) => plainName(one.column) === plainName(column) && (mayBe(one.value, 'input') || one.value.kind === 'call')),
    ),
  );
}
