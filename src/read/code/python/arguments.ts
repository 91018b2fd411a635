import type { Func } from '../facts.ts';
import { UNKNOWN } from '../value.ts';
import type { SourceFile, Value } from '../value.ts';

/** Arguments that are given by name, as they come after the others. */
export type Named = Extract<Value, { k: 'obj' }>;

/** The mark of an object of arguments that are given by name. */
export const byName = 'kw';

/** The arguments given by name, or undefined. */
export function namedIn(args: readonly Value[]): Named | undefined {
  const last = args.at(-1);
  return last?.k === 'obj' && last.id === byName ? last : undefined;
}

/** Arguments by name. */
export function named(entries: Iterable<readonly [string, Value]>): Value {
  return { k: 'obj', keys: new Map(entries), open: false, id: byName };
}

/** An argument that may be given by name or by position. */
export function argument(args: readonly Value[], position: number, name: string): Value | undefined {
  const given = namedIn(args);
  const found = given?.keys.get(name);
  if (found !== undefined) return found;
  const value = args[position];
  return value === given ? undefined : value;
}

/** Arguments in the order of a function's parameters; what was not given is undefined. */
export function placed(func: Func, file: SourceFile, args: readonly Value[]): (Value | undefined)[] {
  const given = namedIn(args);
  const positional = given === undefined ? args : args.slice(0, -1);
  const taken = new Set<string>();
  const spread = given?.keys.get('...');
  return func.p.map((param, index): Value | undefined => {
    if (param.rest === 1) return { k: 'arr', items: positional.slice(index), open: false };
    if (param.named === 1) {
      const rest = [...(given?.keys ?? [])].filter(([name]) => !taken.has(name));
      return { k: 'obj', keys: new Map(rest), open: given?.open ?? false, id: byName };
    }
    const name = file.facts.bindings[param.b]?.n ?? '';
    const value = given?.keys.get(name);
    if (value !== undefined) {
      taken.add(name);
      return value;
    }
    const after = func.p.findIndex((one) => one.rest === 1);
    if (after !== -1 && index > after) return spread === undefined ? undefined : UNKNOWN;
    return positional[index] ?? (spread === undefined ? undefined : UNKNOWN);
  });
}
