import type { Expr, FileFacts } from '../code/facts.ts';
import { chainOf } from './callee.ts';
import type { Callee } from './callee.ts';
import { aroundOf } from './cases.ts';
import type { Declared, TestFile } from './cases.ts';
import { isAssertion, isAwaited } from './runners.ts';
import type { Visit } from './visits.ts';

type Call = Extract<Expr, { k: 'call' }>;

const handler = /^(then|catch|finally)$/;

/** An `expect(…)` with what follows it. */
export interface Expectation {
  readonly visit: Visit;
  readonly line: number;
  /** The test that it belongs to; null when it stands outside of all. */
  readonly test: Declared | null;
  /** It stands right in a group or in the file, where it runs when tests are collected. */
  readonly stray: boolean;
  /** It runs only in a branch, or when something failed. */
  readonly conditional: boolean;
  /** Names after `expect(…)`: modifiers and the matcher. */
  readonly members: readonly string[];
  readonly actual: readonly Expr[];
  /** Arguments of the matcher; null where it is not called. */
  readonly expected: readonly Expr[] | null;
  /** `expect` is chai's, where a property alone asserts. */
  readonly chai: boolean;
}

/** The assertions of a file in the style of `expect`. */
export function expectationsOf(file: TestFile, chai: boolean): Expectation[] {
  const { facts } = file;
  const found: Expectation[] = [];
  const seen = new Set<Expr>();
  for (const visit of file.visits) {
    const { e } = visit;
    if ((e.k !== 'call' && e.k !== 'get') || seen.has(e)) continue;
    const callee = chainOf(facts, e);
    if (callee === null || callee.root !== 'expect' || typeof callee.from === 'number') continue;
    for (let at: Expr = e; at.k === 'call' || at.k === 'get' || at.k === 'idx'; at = at.k === 'call' ? at.f : at.o) seen.add(at);
    const expectation = expectationOf(file, visit, callee, chai || callee.from === 'chai');
    if (expectation !== null) found.push(expectation);
  }
  return found;
}

function expectationOf(file: TestFile, visit: Visit, callee: Callee, chai: boolean): Expectation | null {
  const start = callee.first;
  // `expect.extend(…)`, `expect.any(String)`, `expect.assertions(2)` assert nothing.
  if (start === null || (start.f.k === 'get' && !/^(soft|poll|element)$/.test(start.f.n))) return null;
  const around = aroundOf(file, visit.fn);
  const e = withoutHandlers(visit.e);
  const members = start.f.k === 'get' ? callee.members.slice(1) : callee.members;
  return {
    visit,
    line: start.l,
    test: around?.declared.role === 'test' ? around.declared : null,
    stray: around === null ? visit.fn === 0 : around.declared.role === 'group' && around.direct,
    conditional: around?.declared.role === 'test' && isConditional(file, visit, around.declared),
    members: members.slice(0, members.length - handlersAfter(visit.e)),
    actual: start.a,
    expected: e.k === 'call' && e !== start ? e.a : null,
    chai,
  };
}

/** An assertion that is a promise, without the `then` and `catch` that follow it. */
function withoutHandlers(e: Expr): Expr {
  let at = e;
  while (at.k === 'call' && at.f.k === 'get' && handler.test(at.f.n)) at = at.f.o;
  return at;
}

function handlersAfter(e: Expr): number {
  let count = 0;
  for (let at = e; at.k === 'call' && at.f.k === 'get' && handler.test(at.f.n); at = at.f.o) count++;
  return count;
}

/** From where it stands out to its test: a branch, or the handler of a rejection. */
function isConditional(file: TestFile, visit: Visit, test: Declared): boolean {
  if (visit.branch) return true;
  for (let fn = visit.fn, steps = 0; fn !== test.body && fn !== 0 && steps < 50; steps++) {
    const written = file.written.get(fn);
    if (written !== undefined) {
      if (written.branch) return true;
      const call = written.of?.call;
      if (call?.f.k === 'get' && call.f.n === 'catch' && call.f.o.k === 'call') return true;
    }
    fn = file.facts.functions[fn]?.up ?? 0;
  }
  return false;
}

/** Follows calls into functions of the tests' own, to see whether they assert. */
export interface Follow {
  /** The file and function that an imported name is; `unknown` where that cannot be seen. */
  imported(from: TestFile, specifier: string, name: string): { file: TestFile; fn: number } | 'package' | 'unknown';
}

