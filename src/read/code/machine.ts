import { knowledgeOf } from './knowledge.ts';
import type { Place } from '../../model/words.ts';
import { flag } from './facts.ts';
import type { Binding, Expr, Source, Stmt } from './facts.ts';
import { property } from './members.ts';
import type { Resolve } from './modules.ts';
import { isClosed, shapeOf } from './schema.ts';
import { either, keyOf, literal, NULL, symbolOf, UNKNOWN } from './value.ts';
import type { Frame, SourceFile, Value } from './value.ts';
import { Visit } from './visit.ts';
import type { Atom, Outcome } from './visit.ts';

export type CallExpr = Extract<Expr, { k: 'call' | 'tag' }>;

/** A call of a package's symbol, as the listeners of the machine see it. */
export interface KnownCall {
  readonly symbol: string;
  readonly means: string;
  readonly receiver: Value | null;
  readonly args: readonly Value[];
  readonly expr: CallExpr;
  readonly frame: Frame;
  readonly where: Place;
  readonly transaction: boolean;
}

/** What is told about a catch clause or a rejection handler. */
export interface CaughtError {
  readonly frame: Frame;
  readonly where: Place;
  readonly body: readonly Stmt[] | null;
  readonly handler: Value | null;
  readonly explained: boolean;
  readonly tried: readonly string[];
  readonly outcome: Outcome;
  readonly means: ReadonlySet<string>;
}

export interface Listener {
  call(call: KnownCall): Value | undefined;
  caught(caught: CaughtError): void;
}

interface Active {
  readonly visit: Visit;
  readonly frame: Frame;
  readonly caller: Frame | null;
  readonly expr: CallExpr | null;
}

const deepest = 16;
const mostVisits = 150_000;
const mostSteps = 4_000_000;
export const REQ: Value = { k: 'role', role: 'req', status: null };
export const RES: Value = { k: 'role', role: 'res', status: null };
export const NEXT: Value = { k: 'role', role: 'next', status: null };

/** Methods that give their receiver's text or items on, however changed. */
const carrying = new Set('trim trimStart trimEnd toLowerCase toUpperCase toString slice substring substr replace replaceAll split normalize concat padStart padEnd flat reverse valueOf at toSorted filter sort'.split(' '));

/**
 * Follows the program without running it: statement by statement, into local functions with the values they are
 * called with. Every bound is a number above; beyond them a value is unknown, never wrong.
 */
export class Machine {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly requestFields = new Map<string, Value[]>();
  /** Environment variables whose absence ends the program. */
  readonly checkedEnvironment = new Set<string>();
  exhausted = false;
  private readonly resolve: Resolve;
  private readonly listener: Listener;
  private readonly modules = new Map<string, { frame: Frame; visit: Visit }>();
  private readonly known = new Map<string, Visit>();
  private readonly stack: Active[] = [];
  private readonly running = new Set<string>();
  private readonly seenFunctions = new Set<string>();
  private frames = 0;
  private visits = 0;
  private steps = 0;
  private visit: Visit;
  private atoms: Atom[] | null = null;
  private transaction = false;
  private outcome: Outcome = { answer: null, throws: false, next: false, exits: false };

  constructor(files: ReadonlyMap<string, SourceFile>, resolve: Resolve, listener: Listener) {
    this.files = files;
    this.resolve = resolve;
    this.listener = listener;
    this.visit = undefined as unknown as Visit;
  }

  // --- modules ------------------------------------------------------------------------------------------------------

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

  private runModule(file: SourceFile): void {
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
    return this.seenFunctions.has(`${file.path}:${fn}`);
  }

  /** What a module exports under a name. */
  exported(file: SourceFile, name: string, depth = 0): Value {
    const { facts } = file;
    const { frame } = this.module(file);
    const own = (key: string) => (Object.hasOwn(facts.exports, key) ? this.lazily(frame, facts.exports[key] as Expr) : undefined);
    if (name === '*') return { k: 'mod', file };
    if (name === '=') {
      const whole = own('=');
      if (whole !== undefined) {
        const extra = Object.keys(facts.exports).filter((key) => key !== '=');
        if (extra.length === 0) return whole;
        if (whole.k === 'obj') {
          for (const key of extra) if (!whole.keys.has(key)) whole.keys.set(key, own(key) ?? UNKNOWN);
          return whole;
        }
        return whole;
      }
      return { k: 'mod', file };
    }
    const direct = own(name);
    if (direct !== undefined) return direct;
    const whole = own('=');
    if (whole !== undefined) return name === 'default' ? whole : this.get(whole, name, frame);
    if (depth < 8) {
      for (const specifier of facts.stars) {
        const target = this.resolve(file.path, specifier);
        const next = 'file' in target ? this.files.get(target.file) : undefined;
        if (next === undefined) {
          if ('package' in target) return { k: 'lib', symbol: `${target.package}#${name}` };
          continue;
        }
        const found = this.exported(next, name, depth + 1);
        if (found.k !== 'unknown') return found;
      }
    }
    // `import x from './cjs'` where the module only sets properties of `exports`.
    return name === 'default' && Object.keys(facts.exports).length > 0 ? { k: 'mod', file } : UNKNOWN;
  }

  private imported(from: SourceFile, specifier: string, name: string): Value {
    const target = this.resolve(from.path, specifier);
    if ('file' in target) {
      const file = this.files.get(target.file);
      return file === undefined ? UNKNOWN : this.exported(file, name);
    }
    return { k: 'lib', symbol: name === '*' || name === '=' ? `${target.package}#` : `${target.package}#${name}` };
  }

  // --- visits and frames --------------------------------------------------------------------------------------------

  private frame(file: SourceFile, fn: number, up: Frame | null, self: Value | null): Frame {
    return { id: fn === 0 ? 0 : ++this.frames, file, fn, up, self, memo: new Map(), tested: null };
  }

  /** A field of what a schema parsed: narrowed when the schema allows no free text there. */
  parsedField(value: Extract<Value, { k: 'result' }>, name: string, frame: Frame): Value {
    const found = this.get(value.args[0] ?? UNKNOWN, name, frame);
    const shape = value.on === null ? null : shapeOf(value.on)?.fields?.get(name);
    return shape !== null && shape !== undefined && isClosed(shape) ? { k: 'guarded', of: found } : found;
  }

  private in<T>(visit: Visit, work: () => T): T {
    const outer = { visit: this.visit, atoms: this.atoms, outcome: this.outcome };
    this.visit = visit;
    this.atoms = null;
    this.outcome = { answer: null, throws: false, next: false, exits: false };
    try {
      return work();
    } finally {
      this.visit = outer.visit;
      this.atoms = outer.atoms;
      this.outcome = outer.outcome;
    }
  }

  /** Evaluates at a frame that may belong to another function than the one being followed. */
  private lazily(frame: Frame, e: Expr): Value {
    if (frame.fn !== 0) return this.eval(e, frame);
    const { visit } = this.module(frame.file);
    return this.visit === visit ? this.eval(e, frame) : this.in(visit, () => this.eval(e, frame));
  }

