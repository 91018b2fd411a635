import type { Expr } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';

/** A condition that the walk passed because of who is looking. */
export interface Condition {
  readonly file: string;
  readonly line: number;
  /** As the code has it. */
  readonly text: string;
  /** The component in which it stands. */
  readonly component: string;
}

/** The variables of one call of a function, or of a module. */
export interface Env {
  readonly id: number;
  readonly file: SourceFile;
  readonly fn: number;
  readonly up: Env | null;
  readonly vars: Map<number, Shown>;
  /** Of these variables, those that depend on who is looking. */
  readonly asking: Set<number>;
  readonly self: Shown | null;
}

/** What an expression of a screen is, for one viewer. */
export type Shown =
  | { readonly k: 'lit'; readonly v: string | number | boolean | null }
  | { readonly k: 'list'; readonly items: readonly Shown[] }
  /** An object, or the attributes of an element; values are looked at when they are asked for. */
  | { readonly k: 'rec'; readonly keys: ReadonlyMap<string, () => Shown>; readonly open: boolean }
  | { readonly k: 'fn'; readonly file: SourceFile; readonly fn: number; readonly env: Env; readonly self: Shown | null }
  | { readonly k: 'inst'; readonly file: SourceFile; readonly cls: number; readonly env: Env }
  | { readonly k: 'mod'; readonly file: SourceFile }
  | { readonly k: 'lib'; readonly symbol: string }
  | { readonly k: 'elem'; readonly e: Extract<Expr, { k: 'jsx' }>; readonly env: Env }
  /** What the application knows of the session; `beside` is what its hook gives beside the user. */
  | { readonly k: 'session'; readonly beside: Shown | null }
  | { readonly k: 'user' }
  /** Asks whether the viewer has one of the roles that it is given: `hasRole('admin')`. */
  | { readonly k: 'asks-role' }
  /** Not known itself; it may do or show what it holds. */
  | { readonly k: 'held'; readonly of: readonly Shown[] }
  | { readonly k: 'when'; readonly conditions: readonly Condition[]; readonly of: Shown }
  | { readonly k: 'unknown' };

export const UNKNOWN: Shown = { k: 'unknown' };
export const NOTHING: Shown = { k: 'lit', v: null };

/** A literal. */
export function lit(v: string | number | boolean | null): Shown {
  return { k: 'lit', v };
}

/** A value without the conditions under which it is there. */
export function bare(value: Shown): Shown {
  let inner = value;
  while (inner.k === 'when') inner = inner.of;
  return inner;
}

/** What may be several: the one that it is, or all of them held. */
export function anyOf(values: readonly Shown[]): Shown {
  const telling = values.filter((one) => one.k !== 'unknown' && !(one.k === 'lit' && one.v === null));
  const [first] = values;
  if (values.length === 1 && first) return first;
  return telling.length === 0 ? UNKNOWN : { k: 'held', of: telling };
}

const ids = new WeakMap<object, number>();
let last = 0;

function idOf(value: object): number {
  let id = ids.get(value);
  if (id === undefined) ids.set(value, (id = ++last));
  return id;
}

/** The same text for values that behave alike; what is made anew each time is told apart. */
export function digestOf(value: Shown, depth = 0): string {
  if (depth > 4) return `…${idOf(value)}`;
  switch (value.k) {
    case 'lit':
      return JSON.stringify(value.v);
    case 'list':
      return `[${value.items.map((one) => digestOf(one, depth + 1)).join()}]`;
    case 'rec':
      return `{${[...value.keys].map(([name, one]) => `${name}:${digestOf(one(), depth + 1)}`).join()}${value.open ? '…' : ''}}`;
    case 'fn':
      return `f${value.file.path}:${value.fn}@${value.env.id}`;
    case 'inst':
      return `i${value.file.path}:${value.cls}`;
    case 'mod':
      return `m${value.file.path}`;
    case 'lib':
      return value.symbol;
    case 'elem':
      return `e${idOf(value.e)}@${value.env.id}`;
    case 'held':
      return `h${idOf(value)}`;
    case 'when':
      return digestOf(value.of, depth);
    default:
      return value.k;
  }
}
