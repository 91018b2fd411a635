import type { Expr } from './facts.ts';
import type { Machine } from './machine.ts';
import { UNKNOWN } from './value.ts';
import type { SourceFile, Value } from './value.ts';

const deepest = 12;

/** A value by the text alone: variables by what they were first given, at whatever depth of functions they stand. */
export function valueInText(machine: Machine, file: SourceFile, e: Expr, depth = 0): Value {
  if (depth > deepest) return UNKNOWN;
  if (e.k === 'var') {
    const binding = file.facts.bindings[e.b];
    if (binding === undefined) return UNKNOWN;
    if (binding.f !== 0) {
      const [source] = binding.v;
      if (source === undefined || binding.p !== undefined) return UNKNOWN;
      const value = valueInText(machine, file, source.e, depth + 1);
      return (source.p ?? []).reduce<Value>((at, part) => machine.get(at, String(part), machine.module(file).frame), value);
    }
  }
  let found: Value = UNKNOWN;
  const { frame, visit } = machine.module(file);
  machine.in(visit, () => machine.bounded(() => (found = machine.eval(e, frame))));
  return found;
}
