import type { TestFlaw } from '../../model/evidence/tests.ts';
import type { Expr, FileFacts } from '../code/facts.ts';
import { asserts, isWaitedFor, unawaitedChains, within } from './assertions.ts';
import type { Expectation, Follow } from './assertions.ts';
import { chainOf } from './callee.ts';
import type { Callee } from './callee.ts';
import { groupsOf } from './cases.ts';
import type { Declared, TestFile } from './cases.ts';
import { equalityMatcher, isAssertion, isAwaited, snapshotMatcher, weakMatcher } from './runners.ts';

/** A flaw, the test that has it (null: none), and where. */
export interface Flaw {
  readonly test: Declared | null;
  readonly flaw: TestFlaw;
  readonly line: number;
  readonly detail: string;
}

const modifiers = new Set(['not', 'resolves', 'rejects']);

/** What can be said of a file's tests without knowing what they test. */
export function flawsOf(file: TestFile, expectations: readonly Expectation[], follow: Follow, jest: boolean): Flaw[] {
  const found: Flaw[] = [...declarationFlaws(file)];
  for (const one of expectations) {
    const { test, line } = one;
    if (one.stray)
      found.push({
        test,
        flaw: 'stray-assertion',
        line,
        detail: 'stands outside of every test, where it runs once while tests are collected',
      });
    if (one.conditional) found.push({ test, flaw: 'conditional-assertion', line, detail: 'only runs under a condition' });
    const open = unfinished(file, one, jest);
    if (open !== null) found.push({ test, flaw: 'unfinished-assertion', line, detail: open });
  }
  for (const { test, line } of unawaitedChains(file, expectations))
    found.push({ test, flaw: 'unawaited-promise', line, detail: 'the test ends before the promise with its assertions does' });
  for (const test of file.declared) {
    if (test.role !== 'test' || test.planned) continue;
    const mine = expectations.filter((one) => one.test === test);
    if (mine.length === 0) {
      if (test.body !== null && asserts(file, test.body, follow) === false)
        found.push({ test, flaw: 'no-assertion', line: test.call.l, detail: 'asserts nothing' });
      const hollow = test.body === null ? null : plainHollowness(file, test.body);
      if (hollow !== null) found.push({ test, ...hollow });
    } else if (test.body !== null && !assertsOtherwise(file, test.body)) {
      const hollow = hollowness(file.facts, mine);
      if (hollow !== null) found.push({ test, line: mine[0]?.line ?? test.call.l, ...hollow });
    }
  }
  return found;
}

function declarationFlaws(file: TestFile): Flaw[] {
  const found: Flaw[] = [];
  const titles = new Set<string>();
  for (const one of file.declared) {
    if (one.role === 'hook') continue;
    const line = one.call.l;
    const test = one.role === 'test' ? one : null;
    const what = one.role === 'test' ? 'the test' : 'the group';
    if (one.emphasis === 'focused')
      found.push({ test, flaw: 'focused', line, detail: `only ${what} runs; all others of the file are left out` });
    if (one.emphasis === 'disabled') found.push({ test, flaw: 'disabled', line, detail: `${what} is left out` });
    else if (one.role === 'test' && !one.planned && isEmpty(one))
      found.push({ test, flaw: 'disabled', line, detail: 'has a title and no body' });
    // Tables give every row a title of its own.
    if (one.title === null || one.call.a[0]?.k !== 'lit' || one.callee.members.includes('each')) continue;
    const key = `${one.fn}\0${one.role}\0${one.title}`;
    if (titles.has(key) && groupsOf(file, one).every(({ callee }) => !callee.members.includes('each')))
      found.push({ test, flaw: 'same-title', line, detail: `another ${one.role} beside it is called the same` });
    titles.add(key);
  }
  for (const { e, fn } of file.visits) {
    const callee = e.k === 'call' ? chainOf(file.facts, e) : null;
    if (e.k !== 'call' || callee?.root !== 'pending' || callee.from !== null || callee.members.length > 0) continue;
    found.push({ test: file.byBody.get(fn) ?? null, flaw: 'disabled', line: e.l, detail: 'says `pending()`' });
  }
  return found;
}

/** `it('title')`: one argument, and that a title. */
function isEmpty({ call, body, callee }: Declared): boolean {
  const [first, second] = call.a;
  return (
    body === null && second === undefined && (first?.k === 'lit' || first?.k === 'tpl') && callee.members.every((name) => name !== 'skip')
  );
}

/** Why an assertion does not do what it seems to do; null when it does. */
function unfinished(file: TestFile, { visit, members, actual, expected, chai }: Expectation, jest: boolean): string | null {
  const { e, use } = visit;
  const matcher = members.at(-1);
  if (matcher === undefined) return '`expect(…)` says not what is expected';
  if (chai) return null;
  if (expected === null) return `the matcher \`${matcher}\` is never called`;
  if (actual.length === 0) return '`expect()` is given nothing to look at';
  if (jest && actual.length > 1) return '`expect` takes one value; the others are not looked at';
  const before = members.slice(0, -1);
  if (modifiers.has(matcher)) return `\`${matcher}\` is no matcher`;
  if (jest && !areModifiers(before)) return `\`${before.join('.')}\` is no modifier, so nothing is compared`;
  const waits = before.includes('resolves') || before.includes('rejects') || /^to(Reject|Resolve)/.test(matcher);
  if (waits && e.k === 'call' && !isAwaited(e) && use !== 'returned' && use !== 'awaited' && !isKept(file, visit))
    return 'is a promise that nobody waits for';
  return null;
}

