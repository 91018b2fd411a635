import type { Stmt } from '../code/facts.ts';

/** Statements after which nothing of the function follows. */
export function exitsAlways(list: readonly Stmt[]): boolean {
  return list.some(
    (one) =>
      one.k === 'ret' ||
      one.k === 'throw' ||
      (one.k === 'block' && exitsAlways(one.a)) ||
      (one.k === 'if' && exitsAlways(one.a) && exitsAlways(one.b)),
  );
}