/** Whether a function asserts, itself or through what it calls; null when something that it calls cannot be seen. */
export function asserts(file: TestFile, fn: number, follow: Follow, depth = 0, seen = new Set<string>()): boolean | null {
  const { facts } = file;
  const key = `${depth}:${fn}`;
  if (seen.has(key)) return false;
  seen.add(key);
  const [first] = facts.functions[fn]?.p ?? [];
  let unsure = false;
  for (const visit of file.visits) {
    if (!within(facts, visit.fn, fn)) continue;
    if (visit.e.k !== 'call' && visit.e.k !== 'get' && visit.e.k !== 'var') continue;
    const callee = chainOf(facts, visit.e);
    if (callee === null) continue;
    if (visit.e.k === 'get') {
      if (callee.members.includes('should')) return true;
      continue;
    }
    if (visit.e.k === 'call' && isAssertion(callee, callee.from === first?.b)) return true;
    if (callee.members.length > 0 && typeof callee.from !== 'string') {
      // What a runner hands to a test by name (page objects) may assert, and its methods are not seen.
      unsure ||=
        visit.e.k === 'call' &&
        typeof callee.from === 'number' &&
        isHanded(facts, fn, callee.from) &&
        !/^(page|context|browser|request)$/.test(callee.root);
      continue;
    }
    if (depth >= 4 || (visit.e.k === 'var' && visit.use !== 'part' && visit.use !== 'chain')) continue;
    if (typeof callee.from === 'number') {
      // `done`, handed on as a function, fails the test by never being called.
      if (visit.e.k === 'var' && visit.of !== null && callee.from === first?.b) return true;
      const source = facts.bindings[callee.from]?.v[0]?.e;
      if (source?.k === 'fn' && !within(facts, source.i, fn)) {
        const inner = asserts(file, source.i, follow, depth + 1, seen);
        if (inner !== false) return inner;
      }
      continue;
    }
    if (typeof callee.from === 'string') {
      const target = follow.imported(file, callee.from, callee.imported === '*' ? (callee.members[0] ?? '*') : callee.imported);
      if (target === 'unknown') unsure = true;
      else if (target !== 'package') {
        const inner = asserts(target.file, target.fn, follow, depth + 1);
        if (inner === true) return true;
        unsure ||= inner === null;
      }
    }
  }
  return throwsIn(file, fn) ? true : unsure ? null : false;
}

/** A variable that is taken out of the first parameter of a function: `({ ordersPage }) => …`. */
function isHanded(facts: FileFacts, fn: number, b: number): boolean {
  const [first] = facts.functions[fn]?.p ?? [];
  const [source] = facts.bindings[b]?.v ?? [];
  return first !== undefined && source?.p !== undefined && source.e.k === 'var' && source.e.b === first.b;
}

/** Whether a function is, or stands inside of, another. */
export function within(facts: FileFacts, fn: number, outer: number): boolean {
  for (let at = fn, steps = 0; steps < 200; steps++) {
    if (at === outer) return true;
    if (at === 0) return false;
    at = facts.functions[at]?.up ?? 0;
  }
  return false;
}

/** `if (wrong) throw new Error()` asserts as well. */
function throwsIn({ facts }: TestFile, fn: number): boolean {
  const pending: unknown[] = [facts.functions[fn]?.b];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (Array.isArray(node)) pending.push(...(node as unknown[]));
    else if (typeof node === 'object' && node !== null) {
      const { k, a, b, c, f } = node as { k?: string; a?: unknown; b?: unknown; c?: { a?: unknown }; f?: unknown };
      if (k === 'throw') return true;
      if (k === 'if' || k === 'loop' || k === 'try' || k === 'block') pending.push(a ?? [], b ?? [], c?.a ?? [], f ?? []);
    }
  }
  return false;
}

/** A promise chain with assertions in its handlers that nobody waits for. */
export function unawaitedChains(file: TestFile, expectations: readonly Expectation[]): { test: Declared; line: number }[] {
  const { facts } = file;
  const holding = new Set(expectations.map(({ visit }) => visit.fn));
  const found: { test: Declared; line: number }[] = [];
  for (const { e, fn, use, b } of file.visits) {
    if (e.k !== 'call' || use === 'chain' || use === 'part' || use === 'returned' || isAwaited(e)) continue;
    const test = file.byBody.get(fn);
    if (test?.role !== 'test' || takesCallback(facts, test)) continue;
    if (!handlersOf(facts, e).some((one) => [...holding].some((holder) => within(facts, holder, one)))) continue;
    if (use === 'bound' && b !== null && isWaitedFor(file, fn, b, e)) continue;
    if (use === 'awaited') continue;
    found.push({ test, line: e.l });
  }
  return found;
}

/** The functions handed to `then`, `catch` and `finally` along a chain. */
function handlersOf(facts: FileFacts, call: Call): number[] {
  const found: number[] = [];
  let at: Expr = call;
  while (at.k === 'call' || at.k === 'get') {
    if (at.k === 'call' && at.f.k === 'get' && handler.test(at.f.n)) for (const arg of at.a) if (arg.k === 'fn') found.push(arg.i);
    at = at.k === 'call' ? at.f : at.o;
  }
  return found;
}

function takesCallback(facts: FileFacts, { body, callee }: Declared): boolean {
  if (body === null) return false;
  const params = facts.functions[body]?.p.length ?? 0;
  return callee.members.includes('each') ? params > 1 : params === 1;
}

/** The variable is awaited, returned or handed on after it was given its value, and before it is given another. */
export function isWaitedFor({ facts, visits }: TestFile, fn: number, b: number, after?: Expr): boolean {
  const start = visits.findIndex(({ e }) => e === after) + 1;
  for (const { e, fn: at, use, b: kept } of visits.slice(start)) {
    if (at !== fn) continue;
    // An argument counts: facts do not tell `expect(await promise)` from `expect(promise)`.
    if (e.k === 'var' && e.b === b && use !== 'chain') return true;
    // A chain that goes on from itself is still the same promise.
    if (after !== undefined && use === 'bound' && kept === b && chainOf(facts, e)?.from !== b) return false;
  }
  return false;
}
