import type { Expr, FileFacts } from '../code/facts.ts';
import { eachNode, isExpr } from '../code/nodes.ts';
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
  eachNode(facts, root, (node) => {
    if (isExpr(node, 'call')) found(node);
  });
}

/** The last name of what is called: `api.users.create` is `create`. */
export function lastName(facts: FileFacts, e: Expr): string {
  if (e.k === 'get' || e.k === 'glo') return e.n;
  if (e.k === 'var') return facts.bindings[e.b]?.n ?? '';
  return e.k === 'imp' ? e.n : '';
}
