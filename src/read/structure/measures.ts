import type { FileFacts } from '../code/facts.ts';

/** What a walk over a file's facts measures. */
export interface Measures {
  /** Cyclomatic complexity by function. */
  readonly complexity: readonly number[];
  /** Modules that it needs when it runs: an import of which no value is used vanishes with the types, whatever it says. */
  readonly needed: readonly string[];
}

/** Measures a file. A loop and no recursion: the nesting is the author's choice. */
export function measure(facts: FileFacts): Measures {
  // Bindings whose value is used somewhere, and modules that are asked for in the middle of an expression.
  const used = new Set<number>();
  const needed = new Set<string>();
  const complexity = facts.functions.map(({ b }) => 1 + walk(facts, b, used, needed));
  for (const { up, s, f, w, d } of facts.classes) complexity[0] = (complexity[0] ?? 1) + walk(facts, [up, s, f, w, d], used, needed);
  walk(facts, [facts.exports, facts.functions.map(({ p }) => p), facts.bindings.map(({ t }) => t)], used, needed);
  const bound = new Set<string>();
  facts.bindings.forEach(({ v }, index) => {
    for (const { e } of v)
      if (e.k === 'imp') {
        bound.add(e.m);
        if (used.has(index)) needed.add(e.m);
      }
  });
  for (const star of facts.stars) needed.add(star);
  for (const [specifier, , typeOnly] of facts.imports) if (!typeOnly && !bound.has(specifier)) needed.add(specifier);
  return { complexity, needed: [...needed] };
}

function walk(facts: FileFacts, root: unknown, used: Set<number>, inline: Set<string>): number {
  let decisions = 0;
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (Array.isArray(node)) {
      for (const one of node as unknown[]) if (typeof one === 'object') pending.push(one);
      continue;
    }
    const { k, b, j, c, m } = node as { k?: string; b?: unknown; j?: unknown; c?: unknown; m?: unknown };
    if (k === 'lit' || k === 'fn' || k === 'cls' || k === 'glo') continue;
    if (k === 'imp') {
      if (typeof m === 'string') inline.add(m);
      continue;
    }
    if (k === 'var') {
      if (typeof b === 'number') used.add(b);
      continue;
    }
    if (k === 'if' || k === 'or' || k === 'loop' || (k === 'try' && c !== undefined)) decisions++;
    if ((k === 'def' || k === 'set') && typeof b === 'number' && typeof j === 'number') {
      const source = facts.bindings[b]?.v[j];
      if (source !== undefined) pending.push(source.e, source.d);
      continue;
    }
    for (const key in node) {
      const one = (node as Record<string, unknown>)[key];
      if (typeof one === 'object') pending.push(one);
    }
  }
  return decisions;
}
