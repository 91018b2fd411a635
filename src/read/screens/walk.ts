import type { Expr } from '../code/facts.ts';
import type { Resolve } from '../code/modules.ts';
import type { SourceFile } from '../code/value.ts';
import { showElement, touchRecord } from './elements.ts';
import { evaluate, property } from './evaluation.ts';
import { statements } from './statements.ts';
import { anyOf, bare, digestOf, NOTHING, UNKNOWN } from './values.ts';
import type { Condition, Env, Shown } from './values.ts';
import { Looking } from './viewer.ts';
import type { Viewer } from './viewer.ts';
import { wordsAgainst, wordsOf } from './wording.ts';

type Call = Extract<Expr, { k: 'call' }>;

/** A call that a viewer's screens make or offer, and the conditions about the viewer on the first way to it. */
export interface Reached {
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  readonly component: string;
  readonly conditions: readonly Condition[];
}

/** The code of the screens. All that the walk knows of the program it asks for here, besides the files from which it starts. */
export interface Screens {
  readonly files: Pick<ReadonlyMap<string, SourceFile>, 'get'>;
  readonly resolve: Resolve;
  /** Files in which calls or questions about the viewer stand, or that import such; of all others only what they are handed matters. */
  readonly telling: ReadonlySet<string>;
}

/** What a function gave, whether it sent the viewer elsewhere, and whether that depends on who is looking. */
interface Result {
  readonly value: Shown;
  readonly left: boolean;
  readonly asks: boolean;
}

const deepest = 70;
/** How often a function is followed with other arguments before it is followed once more with arguments that may be anything. */
const mostVisits = 60;
const mostInnerVisits = 6;
const mostSteps = 400_000;

/**
 * Follows the screens as one viewer sees them, without running them: what an unknown condition hides counts as shown, so that only
 * what certainly depends on who is looking can be missing. A handler that is offered counts as called.
 */
export class Walk {
  readonly looking: Looking;
  readonly reached = new Map<string, Reached>();
  /** Paths that stand in an attribute or a field for an address: whoever gets them may call them in a way that is not followed. */
  readonly addresses: string[] = [];
  exhausted = false;
  readonly files: Screens['files'];
  readonly resolve: Resolve;
  private readonly telling: ReadonlySet<string>;
  private readonly modules = new Map<string, Env>();
  private readonly touched = new WeakMap<object, Set<string>>();
  private readonly results = new Map<string, Result>();
  private readonly running = new Map<string, number>();
  private readonly visits = new Map<string, number>();
  conditions: Condition[] = [];
  outlet: { readonly children: readonly Shown[]; readonly id: number } | null = null;
  private outlets = 0;
  private envs = 0;
  private depth = 0;
  private steps = 0;
  /** The viewer was sent elsewhere by the component being followed. */
  left = false;
  /** Where the conditions of the function begin whose sending elsewhere would count; null inside of handlers. */
  leaving: number | null = null;

  constructor(screens: Screens, viewer: Viewer) {
    this.files = screens.files;
    this.resolve = screens.resolve;
    this.telling = screens.telling;
    this.looking = new Looking(viewer);
  }

  /** Follows what a module does when it is loaded. */
  load(file: SourceFile): void {
    statements(this, file.facts.functions[0]?.b ?? [], this.module(file), []);
  }

  /** Offers what a module exports under a name. */
  offer(file: SourceFile, name: string): void {
    this.touch(this.exported(file, name));
  }

  module(file: SourceFile): Env {
    let env = this.modules.get(file.path);
    if (env === undefined) {
      env = { id: ++this.envs, file, fn: 0, up: null, vars: new Map(), asking: new Set(), self: null };
      this.modules.set(file.path, env);
    }
    return env;
  }

  exported(file: SourceFile, name: string, depth = 0): Shown {
    const { facts } = file;
    if (name === '*' || name === '=') return { k: 'mod', file };
    if (Object.hasOwn(facts.exports, name)) return this.eval(facts.exports[name] as Expr, this.module(file));
    if (depth > 8) return UNKNOWN;
    for (const specifier of facts.stars) {
      const target = this.resolve(file.path, specifier);
      const next = 'file' in target ? this.files.get(target.file) : undefined;
      const found = next ? this.exported(next, name, depth + 1) : UNKNOWN;
      if (found.k !== 'unknown') return found;
    }
    return UNKNOWN;
  }

  /** True when it is certainly there or true, false when certainly not, null when that is not known. */
  truth(value: Shown): boolean | null {
    const inner = bare(value);
    switch (inner.k) {
      case 'lit':
        return Boolean(inner.v);
      case 'unknown':
      case 'held':
        return null;
      case 'session':
      case 'user':
        return this.looking.present();
      default:
        return true;
    }
  }

  /** What an expression is; calls in it are made. */
  eval(e: Expr, env: Env): Shown {
    if (++this.steps > mostSteps || this.depth > deepest * 4) {
      this.exhausted = true;
      return UNKNOWN;
    }
    this.depth++;
    try {
      return evaluate(this, e, env);
    } finally {
      this.depth--;
    }
  }

