import type { AbstractValue } from '../../model/evidence/read.ts';

// What can be said of values of which only a part is known.

const UNKNOWN: AbstractValue = { kind: 'unknown' };
/** Longer texts are cut. */
export const longest = 2_000;

/** A part of a value. */
export function part(value: AbstractValue, path: readonly string[]): AbstractValue {
  let at = value;
  for (const name of path) {
    if (at.kind === 'either') return oneOf(at.of.map((one) => part(one, [name])));
    if (at.kind === 'object') at = Object.hasOwn(at.keys, name) ? (at.keys[name] ?? UNKNOWN) : UNKNOWN;
    else if (at.kind === 'array') at = at.items[Number(name)] ?? UNKNOWN;
    else return UNKNOWN;
  }
  return at;
}

/** What a state or a form begins with: empty texts and zeros are places to fill, choices made in advance are values. */
export function started(value: AbstractValue): AbstractValue {
  if (value.kind === 'literal') return value.value === '' || value.value === null || value.value === 0 ? UNKNOWN : value;
  if (value.kind === 'object')
    return { ...value, keys: Object.fromEntries(Object.entries(value.keys).map(([name, one]) => [name, started(one)])) };
  return value.kind === 'array' ? { ...value, items: value.items.map(started) } : value;
}

export function withKeys(value: AbstractValue, more: readonly (readonly [string, AbstractValue])[]): AbstractValue {
  const known = value.kind === 'object' ? value : { kind: 'object' as const, keys: {}, open: value.kind !== 'unknown' };
  return { ...known, keys: { ...known.keys, ...Object.fromEntries(more) } };
}

/** Either of several values; what is not known is left out beside what is. */
export function oneOf(values: readonly AbstractValue[]): AbstractValue {
  const all = new Map<string, AbstractValue>();
  for (const value of values)
    for (const one of value.kind === 'either' ? value.of : [value]) if (one.kind !== 'unknown') all.set(JSON.stringify(one), one);
  const [first, ...rest] = [...all.values()].slice(0, 6);
  return first === undefined ? UNKNOWN : rest.length === 0 ? first : { kind: 'either', of: [first, ...rest] };
}

/** Text with literal holes filled in. */
export function folded(parts: readonly string[], values: readonly AbstractValue[]): AbstractValue {
  const out = [parts[0] ?? ''];
  const holes: AbstractValue[] = [];
  const add = (value: AbstractValue): void => {
    if (value.kind === 'literal' && value.value !== null) out[out.length - 1] += String(value.value);
    else if (value.kind === 'template') {
      out[out.length - 1] += value.parts[0] ?? '';
      value.holes.forEach((hole, at) => {
        holes.push(hole);
        out.push(value.parts[at + 1] ?? '');
      });
    } else {
      holes.push(value);
      out.push('');
    }
  };
  values.forEach((value, index) => {
    add(value);
    out[out.length - 1] += parts[index + 1] ?? '';
  });
  const text = out.map((one) => one.slice(0, longest));
  if (holes.length > 40) return UNKNOWN;
  return holes.length === 0 ? { kind: 'literal', value: text[0] ?? '' } : { kind: 'template', parts: text, holes };
}
