import type { AbstractValue } from './evidence/read.ts';

/** Every text in a value: literals, the parts of templates, names of keys. */
export function textsIn(value: AbstractValue | undefined, depth = 0): string[] {
  if (value === undefined || depth > 5) return [];
  const inside = (values: readonly AbstractValue[]): string[] => values.flatMap((one) => textsIn(one, depth + 1));
  switch (value.kind) {
    case 'literal':
      return typeof value.value === 'string' ? [value.value] : [];
    case 'template':
      return [...value.parts, ...inside(value.holes)];
    case 'object':
      return [...Object.keys(value.keys), ...inside(Object.values(value.keys))];
    case 'array':
      return inside(value.items);
    case 'either':
      return inside(value.of);
    default:
      return [];
  }
}

/** Whether a value is, or may be, exactly this. */
export function maybe(value: AbstractValue | undefined, literal: string | number | boolean): boolean {
  if (value?.kind === 'literal') return value.value === literal;
  if (value?.kind === 'environment') return value.fallback !== null && maybe(value.fallback, literal);
  return value?.kind === 'either' && value.of.some((one) => maybe(one, literal));
}

/** The values of an object's field, wherever the object may stand in a value. */
export function fieldsNamed(
  value: AbstractValue | undefined,
  name: RegExp,
  depth = 0,
): { readonly key: string; readonly value: AbstractValue }[] {
  if (value === undefined || depth > 6) return [];
  if (value.kind === 'object')
    return Object.entries(value.keys).flatMap(([key, one]) => [
      ...(name.test(key) ? [{ key, value: one }] : []),
      ...fieldsNamed(one, name, depth + 1),
    ]);
  if (value.kind === 'array') return value.items.flatMap((one) => fieldsNamed(one, name, depth + 1));
  if (value.kind === 'either') return value.of.flatMap((one) => fieldsNamed(one, name, depth + 1));
  if (value.kind === 'call') return value.args.flatMap((one) => fieldsNamed(one, name, depth + 1));
  return [];
}

/** The first part of a request that a value is made of, unchanged or computed; null where there is none. */
export function inputIn(value: AbstractValue | undefined, depth = 0): Extract<AbstractValue, { kind: 'input' }> | null {
  if (value === undefined || depth > 4) return null;
  if (value.kind === 'input') return value;
  const inner = value.kind === 'either' ? value.of : value.kind === 'template' ? value.holes : [];
  for (const one of inner) {
    const found = inputIn(one, depth + 1);
    if (found !== null) return found;
  }
  return null;
}
