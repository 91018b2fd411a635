import type { ParsedPython, PythonNode } from '../../../../source/python.ts';
import { flag } from '../../facts.ts';
import type { Binding, Class, EnvRead, Expr, FileFacts, Func, Source, Stmt } from '../../facts.ts';
import { lowerExpression } from './expressions.ts';
import { lowerLambda } from './functions.ts';
import { namesBoundIn } from './names.ts';
import { lowerBody } from './statements.ts';

/** Deeper code is left unread, because whoever follows it walks as deep. */
const deepest = 400;

/** The names of one function, of a class body, or of the module. */
export interface Scope {
  readonly kind: 'function' | 'class';
  readonly fn: number;
  /** Names that get a value here, whether one was seen already or not. */
  readonly locals: Set<string>;
  readonly names: Map<string, number>;
  readonly up: Scope | null;
  /** The name of the receiver in a method: `self`. */
  readonly self: string | null;
}

/** Turns a parsed file into the same facts as JavaScript gives. Pure; throws RangeError when the syntax nests too deeply. */
export function lowerPython(parsed: ParsedPython): FileFacts {
  return new PythonLowering(parsed).run();
}

/** The facts of a file of Python while they come into being, and where in the file we are. */
export class PythonLowering {
  readonly bindings: Binding[] = [];
  readonly functions: Func[] = [];
  readonly classes: Class[] = [];
  readonly stars: string[] = [];
  readonly imports: [string, number, boolean][] = [];
  readonly env: EnvRead[] = [];
  readonly parsed: ParsedPython;
  readonly text: string;
  scope: Scope;
  /** The class whose body or method is being read; -1 outside of classes. */
  cls = -1;
  calls = 0;
  /** Lexical flags that new calls receive. */
  place: number = flag.awaited;
  private depth = 0;

  constructor(parsed: ParsedPython) {
    this.parsed = parsed;
    this.text = parsed.text;
    this.scope = { kind: 'function', fn: 0, locals: namesBoundIn(parsed.root, parsed.text), names: new Map(), up: null, self: null };
  }

  run(): FileFacts {
    const { root, lines, comments } = this.parsed;
    const module: Func = { n: '<module>', l: 1, e: lines, up: 0, p: [], b: [], w: '' };
    this.functions.push(module);
    const top = this.scope;
    module.b = lowerBody(this, root);
    const exports: Record<string, Expr> = {};
    for (const [name, b] of top.names) exports[name] = { k: 'var', b };
    return {
      bindings: this.bindings,
      functions: this.functions,
      classes: this.classes,
      exports,
      stars: this.stars,
      imports: this.imports,
      env: this.env,
      lines,
      marks: { comments, any: 0, casts: 0, bangs: 0, off: [] },
    };
  }

  textOf(node: PythonNode): string {
    return this.text.slice(node.from, node.to);
  }

  line(node: PythonNode): number {
    return this.parsed.lineOf(node.from);
  }

  lastLine(node: PythonNode): number {
    return this.parsed.lineOf(Math.max(node.from, node.to - 1));
  }

  /** The function that statements stand in. */
  get fn(): number {
    return this.scope.fn;
  }

  /** The binding of a name that gets a value in this scope. */
  bind(name: string, scope: Scope = this.scope): number {
    const known = scope.names.get(name);
    if (known !== undefined) return known;
    this.bindings.push({ n: name, f: scope.fn, v: [] });
    const index = this.bindings.length - 1;
    scope.names.set(name, index);
    return index;
  }

  /** A binding that no name of the program means. */
  unnamed(): number {
    this.bindings.push({ n: `%${this.bindings.length}`, f: this.fn, v: [] });
    return this.bindings.length - 1;
  }

  /** Where a name gets its value: here, or where `global` and `nonlocal` say. */
  target(name: string): number {
    if (this.scope.locals.has(name)) return this.bind(name);
    for (let scope: Scope | null = this.scope; scope !== null; scope = scope.up)
      if (scope.kind === 'function' && scope.locals.has(name)) return this.bind(name, scope);
    return this.bind(name);
  }

  source(binding: number, source: Source): number {
    const { v } = this.bindings[binding] as Binding;
    v.push(source);
    return v.length - 1;
  }

  /** What a name stands for where it is read. */
  name(name: string): Expr {
    for (let scope: Scope | null = this.scope; scope !== null; scope = scope.up) {
      if (scope.self === name) return { k: 'this' };
      // What a class body names is seen by that body alone, not by its methods.
      if (scope.kind === 'class' && scope !== this.scope) continue;
      if (scope.locals.has(name)) return { k: 'var', b: this.bind(name, scope) };
    }
    if (this.stars.length > 0) return { k: 'imp', m: '*', n: name };
    return { k: 'imp', m: 'builtins', n: name };
  }

  within<T>(scope: Omit<Scope, 'names' | 'up'>, work: () => T): T {
    const outer = { scope: this.scope, place: this.place };
    this.scope = { ...scope, names: new Map(), up: outer.scope };
    this.place = flag.awaited;
    try {
      return work();
    } finally {
      this.scope = outer.scope;
      this.place = outer.place;
    }
  }

  /** Reads with a lexical flag set. */
  flagged<T>(bit: number, work: () => T): T {
    const outer = this.place;
    this.place |= bit;
    try {
      return work();
    } finally {
      this.place = outer;
    }
  }

  expression(node: PythonNode): Expr {
    return this.deeper(() => lowerExpression(this, node));
  }

  /** The function that a `lambda` is, by its index. */
  lambda(node: PythonNode): number {
    return lowerLambda(this, node);
  }

  body(node: PythonNode | undefined): Stmt[] {
    return node === undefined ? [] : this.deeper(() => lowerBody(this, node));
  }

  /** Refuses what nests too deeply for those who will follow it. */
  deeper<T>(work: () => T): T {
    if (++this.depth > deepest) throw new RangeError('nested too deeply');
    const found = work();
    this.depth--;
    return found;
  }
}
