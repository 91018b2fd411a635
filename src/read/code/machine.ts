import type { Place } from '../../model/words.ts';
import { keyOfAddress } from './addressed.ts';
import type { Address } from './addressed.ts';
import { markKey } from './conditions.ts';
import type { Tested } from './conditions.ts';
import { CallStack, placeIn } from './call-stack.ts';
import { UsedRows } from './data/used-rows.ts';
import { evaluate } from './expressions.ts';
import type { Expr, Func, Stmt } from './facts.ts';
import type { CallExpr, Condition, Listener } from './listener.ts';
import { property } from './members.ts';
import type { Resolve } from './modules.ts';
import { placed } from './python/arguments.ts';
import { deepMerge } from './sinks.ts';
import { followBlock } from './statements.ts';
import { either, keyOf, NULL, UNKNOWN } from './value.ts';
import type { Frame, SourceFile, Value } from './value.ts';
import { instanceOfType } from './variables.ts';
import { Visit } from './visit.ts';
import type { Access, Atom, Outcome } from './visit.ts';

/** The request to an endpoint, as far as the endpoint says: its method, its path, and what its framework calls it. */
export interface Handling {
  readonly method: string;
  readonly path: string;
  readonly endpoint?: string;
  /** The function of which what it returns is sent as a page, where it is text. */
  readonly writes?: Value;
}

const deepest = 16;
const mostVisits = 150_000;
const mostSteps = 4_000_000;

/**
 * Follows the program without running it: statement by statement, into local functions with the values they are
 * called with. Every bound is a number above; beyond them a value is unknown, never wrong.
 */
export class Machine {
  readonly files: ReadonlyMap<string, SourceFile>;
  /** What the application puts on the request, by name. */
  readonly requestFields = new Map<string, Value[]>();
  /** What applications put on their framework's instance, by name. */
  readonly decorations = new Map<string, Value>();
  /** What a container provides where a class is asked for, by the class's key. */
  readonly provided = new Map<string, Value>();
  /** Namespaces of the configuration, by name. */
  readonly configuration = new Map<string, Value>();
  /** Which metadata guards asked for, by the site of the context that they were called with. */
  readonly metadataAsked = new Map<string, Set<string>>();
  /** What needs no import in a unit, by the unit's folder: names and the files that export them. */
  readonly automatic = new Map<string, Map<string, SourceFile>>();
  /** Environment variables whose absence ends the program. */
  readonly checkedEnvironment = new Set<string>();
  exhausted = false;
  readonly resolve: Resolve;
  readonly listener: Listener;
  private readonly modules = new Map<string, { frame: Frame; visit: Visit }>();
  private readonly known = new Map<string, Visit>();
  private readonly seenFunctions = new Set<Func>();
  private frames = 0;
  private visits = 0;
  private steps = 0;
  private readonly forks = new WeakMap<object, number>();
  private forked = 0;
  /** The calls that are being followed. */
  readonly calls = new CallStack();
  /** Which rows of what statements give are used. */
  readonly rows = new UsedRows();
  /** What is being followed. */
  visit: Visit;
  /** Where the condition being evaluated notes what it compares; null outside of conditions. */
  atoms: Atom[] | null = null;
  /** The request that a handler of all requests is followed for; null outside of those. */
  addressed: Address | null = null;
  /** Where the condition being evaluated notes what becomes certain by it; null outside of conditions. */
  marks: Tested | null = null;
  /** The endpoint of Python that is being followed, where its request is no argument; null outside of those. */
  handling: Handling | null = null;
  /** Marks that guards in front of the handler being followed have made certain. */
  assumed: ReadonlySet<string> | null = null;
  /** What middleware handed on to the next as the context: `next({ ctx: { user } })`. */
  readonly handedOn: Value[] = [];
  /** A function of which what it returns decides whether the request goes on. */
  deciding: Value | null = null;
  /** True inside of a branch that only some requests take. */
  branching = false;
  /** True between BEGIN and COMMIT. */
  transaction = false;
  /** The branches taken in the function being followed. */
  branch: readonly string[] = [];
  /** True in what is done once for each of an unknown number of things. */
  loops = false;
  /** What certainly happens in the block being followed. */
  outcome: Outcome = { answer: null, throws: false, next: false, exits: false };
  /** The tests that what is being followed stands under, outermost first. */
  readonly under: Condition[] = [];
  /** For each `try` around, the symbols called inside. */
  readonly watching: string[][] = [];
  /** The fields of instances, by the value's key. */
  readonly instances = new Map<string, Frame>();

  constructor(files: ReadonlyMap<string, SourceFile>, resolve: Resolve, listener: Listener) {
    this.files = files;
    this.resolve = resolve;
    this.listener = listener;
    this.visit = undefined as unknown as Visit;
  }

