import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Binding, Expr, Source } from '../code/facts.ts';
import type { Resolve } from '../code/modules.ts';
import type { SourceFile } from '../code/value.ts';
import { folded, longest, oneOf, part, started, withKeys } from './abstract.ts';
import { lastName, returnsOf } from './walk.ts';
import type { Call } from './walk.ts';

// What an expression is by the text around it. The program is not followed from its entry, as `code/machine.ts` does for servers:
// a screen's handlers are called by a library that nobody sees, and the values of one call must stay together.

/** What parameters were called with: the arguments of one chain of calls, and the files that these stand in. */
export type Given = ReadonlyMap<Binding, { readonly e: Expr; readonly file: SourceFile }>;

/** Where variables are looked up. */
export interface Scope {
  readonly file: SourceFile;
  readonly given: Given;
}

/** A function of the program. */
export interface Target {
  readonly file: SourceFile;
  readonly fn: number;
}

const UNKNOWN: AbstractValue = { kind: 'unknown' };
const mostSteps = 3_000;
const deepest = 24;

/** Hooks and wrappers that give back the function they are given. */
const passesOn =
  /^(?:useCallback|useMemo|useEvent|useEffectEvent|memo|debounce|throttle|useDebounce\w*|useThrottle\w*|asyncHandler|wrap\w*)$/;
const mutations = /^(?:use\w*Mutation|createMutation)$/;
const mutates = /^(?:mutate|mutateAsync|trigger)$/;
const numeric = /^(?:Number|parseInt|parseFloat)$/;
/** Methods of lists that give an item, or a list of the same. */
const listMethods = /^(?:find|at|pop|shift|map|filter|slice|sort|toSorted|reverse)$/;
const keepsValue =
  /^(?:trim|toString|toLowerCase|toUpperCase|parse|String|encodeURIComponent|toRaw|unref|structuredClone|stringify|resolve)$/;

/** Evaluates expressions of a program by what stands in its files. */
export class Following {
  readonly #files: ReadonlyMap<string, SourceFile>;
  readonly #resolve: Resolve;
  readonly #busy = new Set<unknown>();
  /** What `append` put into a variable, by the variable. */
  readonly #appended = new WeakMap<SourceFile, Map<number, [string, Expr][]>>();
  readonly #own = new WeakMap<Binding, boolean>();
  #steps = 0;
  /** Functions, as `file:index`, whose parameters were asked for and not known, since the last `ask`. */
  #needs = new Set<string>();

  constructor(files: ReadonlyMap<string, SourceFile>, resolve: Resolve) {
    this.#files = files;
    this.#resolve = resolve;
  }

