import type { InputField } from '../../model/evidence/read.ts';
import type { Value } from './value.ts';

/** What a schema says about a value. */
export interface Shape {
  type: InputField['type'];
  format: string | null;
  required: boolean | null;
  values: (string | number | boolean)[];
  minimum: number | null;
  maximum: number | null;
  fields: Map<string, Shape> | null;
  item: Shape | null;
}

/** True when no free text fits the shape. */
export function isClosed(shape: Shape): boolean {
  return (
    shape.type === 'number' ||
    shape.type === 'integer' ||
    shape.type === 'boolean' ||
    shape.values.length > 0 ||
    shape.format === 'uuid' ||
    shape.format === 'date-time'
  );
}

interface Step {
  readonly name: string;
  readonly args: readonly Value[];
  readonly library: string;
}

const known = new WeakMap<Value, Shape | { none: true }>();

/** Reads the schema chains of zod, joi, yup, superstruct and drizzle-zod; null for anything else. */
export function shapeOf(value: Value, depth = 0): Shape | null {
  if (value.k === 'guarded') return shapeOf(value.of, depth);
  if (value.k === 'either') return value.of.map((one) => shapeOf(one, depth)).find((one) => one !== null) ?? null;
  if (value.k !== 'result' || depth > 6) return null;
  const cached = known.get(value);
  if (cached !== undefined) return 'none' in cached ? null : cached;
  const shape = read(value, depth);
  known.set(value, shape ?? { none: true });
  return shape;
}

function chain(value: Value): Step[] {
  const steps: Step[] = [];
  for (let at: Value | null = value; at !== null && at.k === 'result'; at = at.on) {
    for (const part of [...at.path].reverse()) steps.push({ name: `.${part}`, args: [], library: '' });
    const hash = at.symbol.indexOf('#');
    steps.push({ name: at.symbol.slice(Math.max(at.symbol.lastIndexOf('.'), hash) + 1), args: at.args, library: at.symbol.slice(0, hash) });
  }
  return steps.reverse();
}

function read(value: Value, depth: number): Shape | null {
  const steps = chain(value);
  const first = steps[0];
  if (first === undefined || !/^npm:(zod|joi|@hapi\/joi|yup|superstruct|valibot|drizzle-zod|express-validator)/.test(first.library))
    return null;
  const byDefault = first.library.startsWith('npm:zod') || /superstruct|valibot|drizzle-zod/.test(first.library);
  const shape: Shape = {
    type: 'unknown',
    format: null,
    required: byDefault,
    values: [],
    minimum: null,
    maximum: null,
    fields: null,
    item: null,
  };
  for (const step of steps) apply(shape, step, depth);
  return shape;
}

