import type { Place } from '../../../model/words.ts';
import type { Machine } from '../machine.ts';
import { UNKNOWN } from '../value.ts';
import type { Frame, Value } from '../value.ts';
import type { Tables } from './tables.ts';

// What every family of libraries says of a call, in the same words.

export type Verb = 'select' | 'insert' | 'update' | 'delete' | 'unknown';

/** A column and the value that it is compared with or set to; `*` stands for columns that are not known. */
export interface Column {
  readonly table: string | null;
  readonly column: string;
  readonly value: Value;
  /** The database calculates it from what stands there: `{ increment: 1 }`. */
  readonly atomic?: boolean;
}

/** What one call asks of the database. */
export interface Asked {
  readonly verb: Verb;
  readonly tables: readonly string[];
  readonly filters: readonly Column[];
  readonly sets: readonly Column[];
  /** Null when all of them are asked for, or it is not known which. */
  readonly columns: readonly string[] | null;
  readonly star: boolean;
  readonly limited: boolean;
  readonly single: boolean;
  readonly ordered: boolean;
  readonly locks: boolean;
  /** Says what happens when there is such a row already. */
  readonly conflict: boolean;
  /** The call itself names a transaction. */
  readonly transaction: boolean;
}

/** One call of a chain: `where` with its arguments. */
export interface Link {
  readonly name: string;
  readonly args: readonly Value[];
}

/** `db.select().from(users)`: what it begins with, the names up to the first call, and the calls. */
export interface Chain {
  readonly root: Extract<Value, { k: 'inst' }>;
  readonly names: readonly string[];
  readonly links: readonly Link[];
}

/** What a family needs to read its calls. */
export interface Reading {
  readonly machine: Machine;
  readonly tables: Tables;
  readonly frame: Frame;
  readonly where: Place;
  /** The row whose method is called: one that was read before. */
  readonly row: Value | null;
  /** What was set on rows that were read, by the call that read them. */
  readonly changes: ReadonlyMap<string, readonly Column[]>;
  /** What `User.init(attributes, options)` was given, by the class. */
  readonly inits: ReadonlyMap<string, readonly Value[]>;
}

export type Family = (chain: Chain, reading: Reading) => Asked | null;

export const nothingAsked: Asked = {
  verb: 'select',
  tables: [],
  filters: [],
  sets: [],
  columns: null,
  star: false,
  limited: false,
  single: false,
  ordered: false,
  locks: false,
  conflict: false,
  transaction: false,
};

/** The chain that a value is the end of; null where it is none. */
export function chainOf(made: Value): Chain | null {
  const links: Link[] = [];
  let at: Value | null = made;
  while (at?.k === 'result') {
    links.unshift({ name: at.symbol.slice(at.symbol.lastIndexOf('.') + 1), args: at.args });
    at = at.on;
  }
  if (at?.k !== 'inst') return null;
  const first = links[0];
  // The names between the instance and the first call: `db.query.users` has two.
  const names: string[] = [];
  let root: Extract<Value, { k: 'inst' }> = at;
  while (root.on?.k === 'inst' && root.symbol.startsWith(`${root.on.symbol}.`)) {
    names.unshift(root.symbol.slice(root.on.symbol.length + 1));
    root = root.on;
  }
  return first === undefined ? null : { root, names, links };
}

/** The last call of a name in a chain. */
export function linkOf(chain: Chain, ...names: string[]): Link | undefined {
  return chain.links.findLast(({ name }) => names.includes(name));
}

/** The text of a literal. */
export function textOf(value: Value | undefined): string | null {
  return value?.k === 'lit' && typeof value.v === 'string' ? value.v : null;
}

/** What stands under a key of an object. */
export function under(value: Value | undefined, key: string): Value | undefined {
  if (value?.k === 'obj') return value.keys.get(key);
  if (value?.k === 'either') for (const one of value.of) if (one.k === 'obj' && one.keys.has(key)) return one.keys.get(key);
  return undefined;
}

/** True when the object has the key, or may have it. */
export function mayHold(value: Value | undefined, key: string): boolean {
  if (value === undefined || (value.k === 'lit' && value.v === null)) return false;
  if (value.k === 'obj') return value.keys.has(key) || value.open;
  if (value.k === 'either') return value.of.some((one) => mayHold(one, key));
  return value.k !== 'lit' && value.k !== 'arr';
}

/** True for a value that says yes, or that is not known. */
export function holds(value: Value | undefined): boolean {
  return value !== undefined && !(value.k === 'lit' && (value.v === null || value.v === false));
}

/** The keys of what is written or asked for, each once for every object that it may be; what is not known stands under `*`. */
export function entriesOf(value: Value | undefined): [string, Value][] {
  if (value === undefined) return [];
  switch (value.k) {
    case 'obj': {
      const found: [string, Value][] = [];
      for (const [key, one] of value.keys) {
        if (key !== '...') found.push([key, one]);
        else found.push(...(one.k === 'either' ? entriesOf(one) : ([['*', one]] as [string, Value][])));
      }
      if (value.open && !value.keys.has('...')) found.push(['*', UNKNOWN]);
      return found;
    }
    case 'either':
      return value.of.flatMap((one) => (one.k === 'lit' ? [] : entriesOf(one)));
    case 'arr':
      return value.items.flatMap((one) => entriesOf(one));
    case 'guarded':
      return value.of.k === 'obj' ? entriesOf(value.of) : [['*', value]];
    case 'lit':
      return [];
    default:
      return [['*', value]];
  }
}