  /** `endpoint="/api/x"`, `{ url: '/api/x' }`, `location.href = '/api/x'` */
  noteAddress(name: string, value: Expr): void {
    if (!/url|endpoint|api|action|resource|path|href|src/i.test(name)) return;
    const text = value.k === 'lit' && typeof value.v === 'string' ? value.v : value.k === 'tpl' ? value.p.join('{}') : null;
    if (text?.startsWith('/')) this.addresses.push(text.replace(/[?#].*$/, ''));
  }

  /** A value that is computed when it is first asked for; asking for it again asks about the viewer again. */
  lazily(make: () => Shown): () => Shown {
    let known: { readonly value: Shown; readonly asks: boolean } | undefined;
    return () => {
      if (known?.asks) this.looking.asked++;
      if (known) return known.value;
      const before = this.looking.asked;
      const value = make();
      known = { value, asks: this.looking.asked > before };
      return value;
    };
  }

  /** The truth of a condition, and whether it depended on who is looking. */
  test(e: Expr, env: Env): { value: boolean | null; asked: boolean } {
    const before = this.looking.asked;
    const value = this.truth(this.eval(e, env));
    return { value, asked: value !== null && this.looking.asked > before };
  }

  condition(e: Expr, env: Env, holds: boolean, line: number): Condition {
    const text = holds ? wordsOf(e, env.file) : wordsAgainst(e, env.file);
    const at = line > 0 ? line : (env.file.facts.functions[env.fn]?.l ?? 1);
    return { file: env.file.path, line: at, text, component: componentOf(env) };
  }

  /** What work gives, under further conditions. */
  under(conditions: readonly Condition[], work: () => Shown): Shown {
    if (conditions.length === 0) return work();
    const before = this.conditions;
    this.conditions = [...before, ...conditions];
    try {
      return { k: 'when', conditions, of: work() };
    } finally {
      this.conditions = before;
    }
  }

  variable(b: number, env: Env): Shown {
    const binding = env.file.facts.bindings[b];
    if (!binding) return UNKNOWN;
    let at: Env = env;
    while (at.fn !== binding.f && at.up !== null) at = at.up;
    if (at.fn !== binding.f) return UNKNOWN;
    const known = at.vars.get(b);
    if (known !== undefined) {
      if (at.asking.has(b)) this.looking.asked++;
      return known;
    }
    const before = this.looking.asked;
    // A parameter that nobody gave, and what is being defined by itself.
    at.vars.set(b, UNKNOWN);
    const values = binding.v.map((source): Shown => {
      if (source.o !== undefined) return { k: 'held', of: [this.eval(source.e, at)] };
      let value = this.eval(source.e, at);
      for (const part of source.p ?? []) value = this.get(value, String(part));
      if (source.d === undefined) return value;
      const inner = bare(value);
      if (inner.k === 'lit' && inner.v === null) return this.eval(source.d, at);
      return inner.k === 'unknown' ? anyOf([UNKNOWN, this.eval(source.d, at)]) : value;
    });
    const value = values.length === 0 ? UNKNOWN : anyOf(values);
    at.vars.set(b, value);
    if (this.looking.asked > before) at.asking.add(b);
    return value;
  }

  imported(from: SourceFile, specifier: string, name: string): Shown {
    const target = this.resolve(from.path, specifier);
    if ('package' in target) return { k: 'lib', symbol: `${target.package}#${name}` };
    const file = this.files.get(target.file);
    return file ? this.exported(file, name) : UNKNOWN;
  }

  /** A property of a value. */
  get(value: Shown, name: string): Shown {
    return property(this, value, name);
  }

  /** Notes a call that the viewer's screens make or offer. */
  reach(e: Call, env: Env): void {
    const key = `${env.file.path}:${e.i}`;
    if (this.reached.has(key)) return;
    this.reached.set(key, {
      file: env.file.path,
      line: e.l,
      endLine: e.e,
      component: componentOf(env),
      conditions: unique(this.conditions),
    });
  }

  /** Runs an effect of the component being followed; it may send the viewer elsewhere. */
  effect(fn: Extract<Shown, { k: 'fn' }>): void {
    this.hook(fn, []);
  }

  hook(fn: Extract<Shown, { k: 'fn' }>, args: readonly Shown[]): Shown {
    const found = this.follow(fn, args, this.leaving !== null);
    this.left ||= found.left;
    return found.value;
  }

  /** Follows a function with arguments; gives what it returns. */
  apply(fn: Extract<Shown, { k: 'fn' }>, args: readonly Shown[]): Shown {
    return this.follow(fn, args, /^[A-Z]/.test(fn.file.facts.functions[fn.fn]?.n ?? '')).value;
  }

  private follow(fn: Extract<Shown, { k: 'fn' }>, given: readonly Shown[], mayLeave: boolean): Result {
    const func = fn.file.facts.functions[fn.fn];
    const id = `${fn.file.path}:${fn.fn}`;
    if (!this.telling.has(fn.file.path)) {
      for (const arg of given) if (bare(arg).k === 'fn') this.touch(arg);
      return { value: { k: 'held', of: given }, left: false, asks: false };
    }
    let args = given;
    const place = `${id}@${fn.env.id}`;
    let key = `${place}(${args.map((arg) => digestOf(arg)).join()})${this.outlet?.id ?? ''}`;
    const known = this.again(key);
    if (known !== undefined) return known;
    const visits = this.visits.get(place) ?? 0;
    this.visits.set(place, visits + 1);
    if (visits >= (fn.env.fn === 0 ? mostVisits : mostInnerVisits)) {
      // With arguments that may be anything it shows all that it could show with any; what it is handed counts as shown too.
      for (const arg of given) this.touch(arg);
      args = given.map(() => UNKNOWN);
      key = `${place}*${this.outlet?.id ?? ''}`;
      const anyhow = this.again(key);
      if (anyhow !== undefined) return anyhow;
    }
    const times = this.running.get(id) ?? 0;
    if (!func || times > 1) return { value: UNKNOWN, left: false, asks: false };
    if (this.running.size > deepest) {
      this.exhausted = true;
      return { value: UNKNOWN, left: false, asks: false };
    }
    const asked = this.looking.asked;
    const env: Env = { id: ++this.envs, file: fn.file, fn: fn.fn, up: fn.env, vars: new Map(), asking: new Set(), self: fn.self };
    func.p.forEach((param, index) => {
      const given = param.rest === 1 ? ({ k: 'list', items: args.slice(index) } as Shown) : args[index];
      const missing = given === undefined || isNothing(given);
      env.vars.set(param.b, missing && param.d !== undefined ? this.eval(param.d, env) : (given ?? UNKNOWN));
    });
    this.running.set(id, times + 1);
    const before = { conditions: this.conditions, left: this.left, leaving: this.leaving };
    this.left = false;
    this.leaving = mayLeave ? this.conditions.length : null;
    const returned: Shown[] = [];
    const outer = this.conditions.length;
    try {
      statements(this, func.b, env, returned, outer);
    } finally {
      if (times === 0) this.running.delete(id);
      else this.running.set(id, times);
    }
    const result = { value: returned.length === 0 ? NOTHING : anyOf(returned), left: this.left, asks: this.looking.asked > asked };
    this.conditions = before.conditions;
    this.left = before.left;
    this.leaving = before.leaving;
    this.results.set(key, result);
    return result;
  }

  private again(key: string): Result | undefined {
    const known = this.results.get(key);
    if (known?.asks) this.looking.asked++;
    return known;
  }

  /** Offers a value to the viewer: elements are shown, functions called. */
  touch(value: Shown): void {
    const of = value.k === 'elem' ? value.e : value;
    const place = `${value.k === 'elem' ? value.env.id : 0}#${this.outlet?.id ?? ''}`;
    const before = this.touched.get(of);
    if (before?.has(place)) return;
    this.touched.set(of, (before ?? new Set()).add(place));
    switch (value.k) {
      case 'when': {
        const before = this.conditions;
        this.conditions = [...before, ...value.conditions];
        this.touch(value.of);
        this.conditions = before;
        return;
      }
      case 'fn': {
        // Whoever calls it may hand it anything.
        const parameters = value.file.facts.functions[value.fn]?.p ?? [];
        this.touch(
          this.apply(
            value,
            parameters.map(() => UNKNOWN),
          ),
        );
        return;
      }
      case 'list':
        for (const one of value.items) this.touch(one);
        return;
      case 'held':
        for (const one of value.of) this.touch(one);
        return;
      case 'rec':
        touchRecord(this, value);
        return;
      case 'mod':
        this.touch(this.exported(value.file, 'default'));
        return;
      case 'elem':
        showElement(this, value.e, value.env);
        return;
      default:
    }
  }

  withOutlet(children: readonly Shown[] | null, work: () => void): void {
    if (children === null) return work();
    const before = this.outlet;
    this.outlet = { children, id: ++this.outlets };
    try {
      work();
    } finally {
      this.outlet = before;
    }
  }
}

/** The component, or else the outermost function, whose code it is. */
function componentOf(env: Env): string {
  let name = '';
  for (let at: Env | null = env; at !== null && at.fn !== 0; at = at.up) {
    const own = at.file.facts.functions[at.fn]?.n ?? '';
    if (/^[A-Z]/.test(own)) return own;
    if (!own.startsWith('<')) name = own;
  }
  return name;
}

function isNothing(value: Shown): boolean {
  const inner = bare(value);
  return inner.k === 'lit' && inner.v === null;
}

function unique(conditions: readonly Condition[]): Condition[] {
  return [...new Map(conditions.map((one) => [`${one.file}:${one.line}:${one.text}`, one])).values()];
}
