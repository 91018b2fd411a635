import type { Expr, FileFacts } from '../code/facts.ts';
import { within } from './assertions.ts';
import type { Expectation } from './assertions.ts';
import { chainOf } from './callee.ts';
import type { Callee } from './callee.ts';
import type { Declared, TestFile } from './cases.ts';
import type { Flaw } from './flaws.ts';
import { equalityMatcher } from './runners.ts';

type Call = Extract<Expr, { k: 'call' }>;

/** What a test file reaches of the application. */
export interface Reaching {
  /** The production file that an import leads to; null for anything else. */
  readonly product: (specifier: string) => string | null;
  /** True when it imports or asks the application in any way, or when that cannot be seen. */
  readonly reaches: boolean;
}

const mockers = /^(jest|vi|vitest|mock|sinon)$/;
const told = /^mock(Resolved|Return|Rejected)Value(Once)?$|^mockImplementation(Once)?$|^(returns|resolves)$/;
/** What makes values for tests; the rest of the code computes answers. */
const builder = /^(create|make|build|new|mock|fake|stub|random|generate|get|default|seed|sample|fixture|to?Date|set|uuid|id|use)/i;

/** What makes a test say little about the application: it replaces what it tests, never touches it, or asks it for the right answer. */
export function subjectFlaws(file: TestFile, expectations: readonly Expectation[], reaching: Reaching): Flaw[] {
  const tests = file.declared.filter(({ role, planned, body }) => role === 'test' && !planned && body !== null);
  if (!reaching.reaches)
    return tests.flatMap((test) => [
      { test, flaw: 'no-subject', line: test.call.l, detail: 'its file imports nothing of the application and asks it nothing' },
      ...mocksAlone(file, test, reaching),
    ]);
  return [
    ...replaced(file, reaching),
    ...tests.flatMap((test) => spiedOn(file, test)),
    ...tests.flatMap((test) => mocksAlone(file, test, reaching)),
    ...expectations.flatMap((one) => computed(file, one, reaching)),
  ];
}

/** `jest.mock('./orders')` in `orders.test.ts`, with nothing of the original kept. */
function replaced(file: TestFile, { product }: Reaching): Flaw[] {
  const named = stem(file.path);
  const found: Flaw[] = [];
  for (const { e } of file.visits) {
    if (e.k !== 'call') continue;
    const callee = chainOf(file.facts, e);
    if (callee === null || !mockers.test(callee.root)) continue;
    if (callee.members.some((name) => /^(requireActual|importActual)$/.test(name))) return [];
    const [first] = e.a;
    const specifier = first?.k === 'lit' && typeof first.v === 'string' ? first.v : first?.k === 'imp' ? first.m : null;
    if (!/^(mock|doMock)$/.test(callee.members.join('.')) || specifier === null) continue;
    const target = product(specifier);
    if (target === null || stem(target) !== named || named === 'index') continue;
    found.push({
      test: null,
      flaw: 'mocked-subject',
      line: e.l,
      detail: `${target} is replaced by a mock in the test that is named after it`,
    });
  }
  return found;
}

/** `spyOn(orders, 'total').mockReturnValue(3)`, and then `orders.total()` is what the test calls. */
function spiedOn({ facts, visits }: TestFile, test: Declared): Flaw[] {
  const spied: { b: number; name: string }[] = [];
  const found: Flaw[] = [];
  for (const { e, fn } of visits) {
    if (e.k !== 'call' || test.body === null || !within(facts, fn, test.body)) continue;
    const callee = chainOf(facts, e);
    if (callee === null || !mockers.test(callee.root) || !callee.members.includes('spyOn') || !callee.members.some((one) => told.test(one)))
      continue;
    const [object, name] = callee.first?.a ?? [];
    if (object?.k === 'var' && name?.k === 'lit') spied.push({ b: object.b, name: String(name.v) });
  }
  for (const { e, fn } of visits) {
    if (e.k !== 'call' || fn !== test.body || e.f.k !== 'get' || e.f.o.k !== 'var') continue;
    const { o, n } = e.f;
    if (spied.some((one) => one.name === n && one.b === o.b))
      found.push({ test, flaw: 'mocked-subject', line: e.l, detail: `\`${n}\` is told what to answer, and then asked` });
  }
  return found.slice(0, 1);
}

/** A mock is called by the test itself, and nothing of the application is. */
function mocksAlone({ facts, visits }: TestFile, test: Declared, { product }: Reaching): Flaw[] {
  let mock: { name: string; line: number } | null = null;
  for (const { e, fn } of visits) {
    if (test.body === null || !within(facts, fn, test.body)) continue;
    if (e.k !== 'call' && e.k !== 'var') continue;
    const callee = chainOf(facts, e);
    if (callee === null || mockers.test(callee.root) || callee.root === 'expect' || callee.root === 'assert') continue;
    if (typeof callee.from === 'string' && product(callee.from) !== null) return [];
    if (e.k !== 'call') continue;
    // Anything else that it calls may lead into the application.
    if (typeof callee.from !== 'number' || callee.members.length > 0) return [];
    const value = facts.bindings[callee.from]?.v;
    const made = value?.length === 1 && value[0] !== undefined ? chainOf(facts, value[0].e) : null;
    if (made === null || !mockers.test(made.root) || !made.members.includes('fn') || !isTold(made)) return [];
    mock = { name: callee.root, line: e.l };
  }
  return mock === null
    ? []
    : [{ test, flaw: 'mocked-subject', line: mock.line, detail: `calls only \`${mock.name}\`, which is a mock of its own` }];
}

/** Its answer stands in the test: `fn().mockReturnValue(3)`, `fn(() => 3)`. */
function isTold({ members, first }: Callee): boolean {
  return members.some((one) => told.test(one)) || first?.a[0]?.k === 'fn';
}

/** `expect(answer).toEqual(total(items))`, where `total` is the application's. */
function computed(file: TestFile, { test, members, actual, expected, line }: Expectation, { product }: Reaching): Flaw[] {
  const [value] = expected ?? [];
  if (test === null || value === undefined || members.includes('not') || !equalityMatcher.test(members.at(-1) ?? '')) return [];
  const call = asCall(file.facts, value);
  const callee = call === null ? null : chainOf(file.facts, call);
  if (call === null || callee === null || typeof callee.from !== 'string' || call.nw === 1) return [];
  if (callee.members.length > 1 || builder.test(nameOf(callee)) || /^[A-Z]/.test(nameOf(callee))) return [];
  const target = product(callee.from);
  if (target === null || call.a.length === 0) return [];
  // The same function asked twice says that it stays the same, which is a property and no expectation of it.
  const asked = actual[0] === undefined ? null : asCall(file.facts, actual[0]);
  if (asked !== null && chainOf(file.facts, asked)?.root === callee.root) return [];
  return [{ test, flaw: 'own-oracle', line, detail: `what is expected is computed by \`${nameOf(callee)}\` of ${target}` }];
}

function nameOf({ root, members }: Callee): string {
  return members.at(-1) ?? root;
}

/** A call, or the call whose result a variable holds. */
function asCall(facts: FileFacts, e: Expr): Call | null {
  if (e.k === 'call') return e;
  if (e.k !== 'var') return null;
  const sources = facts.bindings[e.b]?.v ?? [];
  const [only] = sources;
  return sources.length === 1 && only?.e.k === 'call' && only.p === undefined ? only.e : null;
}

/** `src/orders.service.spec.ts` -> `orders.service`. */
function stem(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/(\.(test|spec|e2e|e2e-spec|unit|integration))*\.[cm]?[jt]sx?$/, '');
}
