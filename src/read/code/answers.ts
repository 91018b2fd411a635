import type { Value } from './value.ts';

// Answers that are values: handlers of web frameworks return them, or throw them.

/** The status that returning this value answers with; null where it is no answer. Of several the mildest, for any may be it. */
export function answered(value: Value): number | null {
  if (value.k === 'answer') return value.status ?? 200;
  if (value.k !== 'either') return null;
  const found = value.of.flatMap((one) => (one.k === 'answer' ? [one.status ?? 200] : []));
  const others = value.of.some((one) => one.k !== 'answer' && !(one.k === 'lit' && (one.v === null || one.v === false)));
  return found.length === 0 || others ? null : Math.min(...found);
}

/** True for what is, or may be, an answer that gives what was asked for. */
export function answersWell(value: Value): boolean {
  if (value.k === 'either') return value.of.some(answersWell);
  return value.k === 'answer' && (value.status === null || value.status < 400);
}
