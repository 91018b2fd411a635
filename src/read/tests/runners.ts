import type { Expr, FileFacts } from '../code/facts.ts';
import { flag } from '../code/facts.ts';
import type { Callee } from './callee.ts';

/** What test runners and assertion libraries are called, and what their names do. */

/** Package or module -> runner. */
const runners: Readonly<Record<string, string>> = {
  vitest: 'vitest',
  jest: 'jest',
  '@jest/globals': 'jest',
  'ts-jest': 'jest',
  'react-scripts': 'jest',
  mocha: 'mocha',
  'node:test': 'node:test',
  'bun:test': 'bun',
  '@playwright/test': 'playwright',
  playwright: 'playwright',
  cypress: 'cypress',
  ava: 'ava',
  tape: 'tape',
  tap: 'tap',
  jasmine: 'jasmine',
  uvu: 'uvu',
  '@japa/runner': 'japa',
  testcafe: 'testcafe',
};

/** The runner that a package or module is; undefined for others. */
export function runnerOf(name: string): string | undefined {
  return Object.hasOwn(runners, name) ? runners[name] : undefined;
}

const testNames = new Set(['it', 'test', 'specify', 'fit', 'xit', 'xtest', 'ftest', 'xspecify']);
const groupNames = new Set(['describe', 'context', 'suite', 'fdescribe', 'xdescribe', 'fcontext', 'xcontext']);
const hookNames = new Set(['before', 'after', 'beforeEach', 'afterEach', 'beforeAll', 'afterAll', 'setup', 'teardown']);
const hookMembers = new Set(['before', 'after', 'beforeEach', 'afterEach', 'beforeAll', 'afterAll']);

/** What a call declares. */
export type Role = 'test' | 'group' | 'hook';

/** What a chain of calls declares by its names; null when it is something else. A variable of the file is never a runner's function. */
export function roleOf({ root, from, members }: Callee): Role | null {
  if (typeof from === 'number') return null;
  if (hookNames.has(root) && members.length === 0) return 'hook';
  if (groupNames.has(root)) return 'group';
  if (!testNames.has(root)) return null;
  if (members.some((name) => hookMembers.has(name))) return 'hook';
  if (members.includes('describe') || members.includes('suite')) return 'group';
  // Settings and steps of Playwright, matchers of a test's own library.
  if (members.some((name) => /^(step|use|extend|info|setTimeout|slow|expect|configure)$/.test(name))) return null;
  return 'test';
}

/** Whether a declared test or group leaves all others out, or is itself left out. */
export function emphasisOf({ root, members }: Callee, call: Extract<Expr, { k: 'call' }>): 'focused' | 'disabled' | null {
  if (/^f(it|test|describe|context)$/.test(root) || members.includes('only')) return 'focused';
  if (/^x(it|test|describe|context|specify)$/.test(root) || members.some((name) => /^(skip|fixme)$/.test(name))) return 'disabled';
  for (const arg of call.a)
    if (arg.k === 'obj')
      for (const [key, value] of arg.p) {
        if (key === 'only' && value.k === 'lit' && value.v === true) return 'focused';
        if (key === 'skip' && value.k === 'lit' && value.v !== false && value.v !== null) return 'disabled';
      }
  return null;
}

/** A declared test that says of itself that it is yet to be written, or is expected to fail. */
export function isPlanned({ members }: Callee): boolean {
  return members.includes('todo');
}

/** Names that a library of its own gives to assertions; generous, for a test is only accused when it has none at all. */
const assertionName =
  /^(expect|assert|should|must|verify|ensure|check|validate|waitFor|toMatch|snapshot|fail$|throws|rejects)|(Expect|Assert|Should|Verify|Check)|^(findBy|getBy|findAllBy|getAllBy)[A-Z]/;
const tapNames =
  /^(is|not|deepEqual|notDeepEqual|equal|equals|same|notEqual|ok|notOk|pass|true|false|truthy|falsy|like|regex|match|error|ifError|throws|throwsAsync|notThrows|notThrowsAsync|rejects|doesNotThrow|doesNotReject|snapshot|assert|strictSame|matchSnapshot|resolves|emits|plan)$/;

/** True for a call that fails when something is not as expected. */
export function isAssertion(callee: Callee, tapParameter: boolean): boolean {
  const names = [callee.root, ...callee.members];
  if (names.some((name) => assertionName.test(name))) return true;
  if (
    typeof callee.from === 'string' &&
    /^(node:)?assert(\/strict)?$|^(chai|should|power-assert|expect|expect-type|tsd)$/.test(callee.from)
  )
    return true;
  // Commands of Cypress fail where nothing matches.
  if (callee.root === 'cy') return callee.members.some((name) => /^(get|contains|find|should|and|wait|url)$/.test(name));
  return tapParameter && callee.members.some((name) => tapNames.test(name));
}

/** Matchers that only ask whether there is anything. */
export const weakMatcher = /^(toBeDefined|exist|toExist)$/;
/** Matchers that compare with what the tool wrote down itself at the first run. */
export const snapshotMatcher = /^(toMatchSnapshot|toMatchFileSnapshot|toMatchImageSnapshot|toHaveScreenshot|matchSnapshot)$/;
/** Matchers that compare with a value that the author gives. */
export const equalityMatcher =
  /^(toBe|toEqual|toStrictEqual|toMatchObject|equal|equals|eql|eq|deepEqual|strictEqual|deepStrictEqual|toBeCloseTo|is|same)$/;

/** True where the call is awaited. */
export function isAwaited(call: Extract<Expr, { k: 'call' }>): boolean {
  return (call.w & flag.awaited) !== 0;
}

/** The title of a test or group: its words, holes as `…`; null where it is not written there. */
export function titleOf(facts: FileFacts, call: Extract<Expr, { k: 'call' }>): string | null {
  const [first] = call.a;
  if (first?.k === 'lit' && typeof first.v === 'string') return first.v;
  if (first?.k === 'tpl') return first.p.join('…');
  if (first?.k === 'fn') return facts.functions[first.i]?.n ?? null;
  return null;
}
