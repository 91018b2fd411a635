import type { AbstractValue } from '../../model/evidence/read.ts';
import type { SinkKind } from '../../model/evidence/flows.ts';
import type { KeptFacts } from './alone.ts';

/** A source file of the linked program. */
export interface SourceFile {
  readonly path: string;
  readonly unit: string;
  readonly facts: KeptFacts;
}

export type InputFrom = Extract<AbstractValue, { kind: 'input' }>['from'];

/** What an expression is, while the program is followed. Richer than the abstract value that evidence carries. */
export type Value =
  | { readonly k: 'lit'; readonly v: string | number | boolean | null }
  | { readonly k: 're'; readonly v: string; readonly l?: number }
  | { readonly k: 'obj'; readonly keys: Map<string, Value>; readonly open: boolean; readonly id: string }
  | { readonly k: 'arr'; readonly items: readonly Value[]; readonly open: boolean }
  | { readonly k: 'tpl'; readonly parts: readonly string[]; readonly holes: readonly Value[] }
  /** `text`: it was made a string, so it is no object. */
  | { readonly k: 'input'; readonly from: InputFrom; readonly path: readonly string[]; readonly text?: true }
  | { readonly k: 'session'; readonly path: readonly string[] }
  | { readonly k: 'env'; readonly name: string; readonly fallback: Value | null }
  | { readonly k: 'environment' }
  /** Something a package exports. */
  | { readonly k: 'lib'; readonly symbol: string }
  /** Made by a known factory or class; `site` tells two of them apart. */
  | { readonly k: 'inst'; readonly symbol: string; readonly site: string; readonly args: readonly Value[]; readonly on: Value | null }
  /** What a call of a package's symbol gives; `base` names the chain's start for the next call. */
  | {
      readonly k: 'result';
      readonly symbol: string;
      readonly base: string;
      readonly args: readonly Value[];
      readonly on: Value | null;
      readonly path: readonly string[];
      /** The call that a chain of a database library begins with, as `file:number`. */
      readonly at?: string;
    }
  | { readonly k: 'either'; readonly of: readonly Value[] }
  | { readonly k: 'fn'; readonly file: SourceFile; readonly fn: number; readonly frame: Frame; readonly self: Value | null }
  | { readonly k: 'class'; readonly file: SourceFile; readonly cls: number; readonly frame: Frame }
  | {
      readonly k: 'own';
      readonly file: SourceFile;
      readonly cls: number;
      readonly frame: Frame;
      readonly args: readonly Value[];
      readonly site: string;
    }
  | { readonly k: 'mod'; readonly file: SourceFile }
  | Role
  /** A text of the request that is known where we stand: its path, its method. */
  | { readonly k: 'known'; readonly v: string }
  /** What a test of such a text gives. */
  | { readonly k: 'told'; readonly v: boolean }
  /** What a handler returns, or throws, to answer; the status is null where it is not known. */
  | { readonly k: 'answer'; readonly status: number | null }
  /** A member whose name a caller chose. */
  | { readonly k: 'chosen'; readonly of: Value }
  /** Went through a cast, an escape or an allow-list; `against` are the sinks at which it does no harm, all of them where it is absent; `op` is the operator of a calculation. */
  | { readonly k: 'guarded'; readonly of: Value; readonly against?: readonly SinkKind[]; readonly by?: string; readonly op?: string }
  | { readonly k: 'unknown' };

/** An object that a framework hands over. */
export interface Role {
  readonly k: 'role';
  readonly role: 'req' | 'res' | 'next' | 'hono' | 'koa' | 'event' | 'python';
  readonly status: number | null;
  /** Of a request to a file-routed endpoint: its path with the parameters as in `/users/:id`, and its method where that is told. */
  readonly of?: { readonly path: string; readonly method?: string };
}

/** The variables of one call of a function, or of a module. */
export interface Frame {
  readonly id: number;
  readonly file: SourceFile;
  readonly fn: number;
  readonly up: Frame | null;
  readonly self: Value | null;
  readonly memo: Map<unknown, Value>;
  /** What tests have made certain where we stand, as marks (see conditions.ts). */
  tested: ReadonlySet<string> | null;
  /** What variables that are assigned more than once hold where we stand. */
  now: Map<number, Value> | null;
}

