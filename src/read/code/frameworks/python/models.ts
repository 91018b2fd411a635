import type { Expr } from '../../facts.ts';
import type { Machine } from '../../machine.ts';
import { literal, UNKNOWN } from '../../value.ts';
import type { Frame, Value } from '../../value.ts';
import { lineage } from './views.ts';
import type { ClassValue } from './views.ts';

// Classes of pydantic as JSON Schema, and what types say of a value.

/** The types that an annotation names, one for each of a union; `null` among them is left out. */
export function typesOf(value: Value, depth = 0): Value[] {
  if (depth > 6) return [];
  const inner = (one: Value) => typesOf(one, depth + 1);
  if (value.k === 'guarded') return inner(value.of);
  if (value.k === 'either') return value.of.flatMap(inner);
  if (value.k === 'lit') return value.v === null ? [] : [value];
  if (value.k === 'result' && /#(Optional|Union|Annotated)$/.test(value.symbol))
    return (value.symbol.endsWith('Annotated') ? value.args.slice(0, 1) : value.args).flatMap(inner);
  return [value];
}

const plain: Readonly<Record<string, readonly [type: string, format?: string]>> = {
  'py:builtins#int': ['integer'],
  'py:builtins#float': ['number'],
  'py:builtins#bool': ['boolean'],
  'py:builtins#str': ['string'],
  'py:decimal#Decimal': ['number'],
  'py:uuid#UUID': ['string', 'uuid'],
  'py:datetime#datetime': ['string', 'date-time'],
  'py:datetime#date': ['string', 'date-time'],
  'py:pydantic#EmailStr': ['string', 'email'],
  'py:pydantic#HttpUrl': ['string', 'url'],
  'py:pydantic#UUID4': ['string', 'uuid'],
  'py:pydantic#PositiveInt': ['integer'],
  'py:pydantic#conint': ['integer'],
  'py:pydantic#constr': ['string'],
};

/** The JSON Schema of a type; an empty one where nothing is known. */
export function schemaOfType(machine: Machine, type: Value, depth = 0): Value {
  const types = typesOf(type);
  const [one] = types;
  if (one === undefined || types.length > 1 || depth > 4) return schema({});
  if (one.k === 'class') return schemaOfModel(machine, one, depth + 1) ?? schema({});
  if (one.k !== 'lib' && one.k !== 'result') return schema({});
  if (one.k === 'result' && one.symbol.endsWith('#Literal')) return schema({ enum: { k: 'arr', items: one.args, open: false } });
  const known = plain[one.symbol];
  if (known !== undefined) return schema({ type: literal(known[0]), ...(known[1] === undefined ? {} : { format: literal(known[1]) }) });
  if (/#(list|List|set|Set|Sequence|tuple)$/.test(one.symbol))
    return schema({
      type: literal('array'),
      ...(one.k === 'result' && one.args[0] !== undefined ? { items: schemaOfType(machine, one.args[0], depth + 1) } : {}),
    });
  return /#(dict|Dict)$/.test(one.symbol) ? schema({ type: literal('object') }) : schema({});
}

function schema(entries: Record<string, Value>): Value {
  return { k: 'obj', keys: new Map(Object.entries(entries)), open: false, id: '' };
}

/** The JSON Schema of a class of pydantic, or the values of an enumeration; null for another class. */
export function schemaOfModel(machine: Machine, cls: ClassValue, depth = 0): Value | null {
  const { own, foreign } = lineage(machine, cls);
  if (foreign.some((one) => one.startsWith('py:enum#'))) return schema({ enum: { k: 'arr', items: valuesOf(machine, own), open: false } });
  if (!foreign.some((one) => /^py:(pydantic|sqlmodel)#/.test(one))) return null;
  const properties = new Map<string, Value>();
  const required: Value[] = [];
  for (const one of [...own].reverse()) {
    const facts = one.file.facts.classes[one.cls];
    for (const [key, type] of Object.entries(facts?.f ?? {})) {
      if (!key.startsWith(':')) continue;
      const name = key.slice(1);
      const set = facts !== undefined && Object.hasOwn(facts.s, name) ? facts.s[name] : undefined;
      properties.set(name, limited(machine, schemaOfType(machine, machine.eval(type, one.frame), depth), set, one.frame));
      if (set === undefined || isRequired(machine, set, one.frame)) required.push(literal(name));
    }
  }
  return schema({
    type: literal('object'),
    properties: { k: 'obj', keys: properties, open: false, id: '' },
    required: { k: 'arr', items: required, open: false },
  });
}

function valuesOf(machine: Machine, own: readonly ClassValue[]): Value[] {
  return own.flatMap(({ file, cls, frame }) =>
    Object.values(file.facts.classes[cls]?.s ?? {})
      .map((e) => machine.eval(e, frame))
      .filter((one) => one.k === 'lit'),
  );
}

/** `Field(...)` without a default. */
function isRequired(machine: Machine, e: Expr, frame: Frame): boolean {
  const value = machine.eval(e, frame);
  if (value.k !== 'result' || !value.symbol.endsWith('#Field')) return false;
  const [first] = value.args;
  return (
    first === undefined || first.k === 'unknown' || (first.k === 'obj' && !first.keys.has('default') && !first.keys.has('default_factory'))
  );
}

/** `Field(gt=0, max_length=80)` */
function limited(machine: Machine, made: Value, e: Expr | undefined, frame: Frame): Value {
  const value = e === undefined ? UNKNOWN : machine.eval(e, frame);
  const options = value.k === 'result' ? value.args.find((one) => one.k === 'obj') : undefined;
  if (options?.k !== 'obj' || made.k !== 'obj') return made;
  for (const [from, to] of [
    ['ge', 'minimum'],
    ['gt', 'exclusiveMinimum'],
    ['le', 'maximum'],
    ['lt', 'maximum'],
    ['min_length', 'minLength'],
    ['max_length', 'maxLength'],
  ] as const) {
    const given = options.keys.get(from);
    if (given !== undefined) made.keys.set(to, given);
  }
  return made;
}

/** True for a type that lets no free text through. */
export function isClosedType(machine: Machine, type: Value): boolean {
  const types = typesOf(type);
  return (
    types.length > 0 &&
    types.every((one) => {
      if (one.k === 'result' && one.symbol.endsWith('#Literal')) return true;
      if (one.k === 'class') return lineage(machine, one).foreign.some((base) => base.startsWith('py:enum#'));
      return (
        one.k === 'lib' &&
        /^py:(builtins#(int|float|bool)|decimal#Decimal|uuid#UUID|datetime#(datetime|date|time)|pydantic#(UUID4|PositiveInt))$/.test(
          one.symbol,
        )
      );
    })
  );
}