  /** Follows a function with arguments. `expr` is the call, for those who want to know from where. */
  apply(fn: Value, args: readonly Value[], self: Value | null = null, expr: CallExpr | null = null, caller: Frame | null = null): Visit | null {
    if (fn.k !== 'fn') return null;
    const func = fn.file.facts.functions[fn.fn];
    if (func === undefined) return null;
    const me = fn.self ?? self ?? ((func.w.includes('w') ? fn.frame.self : null) ?? null);
    const key = `${fn.file.path}:${fn.fn}@${fn.frame.id}(${args.map((arg) => keyOf(arg)).join(',')})${me === null ? '' : keyOf(me)}${this.transaction ? 'T' : ''}`;
    const known = this.known.get(key);
    if (known !== undefined && !known.through) {
      if (this.visit !== undefined) this.visit.leadsTo(known);
      return known;
    }
    const running = `${fn.file.path}:${fn.fn}`;
    if (this.stack.length >= deepest || this.running.has(running) || this.visits >= mostVisits) {
      if (this.visits >= mostVisits) this.exhausted = true;
      return null;
    }
    this.visits++;
    this.seenFunctions.add(running);
    const visit = new Visit(fn.file, fn.fn);
    this.known.set(key, visit);
    if (this.visit !== undefined) this.visit.leadsTo(visit);
    const frame = this.frame(fn.file, fn.fn, fn.frame, me);
    const file = fn.file;
    this.running.add(running);
    this.stack.push({ visit, frame, caller, expr });
    const transaction = this.transaction;
    try {
      this.in(visit, () =>
       this.bounded(() => {
        func.p.forEach((param, index) => {
          const given = param.rest === 1 ? ({ k: 'arr', items: args.slice(index), open: false } as Value) : args[index];
          let value = given ?? UNKNOWN;
          if ((given === undefined || value.k === 'unknown') && param.d !== undefined) value = given === undefined ? this.eval(param.d, frame) : either([value, this.eval(param.d, frame)]);
          if (value.k === 'unknown' && param.t !== undefined) value = this.typed(param.t, frame, `${file.path}:${fn.fn}.${index}`);
          frame.memo.set(param.b, value);
        });
        visit.outcome = this.block(func.b, frame);
        const values = frame.memo.get('return');
        visit.value = values ?? NULL;
      }));
    } finally {
      this.transaction = transaction;
      this.stack.pop();
      this.running.delete(running);
      visit.ready = true;
    }
    return visit;
  }

  /** An instance of what a type annotation names. */
  private typed(type: Expr, frame: Frame, site: string): Value {
    let value: Value;
    try {
      value = this.eval(type, frame);
    } catch {
      return UNKNOWN;
    }
    if (value.k === 'class') return { k: 'own', file: value.file, cls: value.cls, frame: value.frame, args: [], site: `type:${value.file.path}:${value.cls}` };
    if (value.k !== 'lib') return UNKNOWN;
    const role = /#(?:e\.|default\.)?(Request|Response|NextFunction)$/.exec(value.symbol)?.[1];
    if (value.symbol.startsWith('npm:express') && role !== undefined) return role === 'Request' ? REQ : role === 'Response' ? RES : NEXT;
    if (/^npm:express#(Express|Application|IRouter|Router)$/.test(value.symbol)) {
      return { k: 'inst', symbol: `npm:express#${value.symbol.endsWith('Router') ? 'Router' : 'Application'}`, site: `param:${site}`, args: [], on: null };
    }
    if (/#(Pool|Client|PoolClient|PrismaClient)$/.test(value.symbol)) {
      const returns = knowledgeOf(value.symbol)?.returns ?? value.symbol.slice(value.symbol.indexOf('#') + 1);
      return { k: 'inst', symbol: `${value.symbol.slice(0, value.symbol.indexOf('#') + 1)}${returns}`, site: `param:${site}`, args: [], on: null };
    }
    return UNKNOWN;
  }

  // --- variables ----------------------------------------------------------------------------------------------------

  private owner(binding: Binding, frame: Frame): Frame | null {
    for (let at: Frame | null = frame; at !== null; at = at.up) if (at.fn === binding.f) return at;
    return binding.f === 0 ? this.module(frame.file).frame : null;
  }

  private variable(index: number, frame: Frame): Value {
    const binding = frame.file.facts.bindings[index];
    if (binding === undefined) return UNKNOWN;
    const at = this.owner(binding, frame);
    if (at === null) return UNKNOWN;
    const set = at.memo.get(index);
    if (set !== undefined && binding.v.length === 0) return set;
    if (set !== undefined && binding.p === undefined) return set;
    if (binding.v.length === 0) return binding.t === undefined ? UNKNOWN : this.typed(binding.t, at, `${frame.file.path}:b${index}`);
    const simple = binding.v.length === 1 && set === undefined ? binding.v[0] : undefined;
    if (simple !== undefined && simple.o === undefined) {
      const value = this.source(simple, at);
      return value.k === 'unknown' && binding.t !== undefined ? this.typed(binding.t, at, `${frame.file.path}:b${index}`) : value;
    }
    let values: Value[] = set === undefined ? [] : [set];
    for (const source of binding.v.slice(0, 200)) {
      const value = this.source(source, at);
      if (source.o === undefined) values.push(value);
      else if (source.o === '+=') values = [append(either(values), value)];
      else if (source.o === 'push') {
        const list = values.find((one) => one.k === 'arr');
        if (list !== undefined && list.k === 'arr') values = [{ k: 'arr', items: [...list.items, value], open: true }];
      } else values = [{ k: 'guarded', of: either([...values, value]) }];
    }
    // A plain assignment replaces; which one holds at a given line is not followed, so each may.
    return either(values);
  }

  private source(source: Source, frame: Frame): Value {
    const known = frame.memo.get(source);
    if (known !== undefined) return known;
    frame.memo.set(source, UNKNOWN);
    let value = this.lazily(frame, source.e);
    for (const part of source.p ?? []) value = this.get(value, String(part), frame);
    if (source.d !== undefined) value = value.k === 'env' ? { ...value, fallback: this.lazily(frame, source.d) } : value.k === 'unknown' || (value.k === 'lit' && value.v === null) ? this.lazily(frame, source.d) : either([value, this.lazily(frame, source.d)]);
    frame.memo.set(source, value);
    return value;
  }

  // --- statements ---------------------------------------------------------------------------------------------------

