import type { Expr } from '../facts.ts';
import type { Machine } from '../machine.ts';
import type { KnownCall } from '../listener.ts';
import type { Link } from '../routers.ts';
import { keyOf, UNKNOWN } from '../value.ts';
import type { SourceFile, Value } from '../value.ts';
import { field } from './graphql-field.ts';
import type { CodeField } from './graphql-field.ts';
import { functionPlace, namedFunction } from './resolver.ts';
import { operations } from './schema-language.ts';
import type { Operation } from './schema-language.ts';

type Instance = Extract<Value, { k: 'inst' }>;
type FunctionValue = Extract<Value, { k: 'fn' }>;

const library = 'npm:@pothos/core#';
const deepest = 4;

/** Fields that Pothos' builders declare: `builder.queryField('me', (t) => t.field({ authScopes, resolve }))`. */
export function fieldsOfBuilders(machine: Machine, calls: readonly KnownCall[], context: Value): CodeField[] {
  return calls.flatMap((call) => {
    const method = call.symbol.slice(call.symbol.lastIndexOf('.') + 1);
    const operation = operations.find((one) => method.startsWith(one.toLowerCase()));
    const builder = call.receiver;
    if (operation === undefined || builder?.k !== 'inst') return [];
    const [first, second] = call.args;
    const file = call.frame.file;
    if (method.endsWith('Field')) {
      const name = first?.k === 'lit' ? String(first.v) : null;
      const made = second === undefined ? null : madeBy(machine, second, builder);
      return name === null || made === null ? [] : fieldOf(machine, builder, operation, name, made, [], file, context);
    }
    const fields = method.endsWith('Fields') ? first : field(first, 'fields');
    const made = fields === undefined ? null : madeBy(machine, fields, builder);
    const around = method.endsWith('Type') ? field(first, 'authScopes') : undefined;
    const before = around === undefined ? [] : scoped(machine, builder, around, context, file, 0);
    return made?.k !== 'obj'
      ? []
      : [...made.keys].flatMap(([name, one]) => fieldOf(machine, builder, operation, name, one, before, file, context));
  });
}

/** What a callback makes of the builder of fields. */
function madeBy(machine: Machine, callback: Value, builder: Instance): Value | null {
  const t: Instance = { k: 'inst', symbol: `${library}FieldBuilder`, site: `fields:${keyOf(builder)}`, args: [], on: null };
  return callback.k === 'fn' ? (machine.apply(callback, [t])?.value ?? null) : callback;
}

function fieldOf(
  machine: Machine,
  builder: Instance,
  operation: Operation,
  name: string,
  made: Value,
  before: readonly Link[],
  file: SourceFile,
  context: Value,
): CodeField[] {
  if (made.k !== 'result' || !made.symbol.startsWith(library)) return [];
  const options = made.args.find((one) => one.k === 'obj');
  const resolve = field(options, 'resolve') ?? field(options, 'subscribe');
  const declared = field(options, 'args') ?? field(options, 'input');
  const variables: Value = declared === undefined ? UNKNOWN : { k: 'input', from: 'body', path: ['variables'] };
  // Those of Prisma's plugin get the query first.
  const args = [...(/\.prisma\w*$/.test(made.symbol) ? [UNKNOWN] : []), UNKNOWN, variables, context, UNKNOWN];
  const where = functionPlace(resolve ?? UNKNOWN, file);
  const guards = [...before];
  const scopes = field(options, 'authScopes');
  if (scopes !== undefined) guards.push(...scoped(machine, builder, scopes, context, file, 0));
  for (let at: Value | null = made.on; at !== null && at.k === 'result'; at = at.on)
    if (at.symbol.endsWith('.withAuth') && at.args[0] !== undefined) guards.push(...scoped(machine, builder, at.args[0], context, file, 0));
  const types =
    declared?.k === 'obj' ? [...declared.keys].map(([key, one]) => ({ name: key, type: typeOf(one), required: isRequired(one) })) : [];
  const handler: Link | null =
    resolve?.k === 'fn' ? { value: resolve, name: namedFunction(resolve) ?? name, inner: null, where, args } : null;
  return [{ operation, name, where, file, guards, handler, types }];
}

const simple: Readonly<Record<string, string>> = { id: 'string', string: 'string', int: 'integer', float: 'number', boolean: 'boolean' };

