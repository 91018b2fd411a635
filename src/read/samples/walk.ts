import type { Expr, FileFacts } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';

/** A call in the text of a program. */
export type Call = Extract<Expr, { k: 'call' }>;

/** A call, and the function that it stands in (0 is the module itself). */
export interface Site {
  readonly file: SourceFile;
  readonly fn: number;
  readonly call: Call;
}

/** Every call of a file, in the order of the text. A loop and no recursion: the nesting is the author's choice. */
export function callsIn(file: SourceFile): Site[] {
  const { facts } = file;
  const found = new Map<number, Site>();
  facts.functions.forEach(({ b }, fn) => gather(facts, b, (call) => found.set(call.i, { file, fn, call })));
  for (const { s, f } of facts.classes) gather(facts, [s, f], (call) => found.set(call.i, { file, fn: 0, call }));
  return [...found.values()].sort((a, b) => a.call.i - b.call.i);
}

/** What a function may return. */
export function returnsOf(facts: FileFacts, fn: number): Expr[] {
  const found: Expr[] = [];
  const pending: unknown[] = [facts.functions[fn]?.b];
  for (let node = pending.pop(); node !== undefined && found.length < 8; node = pending.pop()) {
    if (Array.isArray(node)) pending.push(...(node as unknown[]).toReversed());
    else if (typeof node === 'object' && node !== null) {
      const { k, e, a, b, c, f } = node as { k?: string; e?: Expr; a?: unknown; b?: unknown; c?: unknown; f?: unknown };
      if (k === 'ret' && e !== undefined) found.push(e);
      else if (k === 'if' || k === 'loop' || k === 'try' || k === 'block') pending.push(f, c, b, a);
      else if (k === undefined && Array.isArray(a)) pending.push(a);
    }
  }
  return found;
}

function gather(facts: FileFacts, root: unknown, found: (call: Call) => void): void {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (Array.isArray(node)) {
      for (const one of node as unknown[]) if (typeof one === 'object') pending.push(one);
      continue;
    }
    const { k, b, j } = node as { k?: string; b?: unknown; j?: unknown };
    if (k === 'lit' || k === 'var' || k === 'imp' || k === 'glo' || k === 'fn') continue;
    if (k === 'call') found(node as Call);
    if ((k === 'def' || k === 'set') && typeof b === 'number' && typeof j === 'number') {
      const source = facts.bindings[b]?.v[j];
      // A variable that is taken apart has one source for each part, all of the same expression.
      if (source !== undefined && source.e.k !== 'var') pending.push(source.e, source.d);
      continue;
    }
    for (const key in node) {
      const one = (node as Record<string, unknown>)[key];
      if (typeof one === 'object') pending.push(one);
    }
  }
}

/** The last name of what is called: `api.users.create` is `create`. */
export function lastName(facts: FileFacts, e: Expr): string {
  if (e.k === 'get' || e.k === 'glo') return e.n;
  if (e.k === 'var') return facts.bindings[e.b]?.n ?? '';
  return e.k === 'imp' ? e.n : '';
}
