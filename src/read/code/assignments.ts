import type { Source } from './facts.ts';
import { common, joined, narrowed } from './conditions.ts';
import { either } from './value.ts';
import type { Frame, Value } from './value.ts';

// What variables that are assigned more than once hold at a place: statements are followed in order, branches meet again.

interface After {
  readonly now: Map<number, Value> | null;
  readonly tested: ReadonlySet<string> | null;
}

/** Remembers what a variable holds from here on, where it has several plain values; one that a closure writes to holds any of them. */
export function assign(index: number, source: Source, value: Value, owner: Frame, frame: Frame): void {
  const binding = owner.file.facts.bindings[index];
  if (binding === undefined || owner.fn === 0) return;
  if (binding.v.length < 2 && binding.p === undefined) return;
  if (owner !== frame || source.o !== undefined || binding.v.some((one) => one.o !== undefined)) {
    owner.now?.delete(index);
    if (owner !== frame) owner.memo.set(`shared:${index}`, value);
    return;
  }
  if (owner.memo.has(`shared:${index}`)) return;
  (owner.now ??= new Map()).set(index, value);
}

/** What variables hold where two ways meet; a value that a test has made harmless on its way stays so. */
export function meet(a: After, b: After, frame: Frame): Map<number, Value> | null {
  if (a.now === null && b.now === null) return null;
  const both = new Map<number, Value>();
  const certain = common(a.tested ?? new Set(), b.tested ?? new Set());
  const way = ({ now, tested }: After, index: number): Value | undefined => {
    const value = now?.get(index) ?? frame.memo.get(index);
    if (value === undefined || tested === null) return value;
    return narrowed(value, new Set([...(joined(tested, null) ?? [])].filter((one) => !certain.has(one))));
  };
  for (const index of new Set([...(a.now?.keys() ?? []), ...(b.now?.keys() ?? [])])) {
    const values = [way(a, index), way(b, index)].filter((one) => one !== undefined);
    if (values.length > 0) both.set(index, either(values));
  }
  return both;
}