  /** A module's variables, and what its top level does. */
  module(file: SourceFile): { frame: Frame; visit: Visit } {
    let found = this.modules.get(file.path);
    if (found === undefined) {
      found = { frame: this.frame(file, 0, null, null), visit: new Visit(file, 0) };
      this.modules.set(file.path, found);
    }
    return found;
  }

  /** Runs the top level of a module and, before it, of the modules it imports. */
  load(file: SourceFile, loading: Set<string>): void {
    const pending: { file: SourceFile; next: number }[] = [{ file, next: 0 }];
    loading.add(file.path);
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      const specifier = top.file.facts.imports[top.next++];
      if (specifier === undefined) {
        pending.pop();
        this.runModule(top.file);
        continue;
      }
      if (specifier[2]) continue;
      const target = this.resolve(top.file.path, specifier[0]);
      const found = 'file' in target ? this.files.get(target.file) : undefined;
      if (found !== undefined && !loading.has(found.path)) {
        loading.add(found.path);
        pending.push({ file: found, next: 0 });
      }
    }
  }

  runModule(file: SourceFile): void {
    const { frame, visit } = this.module(file);
    if (visit.ready) return;
    visit.ready = true;
    this.in(visit, () => {
      this.bounded(() => {
        visit.outcome = this.block(file.facts.functions[0]?.b ?? [], frame);
      });
    });
  }

  /** Does what may exhaust the stack; the rest of it is then missing, and said to be. */
  bounded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.exhausted = true;
    }
  }

  /** True once the function was followed with real arguments. */
  wasSeen(file: SourceFile, fn: number): boolean {
    const func = file.facts.functions[fn];
    return func !== undefined && this.seenFunctions.has(func);
  }

  frame(file: SourceFile, fn: number, up: Frame | null, self: Value | null): Frame {
    return { id: fn === 0 ? 0 : ++this.frames, file, fn, up, self, memo: new Map(), tested: null, now: null };
  }

  in<T>(visit: Visit, work: () => T): T {
    const outer = {
      visit: this.visit,
      atoms: this.atoms,
      marks: this.marks,
      outcome: this.outcome,
      branch: this.branch,
      loops: this.loops,
      branching: this.branching,
    };
    this.visit = visit;
    this.branching = false;
    this.atoms = null;
    this.marks = null;
    this.branch = [];
    this.loops = false;
    this.outcome = { answer: null, throws: false, next: false, exits: false };
    try {
      return work();
    } finally {
      this.visit = outer.visit;
      this.atoms = outer.atoms;
      this.marks = outer.marks;
      this.outcome = outer.outcome;
      this.branch = outer.branch;
      this.loops = outer.loops;
      this.branching = outer.branching;
    }
  }

  /** Tells of what is no call of a package's symbol: an answer, a cookie, a header, something thrown. */
  tell(symbol: string, means: string, args: readonly Value[], expr: CallExpr, frame: Frame): void {
    const where = this.place(frame, expr.l, expr.e);
    this.listener.call({ symbol, means, receiver: null, args, expr, frame, where, transaction: this.transaction });
  }

  /** Does what happens only on one side of a fork in the code. */
  on<T>(fork: object, side: '+' | '-' | '!', work: () => T): T {
    let number = this.forks.get(fork);
    if (number === undefined) this.forks.set(fork, (number = ++this.forked));
    const outer = this.branch;
    this.branch = [...outer, `${number}${side}`];
    try {
      return work();
    } finally {
      this.branch = outer;
    }
  }

  /** Does what happens once for each of a number of things that is not known. */
  repeatedly<T>(work: () => T): T {
    const outer = this.loops;
    this.loops = true;
    try {
      return work();
    } finally {
      this.loops = outer;
    }
  }

  /** Notes what the function being followed does here. */
  takes(does: Access | Visit): void {
    if (this.visit !== undefined) this.visit.takes({ does, branch: this.branch, loops: this.loops, transaction: this.transaction });
  }

  /** Whether what the function of a frame returns decides if the request goes on. */
  decides({ file, fn }: Frame): boolean {
    return this.deciding?.k === 'fn' && this.deciding.file === file && this.deciding.fn === fn;
  }

  /** Counts a step; false when there have been too many. */
  step(): boolean {
    if (++this.steps <= mostSteps) return true;
    this.exhausted = true;
    return false;
  }

  /** Evaluates at a frame that may belong to another function than the one being followed. */
  lazily(frame: Frame, e: Expr): Value {
    if (frame.fn !== 0) return this.eval(e, frame);
    const { visit } = this.module(frame.file);
    return this.visit === visit ? this.eval(e, frame) : this.in(visit, () => this.eval(e, frame));
  }

  /** Follows a function with arguments. `expr` is the call, for those who want to know from where. */
  apply(
    fn: Value,
    args: readonly Value[],
    self: Value | null = null,
    expr: CallExpr | null = null,
    caller: Frame | null = null,
  ): Visit | null {
    if (fn.k !== 'fn') return null;
    const func = fn.file.facts.functions[fn.fn];
    if (func === undefined) return null;
    const me = fn.self ?? self ?? (func.w.includes('w') ? fn.frame.self : null) ?? null;
    const key = `${fn.file.path}:${fn.fn}@${fn.frame.id}(${args.map((arg) => keyOf(arg)).join(',')})${me === null ? '' : keyOf(me)}${this.transaction ? 'T' : ''}${this.addressed === null ? '' : keyOfAddress(this.addressed)}${this.handling === null ? '' : `${this.handling.method} ${this.handling.path}`}`;
    const known = this.known.get(key);
    if (known !== undefined && !known.through) {
      if (this.visit !== undefined) this.visit.leadsTo(known, this.branching);
      this.takes(known);
      return known;
    }
    const again = this.calls.isFollowing(fn.file, fn.fn);
    if (this.calls.depth >= deepest || again || this.visits >= mostVisits) {
      if (this.visits >= mostVisits) this.exhausted = true;
      if (again && expr !== null && caller !== null) deepMerge(this, args, expr, caller);
      return null;
    }
    this.visits++;
    this.seenFunctions.add(func);
    const visit = new Visit(fn.file, fn.fn);
    this.known.set(key, visit);
    if (this.visit !== undefined) this.visit.leadsTo(visit, this.branching);
    this.takes(visit);
    const frame = this.frame(fn.file, fn.fn, fn.frame, me);
    const file = fn.file;
    this.calls.enter({ visit, frame, caller, expr });
    const transaction = this.transaction;
    const under = this.under.length;
    try {
      this.in(visit, () =>
        this.bounded(() => {
          const inOrder = func.w.includes('p') ? placed(func, file, args) : null;
          func.p.forEach((param, index) => {
            const given =
              inOrder !== null
                ? inOrder[index]
                : param.rest === 1
                  ? ({ k: 'arr', items: args.slice(index), open: false } as Value)
                  : args[index];
            let value = given ?? UNKNOWN;
            if ((given === undefined || value.k === 'unknown') && param.d !== undefined)
              value = given === undefined ? this.eval(param.d, frame) : either([value, this.eval(param.d, frame)]);
            if (value.k === 'unknown' && param.t !== undefined)
              value = instanceOfType(this, param.t, frame, `${file.path}:${fn.fn}.${index}`);
            frame.memo.set(param.b, value);
          });
          visit.outcome = this.block(func.b, frame);
          if (!visit.outcome.exits) visit.ends('ends', frame.tested);
          const values = frame.memo.get('return');
          visit.value = values ?? NULL;
        }),
      );
    } finally {
      this.transaction = transaction;
      this.under.length = under;
      this.calls.leave();
      visit.ready = true;
    }
    return visit;
  }

  /** True when a test has made certain where we stand that a value does no harm at sinks of a kind; `?` asks for tests that could not be followed. */
  isTested(value: Value, frame: Frame, kind: string): boolean {
    const key = markKey(value);
    const holds = (marks: ReadonlySet<string> | null | undefined) =>
      marks !== null && marks !== undefined && (marks.has(`${kind}|${key}`) || (kind !== '?' && marks.has(`*|${key}`)));
    if (holds(this.assumed)) return true;
    for (let at: Frame | null = frame; at !== null; at = at.up) if (holds(at.tested)) return true;
    return this.calls.some(holds);
  }

  /** Tells of values that arrive at a sink which is no call of a package's symbol. */
  arrive(
    symbol: string,
    args: readonly Value[],
    place: { l: number; e?: number; i?: number },
    frame: Frame,
    notes: readonly string[] = [],
  ): void {
    const where = this.place(frame, place.l, place.e ?? place.l);
    this.listener.arrive({ symbol, args, receiver: null, frame, where, at: place.i ?? -1, notes });
  }

  /** `fastify.decorate('name', value)` */
  decorate(name: string, value: Value): void {
    const before = this.decorations.get(name);
    this.decorations.set(name, before === undefined ? value : either([before, value]));
  }

  /** A property of a value. */
  get(value: Value, name: string, frame: Frame): Value {
    const found = property(this, value, name, frame);
    for (const one of found.k === 'either' ? found.of : [found]) {
      if (one.k === 'input') this.visit.reads(one);
      if (one.k === 'session') this.visit.asks(one.path);
    }
    return found;
  }

  /** What an expression is. */
  eval(e: Expr, frame: Frame): Value {
    return evaluate(this, e, frame);
  }

  /** Follows statements in order; tells what certainly happens. */
  block(statements: readonly Stmt[], frame: Frame, from = 0): Outcome {
    return followBlock(this, statements, frame, from);
  }

  /** A place in the file of a frame. */
  place(frame: Frame, line: number, endLine: number): Place {
    return placeIn(frame, line, endLine);
  }

  /** `file:line` of the function a frame belongs to. */
  within(frame: Frame): string {
    return `${frame.file.path}:${frame.fn <= 0 ? 0 : (frame.file.facts.functions[frame.fn]?.l ?? 0)}`;
  }
}
