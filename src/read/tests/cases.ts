import type { Expr, FileFacts } from '../code/facts.ts';
import { chainOf, functionOf } from './callee.ts';
import type { Callee } from './callee.ts';
import { emphasisOf, isPlanned, roleOf, titleOf } from './runners.ts';
import type { Role } from './runners.ts';
import { visitsOf } from './visits.ts';
import type { Visit } from './visits.ts';

type Call = Extract<Expr, { k: 'call' }>;

/** A call that declares a test, a group of tests or a hook. */
export interface Declared {
  readonly role: Role;
  readonly call: Call;
  readonly callee: Callee;
  /** The function that it hands over; null where none could be seen. */
  readonly body: number | null;
  /** The function that it stands in. */
  readonly fn: number;
  readonly title: string | null;
  readonly emphasis: 'focused' | 'disabled' | null;
  readonly planned: boolean;
}

/** A test file's declarations, and where everything in it stands. */
export interface TestFile {
  readonly path: string;
  readonly facts: FileFacts;
  readonly visits: readonly Visit[];
  readonly declared: readonly Declared[];
  /** By the function that is handed over. */
  readonly byBody: ReadonlyMap<number, Declared>;
  /** Where a function is written, as an argument or a value. */
  readonly written: ReadonlyMap<number, Visit>;
}

/** Reads the declarations of a file. */
export function testFileOf(path: string, facts: FileFacts): TestFile {
  const visits = visitsOf(facts);
  const written = new Map<number, Visit>();
  const declared: Declared[] = [];
  const byBody = new Map<number, Declared>();
  const inner = new Set<Expr>();
  for (const visit of visits) {
    const { e, fn } = visit;
    if (e.k === 'fn') written.set(e.i, visit);
    if (e.k !== 'call' || inner.has(e)) continue;
    const callee = chainOf(facts, e);
    const role = callee === null ? null : roleOf(callee);
    if (callee === null || role === null) continue;
    // `it('title', test).timeout(500)`: the declaration is what the setting is made on.
    if (e.f.k === 'get' && e.f.o.k === 'call') continue;
    // `it.each(rows)('title', test)` is one declaration, of which the call of `each` is a part.
    for (let at: Expr = e.f; at.k === 'call' || at.k === 'get' || at.k === 'idx'; at = at.k === 'call' ? at.f : at.o) inner.add(at);
    if (/^(each|for)$/.test(callee.members.at(-1) ?? '') && e.f.k === 'get') continue;
    const body = e.a.map((arg) => functionOf(facts, arg)).findLast((one) => one !== null) ?? null;
    const one: Declared = {
      role,
      call: e,
      callee,
      body,
      fn,
      title: titleOf(facts, e),
      emphasis: role === 'hook' ? null : emphasisOf(callee, e),
      planned: isPlanned(callee),
    };
    declared.push(one);
    if (body !== null && !byBody.has(body)) byBody.set(body, one);
  }
  return { path, facts, visits, declared, byBody, written };
}

/** The declaration that a function belongs to, from the inside out; null outside of all. */
export function aroundOf({ facts, byBody }: TestFile, fn: number): { declared: Declared; direct: boolean } | null {
  let at = fn;
  for (let steps = 0; steps < 200; steps++) {
    const declared = byBody.get(at);
    if (declared !== undefined) return { declared, direct: at === fn };
    if (at === 0) return null;
    at = facts.functions[at]?.up ?? 0;
  }
  return null;
}

/** The groups around a declaration, outermost first. */
export function groupsOf(file: TestFile, { fn }: Declared): Declared[] {
  const found: Declared[] = [];
  for (let at = fn, steps = 0; steps < 200; steps++) {
    const declared = file.byBody.get(at);
    if (declared?.role === 'group') found.unshift(declared);
    if (at === 0) break;
    at = file.facts.functions[at]?.up ?? 0;
  }
  return found;
}