export const UNKNOWN: Value = { k: 'unknown' };
export const NULL: Value = { k: 'lit', v: null };
export const REQ: Value = { k: 'role', role: 'req', status: null };
export const RES: Value = { k: 'role', role: 'res', status: null };
export const NEXT: Value = { k: 'role', role: 'next', status: null };
/** What Hono and Koa hand over in place of request and response. */
export const HONO: Value = { k: 'role', role: 'hono', status: null };
export const KOA: Value = { k: 'role', role: 'koa', status: null };

/** An error that was caught, or handed over as one; its parts are in the path. */
export const CAUGHT: Value = { k: 'result', symbol: 'caught', base: 'caught', args: [], on: null, path: [] };

export function literal(v: string | number | boolean | null): Value {
  return { k: 'lit', v };
}

/** Either of several values, flattened, without repetition; unknown when there are too many. */
export function either(values: readonly Value[]): Value {
  const found = new Map<string, Value>();
  for (const value of values) for (const one of value.k === 'either' ? value.of : [value]) found.set(keyOf(one), one);
  if (found.size > 1) found.delete('?');
  if (found.size === 1) return [...found.values()][0] ?? UNKNOWN;
  if (found.size === 0) return UNKNOWN;
  return { k: 'either', of: [...found.values()].slice(0, 24) };
}

/** The same value as text: no object can hide in it. */
export function asText(value: Value): Value {
  if (value.k === 'input') return value.text === true ? value : { ...value, text: true };
  if (value.k === 'either') return either(value.of.map(asText));
  return value;
}

const keys = new WeakMap<Value, string>();
/** Keys of objects by depth, each with the count of growths at which it was made. */
const objectKeys = new WeakMap<Value, { at: number; key: string }[]>();
let growths = 0;

/** Must be called when a key is set on an object value that may have been keyed before. */
export function grown(): void {
  growths++;
}

/** A string that is the same for the same value; bounded in length. */
export function keyOf(value: Value, depth = 0): string {
  if (value.k === 'lit') return `l${typeof value.v === 'string' ? JSON.stringify(value.v) : String(value.v)}`;
  if (value.k === 'unknown') return '?';
  const known = keys.get(value);
  if (known !== undefined) return known;
  if (depth > 5) return '…';
  const list = (values: readonly Value[]) => values.map((one) => keyOf(one, depth + 1)).join(',');
  let key: string;
  switch (value.k) {
    case 're':
      key = `/${value.v}/`;
      break;
    case 'obj': {
      // Objects grow while a module is read, and so do those inside them: a key holds until the next growth anywhere.
      const held = objectKeys.get(value)?.[depth];
      if (held?.at === growths) return held.key;
      key = `{${value.id}|${[...value.keys]
        .slice(0, 30)
        .map(([name, one]) => `${name}:${keyOf(one, depth + 1)}`)
        .join(',')}}`;
      const byDepth = objectKeys.get(value) ?? [];
      byDepth[depth] = { at: growths, key };
      objectKeys.set(value, byDepth);
      return key;
    }
    case 'arr':
      key = `[${list(value.items.slice(0, 50))}${value.open ? '…' : ''}]`;
      break;
    case 'tpl':
      key = `t${JSON.stringify(value.parts)}(${list(value.holes)})`;
      break;
    case 'input':
      key = `i:${value.from}:${value.path.join('.')}${value.text === true ? '´' : ''}`;
      break;
    case 'session':
      key = `s:${value.path.join('.')}`;
      break;
    case 'env':
      key = `e:${value.name}`;
      break;
    case 'environment':
      key = 'env';
      break;
    case 'lib':
      key = value.symbol;
      break;
    case 'inst':
      key = `n:${value.symbol}@${value.site}`;
      break;
    case 'result':
      key = `r${value.at ?? ''}:${value.symbol}(${list(value.args)})${value.path.join('.')}${value.on === null ? '' : `<${keyOf(value.on, depth + 1)}`}`;
      break;
    case 'either':
      key = `(${value.of
        .map((one) => keyOf(one, depth + 1))
        .sort()
        .join('|')})`;
      break;
    case 'fn':
      key = `f:${value.file.path}:${value.fn}@${value.frame.id}${value.self === null ? '' : `~${keyOf(value.self, depth + 1)}`}`;
      break;
    case 'class':
      key = `c:${value.file.path}:${value.cls}@${value.frame.id}`;
      break;
    case 'own':
      key = `o:${value.file.path}:${value.cls}@${value.site}`;
      break;
    case 'mod':
      key = `m:${value.file.path}`;
      break;
    case 'role':
      key = `${value.role}${value.status ?? ''}${value.of === undefined ? '' : `@${value.of.method ?? ''} ${value.of.path}`}`;
      break;
    case 'known':
      key = `k${JSON.stringify(value.v)}`;
      break;
    case 'told':
      key = `!${value.v}`;
      break;
    case 'answer':
      key = `a${value.status ?? ''}`;
      break;
    case 'chosen':
      key = `[?](${keyOf(value.of, depth + 1)})`;
      break;
    case 'guarded':
      key = `g${value.against?.join('+') ?? ''}${value.op ?? ''}(${keyOf(value.of, depth + 1)})`;
      break;
  }
  if (key.length > 4000) key = `${key.slice(0, 4000)}#${key.length}`;
  if (depth === 0) keys.set(value, key);
  return key;
}

