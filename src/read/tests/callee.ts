import type { Expr, FileFacts } from '../code/facts.ts';

/** What is called, from its root: `it.only.each` is root `it` with members `only`, `each`; calls on the way are left out. */
export interface Callee {
  /** The name of a global, of what is imported, or of a variable. */
  readonly root: string;
  /** Where the root comes from: a module, a variable of the file (its index), or nowhere. */
  readonly from: string | number | null;
  /** What is imported by that name: `default`, `*`, or the exported name; the root itself where nothing is. */
  readonly imported: string;
  readonly members: readonly string[];
  /** The call at the root of the chain, of which the rest is taken: `expect(x)` of `expect(x).not.toBe(1)`. */
  readonly first: Extract<Expr, { k: 'call' }> | null;
}

/** The chain that an expression is; null where it begins with something that has no name. */
export function chainOf(facts: FileFacts, e: Expr): Callee | null {
  const members: string[] = [];
  let first: Callee['first'] = null;
  let at = e;
  for (;;) {
    if (at.k === 'get') {
      members.push(at.n);
      at = at.o;
    } else if (at.k === 'call') {
      first = at;
      at = at.f;
    } else if (at.k === 'tag') at = at.f;
    else if (at.k === 'idx') {
      members.push(at.x.k === 'lit' ? String(at.x.v) : '?');
      at = at.o;
    } else break;
  }
  members.reverse();
  if (at.k === 'glo') return { root: at.n, from: null, imported: at.n, members, first };
  if (at.k === 'imp') return { root: at.n, from: at.m, imported: at.n, members, first };
  if (at.k !== 'var') return null;
  const binding = facts.bindings[at.b];
  const [source, ...others] = binding?.v ?? [];
  if (binding === undefined) return null;
  if (source !== undefined && others.length === 0 && source.e.k === 'imp' && source.o === undefined) {
    const path = source.p ?? [];
    const name = path.length > 0 ? String(path[0]) : source.e.n;
    return { root: /^(?:default|[*=])$/.test(name) ? binding.n : name, from: source.e.m, imported: name, members, first };
  }
  // `const test = base.extend({ … })` is still the runner's.
  if (source?.e.k === 'call' && others.length === 0 && source.p === undefined && source.e.f.k === 'get' && source.e.f.n === 'extend') {
    const base = chainOf(facts, source.e.f.o);
    if (base !== null && typeof base.from === 'string' && base.members.length === 0) return { ...base, members, first };
  }
  return { root: binding.n, from: at.b, imported: binding.n, members, first };
}

/** The function that an expression is: written there, or the only value of the variable. */
export function functionOf(facts: FileFacts, e: Expr | undefined): number | null {
  if (e?.k === 'fn') return e.i;
  if (e?.k !== 'var') return null;
  const sources = facts.bindings[e.b]?.v ?? [];
  const [only] = sources;
  return sources.length === 1 && only?.e.k === 'fn' && only.p === undefined ? only.e.i : null;
}