/** `t.arg.string({ required: true })` */
function typeOf(value: Value): string {
  const method = value.k === 'result' ? value.symbol.slice(value.symbol.lastIndexOf('.') + 1) : '';
  return simple[method] ?? (method.endsWith('List') ? 'array' : 'object');
}

function isRequired(value: Value): boolean {
  const required = value.k === 'result' ? value.args.flatMap((one) => field(one, 'required') ?? [])[0] : undefined;
  return required?.k === 'lit' && required.v === true;
}

/**
 * The guards that `authScopes` stands for: `{ signedIn: true }`, `{ $all: … }`, or a function that tells of either. What each scope asks is
 * what the builder was told of it. Any of several is enough, so one that everybody has opens them all.
 */
function scoped(machine: Machine, builder: Instance, scopes: Value, context: Value, file: SourceFile, depth: number): Link[] {
  if (depth > deepest) return [];
  if (scopes.k === 'fn') {
    const args = [UNKNOWN, { k: 'input', from: 'body', path: ['variables'] } as Value, context];
    const value = machine.apply(scopes, args)?.value;
    if (value?.k === 'obj') return scoped(machine, builder, value, context, file, depth + 1);
    return [{ value: scopes, name: 'authScopes', inner: null, where: functionPlace(scopes, file), args, decides: true }];
  }
  if (scopes.k !== 'obj') return [];
  const [options] = builder.args;
  const make = field(field(options, 'scopeAuth'), 'authScopes') ?? field(options, 'authScopes');
  const ways = [...scopes.keys].flatMap(([name, wanted]): (readonly Link[])[] => {
    if (wanted.k === 'lit' && (wanted.v === false || wanted.v === null)) return [];
    if (name === '$any') return [scoped(machine, builder, wanted, context, file, depth + 1)];
    if (name === '$all' && wanted.k === 'obj')
      return [
        [...wanted.keys].flatMap(([key, one]) =>
          scoped(machine, builder, { ...wanted, keys: new Map([[key, one]]) }, context, file, depth + 1),
        ),
      ];
    return [scopeNamed(machine, make, name, wanted, context, file)];
  });
  return ways.some((links) => links.length === 0) ? [] : ways.flat();
}

/** What one scope asks: a value, or a function of what the field wants. */
function scopeNamed(machine: Machine, make: Value | undefined, name: string, wanted: Value, context: Value, file: SourceFile): Link[] {
  const made = make?.k === 'fn' ? machine.apply(make, [context])?.value : undefined;
  const value = field(made, name);
  if (value?.k === 'lit' && value.v === true) return [];
  const where = functionPlace(make ?? UNKNOWN, file);
  if (value?.k === 'fn') return [{ value, name, inner: null, where: functionPlace(value, file), args: [wanted], decides: true }];
  const decides = make?.k === 'fn' ? returning(make, name) : null;
  return [
    decides === null
      ? { value: { k: 'lib', symbol: 'npm:@pothos/plugin-scope-auth#authScopes' }, name, inner: null, where }
      : { value: decides, name, inner: null, where, args: [context], decides: true },
  ];
}

/** The function as it would be if it gave one key of what it gives: what is asked there says who is refused. */
function returning(make: FunctionValue, key: string): FunctionValue | null {
  const func = make.file.facts.functions[make.fn];
  const last = func?.b.at(-1);
  const given: Expr | undefined = last?.k === 'ret' && last.e?.k === 'obj' ? last.e.p.find(([name]) => name === key)?.[1] : undefined;
  if (func === undefined || given === undefined || last === undefined) return null;
  const functions = [...make.file.facts.functions];
  functions[make.fn] = { ...func, b: [...func.b.slice(0, -1), { k: 'ret', e: given, l: func.l }] };
  // A frame of its own: what was followed is known by the function's place and its frame.
  const frame = { ...make.frame, id: -scopeNumber(key) };
  return { ...make, file: { ...make.file, facts: { ...make.file.facts, functions } }, frame };
}

/** A number for a name, the same each time. */
function scopeNumber(name: string): number {
  let number = 7;
  for (const char of name) number = (number * 31 + (char.codePointAt(0) ?? 0)) % 1_000_000_007;
  return number + 1;
}
