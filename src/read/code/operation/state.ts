import type { Expr, FileFacts } from '../facts.ts';
import { eachIn, isExpr } from '../nodes.ts';
import type { SourceFile } from '../value.ts';

/** A variable that outlives a request and that functions change. */
export interface Kept {
  readonly name: string;
  readonly line: number;
  /** Functions that change it, with the lines. */
  readonly writers: ReadonlyMap<number, readonly number[]>;
  readonly readers: ReadonlySet<number>;
  readonly removes: boolean;
  readonly limits: boolean;
}

interface Slot {
  readonly name: string;
  readonly counter: boolean;
  readonly writers: Map<number, number[]>;
  readonly readers: Set<number>;
  removes: boolean;
  limits: boolean;
}

const changing = /^(set|add|push|unshift|delete|clear|splice|shift|pop)$/;
const removing = /^(delete|clear|splice|shift|pop)$/;

/** Containers and counters of a module, or of its classes, that its functions change. */
export function keptState({ facts }: SourceFile): Kept[] {
  const slots = new Map<string, Slot>();
  const slot = (key: string, name: string, counter: boolean) =>
    slots.set(key, { name, counter, writers: new Map(), readers: new Set(), removes: false, limits: false });
  facts.bindings.forEach((binding, index) => {
    const [first] = binding.v;
    if (binding.f !== 0 || binding.p !== undefined || first === undefined || (first.p?.length ?? 0) > 0) return;
    const kind = kindOf(first.e);
    if (kind !== null) slot(`b${index}`, binding.n, kind === 'counter');
  });
  facts.classes.forEach((cls, at) => {
    for (const [name, e] of Object.entries(cls.f)) {
      const kind = name.startsWith(':') ? null : kindOf(e);
      if (kind !== null) slot(`c${at}.${name}`, `${cls.n}.${name}`, kind === 'counter');
    }
    for (const [name, [fn, e]] of Object.entries(cls.w)) {
      const kind = fn === cls.c ? kindOf(e) : null;
      if (kind !== null) slot(`c${at}.${name}`, `${cls.n}.${name}`, kind === 'counter');
    }
  });
  if (slots.size === 0) return [];
  const classOf = new Map<number, number>();
  facts.classes.forEach((cls, at) => {
    for (const fn of Object.values(cls.m)) classOf.set(fn, at);
  });
  facts.functions.forEach((_, fn) => {
    if (fn === 0 || facts.classes.some(({ c }) => c === fn)) return;
    const cls = classAround(facts, classOf, fn);
    const find = (e: Expr | undefined): Slot | undefined => {
      if (e?.k === 'var') return slots.get(`b${e.b}`);
      return e?.k === 'get' && e.o.k === 'this' && cls !== undefined ? slots.get(`c${cls}.${e.n}`) : undefined;
    };
    // What stands in a function is its doing: a callback that fills what the function around it looks up makes a cache.
    const whole = outermost(facts, fn);
    const used = new Set<Slot>();
    let refuses = false;
    let line = facts.functions[fn]?.l ?? 1;
    const write = (one: Slot | undefined, at = line) => {
      if (one === undefined) return;
      one.writers.set(whole, [...(one.writers.get(whole) ?? []), at]);
    };
    eachIn(facts, fn, (node) => {
      if ('l' in node && typeof node.l === 'number') line = node.l;
      if (isExpr(node, 'lit') && node.v === 429) refuses = true;
      if (isExpr(node, 'var') || isExpr(node, 'get')) {
        const one = find(node);
        if (one !== undefined) {
          used.add(one);
          one.readers.add(whole);
        }
      }
      if (isExpr(node, 'call') && node.f.k === 'get' && changing.test(node.f.n)) {
        const one = find(node.f.o);
        write(one, node.l);
        if (one !== undefined && removing.test(node.f.n)) one.removes = true;
      }
      if (isExpr(node, 'put')) write(find(node.o));
      if (isExpr(node, 'put') && node.o.k === 'this' && cls !== undefined) replace(slots.get(`c${cls}.${node.n}`), write);
      if (isExpr(node, 'unk') && node.w === 1) {
        const target = node.c?.at(-1);
        if (target?.k === 'idx' || target?.k === 'get') write(find(target.o) ?? find(target));
        else write(find(target));
      }
      if (isExpr(node, 'set')) replace(slots.get(`b${node.b}`), write, facts.bindings[node.b]?.v[node.j]?.o);
      if (isExpr(node, 'un') && node.op === 'delete') {
        const one = node.e.k === 'idx' || node.e.k === 'get' ? find(node.e.o) : undefined;
        write(one);
        if (one !== undefined) one.removes = true;
      }
    });
    if (refuses) for (const one of used) one.limits = true;
  });
  return [...slots].flatMap(([key, { name, writers, readers, removes, limits }]) =>
    writers.size === 0 ? [] : [{ name, line: lineOf(facts, key), writers, readers, removes, limits }],
  );
}

function replace(one: Slot | undefined, write: (one: Slot) => void, compound?: string): void {
  if (one === undefined) return;
  if (compound === undefined) one.removes = true;
  write(one);
}

/** A container or a number that is counted up; null for anything else. */
function kindOf(e: Expr): 'container' | 'counter' | null {
  if (e.k === 'call') return e.nw === 1 && e.f.k === 'glo' && /^(Map|Set)$/.test(e.f.n) ? 'container' : null;
  if (e.k === 'obj') return e.p.length === 0 ? 'container' : null;
  if (e.k === 'arr') return 'container';
  return e.k === 'lit' && typeof e.v === 'number' ? 'counter' : null;
}

/** The function of the module that a function stands in, or itself; a method is one. */
function outermost(facts: FileFacts, fn: number): number {
  let at = fn;
  for (let up = facts.functions[at]?.up ?? 0; up > 0; up = facts.functions[at]?.up ?? 0) at = up;
  return at;
}

function classAround(facts: FileFacts, classOf: ReadonlyMap<number, number>, fn: number): number | undefined {
  for (let at = fn; at > 0; at = facts.functions[at]?.up ?? 0) {
    const found = classOf.get(at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function lineOf(facts: FileFacts, key: string): number {
  if (key.startsWith('c')) return facts.classes[Number(key.slice(1, key.indexOf('.')))]?.l ?? 1;
  const index = Number(key.slice(1));
  let line = 1;
  eachIn(facts, 0, (node) => {
    if (node.k === 'def' && (node as { b?: number }).b === index) line = (node as { l?: number }).l ?? 1;
  });
  return line;
}
