import type { Place } from '../../model/words.ts';
import type { SourceFile, Value } from './value.ts';

/** One comparison or truth test inside a condition. */
export interface Atom {
  readonly op: string;
  readonly l: Value;
  readonly r: Value;
}

/** A condition under which a function ends the request. */
export interface Refusal {
  readonly atoms: readonly Atom[];
  /** HTTP status; `throw` for an error that is thrown or handed to `next`. */
  readonly status: number | 'throw';
  /** False when the code carries on to `next()` or to its work after answering. */
  readonly effective: boolean;
  readonly where: Place;
}

/** What certainly happens when a block runs to its end. */
export interface Outcome {
  answer: number | null;
  throws: boolean;
  next: boolean;
  exits: boolean;
}

/** What happened while one function was followed with given arguments. */
export interface Visit {
  readonly file: SourceFile;
  readonly fn: number;
  /** `file:line` */
  readonly id: string;
  readonly children: Set<Visit>;
  /** Children called for their effect alone: an answer that they send does not end this function. */
  loose: Set<Visit> | null;
  readonly inputs: Map<string, Extract<Value, { k: 'input' }>>;
  readonly refusals: Refusal[];
  readonly parses: { schema: Value; of: Value; where: Place }[];
  readonly means: Set<string>;
  /** Tests in what the function returns, for callers that ask `if (isOwner(...))`. */
  readonly returned: Atom[];
  readonly session: Set<string>;
  outcome: Outcome;
  value: Value;
  /** A statement inside belongs to the caller, which has to be seen each time. */
  through: boolean;
  ready: boolean;
}

const reached = new WeakMap<Visit, readonly Visit[]>();

/** The visit and all that it leads to. Asked for only when the program has been followed. */
export function reach(root: Visit): readonly Visit[] {
  let found = reached.get(root);
  if (found === undefined) {
    const seen = new Set([root]);
    for (const visit of seen) for (const child of visit.children) seen.add(child);
    found = [...seen];
    reached.set(root, found);
  }
  return found;
}