/** What one step of a chain says about the shape so far. */
export function apply(shape: Shape, { name, args, library }: Step, depth: number): void {
  const [first, second] = args;
  const number = (value: Value | undefined) => (value?.k === 'lit' && typeof value.v === 'number' ? value.v : null);
  switch (name) {
    case 'object':
    case 'shape':
    case 'keys':
    case 'extend':
    case 'strictObject':
    case 'looseObject':
    case 'interface':
      shape.type = 'object';
      shape.fields = new Map(shape.fields);
      if (first?.k === 'obj') for (const [key, one] of first.keys) shape.fields.set(key, shapeOf(one, depth + 1) ?? free());
      break;
    case 'merge':
    case 'and':
    case 'concat':
    case 'intersection':
      for (const one of args)
        for (const [key, field] of shapeOf(one, depth + 1)?.fields ?? []) (shape.fields ??= new Map()).set(key, field);
      break;
    case 'createInsertSchema':
    case 'createUpdateSchema':
      shape.type = 'object';
      shape.fields = columns(first);
      if (second?.k === 'obj') for (const [key, one] of second.keys) shape.fields.set(key, shapeOf(one, depth + 1) ?? free());
      break;
    case 'pick':
      if (first?.k === 'obj') shape.fields = new Map([...(shape.fields ?? [])].filter(([key]) => first.keys.has(key)));
      break;
    case 'omit':
      if (first?.k === 'obj') shape.fields = new Map([...(shape.fields ?? [])].filter(([key]) => !first.keys.has(key)));
      break;
    case 'partial':
      shape.fields = new Map([...(shape.fields ?? [])].map(([key, field]) => [key, { ...field, required: false }]));
      break;
    case 'string':
    case 'isString':
      shape.type = 'string';
      break;
    case 'number':
    case 'isFloat':
    case 'isNumeric':
    case 'isDecimal':
      shape.type = 'number';
      bounds(shape, first);
      break;
    case 'int':
    case 'integer':
    case 'isInt':
      shape.type = 'integer';
      bounds(shape, first);
      break;
    case 'boolean':
    case 'bool':
    case 'isBoolean':
      shape.type = 'boolean';
      break;
    case 'array':
    case 'isArray':
    case 'items':
    case 'of':
      shape.item = shapeOf(first ?? { k: 'unknown' }, depth + 1) ?? (shape.type === 'unknown' ? null : { ...shape });
      shape.type = 'array';
      break;
    case 'date':
    case 'isISO8601':
    case 'isDate':
    case 'datetime':
    case 'iso':
      shape.type = 'string';
      shape.format = 'date-time';
      break;
    case 'email':
    case 'isEmail':
      shape.type = 'string';
      shape.format = 'email';
      break;
    case 'uuid':
    case 'guid':
    case 'uuidv4':
    case 'isUUID':
      shape.type = 'string';
      shape.format = 'uuid';
      break;
    case 'url':
    case 'uri':
    case 'isURL':
      shape.type = 'string';
      shape.format = 'url';
      break;
    case 'enum':
    case 'nativeEnum':
    case 'enums':
    case 'valid':
    case 'oneOf':
    case 'isIn':
    case 'literal': {
      const list = first?.k === 'arr' ? first.items : first?.k === 'obj' ? [...first.keys.values()] : args;
      for (const one of list) if (one.k === 'lit' && one.v !== null) shape.values.push(one.v);
      const kind = typeof shape.values[0];
      if (shape.type === 'unknown') shape.type = kind === 'number' ? 'number' : kind === 'boolean' ? 'boolean' : 'string';
      break;
    }
    case 'min':
    case 'gte':
    case 'minLength':
      shape.minimum = number(first);
      break;
    case 'max':
    case 'lte':
    case 'maxLength':
      shape.maximum = number(first);
      break;
    case 'gt':
      shape.minimum = number(first);
      break;
    case 'lt':
      shape.maximum = number(first);
      break;
    case 'length':
      if (first !== undefined) shape.minimum = shape.maximum = number(first);
      break;
    case 'isLength':
      shape.type = 'string';
      bounds(shape, first);
      break;
    case 'positive':
      shape.minimum = shape.type === 'integer' ? 1 : 0;
      break;
    case 'nonnegative':
      shape.minimum = 0;
      break;
    case 'optional':
    case 'nullish':
    case 'default':
    case 'notRequired':
    case 'catch':
      if (name !== 'optional' || first?.k !== 'result') shape.required = false;
      else Object.assign(shape, shapeOf(first, depth + 1) ?? {}, { required: false });
      break;
    case 'required':
    case 'exists':
    case 'notEmpty':
    case 'nonempty':
      if (library.startsWith('npm:zod')) shape.minimum ??= 1;
      else shape.required = true;
      break;
    case 'preprocess':
      Object.assign(shape, shapeOf(second ?? { k: 'unknown' }, depth + 1) ?? {});
      break;
    case 'union':
    case 'discriminatedUnion':
      for (const list of args) {
        if (list.k !== 'arr') continue;
        for (const one of list.items) {
          const inner = shapeOf(one, depth + 1);
          if (inner === null) continue;
          if (shape.type === 'unknown') shape.type = inner.type;
          shape.values.push(...inner.values);
          for (const [key, field] of inner.fields ?? []) (shape.fields ??= new Map()).set(key, field);
        }
      }
      break;
    case 'record':
      shape.type = 'object';
      break;
  }
}

/** A shape of which nothing is known. */
export function free(): Shape {
  return { type: 'unknown', format: null, required: null, values: [], minimum: null, maximum: null, fields: null, item: null };
}

function bounds(shape: Shape, options: Value | undefined): void {
  if (options?.k !== 'obj') return;
  for (const [key, target] of [
    ['min', 'minimum'],
    ['max', 'maximum'],
    ['gt', 'minimum'],
    ['lt', 'maximum'],
  ] as const) {
    const value = options.keys.get(key);
    if (value?.k === 'lit' && typeof value.v === 'number') shape[target] = value.v;
  }
}

/** The columns of a drizzle table. */
function columns(table: Value | undefined): Map<string, Shape> {
  const found = new Map<string, Shape>();
  const fields = table?.k === 'result' && /#(pg|mysql|sqlite)Table$/.test(table.symbol) ? table.args[1] : undefined;
  if (fields?.k !== 'obj') return found;
  for (const [key, column] of fields.keys) {
    const steps = chain(column).map((step) => step.name);
    const kind = steps[0] ?? '';
    const type: Shape['type'] = /text|varchar|char|uuid|timestamp|date|numeric|decimal/.test(kind)
      ? 'string'
      : /int|serial/.test(kind)
        ? 'integer'
        : /bool/.test(kind)
          ? 'boolean'
          : /real|double/.test(kind)
            ? 'number'
            : 'unknown';
    found.set(key, {
      ...free(),
      type,
      format: kind === 'uuid' ? 'uuid' : null,
      required: steps.includes('notNull') && !steps.includes('default') && kind !== 'serial',
    });
  }
  return found;
}
