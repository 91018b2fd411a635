import type { Place } from '../../model/words.ts';
import { keyOf, UNKNOWN } from './value.ts';
import type { SourceFile, Value } from './value.ts';

/** One comparison or truth test inside a condition. */
export interface Atom {
  readonly op: string;
  readonly l: Value;
  readonly r: Value;
  /** It stands under a `!`. */
  readonly not?: boolean;
  /** How a text was looked at. */
  readonly how?: 'starts' | 'ends' | 'search';
  /** It was made by a function that was called, which tells itself what becomes certain. */
  readonly inner?: true;
}

/** A condition under which a function ends the request. */
export interface Refusal {
  readonly atoms: readonly Atom[];
  /** HTTP status; `throw` for an error that is thrown or handed to `next`. */
  readonly status: number | 'throw';
  /** False when the code carries on to `next()` or to its work after answering. */
  readonly effective: boolean;
  readonly where: Place;
  /** It ends the callers too, whatever they do with what they get. */
  readonly thrown?: boolean;
  /** It only returns something else than the work: an end where what is called is an endpoint by itself. */
  readonly mild?: boolean;
}

/** What certainly happens when a block runs to its end. */
export interface Outcome {
  answer: number | null;
  throws: boolean;
  next: boolean;
  exits: boolean;
}

/** A statement to the database that one call makes, however many times it was followed. */
export interface Access {
  readonly kind: 'access';
}

/** What a function does in its order: a statement to the database, or a call of another function. */
export interface Step {
  readonly does: Access | Visit;
  /** The branches that lead there: the number of the fork with `+` or `-`, or with `!` for a clause that catches. */
  readonly branch: readonly string[];
  /** Once for each of a number of things that is not known. */
  readonly loops: boolean;
  readonly transaction: boolean;
}

const none: ReadonlySet<never> = new Set();
const nothing: readonly never[] = [];

/** What happened while one function was followed with given arguments. Most visits hold little, so nothing is made before it is needed. */
export class Visit {
  readonly file: SourceFile;
  readonly fn: number;
  /** `file:line` */
  readonly id: string;
  children: ReadonlySet<Visit> = none;
  /** Statements and calls in their order. */
  steps: readonly Step[] = nothing;
  /** Children called for their effect alone: an answer that they send does not end this function. */
  loose: Set<Visit> | null = null;
  /** Children called under a condition alone: what they refuse says nothing about other requests. */
  maybe: Set<Visit> | null = null;
  inputs: ReadonlyMap<string, Extract<Value, { k: 'input' }>> | null = null;
  refusals: readonly Refusal[] = nothing;
  parses: readonly { schema: Value; of: Value; where: Place }[] = nothing;
  means: ReadonlySet<string> = none;
  /** Tests in what the function returns, for callers that ask `if (isOwner(...))`. */
  readonly returned: Atom[] = [];
  session: ReadonlySet<string> = none;
  /** Texts that fields of what a caller sent were compared with, by the field (`body.type`). */
  compared: ReadonlyMap<string, ReadonlySet<string>> | null = null;
  outcome: Outcome = { answer: null, throws: false, next: false, exits: false };
  value: Value = UNKNOWN;
  /** What is certain of values where the function returns something truthy, something falsy, at all, and where it calls `next`. */
  readonly certain: Record<'yes' | 'no' | 'ends' | 'next', ReadonlySet<string> | null> = { yes: null, no: null, ends: null, next: null };
  /** A statement inside belongs to the caller, which has to be seen each time. */
  through = false;
  ready = false;
  /** It gives nothing to callers without a session: `if (!session) return null`. */
  gated = false;
  /** It returns nothing to callers who bring no credentials at all, so what it refuses others says nothing about those. */
  optional = false;

  constructor(file: SourceFile, fn: number) {
    this.file = file;
    this.fn = fn;
    this.id = `${file.path}:${fn === 0 ? 0 : (file.facts.functions[fn]?.l ?? 0)}`;
  }

  /** The function can end in this way with these marks; certain is what holds each time. */
  ends(how: 'yes' | 'no' | 'ends' | 'next', marks: ReadonlySet<string> | null): void {
    const before = this.certain[how];
    const now = marks ?? none;
    this.certain[how] = before === null ? new Set(now) : new Set([...before].filter((one) => now.has(one)));
  }

  /** The function calls another, perhaps under a condition alone. */
  leadsTo(child: Visit, maybe: boolean): void {
    if (this.children === none) this.children = new Set();
    if (!maybe) this.maybe?.delete(child);
    else if (!this.children.has(child)) (this.maybe ??= new Set()).add(child);
    (this.children as Set<Visit>).add(child);
  }

  /** The function makes a statement or a call, once at each place. */
  takes(step: Step): void {
    if (this.steps.some((one) => one.does === step.does && one.branch === step.branch)) return;
    if (this.steps === nothing) this.steps = [];
    if (this.steps.length < 400) (this.steps as Step[]).push(step);
  }

  /** The function does something that knowledge has a word for. */
  does(means: string): void {
    if (this.means === none) this.means = new Set();
    (this.means as Set<string>).add(means);
  }

  /** The function reads a field of the request. */
  reads(input: Extract<Value, { k: 'input' }>): void {
    this.inputs ??= new Map();
    (this.inputs as Map<string, Value>).set(keyOf(input), input);
  }

  /** The function asks who is calling. */
  asks(path: readonly string[]): void {
    if (this.session === none) this.session = new Set();
    (this.session as Set<string>).add(path.join('.'));
  }

  /** The function compares what a caller sent with texts. */
  compares(atoms: readonly Atom[]): void {
    for (const { l, r, op } of atoms) {
      if (l.k !== 'input' || r.k !== 'lit' || typeof r.v !== 'string' || !/^(={2,3}|!={1,2}|truthy)$/.test(op)) continue;
      const name = [l.from, ...l.path].join('.');
      this.compared ??= new Map();
      const texts = new Set(this.compared.get(name));
      if (texts.size < 40) texts.add(r.v);
      (this.compared as Map<string, ReadonlySet<string>>).set(name, texts);
    }
  }

  /** The function ends the request under a condition. */
  refuses(refusal: Refusal): void {
    if (this.refusals === nothing) this.refusals = [];
    (this.refusals as Refusal[]).push(refusal);
  }

  /** The function has a schema parse a value. */
  parsed(schema: Value, of: Value, where: Place): void {
    if (this.parses === nothing) this.parses = [];
    (this.parses as { schema: Value; of: Value; where: Place }[]).push({ schema, of, where });
  }

  /** Runs work and gives what it alone did; afterwards all counts. */
  doneBy<T>(work: () => T): { value: T; means: ReadonlySet<string> } {
    const before = this.means;
    this.means = none;
    const value = work();
    const means = this.means;
    for (const one of before) this.does(one);
    return { value, means: new Set(means) };
  }
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

export function refuses(outcome: Outcome): boolean {
  return outcome.throws || (outcome.answer !== null && isRefusal(outcome.answer));
}

export function statusOf(outcome: Outcome): number | 'throw' {
  return outcome.answer !== null && isRefusal(outcome.answer) ? outcome.answer : 'throw';
}

/** A status that ends a request without giving what was asked for; every redirection counts as 302. */
export function isRefusal(status: number): boolean {
  return status >= 400 || status === 302;
}

export function merge(a: Outcome, b: Outcome): Outcome {
  return {
    answer: a.answer !== null && b.answer !== null ? Math.min(a.answer, b.answer) : null,
    throws: a.throws && b.throws,
    next: a.next || b.next,
    exits: a.exits && b.exits,
  };
}