/** The name of an input or session value: `items[].price`. */
export function pathName(path: readonly string[]): string {
  return path.reduce((name, part) => (part === '*' ? `${name}[]` : name === '' ? part : `${name}.${part}`), '');
}

/** What evidence says about a value. */
export function toAbstract(value: Value, depth = 0): AbstractValue {
  if (depth > 5) return { kind: 'unknown' };
  const next = (one: Value) => toAbstract(one, depth + 1);
  switch (value.k) {
    case 'lit':
      return { kind: 'literal', value: typeof value.v === 'string' && value.v.length > 2000 ? value.v.slice(0, 2000) : value.v };
    case 're':
      return { kind: 'literal', value: `/${value.v}/` };
    case 'obj': {
      const names = [...value.keys.keys()].slice(0, 60);
      return {
        kind: 'object',
        keys: Object.fromEntries(names.map((name) => [name, next(value.keys.get(name) ?? UNKNOWN)])),
        open: value.open || names.length < value.keys.size,
      };
    }
    case 'arr':
      return { kind: 'array', items: value.items.slice(0, 60).map(next), open: value.open || value.items.length > 60 };
    case 'tpl':
      return { kind: 'template', parts: [...value.parts], holes: value.holes.map(next) };
    case 'input':
      return { kind: 'input', from: value.from, name: pathName(value.path) };
    case 'session':
      return { kind: 'session', name: sessionName(value.path) };
    case 'env':
      return { kind: 'environment', name: value.name, fallback: value.fallback === null ? null : next(value.fallback) };
    case 'environment':
      return { kind: 'symbol', symbol: 'global:process.env' };
    case 'lib':
      return { kind: 'symbol', symbol: value.symbol };
    case 'inst':
    case 'result':
      return { kind: 'call', symbol: value.symbol, args: depth > 2 ? [] : value.args.slice(0, 6).map(next) };
    case 'either':
      return { kind: 'either', of: value.of.map(next) };
    case 'fn':
      return { kind: 'function', name: value.file.facts.functions[value.fn]?.n ?? '' };
    case 'guarded':
      return value.op === '+' ? { kind: 'unknown' } : next(value.of);
    case 'chosen':
      return { kind: 'unknown' };
    case 'known':
      return { kind: 'input', from: 'other', name: '' };
    case 'class':
      return { kind: 'function', name: value.file.facts.classes[value.cls]?.n ?? '' };
    default:
      return { kind: 'unknown' };
  }
}

function sessionName(path: readonly string[]): string {
  const rest = path.filter(
    (part, index) => !(index < path.length - 1 && /^(user|session|auth|passport|locals|currentUser|account)$/.test(part)),
  );
  return pathName(rest);
}

/** `npm:pg#` + `Pool`, `npm:pg#default` + `Pool`: both are `npm:pg#Pool`. */
export function symbolOf(symbol: string, name: string): string {
  if (symbol.endsWith('#')) return symbol + name;
  if (symbol.endsWith('#default')) return symbol.slice(0, -7) + name;
  return `${symbol}.${name}`;
}
