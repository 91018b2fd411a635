import { digestsOf } from '../clones/steps.ts';
import { seenIn } from '../constructs/in-code.ts';
import type { Seen } from '../constructs/in-code.ts';
import { visitExpressions } from '../constructs/nodes.ts';
import { speaksOfViewer } from '../screens/viewer.ts';
import { measure } from '../structure/measures.ts';
import type { Measures } from '../structure/measures.ts';
import type { FileFacts } from './facts.ts';

/**
 * What a walk over a file tells without any other file. It is made and kept with the file's facts, because from one reading to the
 * next most files stay as they are: whoever changes what is told raises `factsVersion`.
 */
export interface Alone extends Measures {
  /** What expressions show of themselves: the function they stand in (-1 in a class and in none of its methods) and the line. */
  readonly seen: readonly (Seen & { readonly fn: number; readonly line: number })[];
  /** A variable may speak of who is looking. */
  readonly speaks: boolean;
  /** Calls of methods by which builders of schemas make or change a table. */
  readonly builds: boolean;
  /** Functions that are long enough to be compared with others: index, and digests of the different things that they do. */
  readonly steps: readonly (readonly [fn: number, digests: readonly number[]])[];
}

/** The facts of a file with what is kept beside them. */
export interface KeptFacts extends FileFacts {
  readonly alone: Alone;
}

const builders = /^(createTable|alterTable|table|createTableIfNotExists)$/;

/** Walks a file. */
export function aloneOf(facts: FileFacts): Alone {
  const seen: (Seen & { fn: number; line: number })[] = [];
  let builds = false;
  const take = (root: unknown, l: number, fn: number, name: string): void => {
    visitExpressions(facts, root, l, (node) => {
      const { e, line } = node;
      builds ||= e.k === 'call' && e.f.k === 'get' && builders.test(e.f.n);
      const one = seenIn(facts, node, name);
      if (one !== null) seen.push({ ...one, fn, line: Math.max(1, line) });
    });
  };
  facts.functions.forEach(({ b, l, n }, index) => take(b, l, index, index === 0 ? '' : n));
  for (const { s, f, l } of facts.classes) take([Object.entries(s), Object.entries(f)], l, -1, '');
  const speaks = facts.bindings.some(({ n }) => speaksOfViewer(n));
  return { ...measure(facts), seen, speaks, builds, steps: digestsOf(facts) };
}