  /** Follows statements in order; tells what certainly happens. */
  block(statements: readonly Stmt[], frame: Frame, from = 0): Outcome {
    const outer = this.outcome;
    const mine: Outcome = { answer: null, throws: false, next: false, exits: false };
    this.outcome = mine;
    // Set when the rest of the block was followed as the other branch of an `if`.
    let done = false;
    for (let i = from; i < statements.length && !mine.exits && !done; i++) {
      const statement = statements[i] as Stmt;
      if (++this.steps > mostSteps) {
        this.exhausted = true;
        break;
      }
      switch (statement.k) {
        case 'x':
          this.eval(statement.e, frame);
          if (statement.e.k === 'if') mine.exits = false;
          break;
        case 'def': {
          const source = frame.file.facts.bindings[statement.b]?.v[statement.j];
          const at = source === undefined ? null : this.owner(frame.file.facts.bindings[statement.b] as Binding, frame);
          if (source !== undefined && at !== null) this.source(source, at);
          break;
        }
        case 'if': {
          const atoms = this.test(statement.t, frame);
          const a = this.block(statement.a, frame);
          const b = this.block(statement.b, frame);
          this.narrow(atoms, frame);
          if (a.throws) this.checked(atoms);
          // After a branch that leaves, the rest is the other branch.
          const rest = a.exits || b.exits ? this.block(statements, frame, i + 1) : null;
          const where = this.place(frame, statement.l, statement.e);
          this.refusal(atoms, a, rest ?? (statement.b.length > 0 ? b : null), statements, i, frame, where);
          if (statement.b.length > 0) this.refusal(atoms, b, rest, statements, i, frame, where);
          else if (a.exits && rest !== null && !refuses(a)) this.refusal(atoms, rest, null, [], 0, frame, where);
          if (rest !== null) {
            // Whatever stands after was followed as the rest; certain is only what both branches do.
            const other = a.exits ? (b.exits ? b : rest) : rest;
            const both = a.exits ? merge(a, other) : merge(b, rest);
            mine.answer ??= both.answer;
            mine.throws ||= both.throws;
            mine.next ||= both.next;
            mine.exits = both.exits;
            done = true;
          } else if (statement.b.length > 0) {
            const both = merge(a, b);
            mine.answer ??= both.answer;
            mine.next ||= both.next;
          }
          break;
        }
        case 'loop':
          this.loop(statement, frame);
          break;
        case 'try':
          this.try(statement, frame, mine);
          break;
        case 'ret': {
          if (statement.e !== undefined) {
            const value = this.returned(statement.e, frame);
            const before = frame.memo.get('return');
            frame.memo.set('return', before === undefined ? value : either([before, value]));
          } else if (!frame.memo.has('return')) frame.memo.set('return', NULL);
          mine.exits = true;
          break;
        }
        case 'throw':
          this.eval(statement.e, frame);
          mine.throws = true;
          mine.exits = true;
          break;
        case 'jump':
          mine.exits = true;
          break;
        case 'block': {
          const inner = this.block(statement.a, frame);
          mine.answer ??= inner.answer;
          mine.throws ||= inner.throws;
          mine.next ||= inner.next;
          mine.exits ||= inner.exits;
          break;
        }
      }
    }
    this.outcome = outer;
    return mine;
  }

  private returned(e: Expr, frame: Frame): Value {
    if (e.k === 'bin' || e.k === 'not' || e.k === 'or') {
      const outer = this.atoms;
      this.atoms = this.visit.returned;
      try {
        return this.testValue(e, frame);
      } finally {
        this.atoms = outer;
      }
    }
    return this.eval(e, frame);
  }

  private loop(statement: Extract<Stmt, { k: 'loop' }>, frame: Frame): void {
    if (statement.t !== undefined) this.eval(statement.t, frame);
    const over = statement.o === undefined ? UNKNOWN : this.eval(statement.o, frame);
    if (over.k === 'arr' && !over.open && over.items.length > 0 && over.items.length <= 64 && statement.v !== undefined) {
      for (const item of over.items) {
        for (let b = statement.r[0]; b < statement.r[1]; b++) {
          frame.memo.delete(b);
          for (const source of frame.file.facts.bindings[b]?.v ?? []) frame.memo.delete(source);
        }
        frame.memo.set(statement.v, item);
        this.block(statement.a, frame);
      }
      return;
    }
    if (statement.v !== undefined) frame.memo.set(statement.v, this.get(over, '*', frame));
    this.block(statement.a, frame);
  }

  private try(statement: Extract<Stmt, { k: 'try' }>, frame: Frame, mine: Outcome): void {
    const before = new Set(this.visit.children);
    const { value: tried, means: did } = this.visit.doneBy(() => this.watch(() => this.block(statement.a, frame)));
    const verified = did.has('token-verify') || [...this.visit.children].some((child) => !before.has(child) && child.means.has('token-verify'));
    const inner = tried.value;
    if (statement.c !== undefined) {
      const clause = statement.c;
      if (clause.b !== undefined) frame.memo.set(clause.b, UNKNOWN);
      const { value: caught, means } = this.visit.doneBy(() => this.block(clause.a, frame));
      this.listener.caught({ frame, where: this.place(frame, clause.l, clause.e), body: clause.a, handler: null, explained: clause.x, tried: tried.symbols, outcome: caught, means });
      if (refuses(caught)) {
        const atoms: Atom[] = verified ? [{ op: 'verify', l: UNKNOWN, r: UNKNOWN }] : [{ op: 'catch', l: UNKNOWN, r: UNKNOWN }];
        this.visit.refuses({ atoms, status: statusOf(caught), effective: true, where: this.place(frame, clause.l, clause.e) });
      }
      if (inner.exits && caught.exits) mine.exits = true;
    } else if (inner.exits) mine.exits = true;
    mine.answer ??= inner.answer;
    mine.next ||= inner.next;
    if (statement.f !== undefined) this.block(statement.f, frame);
  }

  private watching: string[][] = [];

  private watch<T>(work: () => T): { value: T; symbols: string[] } {
    const symbols: string[] = [];
    this.watching.push(symbols);
    try {
      return { value: work(), symbols };
    } finally {
      this.watching.pop();
    }
  }

  /** Records that a branch ends the request. */
  private refusal(atoms: readonly Atom[], branch: Outcome, rest: Outcome | null, statements: readonly Stmt[], at: number, frame: Frame, where: Place): void {
    if (!refuses(branch)) return;
    let effective = branch.exits || branch.throws;
    if (!effective) {
      // It answered but did not leave: what follows still runs unless nothing does.
      const later = rest ?? (at + 1 < statements.length ? { answer: null, throws: false, next: true, exits: false } : null);
      effective = later === null || (at + 1 >= statements.length && rest !== null);
    }
    this.visit.refuses({ atoms, status: statusOf(branch), effective, where });
  }

  private checked(atoms: readonly Atom[]): void {
    for (const { l } of atoms) if (l.k === 'env') this.checkedEnvironment.add(l.name);
  }

  private narrow(atoms: readonly Atom[], frame: Frame): void {
    for (const { op, l, r } of atoms) {
      if (op === 'in' || op === 'match' || op === 'number') (frame.tested ??= new Set()).add(keyOf(l));
      if ((op === '===' || op === '==' || op === '!==' || op === '!=') && r.k === 'lit' && typeof r.v === 'string') continue;
    }
  }

  /** True when a test has narrowed this value where we stand. */
  isTested(value: Value, frame: Frame): boolean {
    const key = keyOf(value);
    for (let at: Frame | null = frame; at !== null; at = at.up) if (at.tested?.has(key) === true) return true;
    return this.stack.some((active) => active.frame.tested?.has(key) === true || active.caller?.tested?.has(key) === true);
  }

  // --- tests --------------------------------------------------------------------------------------------------------

  /** Evaluates a condition; returns what it compares. */
  test(e: Expr, frame: Frame): Atom[] {
    const outer = this.atoms;
    const atoms: Atom[] = [];
    this.atoms = atoms;
    try {
      this.testValue(e, frame);
    } finally {
      this.atoms = outer;
    }
    return atoms;
  }

  private testValue(e: Expr, frame: Frame): Value {
    switch (e.k) {
      case 'or': {
        const l = this.testValue(e.l, frame);
        const r = this.testValue(e.r, frame);
        return either([l, r]);
      }
      case 'not':
        this.testValue(e.e, frame);
        return UNKNOWN;
      case 'bin': {
        const l = this.eval(e.l, frame);
        const r = this.eval(e.r, frame);
        if (e.l.k === 'un' && e.l.op === 'typeof' && r.k === 'lit' && r.v === 'number') this.atoms?.push({ op: 'number', l: this.eval(e.l.e, frame), r });
        else this.atoms?.push(l.k === 'lit' && r.k !== 'lit' ? { op: e.op, l: r, r: l } : { op: e.op, l, r });
        if (e.op === 'in') this.atoms?.push({ op: 'in', l, r });
        return UNKNOWN;
      }
      default: {
        const before = this.atoms?.length ?? 0;
        const value = this.eval(e, frame);
        if ((this.atoms?.length ?? 0) === before) this.atoms?.push({ op: 'truthy', l: value, r: UNKNOWN });
        return value;
      }
    }
  }

