import type { Class as ClassNode, Expression, Node, Statement } from 'oxc-parser';
import type { Parsed } from '../../../source/parse.ts';
import { flag } from '../facts.ts';
import type { Binding, Class, EnvRead, Expr, FileFacts, Func, Source, Stmt } from '../facts.ts';
import { marksOf } from '../marks.ts';
import { lowerAssignment, lowerCall, lowerMember } from './accesses.ts';
import { predeclare } from './declarations.ts';
import { lowerExpression } from './expressions.ts';
import { lowerClass, lowerFunction } from './functions.ts';
import { lowerBlock, lowerScoped, lowerStatement } from './statements.ts';

/** Deeper code is left unread, because whoever follows it walks as deep. */
const deepest = 1000;

interface Scope {
  readonly names: Map<string, number>;
  readonly up: Scope | null;
}

/** Turns a parsed file into facts. Pure; throws RangeError when the syntax nests deeper than the stack. */
export function lower(parsed: Parsed, text: string): FileFacts {
  return new Lowering(parsed).run(text);
}

/** The facts of a file while they come into being, and where in the file we are. Syntax is turned into them by the files beside. */
export class Lowering {
  readonly bindings: Binding[] = [];
  readonly functions: Func[] = [];
  readonly classes: Class[] = [];
  readonly exports: Record<string, Expr> = {};
  readonly stars: string[] = [];
  readonly imports: [string, number, boolean][] = [];
  readonly env: EnvRead[] = [];
  readonly lineOf: (offset: number) => number;
  readonly parsed: Parsed;
  scope: Scope = { names: new Map(), up: null };
  functionScope: Scope = this.scope;
  fn = 0;
  cls = -1;
  calls = 0;
  private depth = 0;
  /** Lexical flags that new calls receive. */
  place = 0;

  constructor(parsed: Parsed) {
    this.parsed = parsed;
    this.lineOf = parsed.lineOf;
  }

  run(text: string): FileFacts {
    const { program } = this.parsed;
    this.functions.push({ n: '<module>', l: 1, e: this.parsed.lines, up: 0, p: [], b: [], w: '' });
    const body = program.body as readonly Statement[];
    predeclare(this, body);
    const block = this.block(body);
    (this.functions[0] as Func).b = block;
    return {
      bindings: this.bindings,
      functions: this.functions,
      classes: this.classes,
      exports: this.exports,
      stars: this.stars,
      imports: this.imports,
      env: this.env,
      lines: this.parsed.lines,
      marks: marksOf(this.parsed, text),
    };
  }

  bind(name: string, scope: Scope = this.scope): number {
    const known = scope.names.get(name);
    if (known !== undefined) return known;
    this.bindings.push({ n: name, f: this.fn, v: [] });
    const index = this.bindings.length - 1;
    scope.names.set(name, index);
    return index;
  }

  lookup(name: string): number | undefined {
    for (let scope: Scope | null = this.scope; scope !== null; scope = scope.up) {
      const found = scope.names.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  source(binding: number, source: Source): number {
    const target = this.bindings[binding] as Binding;
    target.v.push(source);
    return target.v.length - 1;
  }

  within<T>(work: () => T): T {
    const scope = this.scope;
    this.scope = { names: new Map(), up: scope };
    try {
      return work();
    } finally {
      this.scope = scope;
    }
  }

  loop<T>(work: () => T): T {
    const outer = this.place;
    this.place |= flag.inLoop;
    try {
      return work();
    } finally {
      this.place = outer;
    }
  }

  export(name: string, value: Expr): void {
    this.exports[name] = value;
  }

  name(name: string): Expr {
    const binding = this.lookup(name);
    return binding === undefined ? { k: 'glo', n: name } : { k: 'var', b: binding };
  }

  /** One expression; refuses what nests too deeply for those who will follow it. */
  expression(node: Expression | Node): Expr {
    if (++this.depth > deepest) throw new RangeError('nested too deeply');
    const e = lowerExpression(this, node);
    this.depth--;
    return e;
  }

  /** The statements of a body, in a scope of their own. */
  scoped(statement: Statement | null | undefined): Stmt[] {
    if (statement === null || statement === undefined) return [];
    if (++this.depth > deepest) throw new RangeError('nested too deeply');
    const found = lowerScoped(this, statement);
    this.depth--;
    return found;
  }

  block(statements: readonly Statement[]): Stmt[] {
    return lowerBlock(this, statements);
  }

  statement(node: Statement, out: Stmt[]): void {
    lowerStatement(this, node, out);
  }

  function(node: Node, name: string, marks = ''): number {
    return lowerFunction(this, node, name, marks);
  }

  class(node: ClassNode, name: string): number {
    return lowerClass(this, node, name);
  }

  member(node: Extract<Node, { type: 'MemberExpression' }>): Expr {
    return lowerMember(this, node);
  }

  call(node: Extract<Node, { type: 'CallExpression' | 'NewExpression' }>): Expr {
    return lowerCall(this, node);
  }

  assignment(node: Extract<Node, { type: 'AssignmentExpression' }>): Expr {
    return lowerAssignment(this, node);
  }
}
