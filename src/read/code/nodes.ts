import type { Expr, FileFacts } from './facts.ts';

/** Hands over every expression and statement below a part of a function, without the functions inside it. A loop: the nesting is the author's choice. */
export function eachNode(facts: FileFacts, root: unknown, found: (node: { k: string }) => void): void {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (Array.isArray(node)) {
      for (let i = node.length - 1; i >= 0; i--) if (typeof node[i] === 'object') pending.push(node[i]);
      continue;
    }
    const { k, b, j } = node as { k?: string; b?: unknown; j?: unknown };
    if (k !== undefined) found(node as { k: string });
    if (k === 'lit' || k === 'var' || k === 'imp' || k === 'glo' || k === 'fn') continue;
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

/** The same, of whole functions: those of a function itself. */
export function eachIn(facts: FileFacts, fn: number, found: (node: { k: string }) => void): void {
  eachNode(facts, facts.functions[fn]?.b, found);
}

/** True for an expression of a kind, for nodes that may be statements too. */
export function isExpr<K extends Expr['k']>(node: { k: string }, kind: K): node is Extract<Expr, { k: K }> {
  return node.k === kind;
}