  // --- expressions --------------------------------------------------------------------------------------------------

  eval(e: Expr, frame: Frame): Value {
    switch (e.k) {
      case 'lit':
        return e;
      case 're':
        return e;
      case 'var':
        return this.variable(e.b, frame);
      case 'glo':
        if (e.n === 'super') return UNKNOWN;
        return { k: 'lib', symbol: `global:${e.n}` };
      case 'imp':
        return this.imported(frame.file, e.m, e.n);
      case 'this':
        for (let at: Frame | null = frame; at !== null; at = at.up) if (at.self !== null) return at.self;
        return UNKNOWN;
      case 'fn':
        return { k: 'fn', file: frame.file, fn: e.i, frame, self: null };
      case 'cls':
        return { k: 'class', file: frame.file, cls: e.i, frame };
      case 'get':
        return this.get(this.eval(e.o, frame), e.n, frame);
      case 'idx': {
        const o = this.eval(e.o, frame);
        const x = this.eval(e.x, frame);
        if (x.k === 'lit' && x.v !== null) return this.get(o, String(x.v), frame);
        if (x.k === 'either') return either(x.of.map((one) => (one.k === 'lit' ? this.get(o, String(one.v), frame) : UNKNOWN)));
        // A look-up in a closed table gives one of its values, whatever the key.
        if (o.k === 'obj') return o.open ? { k: 'guarded', of: either([...o.keys.values()]) } : either([...o.keys.values()]);
        return this.get(o, '*', frame);
      }
      case 'tpl':
        return template(e.p, e.h.map((hole) => this.eval(hole, frame)));
      case 'tag': {
        const f = this.eval(e.f, frame);
        const args: Value[] = [template(e.p, e.h.map((hole) => this.eval(hole, frame)))];
        if (f.k === 'lib' || f.k === 'inst') return this.external(f.symbol, f, args, e, frame);
        return { k: 'guarded', of: UNKNOWN };
      }
      case 'obj': {
        const keys = new Map<string, Value>();
        let open = false;
        const object: Value = { k: 'obj', keys, open: false, id: '' };
        for (const [name, value] of e.p) {
          if (name === '?') {
            this.eval(value, frame);
            open = true;
          } else if (name === '...') {
            const spread = this.eval(value, frame);
            if (spread.k === 'obj') {
              for (const [key, one] of spread.keys) keys.set(key, one);
              open ||= spread.open;
            } else {
              open = true;
              if (spread.k !== 'unknown') keys.set('...', spread);
            }
          } else {
            const made = this.eval(value, frame);
            keys.set(name, made.k === 'fn' && made.self === null && made.file.facts.functions[made.fn]?.w.includes('w') === false ? { ...made, self: object } : made);
          }
        }
        const made: Value = open ? { k: 'obj', keys, open, id: '' } : object;
        return made;
      }
      case 'arr': {
        const items: Value[] = [];
        let open = false;
        for (const item of e.a) {
          if (item.k === 'spread') {
            const spread = this.eval(item.e, frame);
            if (spread.k === 'arr') {
              items.push(...spread.items);
              open ||= spread.open;
            } else open = true;
          } else items.push(this.eval(item, frame));
        }
        return { k: 'arr', items, open };
      }
      case 'spread':
        return this.eval(e.e, frame);
      case 'or': {
        const l = this.eval(e.l, frame);
        if (e.op === '&&') {
          const r = this.eval(e.r, frame);
          return either([r]);
        }
        const before = this.outcome;
        this.outcome = { answer: null, throws: false, next: false, exits: false };
        const r = this.eval(e.r, frame);
        this.outcome = before;
        if (l.k === 'env' && l.fallback === null) return { ...l, fallback: r };
        if (l.k === 'lit' && l.v !== null && l.v !== '' && l.v !== false && l.v !== 0) return l;
        if (l.k === 'lit' && l.v === null) return r;
        return either([l, r]);
      }
      case 'if': {
        const atoms = this.test(e.t, frame);
        const outer = this.outcome;
        const run = (branch: Expr) => {
          this.outcome = { answer: null, throws: false, next: false, exits: false };
          const value = this.eval(branch, frame);
          return { value, outcome: this.outcome };
        };
        this.narrow(atoms, frame);
        const a = run(e.a);
        const b = run(e.b);
        this.outcome = outer;
        const where = this.place(frame, e.l, e.l);
        // Only one branch runs, so what it answers is final.
        for (const one of [a, b]) if (refuses(one.outcome)) this.visit.refuses({ atoms, status: statusOf(one.outcome), effective: true, where });
        const narrowed = (value: Value) => (atoms.some((atom) => (atom.op === 'in' || atom.op === 'match' || atom.op === 'number') && keyOf(atom.l) === keyOf(value)) ? ({ k: 'guarded', of: value } as Value) : value);
        return either([narrowed(a.value), narrowed(b.value)]);
      }
      case 'bin': {
        const l = this.eval(e.l, frame);
        const r = this.eval(e.r, frame);
        if (this.atoms !== null && /^[=!<>]/.test(e.op)) this.atoms.push(l.k === 'lit' && r.k !== 'lit' ? { op: e.op, l: r, r: l } : { op: e.op, l, r });
        if (e.op === '+') {
          if (l.k === 'lit' && r.k === 'lit' && typeof l.v === 'number' && typeof r.v === 'number') return literal(l.v + r.v);
          return textual(l) || textual(r) ? append(l, r) : { k: 'guarded', of: UNKNOWN };
        }
        if (l.k === 'lit' && r.k === 'lit' && typeof l.v === 'number' && typeof r.v === 'number') {
          if (e.op === '*') return literal(l.v * r.v);
          if (e.op === '-') return literal(l.v - r.v);
          if (e.op === '/' && r.v !== 0) return literal(l.v / r.v);
        }
        return /^[-*/%|&^<>]/.test(e.op) ? { k: 'guarded', of: either([l, r]) } : UNKNOWN;
      }
      case 'not':
        this.eval(e.e, frame);
        return { k: 'guarded', of: UNKNOWN };
      case 'un': {
        const value = this.eval(e.e, frame);
        return e.op === '+' || e.op === '-' || e.op === '~' ? { k: 'guarded', of: value } : UNKNOWN;
      }
      case 'set': {
        const binding = frame.file.facts.bindings[e.b];
        const source = binding?.v[e.j];
        const at = binding === undefined ? null : this.owner(binding, frame);
        return source === undefined || at === null ? UNKNOWN : this.source(source, at);
      }
      case 'put':
        return this.put(this.eval(e.o, frame), e.n, this.eval(e.e, frame));
      case 'seq': {
        let last: Value = UNKNOWN;
        for (const one of e.a) last = this.eval(one, frame);
        return last;
      }
      case 'unk':
        for (const one of e.c ?? []) this.eval(one, frame);
        return UNKNOWN;
      case 'call':
        return this.call(e, frame);
    }
  }