  /** Does work that evaluates; tells which functions' callers would know more. */
  ask<T>(work: () => T): { value: T; needs: ReadonlySet<string> } {
    this.#steps = 0;
    this.#needs = new Set();
    this.#busy.clear();
    return { value: work(), needs: this.#needs };
  }

  /** Remembers `form.append('name', value)` of a file. */
  noteAppended(file: SourceFile, call: Call): void {
    const { f, a } = call;
    const [name, value] = a;
    if (f.k !== 'get' || (f.n !== 'append' && f.n !== 'set') || f.o.k !== 'var' || name?.k !== 'lit' || value === undefined) return;
    const ofFile = this.#appended.get(file) ?? new Map<number, [string, Expr][]>();
    this.#appended.set(file, ofFile);
    const list = ofFile.get(f.o.b) ?? [];
    ofFile.set(f.o.b, list);
    if (list.length < 60) list.push([String(name.v), value]);
  }

  /** What an expression is; a part of it where a path is given. */
  value(e: Expr, scope: Scope, path: readonly string[] = [], depth = 0): AbstractValue {
    if (++this.#steps > mostSteps || depth > deepest) return UNKNOWN;
    const next = (one: Expr, more: readonly string[] = path): AbstractValue => this.value(one, scope, more, depth + 1);
    switch (e.k) {
      case 'lit':
        if (path.length > 0) return UNKNOWN;
        return { kind: 'literal', value: typeof e.v === 'string' ? e.v.slice(0, longest) : e.v };
      case 'var':
        return this.#variable(e.b, scope, path, depth);
      case 'imp':
        return this.#imported(scope.file, e.m, e.n, path, depth);
      case 'get':
        return next(e.o, [e.n, ...path]);
      case 'idx':
        return e.x.k === 'lit' ? next(e.o, [String(e.x.v), ...path]) : UNKNOWN;
      case 'tpl':
        return path.length > 0
          ? UNKNOWN
          : folded(
              e.p,
              e.h.map((hole) => next(hole)),
            );
      case 'obj':
        return this.#object(e, scope, path, depth);
      case 'arr':
        return part({ kind: 'array', items: e.a.slice(0, 20).map((item) => next(item, [])), open: e.s === 1 || e.a.length > 20 }, path);
      case 'or':
        return e.op === '&&' ? next(e.r) : oneOf([next(e.l), next(e.r)]);
      case 'if':
        return oneOf([next(e.a), next(e.b)]);
      case 'seq': {
        const last = e.a.at(-1);
        return last === undefined ? UNKNOWN : next(last);
      }
      case 'put':
        return next(e.e);
      case 'not':
        return { kind: 'call', symbol: 'global:Boolean', args: [] };
      case 'un':
        return e.op === '+' ? { kind: 'call', symbol: 'global:Number', args: [] } : UNKNOWN;
      case 'bin':
        return /^[-*/%]$/.test(e.op) ? { kind: 'call', symbol: 'global:Number', args: [] } : UNKNOWN;
      case 'call':
        return this.#called(e, scope, path, depth);
      default:
        return UNKNOWN;
    }
  }

  /** Whether what is called may be a function of the program, told quickly: most calls are of packages and of what parameters hold. */
  mayBeOwn(e: Expr, file: SourceFile, depth = 0): boolean {
    let root = e;
    while (root.k === 'get' || root.k === 'idx') root = root.o;
    if (root.k === 'call') return depth < 4 && (mutations.test(lastName(file.facts, root.f)) || this.mayBeOwn(root.f, file, depth + 1));
    if (root.k === 'imp') return 'file' in this.#resolve(file.path, root.m);
    if (root.k !== 'var') return root.k === 'this' || root.k === 'fn';
    const binding = file.facts.bindings[root.b];
    if (binding === undefined || binding.p !== undefined) return false;
    const known = this.#own.get(binding);
    if (known !== undefined) return known;
    this.#own.set(binding, false);
    const own = binding.v.slice(0, 4).some(({ e: source }) => {
      if (source.k === 'call' && passesOn.test(lastName(file.facts, source.f))) return true;
      return source.k === 'obj' || source.k === 'cls' || this.mayBeOwn(source, file, depth + 1);
    });
    this.#own.set(binding, own);
    return own;
  }

  /** The functions that an expression may be; `path` leads to a part of it. */
  targets(e: Expr, file: SourceFile, path: readonly string[] = [], depth = 0): Target[] {
    if (++this.#steps > mostSteps || depth > deepest) return [];
    const { facts } = file;
    const next = (one: Expr, more: readonly string[] = path): Target[] => this.targets(one, file, more, depth + 1);
    switch (e.k) {
      case 'fn':
        return path.length === 0 ? [{ file, fn: e.i }] : [];
      case 'var': {
        const binding = facts.bindings[e.b];
        if (binding === undefined || binding.p !== undefined) return [];
        return binding.v
          .filter(({ o }) => o === undefined)
          .slice(0, 4)
          .flatMap((source) => next(source.e, [...(source.p ?? []).map(String), ...path]));
      }
      case 'imp': {
        const found = this.exported(file, e.m, e.n, path);
        return found === null ? [] : this.targets(found.e, found.file, found.path, depth + 1);
      }
      case 'get':
        if (e.o.k === 'this' && path.length === 0) return methodsBeside(file, e.n);
        return next(e.o, [e.n, ...path]);
      case 'obj': {
        const value = e.p.findLast(([name]) => name === path[0])?.[1];
        return value === undefined ? [] : next(value, path.slice(1));
      }
      case 'cls': {
        const method = facts.classes[e.i]?.m[path[0] ?? ''];
        return method === undefined || path.length !== 1 ? [] : [{ file, fn: method }];
      }
      case 'call': {
        const name = lastName(facts, e.f);
        if (e.nw === 1) return next(e.f);
        if (path.length === 0 && passesOn.test(name)) return e.a[0] === undefined ? [] : next(e.a[0]);
        if (mutations.test(name)) return mutates.test(path[0] ?? '0') || path[0] === '0' ? this.#mutationFunctions(e, file, depth) : [];
        return this.targets(e.f, file, [], depth + 1).flatMap(({ file: other, fn }) =>
          returnsOf(other.facts, fn).flatMap((one) => this.targets(one, other, path, depth + 1)),
        );
      }
      default:
        return [];
    }
  }

  /** Where an imported name is written. */
  exported(
    from: SourceFile,
    specifier: string,
    name: string,
    path: readonly string[],
    depth = 0,
  ): { e: Expr; file: SourceFile; path: readonly string[] } | null {
    const target = this.#resolve(from.path, specifier);
    const file = 'file' in target ? this.#files.get(target.file) : undefined;
    if (file === undefined || depth > 6) return null;
    const { exports, stars } = file.facts;
    const own = (key: string): Expr | undefined => (Object.hasOwn(exports, key) ? exports[key] : undefined);
    const whole = name === '*' || name === '=' || (name === 'default' && own('default') === undefined);
    const [wanted, rest] = whole ? [path[0] ?? '', path.slice(1)] : [name, path];
    const direct = own(wanted);
    if (direct !== undefined) return { e: direct, file, path: rest };
    const all = own('=');
    if (all !== undefined) return { e: all, file, path: whole ? path : [name, ...path] };
    for (const star of stars) {
      const found = this.exported(file, star, wanted, rest, depth + 1);
      if (found !== null) return found;
    }
    return null;
  }

  /** What a form hands to the function that its `handleSubmit` is given: its default values. */
  defaultsOf(e: Expr, file: SourceFile, depth = 0): Expr | null {
    if (depth > 6) return null;
    if (e.k === 'get') return this.defaultsOf(e.o, file, depth + 1);
    if (e.k === 'var') {
      for (const source of file.facts.bindings[e.b]?.v ?? []) {
        const found = this.defaultsOf(source.e, file, depth + 1);
        if (found !== null) return found;
      }
      return null;
    }
    if (e.k !== 'call' || !/^use\w*Form$/.test(lastName(file.facts, e.f))) return null;
    const options = e.a[0];
    return options?.k === 'obj' ? (options.p.find(([name]) => /^(?:defaultValues|initialValues|values)$/.test(name))?.[1] ?? null) : null;
  }

  /** An option of the client that an expression names: the `baseURL` of `axios.create({ baseURL })`. */
  made(e: Expr, scope: Scope, option: string, depth = 0): AbstractValue {
    if (depth > 6) return UNKNOWN;
    if (e.k === 'imp') {
      const found = this.exported(scope.file, e.m, e.n, []);
      return found === null ? UNKNOWN : this.made(found.e, { file: found.file, given: new Map() }, option, depth + 1);
    }
    if (e.k === 'var') {
      const sources = scope.file.facts.bindings[e.b]?.v ?? [];
      return oneOf(sources.slice(0, 2).map((source) => this.made(source.e, scope, option, depth + 1)));
    }
    const options = e.k === 'call' ? e.a.find(({ k }) => k === 'obj') : undefined;
    return options === undefined ? UNKNOWN : this.value(options, scope, [option], depth + 1);
  }

  #mutationFunctions(e: Call, file: SourceFile, depth: number): Target[] {
    return e.a.flatMap((arg) => {
      if (arg.k !== 'obj') return this.targets(arg, file, [], depth + 1);
      const fn = arg.p.find(([name]) => name === 'mutationFn' || name === 'mutation')?.[1];
      return fn === undefined ? [] : this.targets(fn, file, [], depth + 1);
    });
  }

  #variable(index: number, scope: Scope, path: readonly string[], depth: number): AbstractValue {
    const binding = scope.file.facts.bindings[index];
    if (binding === undefined) return UNKNOWN;
    const given = scope.given.get(binding);
    if (given !== undefined) return this.value(given.e, { file: given.file, given: scope.given }, path, depth + 1);
    if (binding.p !== undefined) {
      this.#needs.add(`${scope.file.path}:${binding.f}`);
      return UNKNOWN;
    }
    const sources = binding.v.filter(({ o }) => o === undefined).slice(0, 4);
    return oneOf(sources.map((source) => this.#source(source, index, scope, path, depth)));
  }

  #source(source: Source, binding: number, scope: Scope, path: readonly string[], depth: number): AbstractValue {
    if (this.#busy.has(source)) return UNKNOWN;
    this.#busy.add(source);
    const whole = [...(source.p ?? []).map(String), ...path];
    const appended = source.e.k === 'call' && source.e.nw === 1 ? (this.#appended.get(scope.file)?.get(binding) ?? []) : [];
    const value = this.value(source.e, scope, whole, depth + 1);
    const all =
      appended.length === 0
        ? value
        : withKeys(
            value,
            appended.map(([name, e]) => [name, this.value(e, scope, [], depth + 1)]),
          );
    this.#busy.delete(source);
    return all.kind === 'unknown' && source.d !== undefined ? this.value(source.d, scope, path, depth + 1) : all;
  }

  #imported(file: SourceFile, specifier: string, name: string, path: readonly string[], depth: number): AbstractValue {
    const found = this.exported(file, specifier, name, path);
    return found === null ? UNKNOWN : this.value(found.e, { file: found.file, given: new Map() }, found.path, depth + 1);
  }

  /** Of a list that the code holds any item may be chosen: it is the first, so that all that is said of it belongs together. */
  #ofList(method: string, list: Expr, how: Expr | undefined, scope: Scope, path: readonly string[], depth: number): AbstractValue {
    if (/^(?:find|at|pop|shift)$/.test(method)) return this.value(list, scope, ['0', ...path], depth + 1);
    if (method !== 'map') return this.value(list, scope, path, depth + 1);
    const [index, ...rest] = path;
    const item: Expr = { k: 'get', o: list, n: '0' };
    const values = (how === undefined ? [] : this.targets(how, scope.file, [], depth + 1)).flatMap((target) => {
      const given = new Map([...scope.given, ...boundTo(target, [item], scope.file)]);
      return returnsOf(target.file.facts, target.fn).map((one) => this.value(one, { file: target.file, given }, rest, depth + 1));
    });
    return index === undefined ? { kind: 'array', items: values.slice(0, 1), open: true } : oneOf(values);
  }

  #object(e: Extract<Expr, { k: 'obj' }>, scope: Scope, path: readonly string[], depth: number): AbstractValue {
    const [head, ...rest] = path;
    if (head !== undefined) {
      const at = e.p.findLast(([name]) => name === head || name === '...');
      if (at === undefined) return UNKNOWN;
      if (at[0] === head) return this.value(at[1], scope, rest, depth + 1);
      const spread = this.value(at[1], scope, path, depth + 1);
      const before = e.p.slice(0, e.p.lastIndexOf(at));
      return spread.kind === 'unknown' && before.length > 0 ? this.#object({ k: 'obj', p: before }, scope, path, depth + 1) : spread;
    }
    const keys: Record<string, AbstractValue> = {};
    let open = e.p.length > 60;
    for (const [name, one] of e.p.slice(0, 60)) {
      const value = this.value(one, scope, [], depth + 1);
      if (name === '?' || name === '...') {
        const known = name === '...' && value.kind === 'object';
        if (known) Object.assign(keys, value.keys);
        open ||= !known || value.open;
      } else if (name !== '__proto__') keys[name] = value;
    }
    return { kind: 'object', keys, open };
  }

  #called(e: Call, scope: Scope, path: readonly string[], depth: number): AbstractValue {
    const { facts } = scope.file;
    const name = lastName(facts, e.f);
    const first = e.a[0];
    const next = (one: Expr, more: readonly string[] = path): AbstractValue => this.value(one, scope, more, depth + 1);
    if (name === 'FormData' || name === 'URLSearchParams') {
      const fields = first === undefined ? null : next(first, []);
      return part(fields?.kind === 'object' ? fields : { kind: 'object', keys: {}, open: fields !== null }, path);
    }
    if (name === 'useState' && path[0] === '0') return first === undefined ? UNKNOWN : started(next(first, path.slice(1)));
    if (e.f.k === 'get' && listMethods.test(name)) return this.#ofList(name, e.f.o, first, scope, path, depth);
    if (name === 'getValues' || name === 'watch') {
      const defaults = this.defaultsOf(e.f, scope.file);
      return defaults === null ? UNKNOWN : part(started(next(defaults, [])), path);
    }
    if (numeric.test(name) || /^(?:toFixed|getTime|now)$/.test(name))
      return { kind: 'call', symbol: `global:${name === 'toFixed' ? 'String' : 'Number'}`, args: [] };
    if (name === 'toISOString' || (name === 'Date' && e.nw === 1)) return { kind: 'call', symbol: 'global:Date', args: [] };
    if (name === 'Boolean') return { kind: 'call', symbol: 'global:Boolean', args: [] };
    if (keepsValue.test(name)) {
      if (first !== undefined) return next(first);
      return e.f.k === 'get' ? next(e.f.o) : UNKNOWN;
    }
    const values = this.targets(e.f, scope.file, [], depth + 1)
      .slice(0, 2)
      .flatMap((target) => {
        const given = new Map([...scope.given, ...boundTo(target, e.a, scope.file)]);
        return returnsOf(target.file.facts, target.fn).map((one) => this.value(one, { file: target.file, given }, path, depth + 1));
      });
    return oneOf(values);
  }
}

/** The parameters of a function, as the arguments of a call that stands in the file `from` give them. */
export function boundTo({ file, fn }: Target, args: readonly Expr[], from: SourceFile): Given {
  const given = new Map<Binding, { e: Expr; file: SourceFile }>();
  for (const [index, param] of (file.facts.functions[fn]?.p ?? []).entries()) {
    const binding = file.facts.bindings[param.b];
    const e = args[index];
    if (binding === undefined || param.rest === 1) continue;
    if (e !== undefined) given.set(binding, { e, file: from });
    else given.set(binding, { e: param.d ?? { k: 'lit', v: null }, file });
  }
  return given;
}

/** The methods of the classes of a file that have a name: what `this.name` may be. */
function methodsBeside(file: SourceFile, name: string): Target[] {
  return file.facts.classes.flatMap(({ m }) => (Object.hasOwn(m, name) ? [{ file, fn: m[name] ?? 0 }] : []));
}
