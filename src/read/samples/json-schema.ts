import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Want } from '../../model/want.ts';
import { isRecord, known } from './values.ts';

/** A document that schemas refer into, and how many more of them are looked at. */
export interface Document {
  readonly root: Record<string, unknown>;
  readonly steps: { left: number };
}

/** What a schema says of a value: as much of it as is known, and what each of its fields must be. */
export interface Described {
  readonly value: AbstractValue;
  readonly wants: Record<string, Want[]>;
}

const UNKNOWN: AbstractValue = { kind: 'unknown' };
const bounds = { depth: 8, references: 12, properties: 60, values: 40 };
const types = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;
const formats: Readonly<Record<string, string>> = {
  email: 'email',
  uuid: 'uuid',
  uri: 'url',
  url: 'url',
  date: 'date',
  'date-time': 'date-time',
  time: 'time',
  ipv4: 'ip',
  hostname: 'domain',
};

/** What a reference within the document leads to; null where it leads out of it, nowhere, or in a circle. */
export function resolved(document: Document, value: unknown): unknown {
  let at = value;
  for (let step = 0; isRecord(at) && typeof at['$ref'] === 'string'; step++) {
    if (step >= bounds.references || !at['$ref'].startsWith('#/') || --document.steps.left < 0) return null;
    let found: unknown = document.root;
    for (const part of at['$ref'].slice(2).split('/')) {
      const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
      found = isRecord(found) && Object.hasOwn(found, name) ? found[name] : null;
    }
    at = found;
  }
  return at;
}

/**
 * Describes a schema.
 * @param place where its value stands in a request: `body:` for the whole body, else `body:items.0.name`
 */
export function described(document: Document, schema: unknown, place: string, depth = 0): Described {
  const wants: Record<string, Want[]> = {};
  const value = valueOf(document, schema, place, wants, depth);
  return { value, wants };
}

function valueOf(document: Document, schema: unknown, place: string, wants: Record<string, Want[]>, depth: number): AbstractValue {
  if (depth > bounds.depth || --document.steps.left < 0) return UNKNOWN;
  const one = merged(document, resolved(document, schema), depth);
  if (one === null) return UNKNOWN;
  const own = place.endsWith(':') ? [] : wantsOf(one);
  if (own.length > 0) wants[place] = [...(wants[place] ?? []), ...own];
  const inner = (name: string): string => (place.endsWith(':') ? `${place}${name}` : `${place}.${name}`);
  if (isRecord(one['properties'])) {
    const required = Array.isArray(one['required']) ? (one['required'] as unknown[]) : [];
    const keys: Record<string, AbstractValue> = {};
    for (const [name, property] of Object.entries(one['properties']).slice(0, bounds.properties)) {
      const target = resolved(document, property);
      if (name === '__proto__' || (isRecord(target) && target['readOnly'] === true)) continue;
      if (required.includes(name)) wants[inner(name)] = [{ kind: 'presence' }];
      keys[name] = valueOf(document, property, inner(name), wants, depth + 1);
    }
    const example = exampleOf(one);
    return isRecord(example) ? { ...merge(keys, known(example)), open: false } : { kind: 'object', keys, open: false };
  }
  const example = exampleOf(one);
  if (example !== undefined) return known(example);
  if (one['items'] !== undefined)
    return { kind: 'array', items: [valueOf(document, one['items'], inner('0'), wants, depth + 1)], open: true };
  return UNKNOWN;
}

/** What each part of an `allOf` says, and the first that a value may be of a `oneOf`. */
function merged(document: Document, schema: unknown, depth: number): Record<string, unknown> | null {
  if (!isRecord(schema)) return null;
  let all: Record<string, unknown> = schema;
  const parts = Array.isArray(schema['allOf']) ? (schema['allOf'] as unknown[]).slice(0, 20) : [];
  const choices = ['oneOf', 'anyOf'].flatMap((name) => (Array.isArray(schema[name]) ? (schema[name] as unknown[]).slice(0, 20) : []));
  const choice = choices.find((one) => !isRecord(one) || one['type'] !== 'null');
  for (const part of choice === undefined ? parts : [...parts, choice]) {
    if (depth > bounds.depth || --document.steps.left < 0) break;
    const one = merged(document, resolved(document, part), depth + 1);
    if (one === null) continue;
    const both = (name: string): unknown =>
      isRecord(all[name]) && isRecord(one[name])
        ? { ...one[name], ...all[name] }
        : Array.isArray(all[name]) && Array.isArray(one[name])
          ? [...(all[name] as unknown[]), ...(one[name] as unknown[])]
          : (all[name] ?? one[name]);
    all = { ...one, ...all, properties: both('properties'), required: both('required') };
  }
  return all;
}

function exampleOf(schema: Record<string, unknown>): unknown {
  const list = schema['examples'];
  return schema['example'] ?? (Array.isArray(list) ? (list as unknown[])[0] : undefined) ?? schema['default'];
}

function merge(keys: Record<string, AbstractValue>, example: AbstractValue): Extract<AbstractValue, { kind: 'object' }> {
  return { kind: 'object', keys: { ...keys, ...(example.kind === 'object' ? example.keys : {}) }, open: false };
}

/** What a schema asks of its value. */
function wantsOf(schema: Record<string, unknown>): Want[] {
  const found: Want[] = [];
  const listed = Array.isArray(schema['type']) ? (schema['type'] as unknown[]) : [schema['type']];
  const type = types.find((one) => listed.includes(one));
  if (type !== undefined) found.push({ kind: 'type', type });
  const format = formats[String(schema['format'])];
  if (format !== undefined && Object.hasOwn(formats, String(schema['format']))) found.push({ kind: 'format', format });
  const allowed = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : schema['const'] === undefined ? [] : [schema['const']];
  const values = allowed
    .slice(0, bounds.values)
    .filter((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean');
  if (values.length > 0) found.push({ kind: 'one-of', values });
  const number = (name: string): number | null => {
    const value = schema[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  for (const [kind, name, beyond] of [
    ['minimum', 'minimum', 'exclusiveMinimum'],
    ['maximum', 'maximum', 'exclusiveMaximum'],
  ] as const) {
    const limit = number(beyond) ?? number(name);
    // In OpenAPI 3.0 the exclusive one is a flag, in 3.1 a limit of its own.
    if (limit !== null) found.push({ kind, limit, exclusive: schema[beyond] === true || number(beyond) !== null });
  }
  const shortest = number('minLength') ?? number('minItems');
  const longest = number('maxLength') ?? number('maxItems');
  if (shortest !== null && shortest > 0 && shortest < 10_000) found.push({ kind: 'shortest', length: shortest });
  if (longest !== null) found.push({ kind: 'longest', length: longest });
  if (typeof schema['pattern'] === 'string' && schema['pattern'].length < 500) found.push({ kind: 'pattern', source: schema['pattern'] });
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
