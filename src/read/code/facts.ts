/**
 * What one source file says, without its syntax: a small, scope-resolved program.
 *
 * The facts are a pure function of the file's bytes and language, so they can be cached by content. Keys are one or
 * two letters because a hundred thousand lines make a million of them, and the cache is read on every start.
 */

/** Raised whenever the shape or the meaning of facts, or of what is kept beside them (alone.ts), changes; part of the cache key. */
export const factsVersion = 20;

/** A request for a module: specifier, line, and whether it vanishes when types are stripped. */
export type Asked = readonly [specifier: string, line: number, typeOnly: boolean];

/** How a call stands in the code. */
export const flag = { awaited: 1, inTry: 2, inLoop: 4, inCatch: 8, statement: 16, spread: 32 } as const;

export type Expr =
  | { k: 'lit'; v: string | number | boolean | null }
  /** A regular expression; `l` is its line. */
  | { k: 're'; v: string; l?: number }
  /** Template or `+` concatenation with text in it: `p.length === h.length + 1`. */
  | { k: 'tpl'; p: string[]; h: Expr[] }
  | { k: 'tag'; f: Expr; p: string[]; h: Expr[]; i: number; l: number; e: number; w: number }
  /** A local binding, by index into `bindings`. */
  | { k: 'var'; b: number }
  | { k: 'glo'; n: string }
  /** Something another module exports; `*` is the namespace, `=` what `require` returns. */
  | { k: 'imp'; m: string; n: string }
  | { k: 'get'; o: Expr; n: string }
  | { k: 'idx'; o: Expr; x: Expr }
  /** `i` numbers the calls of a file, `l`/`e` are first and last line, `w` are flags; `nw` marks `new`. */
  | { k: 'call'; f: Expr; a: Expr[]; i: number; l: number; e: number; w: number; nw?: 1 }
  /**
   * A key of `...` is a spread; a computed key that cannot be named is `?`. `l` is the line where it holds headers that matter; `kw` marks
   * arguments that are given by name.
   */
  | { k: 'obj'; p: [string, Expr][]; l?: number; kw?: 1 }
  | { k: 'arr'; a: Expr[]; s?: 1 }
  | { k: 'spread'; e: Expr }
  | { k: 'fn'; i: number }
  | { k: 'cls'; i: number }
  | { k: 'or'; op: '||' | '??' | '&&'; l: Expr; r: Expr }
  | { k: 'if'; t: Expr; a: Expr; b: Expr; l: number }
  | { k: 'bin'; op: string; l: Expr; r: Expr }
  | { k: 'not'; e: Expr }
  | { k: 'un'; op: string; e: Expr }
  /** Assigns source `j` of binding `b`. */
  | { k: 'set'; b: number; j: number }
  | { k: 'put'; o: Expr; n: string; e: Expr; l?: number }
  | { k: 'this' }
  | { k: 'seq'; a: Expr[] }
  /** An element: its tag (a literal for one of HTML's), attributes (a key of `...` is a spread) and children; no text and no styles. */
  | { k: 'jsx'; t: Expr; a: [string, Expr][]; c: Expr[]; l: number }
  /** Not followed; `c` holds what is inside it and may have effects. `w`: the last of `c` is written to (`list[i] = x`, `n++`), on line `l`. */
  | { k: 'unk'; c?: Expr[]; w?: 1; l?: number };

export type Stmt =
  | { k: 'x'; e: Expr; l: number }
  /** Sources `j` of bindings `b` come into being. */
  | { k: 'def'; b: number; j: number; l: number }
  | { k: 'if'; t: Expr; a: Stmt[]; b: Stmt[]; l: number; e: number }
  /** `v` binds each item of `o`; `r` is the range of bindings declared inside. */
  | { k: 'loop'; o?: Expr; v?: number; t?: Expr; a: Stmt[]; r: [number, number]; l: number }
  | { k: 'try'; a: Stmt[]; c?: Catch; f?: Stmt[]; l: number }
  | { k: 'ret'; e?: Expr; l: number }
  | { k: 'throw'; e: Expr; l: number }
  | { k: 'jump'; l: number }
  /** `m` marks what may be passed by: the default of a switch. */
  | { k: 'block'; a: Stmt[]; m?: 1 };

/** A catch clause. `x` says that a comment stands in it. */
export interface Catch {
  b?: number;
  a: Stmt[];
  l: number;
  e: number;
  x: boolean;
  /** It catches errors of certain classes alone. */
  narrow?: 1;
}

/** One place where a binding gets a value; `p` is the path taken out of it by destructuring. */
export interface Source {
  e: Expr;
  p?: (string | number)[];
  /** `+=`, `push`, or another compound operator. */
  o?: string;
  d?: Expr;
}

export interface Binding {
  n: string;
  /** Index of the function that owns it; 0 is the module itself. */
  f: number;
  v: Source[];
  t?: Expr;
  /** Position as a parameter of `f`. */
  p?: number;
}

export interface Param {
  b: number;
  t?: Expr;
  d?: Expr;
  rest?: 1;
  /** Takes what is given by names that no other parameter has. */
  named?: 1;
}

export interface Func {
  n: string;
  l: number;
  e: number;
  /** The enclosing function. */
  up: number;
  p: Param[];
  b: Stmt[];
  /** `a` async, `m` method, `l` handed to a looping method such as `map`, `w` an arrow function, `p` written in Python. */
  w: string;
}

export interface Class {
  n: string;
  l: number;
  up?: Expr;
  /** Further classes that it takes methods from, those before `up`. */
  mixed?: Expr[];
  /** Constructor, as a function index. */
  c?: number;
  m: Record<string, number>;
  /** Static methods and fields. */
  s: Record<string, Expr>;
  f: Record<string, Expr>;
  /** `this.name = value` anywhere in the class: function index and value. */
  w: Record<string, [number, Expr]>;
  /** What stands before the class and its parts as `@…`; absent where nothing does. */
  d?: Decorated;
}

/** Decorators of a class, of its methods with their parameters by position, and of its properties; `o` are those with a `?`. */
export interface Decorated {
  c: Expr[];
  m: Record<string, { d: Expr[]; p: Expr[][] }>;
  p: Record<string, Expr[]>;
  o: string[];
}

export interface EnvRead {
  n: string;
  l: number;
  d?: Expr;
  /** Read where its absence is handled: a condition, a comparison, a fallback. */
  o?: 1;
}

export interface FileFacts {
  bindings: Binding[];
  functions: Func[];
  classes: Class[];
  /** Exported name -> value; `=` is `module.exports` as a whole. */
  exports: Record<string, Expr>;
  /** Modules re-exported whole. */
  stars: string[];
  /** Module specifiers in order of appearance: specifier, line, type-only. */
  imports: [string, number, boolean][];
  env: EnvRead[];
  lines: number;
  marks: Marks;
}

/** What the text says beside the program: how much is commented, and where types and linting are given up. Counts, but for `off`. */
export interface Marks {
  /** Lines that hold nothing but a comment. */
  comments: number;
  /** `any` written as a type; of those, `casts` are written `as any`. */
  any: number;
  casts: number;
  /** `value!`. */
  bangs: number;
  /** Comments that silence the type checker or the linter for a place or a file: line and directive. */
  off: [number, string][];
}
