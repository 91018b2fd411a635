import type { InputField } from '../../model/evidence/read.ts';
import { free } from './schema.ts';
import type { Shape } from './schema.ts';
import type { Value } from './value.ts';

const deepest = 6;
const kinds: readonly InputField['type'][] = ['string', 'number', 'integer', 'boolean', 'array', 'object'];

/** Reads a JSON Schema that is written down as an object, or built with TypeBox; null for anything else. */
export function jsonShapeOf(value: Value, depth = 0): Shape | null {
  if (depth > deepest) return null;
  if (value.k === 'guarded') return jsonShapeOf(value.of, depth);
  if (value.k === 'result') return builtShape(value, depth);
  if (value.k !== 'obj') return null;
  const { keys } = value;
  const named = textOf(keys.get('type'));
  const type = kinds.find((kind) => kind === named) ?? (keys.has('properties') ? 'object' : 'unknown');
  const shape: Shape = { ...free(), type, format: formatOf(textOf(keys.get('format'))) };
  const one = keys.get('const');
  const listed = keys.get('enum') ?? (one === undefined ? undefined : { k: 'arr' as const, items: [one], open: false });
  shape.values = literals(listed);
  if (shape.type === 'unknown' && shape.values.length > 0) shape.type = kindOf(shape.values[0]);
  shape.minimum = numberOf(keys.get('minimum') ?? keys.get('minLength') ?? keys.get('exclusiveMinimum'));
  shape.maximum = numberOf(keys.get('maximum') ?? keys.get('maxLength') ?? keys.get('exclusiveMaximum'));
  const items = keys.get('items');
  if (items !== undefined) shape.item = jsonShapeOf(items, depth + 1);
  const properties = keys.get('properties');
  if (properties?.k === 'obj') {
    const required = literals(keys.get('required'));
    shape.fields = new Map(
      [...properties.keys].map(([name, inner]) => [
        name,
        { ...(jsonShapeOf(inner, depth + 1) ?? free()), required: required.includes(name) },
      ]),
    );
  }
  return shape;
}

/** `Type.Object({ … })` of TypeBox, whose builders give JSON Schema. */
function builtShape(value: Extract<Value, { k: 'result' }>, depth: number): Shape | null {
  const [, builder] = /^npm:(?:@sinclair\/typebox|typebox)#(?:Type|default|t)\.(\w+)$/.exec(value.symbol) ?? [];
  if (builder === undefined) return null;
  const [first, second] = value.args;
  const inner = (one: Value | undefined) => (one === undefined ? null : jsonShapeOf(one, depth + 1));
  switch (builder) {
    case 'Optional':
      return { ...(inner(first) ?? free()), required: false };
    case 'Readonly':
      return inner(first);
    case 'Object':
      return {
        ...free(),
        type: 'object',
        required: true,
        fields: first?.k === 'obj' ? new Map([...first.keys].map(([name, one]) => [name, inner(one) ?? free()])) : null,
      };
    case 'Array':
      return { ...free(), type: 'array', required: true, item: inner(first) };
    case 'Literal':
      return { ...free(), required: true, values: literals(first), type: kindOf(literals(first)[0]) };
    case 'Union':
    case 'Enum': {
      const members = first?.k === 'arr' ? first.items.map((one) => inner(one)) : [];
      const values = builder === 'Enum' ? literals(first) : members.flatMap((one) => one?.values ?? []);
      return { ...free(), required: true, values, type: kindOf(values[0]) };
    }
    case 'Partial':
    case 'Pick':
    case 'Omit': {
      const shape = inner(first);
      const names = literals(second);
      const kept = [...(shape?.fields ?? [])].filter(([name]) => builder === 'Partial' || names.includes(name) === (builder === 'Pick'));
      const loose = kept.map(([name, one]): [string, Shape] => [name, builder === 'Partial' ? { ...one, required: false } : one]);
      return shape === null ? null : { ...shape, fields: new Map(loose) };
    }
    case 'String':
    case 'Number':
    case 'Integer':
    case 'Boolean':
      return { ...(inner(first) ?? free()), type: kinds.find((kind) => kind === builder.toLowerCase()) ?? 'unknown', required: true };
    default:
      return null;
  }
}

function textOf(value: Value | undefined): string | null {
  return value?.k === 'lit' && typeof value.v === 'string' ? value.v : null;
}

function numberOf(value: Value | undefined): number | null {
  return value?.k === 'lit' && typeof value.v === 'number' ? value.v : null;
}

function literals(value: Value | undefined): (string | number | boolean)[] {
  if (value?.k === 'lit') return value.v === null ? [] : [value.v];
  if (value?.k === 'arr') return value.items.flatMap(literals);
  return value?.k === 'obj' ? [...value.keys.values()].flatMap(literals) : [];
}

function kindOf(value: string | number | boolean | undefined): InputField['type'] {
  return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'unknown';
}

function formatOf(format: string | null): string | null {
  return format === 'uri' ? 'url' : format;
}
