import type { Place } from '../../../../model/words.ts';
import type { Param } from '../../facts.ts';
import { judge } from '../../guard.ts';
import { knowledgeOf } from '../../knowledge.ts';
import type { Machine } from '../../machine.ts';
import { argument, named } from '../../python/arguments.ts';
import { guardedSymbol } from '../../python/decorate.ts';
import { PYTHON_REQUEST } from '../../python/imported.ts';
import type { Checked, Link } from '../../routers.ts';
import { asText, either, UNKNOWN } from '../../value.ts';
import type { InputFrom, Value } from '../../value.ts';
import { instanceOf } from '../../variables.ts';
import { isClosedType, schemaOfModel, schemaOfType, typesOf } from './models.ts';
import { linkTo, methodOf, nameIn } from './views.ts';

type Fn = Extract<Value, { k: 'fn' }>;

/** What FastAPI hands to a function: its arguments, what stands in front of it by that, and what it checks of the request. */
export interface Injected {
  readonly args: readonly Value[];
  readonly guards: readonly Link[];
  readonly checked: readonly Checked[];
}

const deepest = 8;
const parts: Readonly<Record<string, InputFrom>> = {
  Query: 'query',
  Path: 'params',
  Body: 'body',
  Form: 'body',
  Header: 'headers',
  Cookie: 'cookies',
  File: 'files',
};

/** Resolves the parameters of an endpoint or a dependency. `names` are those of the path. */
export function inject(machine: Machine, fn: Fn, names: readonly string[], where: Place, depth = 0): Injected {
  const func = fn.file.facts.functions[fn.fn];
  const entries: [string, Value][] = [];
  const guards: Link[] = [];
  const checked: Checked[] = [];
  const params = (func?.p ?? []).filter((one) => one.rest !== 1 && one.named !== 1);
  const models = params.filter((one) => modelOf(machine, fn, one) !== null).length;
  for (const param of params) {
    const name = fn.file.facts.bindings[param.b]?.n ?? '';
    const { type, marker, fallback } = declared(machine, fn, param);
    if (marker?.k === 'result' && /#(params\.)?(Depends|Security)$/.test(marker.symbol)) {
      const target = argument(marker.args, 0, 'dependency') ?? type;
      const given = dependency(machine, target, names, where, depth);
      entries.push([name, given.value]);
      guards.push(...given.guards);
      checked.push(...given.checked);
      continue;
    }
    entries.push([name, inputFor(machine, { name, type, marker, fallback, names, alone: models === 1 }, checked)]);
  }
  return { args: entries.length === 0 ? [] : [named(entries)], guards, checked };
}

function declared(machine: Machine, fn: Fn, param: Param): { type: Value; marker: Value | null; fallback: Value | null } {
  const type = param.t === undefined ? UNKNOWN : machine.eval(param.t, fn.frame);
  const fallback = param.d === undefined ? null : machine.eval(param.d, fn.frame);
  const isMarker = (one: Value) => one.k === 'result' && /^py:(fastapi|starlette|fastapi_\w+)#/.test(one.symbol);
  if (type.k === 'result' && type.symbol.endsWith('#Annotated'))
    return { type: type.args[0] ?? UNKNOWN, marker: type.args.slice(1).find(isMarker) ?? null, fallback };
  return fallback !== null && isMarker(fallback) ? { type, marker: fallback, fallback: null } : { type, marker: null, fallback };
}

