import type { AbstractValue } from './evidence/read.ts';
import type { EvidenceValue } from './evidence/index.ts';

/** What checks ask of the statements that an endpoint makes in their order. */

export type Query = EvidenceValue<'queries'>['queries'][number];
export type Sequence = EvidenceValue<'sequences'>['sequences'][number];
export type Step = Sequence['steps'][number];
type RowColumn = Query['filters'][number]['of'][number];
/** A step with the statement that it makes. */
export type Made = Step & { readonly asked: Query };

/** The steps of a sequence with their statements. */
export function madeBy(sequence: Sequence, queries: readonly Query[]): Made[] {
  return sequence.steps.flatMap((step) => {
    const asked = queries[step.query];
    return asked === undefined ? [] : [{ ...step, asked }];
  });
}

/** True when one request never makes both: they stand on two sides of a fork. */
export function excludes(a: Step, b: Step): boolean {
  return a.branch.some(
    (fork) => /[-+]$/.test(fork) && b.branch.includes(fork.endsWith('+') ? `${fork.slice(0, -1)}-` : `${fork.slice(0, -1)}+`),
  );
}

/** True for what is done only after an error. */
export function isAfterError(step: Step): boolean {
  return step.branch.some((fork) => fork.endsWith('!'));
}

/** True when `later` is only made on one side of a question that is asked after `earlier`. */
export function isUnderQuestion(earlier: Step, later: Step): boolean {
  return later.branch.some((fork) => /[-+]$/.test(fork) && !earlier.branch.includes(fork));
}

/** True for statements that change rows. */
export function changes({ verb }: Query): boolean {
  return verb === 'insert' || verb === 'update' || verb === 'delete';
}

/** A column by any spelling: `available_balance` is `availableBalance`. */
export function plainName(column: string | null): string {
  return (column ?? '').replaceAll('_', '').toLowerCase();
}

/** True when the value was taken from a row of this statement. */
export function takenFrom(of: readonly RowColumn[], read: Query): boolean {
  return of.some(({ where }) => where.file === read.where.file && where.line === read.where.line);
}

/** True when the value is, or may be, of the kind. */
export function mayBe(value: AbstractValue, kind: AbstractValue['kind']): boolean {
  if (value.kind === kind) return true;
  if (value.kind === 'either') return value.of.some((one) => mayBe(one, kind));
  if (value.kind === 'template') return value.holes.some((one) => mayBe(one, kind));
  if (value.kind === 'array') return value.items.some((one) => mayBe(one, kind));
  return value.kind === 'call' && value.symbol === 'schema' && value.args.some((one) => mayBe(one, kind));
}

/** True when nothing at all is known of what the value is. */
export function isUnknown(value: AbstractValue): boolean {
  return value.kind === 'unknown' || (value.kind === 'either' && value.of.some(isUnknown));
}

/** Where a statement stands, in words: `accounts in server/storage.ts:40`. */
export function told({ tables, where }: Query): string {
  return `${tables.join(', ') || 'the database'} (${where.file}:${where.line})`;
}
