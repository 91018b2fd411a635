import { literal, UNKNOWN } from './value.ts';
import type { Value } from './value.ts';

/** True for what may be text. */
export function textual(value: Value): boolean {
  return (
    (value.k === 'lit' && typeof value.v === 'string') ||
    value.k === 'tpl' ||
    value.k === 'input' ||
    (value.k === 'either' && value.of.some(textual))
  );
}

/** Text from parts and values, constants folded in. */
export function template(parts: readonly string[], values: readonly Value[]): Value {
  const out = [parts[0] ?? ''];
  const holes: Value[] = [];
  values.forEach((value, index) => {
    const after = parts[index + 1] ?? '';
    if (value.k === 'lit') out[out.length - 1] += String(value.v) + after;
    else if (value.k === 'tpl') {
      out[out.length - 1] += value.parts[0] ?? '';
      value.holes.forEach((hole, at) => {
        holes.push(hole);
        out.push(value.parts[at + 1] ?? '');
      });
      out[out.length - 1] += after;
    } else {
      holes.push(value);
      out.push(after);
    }
  });
  if (holes.length > 200) return UNKNOWN;
  return holes.length === 0 ? literal(out[0] ?? '') : { k: 'tpl', parts: out, holes };
}

/** Two values written one after the other. */
export function append(a: Value, b: Value): Value {
  return template(['', '', ''], [a, b]);
}