function areModifiers(names: readonly string[]): boolean {
  if (names.some((name) => !modifiers.has(name)) || names.length > 2) return false;
  return names.length < 2 || (names[1] === 'not' && names[0] !== 'not');
}

/** Kept in a variable that is waited for, or handed on to somebody who may wait. */
function isKept(file: TestFile, { use, of, b, fn }: Expectation['visit']): boolean {
  if (use === 'bound') return b === null || isWaitedFor(file, fn, b);
  if (of !== null && !(of.call.f.k === 'get' && of.call.f.o.k === 'glo' && of.call.f.o.n === 'Promise')) return true;
  return use === 'chain';
}

const predicate = /^(is|has|can|should|are|was|does|match|includes|some|every|test|check|verify|exists|equal|starts|ends|contains|valid)/i;

/** The same for tests that assert with Node's `assert` alone. */
function plainHollowness({ facts, visits }: TestFile, body: number): Pick<Flaw, 'flaw' | 'line' | 'detail'> | null {
  let all: TestFlaw | null = null;
  let line = 0;
  for (const { e, fn, branch } of visits) {
    const callee = e.k === 'call' && within(facts, fn, body) ? chainOf(facts, e) : null;
    if (e.k !== 'call' || callee === null || !isAssertion(callee, callee.from === facts.functions[body]?.p[0]?.b)) continue;
    if (typeof callee.from !== 'string' || !/^(node:)?assert(\/strict)?$/.test(callee.from) || branch) return null;
    const [left, right] = e.a;
    const name = callee.members[0] ?? 'ok';
    let one: TestFlaw | null = null;
    if (left?.k === 'lit' && (name === 'ok' || right?.k === 'lit')) one = 'tautology';
    else if (name === 'ok' && (left?.k === 'var' || (left?.k === 'call' && !predicate.test(lastOf(chainOf(facts, left))))))
      one = 'weak-assertion';
    if (one === null || (all !== null && all !== one)) return null;
    all = one;
    line ||= e.l;
  }
  if (all === null) return null;
  return { flaw: all, line, detail: all === 'tautology' ? 'compares a value with itself' : 'only asks whether there is anything at all' };
}

function lastOf(callee: Callee | null): string {
  return callee?.members.at(-1) ?? callee?.root ?? 'is';
}

function assertsOtherwise({ facts, visits }: TestFile, body: number): boolean {
  const [first] = facts.functions[body]?.p ?? [];
  return visits.some(({ e, fn }) => {
    if (e.k !== 'call' || !within(facts, fn, body)) return false;
    const callee = chainOf(facts, e);
    return callee !== null && callee.root !== 'expect' && isAssertion(callee, callee.from === first?.b);
  });
}

/** What all assertions of a test have in common that makes them worth little. */
function hollowness(facts: FileFacts, mine: readonly Expectation[]): { flaw: TestFlaw; detail: string } | null {
  if (mine.every((one) => isTautology(facts, one))) return { flaw: 'tautology', detail: 'compares a value with itself' };
  const matchers = mine.map(({ members }) => ({ matcher: members.at(-1) ?? '', not: members.includes('not') }));
  if (matchers.every(({ matcher }) => snapshotMatcher.test(matcher)))
    return { flaw: 'snapshot-only', detail: 'only compares with a snapshot that was recorded from the code itself' };
  const weak = ({ matcher, not }: (typeof matchers)[number]) =>
    not ? /^to(BeNull|BeUndefined)$/.test(matcher) : weakMatcher.test(matcher);
  if (matchers.every(weak)) return { flaw: 'weak-assertion', detail: 'only asks whether there is anything at all' };
  return null;
}

function isTautology(facts: FileFacts, { actual, expected, members, visit }: Expectation): boolean {
  const [left] = actual;
  const matcher = members.at(-1) ?? '';
  if (left === undefined || members.includes('not') || visit.branch) return false;
  if (left.k === 'lit' && (expected === null || expected.every((one) => one.k === 'lit')) && actual.length === 1) return true;
  const [right] = expected ?? [];
  return right !== undefined && equalityMatcher.test(matcher) && isPlain(facts, left) && JSON.stringify(left) === JSON.stringify(right);
}

/** A variable or a property of one: what it is twice in one line is the same. */
function isPlain(facts: FileFacts, e: Expr): boolean {
  let at = e;
  while (at.k === 'get') at = at.o;
  return at.k === 'var' && facts.bindings[at.b] !== undefined;
}