function modelOf(machine: Machine, fn: Fn, param: Param): Value | null {
  const { type, marker } = declared(machine, fn, param);
  if (marker?.k === 'result' && /#(params\.)?(Depends|Security)$/.test(marker.symbol)) return null;
  const [one] = typesOf(type);
  return one?.k === 'class' ? schemaOfModel(machine, one) : null;
}

interface Wanted {
  readonly name: string;
  readonly type: Value;
  readonly marker: Value | null;
  readonly fallback: Value | null;
  readonly names: readonly string[];
  /** It is the only model, so the body is nothing else. */
  readonly alone: boolean;
}

/** What of the request a parameter takes. */
function inputFor(machine: Machine, { name, type, marker, fallback, names, alone }: Wanted, checked: Checked[]): Value {
  const types = typesOf(type);
  const [one] = types;
  const kind = marker?.k === 'result' ? (marker.symbol.split(/[#.]/).at(-1) ?? '') : '';
  if (one?.k === 'lib' && marker === null) {
    if (/^py:(fastapi|starlette)#(requests\.)?(Request|HTTPConnection)$/.test(one.symbol)) return PYTHON_REQUEST;
    if (/#(datastructures\.)?UploadFile$/.test(one.symbol)) return { k: 'input', from: 'files', path: [name] };
    if (/^py:(fastapi|starlette)#/.test(one.symbol)) return UNKNOWN;
  }
  const model = one?.k === 'class' ? schemaOfModel(machine, one) : null;
  const from: InputFrom =
    parts[kind] ?? (names.includes(name) ? 'params' : model !== null && !isClosedType(machine, type) ? 'body' : 'query');
  const alias = marker?.k === 'result' ? argument(marker.args, 9, 'alias') : undefined;
  const called = alias?.k === 'lit' ? String(alias.v) : from === 'headers' ? name.replaceAll('_', '-') : name;
  const embedded = from === 'body' && model !== null && alone && kind !== 'Form';
  const input: Value = { k: 'input', from, path: embedded ? [] : [called] };
  if (from === 'files') return input;
  const schema = model ?? schemaOfType(machine, type);
  if (from !== 'headers' && from !== 'cookies')
    checked.push({
      at: from === 'other' ? 'query' : from,
      schema: embedded ? schema : properties(called, schema),
      ...(type.k === 'unknown' ? { enforced: false } : {}),
    });
  if (isClosedType(machine, type)) return { k: 'guarded', of: input, by: 'schema' };
  if (model !== null) return { k: 'result', symbol: 'schema', base: 'schema', args: [input], on: schema, path: [] };
  const text = one?.k === 'lib' && one.symbol === 'py:builtins#str' ? asText(input) : input;
  return fallback === null || (fallback.k === 'lit' && fallback.v === null) ? text : either([text, fallback]);
}

function properties(name: string, schema: Value): Value {
  const inner: Value = { k: 'obj', keys: new Map([[name, schema]]), open: false, id: '' };
  return { k: 'obj', keys: new Map([['properties', inner]]), open: false, id: '' };
}

/** What a dependency gives, and what it asks of callers by that. */
export function dependency(
  machine: Machine,
  target: Value,
  names: readonly string[],
  where: Place,
  depth = 0,
): { value: Value; guards: readonly Link[]; checked: readonly Checked[] } {
  if (depth > deepest) return { value: UNKNOWN, guards: [], checked: [] };
  switch (target.k) {
    case 'fn':
      return ofFunction(machine, target, nameIn(target), names, where, depth);
    case 'own': {
      // `Depends(RoleChecker(['admin']))`
      const cls: Value = { k: 'class', file: target.file, cls: target.cls, frame: target.frame };
      const call = methodOf(machine, cls, '__call__');
      return call?.k === 'fn'
        ? ofFunction(machine, { ...call, self: target }, nameIn(target), names, where, depth)
        : unfollowed(target, where);
    }
    case 'class':
      return { value: instanceOf(machine, target, `dependency:${target.file.path}:${target.cls}`), guards: [], checked: [] };
    case 'result':
    case 'inst':
    case 'lib':
      return ofLibrary(target, where);
    case 'either': {
      const fn = target.of.find((one) => one.k === 'fn');
      return fn === undefined ? unfollowed(target, where) : dependency(machine, fn, names, where, depth + 1);
    }
    default:
      return unfollowed(target, where);
  }
}

function ofFunction(
  machine: Machine,
  fn: Fn,
  name: string,
  names: readonly string[],
  where: Place,
  depth: number,
): ReturnType<typeof dependency> {
  const { args, guards, checked } = inject(machine, fn, names, where, depth + 1);
  const visit = machine.apply(fn, args);
  const judged = visit === null ? null : judge(visit, name, where);
  const asks = judged !== null && judged.refuses && judged.does.some((one) => one === 'authentication' || one === 'role');
  const signedIn = guards.length > 0 && visit?.value.k === 'session';
  const value: Value = asks || signedIn ? { k: 'session', path: ['user'] } : (visit?.value ?? UNKNOWN);
  return { value, guards: [...guards, linkTo(fn, where, name, args)], checked };
}

/** What a package brings: where a credential is sent, or a guard of its own. */
function ofLibrary(target: Extract<Value, { k: 'result' | 'inst' | 'lib' }>, where: Place): ReturnType<typeof dependency> {
  const name = nameIn(target);
  if (target.symbol.startsWith('py:fastapi#security.')) {
    const said = target.k === 'lib' ? undefined : argument(target.args, 9, 'name');
    const called = said?.k === 'lit' ? String(said.v).toLowerCase() : 'authorization';
    const from = name === 'APIKeyCookie' ? 'cookies' : name === 'APIKeyQuery' ? 'query' : 'headers';
    return { value: { k: 'input', from, path: [called] }, guards: [], checked: [] };
  }
  const means = knowledgeOf(target.symbol)?.means ?? '';
  if (means === 'guard:authentication' || means === 'guard:role')
    return { value: { k: 'session', path: ['user'] }, guards: [linkTo(target, where, name)], checked: [] };
  if (means.startsWith('guard:')) return { value: UNKNOWN, guards: [linkTo(target, where, name)], checked: [] };
  return /auth|user|token|login|perm|role|secur/i.test(target.symbol.slice(target.symbol.indexOf('#')))
    ? unfollowed(target, where)
    : { value: UNKNOWN, guards: [], checked: [] };
}

/** A dependency that could not be followed may be the guard. */
function unfollowed(target: Value, where: Place): ReturnType<typeof dependency> {
  const value: Value = { k: 'result', symbol: guardedSymbol, base: guardedSymbol, args: [], on: null, path: [] };
  return { value: UNKNOWN, guards: [linkTo(value, where, nameIn(target))], checked: [] };
}