  private put(object: Value, name: string, value: Value): Value {
    if (object.k === 'obj' && object.keys.size < 500) object.keys.set(name, value);
    else if (object.k === 'role') {
      const list = this.requestFields.get(name) ?? [];
      this.requestFields.set(name, list);
      if (list.length < 20) list.push(value);
    } else if (object.k === 'session' && object.path.at(-1) === 'locals') {
      this.requestFields.set(name, [value]);
    }
    return value;
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

  /** A field or method of an instance of a local class. */
  field(value: Extract<Value, { k: 'own' }>, name: string, depth = 0): Value {
    const cls = value.file.facts.classes[value.cls];
    if (cls === undefined) return UNKNOWN;
    const frame = this.instanceFrame(value);
    if (Object.hasOwn(cls.m, name)) return { k: 'fn', file: value.file, fn: cls.m[name] as number, frame: value.frame, self: value };
    const cached = frame.memo.get(`.${name}`);
    if (cached !== undefined) return cached;
    frame.memo.set(`.${name}`, UNKNOWN);
    let found: Value = UNKNOWN;
    if (Object.hasOwn(cls.f, name)) found = this.lazily(frame, cls.f[name] as Expr);
    else if (Object.hasOwn(cls.w, name)) {
      const [fn, e] = cls.w[name] as [number, Expr];
      found = fn === cls.c ? this.eval(e, frame) : this.eval(e, this.frame(value.file, fn, value.frame, value));
    }
    if (found.k === 'unknown' && Object.hasOwn(cls.f, `:${name}`)) found = this.typed(cls.f[`:${name}`] as Expr, frame, `${value.file.path}:${value.cls}.${name}`);
    if (found.k === 'unknown' && cls.up !== undefined && depth < 6) {
      const parent = this.eval(cls.up, value.frame);
      if (parent.k === 'class') {
        const inherited = this.field({ k: 'own', file: parent.file, cls: parent.cls, frame: parent.frame, args: value.args, site: value.site }, name, depth + 1);
        found = inherited.k === 'fn' ? { ...inherited, self: value } : inherited;
      } else if (parent.k === 'lib') found = { k: 'lib', symbol: `${parent.symbol}.${name}` };
    }
    if (found.k === 'fn' && found.self === null) found = { ...found, self: value };
    frame.memo.set(`.${name}`, found);
    return found;
  }

  private readonly instances = new Map<string, Frame>();

  private instanceFrame(value: Extract<Value, { k: 'own' }>): Frame {
    const key = keyOf(value);
    let frame = this.instances.get(key);
    if (frame === undefined) {
      const cls = value.file.facts.classes[value.cls];
      frame = this.frame(value.file, cls?.c ?? -1, value.frame, value);
      this.instances.set(key, frame);
      const ctor = cls?.c === undefined ? undefined : value.file.facts.functions[cls.c];
      ctor?.p.forEach((param, index) => {
        let given = value.args[index] ?? UNKNOWN;
        if (given.k === 'unknown' && param.t !== undefined) given = this.typed(param.t, value.frame, `${value.file.path}:${value.cls}.${index}`);
        if (given.k === 'unknown' && param.d !== undefined) given = this.eval(param.d, frame as Frame);
        frame?.memo.set(param.b, given);
      });
    }
    return frame;
  }

  // --- calls --------------------------------------------------------------------------------------------------------

  private call(e: Extract<Expr, { k: 'call' }>, frame: Frame): Value {
    if (++this.steps > mostSteps) {
      this.exhausted = true;
      return UNKNOWN;
    }
    if (e.f.k === 'get') {
      const receiver = this.eval(e.f.o, frame);
      return this.method(receiver, e.f.n, e, frame);
    }
    if (e.f.k === 'idx') {
      const receiver = this.eval(e.f.o, frame);
      const name = this.eval(e.f.x, frame);
      if (name.k === 'lit') return this.method(receiver, String(name.v), e, frame);
      if (name.k === 'either') {
        const names = name.of.filter((one) => one.k === 'lit');
        if (names.length === name.of.length) return either(names.map((one) => this.method(receiver, String(one.k === 'lit' ? one.v : ''), e, frame)));
      }
      return this.invoke(this.get(receiver, '*', frame), null, e, frame);
    }
    if (e.f.k === 'glo' && e.f.n === 'super') {
      this.arguments(e, frame);
      return UNKNOWN;
    }
    return this.invoke(this.eval(e.f, frame), null, e, frame);
  }

  arguments(e: CallExpr, frame: Frame): Value[] {
    if (e.k === 'tag') return [];
    const args: Value[] = [];
    for (const arg of e.a) {
      const value = this.eval(arg, frame);
      if (arg.k === 'spread') {
        if (value.k === 'arr') args.push(...value.items);
        else args.push(UNKNOWN);
      } else args.push(value);
    }
    return args;
  }

  private invoke(f: Value, self: Value | null, e: Extract<Expr, { k: 'call' }>, frame: Frame): Value {
    const outer = this.atoms;
    this.atoms = null;
    const args = this.arguments(e, frame);
    this.atoms = outer;
    return this.invokeWith(f, self, args, e, frame);
  }

  private invokeWith(f: Value, self: Value | null, args: readonly Value[], e: Extract<Expr, { k: 'call' }>, frame: Frame): Value {
    switch (f.k) {
      case 'fn': {
        const visit = this.apply(f, args, self, e, frame);
        if (visit === null) return UNKNOWN;
        if ((e.w & flag.statement) !== 0 && !args.some((arg) => arg.k === 'role' && arg.role === 'next')) (this.visit.loose ??= new Set()).add(visit);
        if (visit.outcome.answer !== null) this.outcome.answer ??= visit.outcome.answer;
        if (visit.outcome.throws) this.outcome.throws = true;
        if (visit.outcome.next) this.outcome.next = true;
        if (this.atoms !== null && visit.returned.length > 0) this.atoms.push(...visit.returned);
        return visit.value;
      }
      case 'class': {
        const site = `${frame.file.path}:${e.i}@${frame.id}`;
        const made: Value = { k: 'own', file: f.file, cls: f.cls, frame: f.frame, args, site };
        const ctor = f.file.facts.classes[f.cls]?.c;
        if (ctor !== undefined) this.apply({ k: 'fn', file: f.file, fn: ctor, frame: f.frame, self: made }, args, made, e, frame);
        return made;
      }
      case 'lib':
        return this.external(f.symbol, null, args, e, frame);
      case 'inst':
        return this.external(f.symbol, f, args, e, frame);
      case 'result':
        // The result of a package's function called again: `passport.authenticate('x')(req, res, next)`.
        this.callbacks(args, f.symbol, frame, e);
        return UNKNOWN;
      case 'role':
        if (f.role === 'next') {
          const failed = args.length > 0 && !(args[0]?.k === 'lit' && (args[0].v === 'route' || args[0].v === 'router' || args[0].v === null));
          if (failed) this.outcome.throws = true;
          else this.outcome.next = true;
        }
        return UNKNOWN;
      case 'either': {
        const values = f.of.slice(0, 6).map((one) => this.invokeWith(one, self, args, e, frame));
        return either(values);
      }
      case 'session':
        return f;
      default:
        this.callbacks(args, null, frame, e);
        return UNKNOWN;
    }
  }

  /** Functions handed to code that we do not see are assumed to be called. */
  private callbacks(args: readonly Value[], symbol: string | null, frame: Frame, e: CallExpr): void {
    const known = symbol === null ? undefined : knowledgeOf(symbol);
    const given: Value[] = known?.result === 'session' ? [UNKNOWN, { k: 'session', path: [] }] : [];
    for (const arg of args) {
      if (arg.k === 'fn') {
        const visit = this.apply(arg, given, null, e, frame);
        if (visit !== null && known?.means === 'token-verify') {
          for (const refusal of visit.refusals) this.visit.refuses({ ...refusal, atoms: [...refusal.atoms, { op: 'verify', l: UNKNOWN, r: UNKNOWN }] });
        }
      } else if (arg.k === 'obj' && symbol !== null) {
        for (const value of arg.keys.values()) if (value.k === 'fn') this.apply(value, [], null, e, frame);
      }
    }
  }

  private method(receiver: Value, name: string, e: Extract<Expr, { k: 'call' }>, frame: Frame): Value {
    if (receiver.k === 'either') {
      const useful = receiver.of.filter((one) => one.k !== 'lit' && one.k !== 'unknown');
      if (useful.length > 1 && useful.length <= 6) return either(useful.map((one) => this.method(one, name, e, frame)));
      if (useful.length === 1) return this.method(useful[0] as Value, name, e, frame);
    }
    const outer = this.atoms;
    this.atoms = null;
    const args = this.arguments(e, frame);
    this.atoms = outer;

    if (receiver.k === 'role') return this.roleMethod(receiver, name, args, e, frame);
    if (receiver.k === 'fn' || receiver.k === 'class') {
      if (name === 'bind') return receiver.k === 'fn' ? { ...receiver, self: args[0] ?? null } : receiver;
      if (name === 'call') return this.invokeWith(receiver, args[0] ?? null, args.slice(1), e, frame);
      if (name === 'apply') return this.invokeWith(receiver, args[0] ?? null, args[1]?.k === 'arr' ? args[1].items : [], e, frame);
    }
    if (receiver.k === 'inst') {
      const symbol = `${receiver.symbol}.${name}`;
      return this.external(symbol, receiver, args, e, frame);
    }
    // A method of a value that the caller chose is the language's own, not another field.
    const found = receiver.k === 'input' || receiver.k === 'session' || receiver.k === 'guarded' || receiver.k === 'lit' || receiver.k === 'tpl' ? UNKNOWN : this.get(receiver, name, frame);
    if (found.k === 'fn' || found.k === 'class') return this.invokeWith(found, receiver.k === 'own' || receiver.k === 'obj' ? receiver : null, args, e, frame);
    if (found.k === 'either' && found.of.some((one) => one.k === 'fn')) return this.invokeWith(found, null, args, e, frame);
    if (found.k === 'role') return this.invokeWith(found, null, args, e, frame);

    const first = args[0];
    switch (name) {
      case 'then': {
        const value = first?.k === 'fn' ? this.apply(first, [receiver], null, e, frame) : null;
        if (args[1] !== undefined) this.rejection(args[1], e, frame, receiver);
        return value === null ? (receiver.k === 'result' && first === undefined ? receiver : UNKNOWN) : value.value;
      }
      case 'catch':
        if (first !== undefined) this.rejection(first, e, frame, receiver);
        return receiver;
      case 'finally':
        if (first?.k === 'fn') this.apply(first, [], null, e, frame);
        return receiver;
      case 'includes':
      case 'has':
      case 'indexOf':
        if (first !== undefined) this.atoms?.push({ op: 'in', l: first, r: receiver });
        return UNKNOWN;
      case 'test':
      case 'exec':
        if (receiver.k === 're' && first !== undefined) {
          // Only an anchored pattern says what the whole text is.
          this.atoms?.push({ op: receiver.v.startsWith('^') && receiver.v.endsWith('$') ? 'match' : 'truthy', l: first, r: receiver });
          return UNKNOWN;
        }
        break;
      case 'startsWith':
      case 'endsWith':
        this.atoms?.push({ op: 'truthy', l: receiver, r: first ?? UNKNOWN });
        return UNKNOWN;
      case 'join':
        if (receiver.k === 'arr') {
          const separator = first?.k === 'lit' ? String(first.v) : ',';
          return receiver.items.reduce<Value>((text, item, index) => append(append(text, literal(index === 0 ? '' : separator)), item), literal(''));
        }
        return receiver.k === 'unknown' ? UNKNOWN : receiver;
      case 'toFixed':
      case 'getTime':
      case 'toISOString':
        return { k: 'guarded', of: receiver };
      case 'get':
        if (receiver.k === 'obj' || receiver.k === 'unknown') break;
        break;
    }
    if (name === 'map' || name === 'flatMap' || name === 'forEach' || name === 'filter' || name === 'find' || name === 'some' || name === 'every' || name === 'reduce' || name === 'findIndex' || name === 'sort') {
      return this.each(receiver, name, args, e, frame);
    }
    if (receiver.k === 'input' || receiver.k === 'session' || receiver.k === 'tpl' || receiver.k === 'guarded') {
      this.callbacks(args, null, frame, e);
      if (name === 'replace' || name === 'replaceAll') return receiver.k === 'input' ? { k: 'either', of: [receiver, UNKNOWN] } : receiver;
      return carrying.has(name) ? receiver : UNKNOWN;
    }
    if (receiver.k === 'lit' && typeof receiver.v === 'string') {
      if (name === 'toUpperCase') return literal(receiver.v.toUpperCase());
      if (name === 'toLowerCase') return literal(receiver.v.toLowerCase());
      if (name === 'trim') return literal(receiver.v.trim());
      if (name === 'concat') return args.reduce<Value>(append, receiver);
      if (name === 'replace' && args[0]?.k === 'lit' && args[1]?.k === 'lit') return literal(receiver.v.replace(String(args[0].v), () => String(args[1]?.k === 'lit' ? args[1].v : '')));
      return UNKNOWN;
    }
    if (receiver.k === 'arr') {
      this.callbacks(args, null, frame, e);
      if (name === 'concat') return { k: 'arr', items: [...receiver.items, ...args.flatMap((arg) => (arg.k === 'arr' ? arg.items : [arg]))], open: receiver.open };
      return carrying.has(name) ? receiver : UNKNOWN;
    }
    if (receiver.k === 'lib') return this.external(symbolOf(receiver.symbol, name), null, args, e, frame);
    if (receiver.k === 'result') {
      const symbol = `${receiver.base}.${receiver.path.length > 0 ? `${receiver.path.join('.')}.` : ''}${name}`;
      return this.external(symbol, receiver, args, e, frame);
    }
    return this.invokeWith(found, null, args, e, frame);
  }

  private each(receiver: Value, name: string, args: readonly Value[], e: CallExpr, frame: Frame): Value {
    const callback = args[0];
    if (callback === undefined || callback.k !== 'fn') {
      return carrying.has(name) ? receiver : UNKNOWN;
    }
    const items = receiver.k === 'arr' && receiver.items.length > 0 && receiver.items.length <= 64 ? receiver.items : [this.get(receiver, '*', frame)];
    const values: Value[] = [];
    const index: Value = { k: 'guarded', of: UNKNOWN };
    for (const item of items) {
      const visit = name === 'reduce' ? this.apply(callback, [args[1] ?? UNKNOWN, item, index], null, e, frame) : this.apply(callback, [item, index], null, e, frame);
      values.push(visit?.value ?? UNKNOWN);
      // `required.filter((name) => !process.env[name])` is how missing names are gathered before the throw.
      if (visit !== null && (name === 'filter' || name === 'some' || name === 'every' || name === 'find')) this.checked(visit.returned);
    }
    if (name === 'map' || name === 'flatMap') return { k: 'arr', items: values, open: receiver.k !== 'arr' || receiver.open };
    if (name === 'filter' || name === 'sort') return receiver;
    if (name === 'find') return either(items);
    return UNKNOWN;
  }

  private roleMethod(role: Extract<Value, { k: 'role' }>, name: string, args: readonly Value[], e: CallExpr, frame: Frame): Value {
    const first = args[0];
    if (role.role === 'req') {
      if (name === 'get' || name === 'header') {
        const found: Value = { k: 'input', from: 'headers', path: first?.k === 'lit' ? [String(first.v).toLowerCase()] : [] };
        this.visit.reads(found);
        return found;
      }
      if (name === 'param' && first?.k === 'lit') return { k: 'input', from: 'params', path: [String(first.v)] };
      if (/^(isAuthenticated|isUnauthenticated)$/.test(name)) {
        this.visit.asks(['user']);
        return { k: 'session', path: ['user'] };
      }
      this.callbacks(args, null, frame, e);
      const custom = this.get(role, name, frame);
      return custom.k === 'fn' ? (this.apply(custom, args, null, e, frame)?.value ?? UNKNOWN) : UNKNOWN;
    }
    if (role.role === 'res') {
      switch (name) {
        case 'status':
        case 'code':
          return { ...role, status: first?.k === 'lit' && typeof first.v === 'number' ? first.v : statusByName(first) };
        case 'sendStatus':
          this.outcome.answer ??= first?.k === 'lit' && typeof first.v === 'number' ? first.v : statusByName(first);
          return role;
        case 'json':
        case 'send':
        case 'end':
        case 'render':
        case 'sendFile':
        case 'download':
        case 'jsonp':
          this.outcome.answer ??= role.status ?? (frame.memo.get('status')?.k === 'lit' ? Number((frame.memo.get('status') as { v: unknown }).v) : 200);
          return role;
        case 'redirect':
          this.outcome.answer ??= 302;
          return role;
        case 'writeHead':
          if (first !== undefined) frame.memo.set('status', first);
          return { ...role, status: first?.k === 'lit' && typeof first.v === 'number' ? first.v : null };
        default:
          this.callbacks(args, null, frame, e);
          return role;
      }
    }
    return UNKNOWN;
  }

  /** `.catch(handler)` and the second argument of `.then`. */
  private rejection(handler: Value, e: CallExpr, frame: Frame, receiver: Value): void {
    const where = this.place(frame, e.l, e.e);
    const symbols = receiver.k === 'result' || receiver.k === 'inst' ? [receiver.symbol] : [];
    if (handler.k === 'fn') {
      const visit = this.apply(handler, [UNKNOWN], null, e, frame);
      const func = handler.file.facts.functions[handler.fn];
      if (visit !== null && func !== undefined) {
        this.listener.caught({ frame, where, body: func.b, handler, explained: false, tried: symbols, outcome: visit.outcome, means: visit.means });
        if (refuses(visit.outcome)) {
          const atoms: Atom[] = [{ op: this.visit.means.has('token-verify') ? 'verify' : 'catch', l: UNKNOWN, r: UNKNOWN }];
          this.visit.refuses({ atoms, status: statusOf(visit.outcome), effective: true, where });
        }
      }
      return;
    }
    this.listener.caught({ frame, where, body: null, handler, explained: false, tried: symbols, outcome: { answer: null, throws: handler.k === 'role', next: false, exits: false }, means: new Set() });
  }

  /** A call of a symbol that lives in a package. */
  private external(called: string, receiver: Value | null, args: readonly Value[], e: CallExpr, frame: Frame): Value {
    const first = args[0];
    // What `require` returns is called as the default export is.
    const symbol = called.endsWith('#') ? `${called}default` : called;
    switch (symbol) {
      case 'global:Number':
      case 'global:parseInt':
      case 'global:parseFloat':
      case 'global:Number.parseInt':
      case 'global:Number.parseFloat':
      case 'global:BigInt':
      case 'global:Boolean':
      case 'global:Date':
      case 'global:encodeURIComponent':
        return { k: 'guarded', of: first ?? UNKNOWN };
      case 'global:String':
      case 'global:decodeURIComponent':
      case 'global:JSON.parse':
      case 'global:JSON.stringify':
      case 'global:Promise.resolve':
      case 'global:structuredClone':
      case 'global:Object.freeze':
      case 'global:Buffer.from':
      case 'global:Array.from':
        return first ?? UNKNOWN;
      case 'global:Promise.all':
      case 'global:Promise.allSettled':
        return first ?? UNKNOWN;
      case 'global:Number.isInteger':
      case 'global:Number.isFinite':
      case 'global:Number.isSafeInteger':
      case 'global:Number.isNaN':
      case 'global:isNaN':
      case 'global:isFinite':
        if (first !== undefined) this.atoms?.push({ op: 'number', l: first.k === 'guarded' ? first.of : first, r: UNKNOWN });
        return UNKNOWN;
      case 'global:Math.min':
      case 'global:Math.max':
      case 'global:Math.floor':
      case 'global:Math.ceil':
      case 'global:Math.round':
      case 'global:Math.abs':
        return { k: 'guarded', of: either(args) };
      case 'global:Object.keys':
        return first?.k === 'obj' ? { k: 'arr', items: [...first.keys.keys()].map(literal), open: first.open } : first?.k === 'input' ? first : UNKNOWN;
      case 'global:Object.values':
        return first?.k === 'obj' ? { k: 'arr', items: [...first.keys.values()], open: first.open } : first?.k === 'input' ? { ...first, path: [...first.path, '*'] } : UNKNOWN;
      case 'global:Object.entries':
        return first?.k === 'obj'
          ? { k: 'arr', items: [...first.keys].map(([name, value]): Value => ({ k: 'arr', items: [literal(name), value], open: false })), open: first.open }
          : first?.k === 'input' ? { k: 'arr', items: [{ k: 'arr', items: [first, first], open: false }], open: true } : UNKNOWN;
      case 'global:Object.assign':
        return first?.k === 'obj' && args[1]?.k === 'obj' ? { k: 'obj', keys: new Map([...first.keys, ...args[1].keys]), open: first.open || args[1].open, id: '' } : (args[1] ?? UNKNOWN);
      case 'global:Set':
      case 'global:Map':
        return first?.k === 'arr' ? first : { k: 'arr', items: [], open: true };
      case 'node:util#promisify':
      case 'node:util#default.promisify':
        return first ?? UNKNOWN;
      case 'node:url#parse':
      case 'node:querystring#parse':
        return first?.k === 'input' ? { k: 'obj', keys: new Map<string, Value>([['query', { k: 'input', from: 'query', path: [] }]]), open: true, id: 'url' } : UNKNOWN;
      case 'node:path#join':
      case 'node:path#resolve':
        return args.some((arg) => arg.k === 'input' || arg.k === 'tpl') ? args.slice(1).reduce<Value>((text, arg) => append(append(text, literal('/')), arg), first ?? literal('')) : { k: 'result', symbol, base: symbol, args, on: receiver, path: [] };
      case 'node:path#basename':
        return { k: 'guarded', of: first ?? UNKNOWN };
    }
    const known = knowledgeOf(symbol);
    for (const list of this.watching) if (list.length < 40 && !list.includes(symbol) && !symbol.startsWith('global:')) list.push(symbol);
    const where = this.place(frame, e.l, e.e);
    let handled: Value | undefined;
    if (known?.means !== undefined) {
      this.visit.does(known.means);
      if (known.means === 'exit') this.outcome.throws = true;
      if (known.means === 'schema-parse') {
        const of = args.find((arg) => arg.k === 'input' || arg.k === 'obj' || arg.k === 'environment' || arg.k === 'role') ?? first ?? UNKNOWN;
        if (receiver !== null) this.visit.parsed(receiver, of, where);
      }
      if (known.means === 'sql-query' && first?.k === 'lit' && typeof first.v === 'string') {
        if (/^\s*(begin|start\s+transaction)\b/i.test(first.v)) this.transaction = true;
        else if (/^\s*(commit|rollback|end)\b/i.test(first.v)) this.transaction = false;
      }
      handled = this.listener.call({ symbol, means: known.means, receiver, args, expr: e, frame, where, transaction: this.transaction });
    }
    if (handled !== undefined) return handled;
    const outer = this.transaction;
    if (known?.means === 'transaction') this.transaction = true;
    if (known?.means === 'password-verify' && this.atoms !== null) this.atoms.push({ op: 'password', l: UNKNOWN, r: UNKNOWN });
    const library = symbol.slice(0, symbol.indexOf('#') + 1);
    if (known?.means === 'transaction' && receiver !== null && args[0]?.k === 'fn') {
      const visit = this.apply(args[0], [receiver], null, e, frame);
      this.transaction = outer;
      return visit?.value ?? UNKNOWN;
    }
    this.callbacks(args, symbol, frame, e);
    this.transaction = outer;
    if (known?.returns !== undefined) {
      const site = receiver?.k === 'inst' && known.means === 'database-connect' ? receiver.site : `${frame.file.path}:${e.i}@${frame.id}`;
      return { k: 'inst', symbol: `${library}${known.returns}`, site, args, on: receiver };
    }
    if (known?.result === 'session') return { k: 'session', path: [] };
    if (known?.result === 'argument') return first ?? UNKNOWN;
    if (known?.result === 'guarded') return { k: 'guarded', of: first ?? UNKNOWN };
    if (known?.means === 'schema-parse') {
      const of = args.find((arg) => arg.k === 'input' || arg.k === 'obj' || arg.k === 'environment');
      if (of !== undefined && receiver !== null) return { k: 'result', symbol: 'schema', base: 'schema', args: [of], on: receiver, path: [] };
    }
    if (symbol.startsWith('global:') && known === undefined) return UNKNOWN;
    const base = receiver !== null && receiver.k === 'result' ? receiver.base : symbol;
    return { k: 'result', symbol, base, args, on: receiver, path: [] };
  }

  // --- places -------------------------------------------------------------------------------------------------------

  place(frame: Frame, line: number, endLine: number): Place {
    return { file: frame.file.path, line, endLine: Math.max(line, endLine) };
  }

  /** `file:line` of the function a frame belongs to. */
  within(frame: Frame): string {
    return `${frame.file.path}:${frame.fn <= 0 ? 0 : (frame.file.facts.functions[frame.fn]?.l ?? 0)}`;
  }

  /**
   * Where an argument was written: when it is a parameter handed on, the call that gave it, and so upwards.
   * Marks the functions in between, so that each of their calls is looked at.
   */
  origin(e: Expr | undefined, frame: Frame, expr: CallExpr): { frame: Frame; expr: CallExpr; passed: boolean; open: boolean } {
    let at = { frame, expr, e };
    let passed = false;
    for (let i = this.stack.length - 1; i >= 0; i--) {
      const active = this.stack[i] as Active;
      if (active.frame !== at.frame) continue;
      const binding = at.e?.k === 'var' ? at.frame.file.facts.bindings[at.e.b] : undefined;
      if (binding === undefined || binding.p === undefined || binding.f !== at.frame.fn) return { frame: at.frame, expr: at.expr, passed, open: false };
      if (active.expr === null || active.caller === null || active.expr.k === 'tag') return { frame: at.frame, expr: at.expr, passed, open: true };
      active.visit.through = true;
      passed = true;
      at = { frame: active.caller, expr: active.expr, e: active.expr.a[binding.p] };
    }
    return { frame: at.frame, expr: at.expr, passed, open: false };
  }

  /** The calls that lead here, outermost first. */
  trail(): Place[] {
    return this.stack
      .filter((active) => active.expr !== null && active.caller !== null)
      .slice(-6)
      .map((active) => this.place(active.caller as Frame, (active.expr as CallExpr).l, (active.expr as CallExpr).e));
  }
}

function refuses(outcome: Outcome): boolean {
  return outcome.throws || (outcome.answer !== null && (outcome.answer >= 400 || outcome.answer === 302));
}

function statusOf(outcome: Outcome): number | 'throw' {
  return outcome.answer !== null && (outcome.answer >= 400 || outcome.answer === 302) ? outcome.answer : 'throw';
}

function merge(a: Outcome, b: Outcome): Outcome {
  return { answer: a.answer !== null && b.answer !== null ? Math.min(a.answer, b.answer) : null, throws: a.throws && b.throws, next: a.next || b.next, exits: a.exits && b.exits };
}

const names: Record<string, number> = { UNAUTHORIZED: 401, FORBIDDEN: 403, BAD_REQUEST: 400, NOT_FOUND: 404, CONFLICT: 409, UNPROCESSABLE_ENTITY: 422, TOO_MANY_REQUESTS: 429, INTERNAL_SERVER_ERROR: 500, CREATED: 201, OK: 200 };

function statusByName(value: Value | undefined): number | null {
  if (value?.k === 'lib' || value?.k === 'result') return names[value.symbol.slice(value.symbol.lastIndexOf('.') + 1)] ?? null;
  if (value?.k === 'either') {
    const numbers = value.of.flatMap((one) => (one.k === 'lit' && typeof one.v === 'number' ? [one.v] : []));
    return numbers.length > 0 ? Math.max(...numbers) : null;
  }
  return null;
}

function textual(value: Value): boolean {
  return (value.k === 'lit' && typeof value.v === 'string') || value.k === 'tpl' || value.k === 'input' || (value.k === 'either' && value.of.some(textual));
}

/** Text from parts and values, constants folded in. */
export function template(parts: readonly string[], values: readonly Value[]): Value {
  const out = [parts[0] ?? ''];
  const holes: Value[] = [];
  values.forEach((value, index) => {
    const after = parts[index + 1] ?? '';
    if (value.k === 'lit') out[out.length - 1] += String(value.v) + after;
    else if (value.k === 'tpl') {
      out[out.length - 1] += value.parts[0] ?? '';
      value.holes.forEach((hole, at) => {
        holes.push(hole);
        out.push(value.parts[at + 1] ?? '');
      });
      out[out.length - 1] += after;
    } else {
      holes.push(value);
      out.push(after);
    }
  });
  if (holes.length > 200) return UNKNOWN;
  return holes.length === 0 ? literal(out[0] ?? '') : { k: 'tpl', parts: out, holes };
}

function append(a: Value, b: Value): Value {
  return template(['', '', ''], [a, b]);
}
