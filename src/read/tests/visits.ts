import type { Expr, FileFacts, Stmt } from '../code/facts.ts';
import { flag } from '../code/facts.ts';

/** What becomes of a value: nothing, it is awaited, handed back, kept in a variable, or it is part of something else. */
type Use = 'statement' | 'awaited' | 'returned' | 'bound' | 'chain' | 'part';

/** An expression where it stands. */
export interface Visit {
  readonly e: Expr;
  readonly fn: number;
  /** It runs only under a condition that is asked inside its function, or when something failed there. */
  readonly branch: boolean;
  readonly use: Use;
  /** The variable that it is kept in. */
  readonly b: number | null;
  /** The call that it is an argument of, and at which position. */
  readonly of: { readonly call: Extract<Expr, { k: 'call' }>; readonly at: number } | null;
}

/** Every call, property and function of a file where it stands; outer ones before what they hold. A loop and no recursion. */
export function visitsOf(facts: FileFacts): Visit[] {
  const found: Visit[] = [];
  const seen = new Set<Expr>();
  facts.functions.forEach(({ b }, fn) => {
    const pending: (Visit | { s: readonly Stmt[]; branch: boolean })[] = [{ s: b, branch: false }];
    for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
      if ('s' in one) {
        const { branch } = one;
        const end = one.s.findIndex(({ k }) => k === 'ret' || k === 'throw');
        // What stands after the end of a block never runs.
        for (const s of one.s.slice(0, end < 0 ? undefined : end + 1).toReversed())
          pending.push(...partsOf(facts, s, branch, fn).toReversed());
        continue;
      }
      const { e } = one;
      if (e.k === 'call' || e.k === 'get' || e.k === 'fn' || e.k === 'tag' || e.k === 'var') {
        if (e.k !== 'var' && seen.has(e)) continue;
        seen.add(e);
        found.push(one);
      }
      pending.push(...inner(facts, one).toReversed());
    }
  });
  return found;
}

function partsOf(facts: FileFacts, s: Stmt, branch: boolean, fn: number): (Visit | { s: readonly Stmt[]; branch: boolean })[] {
  const visit = (e: Expr, use: Use, b: number | null = null): Visit => ({ e, fn, branch, use, b, of: null });
  switch (s.k) {
    case 'x':
      return [visit(s.e, 'statement')];
    case 'def': {
      const source = facts.bindings[s.b]?.v[s.j];
      return source === undefined ? [] : [visit(source.e, 'bound', s.b), ...(source.d ? [visit(source.d, 'part')] : [])];
    }
    case 'if':
      return [visit(s.t, 'part'), { s: s.a, branch: true }, { s: s.b, branch: true }];
    case 'loop':
      return [...(s.o ? [visit(s.o, 'part')] : []), ...(s.t ? [visit(s.t, 'part')] : []), { s: s.a, branch }];
    case 'try':
      return [{ s: s.a, branch }, ...(s.c ? [{ s: s.c.a, branch: true }] : []), ...(s.f ? [{ s: s.f, branch }] : [])];
    case 'ret':
      return s.e === undefined ? [] : [visit(s.e, 'returned')];
    case 'throw':
      return [visit(s.e, 'part')];
    case 'block':
      return [{ s: s.a, branch }];
    case 'jump':
      return [];
  }
}

/** The parts of an expression. */
function inner(facts: FileFacts, { e, fn, branch, use, b }: Visit): Visit[] {
  const part = (one: Expr, how: Use = 'part', only = branch, of: Visit['of'] = null): Visit => ({
    e: one,
    fn,
    branch: only,
    use: how,
    b: how === 'bound' ? b : null,
    of,
  });
  switch (e.k) {
    case 'call': {
      const passed = settlesAll(e.f) ? (e.w & flag.awaited ? 'awaited' : use) : 'part';
      return [part(e.f, 'chain'), ...e.a.map((one, at) => part(one, passed, branch, { call: e, at }))];
    }
    case 'tag':
      return [part(e.f, 'chain'), ...e.h.map((one) => part(one))];
    case 'get':
      return [part(e.o, 'chain')];
    case 'idx':
      return [part(e.o, 'chain'), part(e.x)];
    case 'tpl':
      return e.h.map((one) => part(one));
    case 'obj':
      return e.p.map(([, one]) => part(one));
    case 'arr':
      return e.a.map((one) => part(one, use === 'chain' ? 'part' : use));
    case 'spread':
    case 'not':
    case 'un':
      return [part(e.e)];
    case 'or':
      return [part(e.l), part(e.r, use, true)];
    case 'if':
      return [part(e.t), part(e.a, use, true), part(e.b, use, true)];
    case 'bin':
      return [part(e.l), part(e.r)];
    case 'set': {
      const source = facts.bindings[e.b]?.v[e.j];
      return source === undefined ? [] : [{ e: source.e, fn, branch, use: 'bound', b: e.b, of: null }];
    }
    case 'put':
      return [part(e.o), part(e.e)];
    case 'seq':
      return e.a.map((one) => part(one, use));
    case 'jsx':
      return [part(e.t), ...e.a.map(([, one]) => part(one)), ...e.c.map((one) => part(one))];
    case 'unk':
      return (e.c ?? []).map((one) => part(one));
    default:
      return [];
  }
}

/** `Promise.all` and its like: what becomes of the whole becomes of the parts. */
function settlesAll(f: Expr): boolean {
  return f.k === 'get' && f.o.k === 'glo' && f.o.n === 'Promise' && /^(all|allSettled|race|any|resolve)$/.test(f.n);
}
