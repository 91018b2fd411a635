import type { Argument, Class as ClassNode, Comment, Expression, Node, Statement } from 'oxc-parser';
import type { Parsed } from '../../source/parse.ts';
import { flag } from './facts.ts';
import type { Binding, Catch, Class, EnvRead, Expr, FileFacts, Func, Param, Source, Stmt } from './facts.ts';

/** Longer literals are kept up to here; nothing we ask needs more, and a file of data must not become a file of facts. */
const longestLiteral = 20_000;
/** Deeper code is left unread, because whoever follows it walks as deep. */
const deepest = 1000;
const unknown: Expr = { k: 'unk' };

interface Scope {
  readonly names: Map<string, number>;
  readonly up: Scope | null;
}

/** Turns a parsed file into facts. Pure; throws RangeError when the syntax nests deeper than the stack. */
export function lower(parsed: Parsed): FileFacts {
  return new Lowering(parsed).run();
}

/** Names of array methods that run their callback once for each item. */
const looping = new Set(['map', 'forEach', 'filter', 'reduce', 'some', 'every', 'find', 'flatMap', 'findIndex', 'sort']);

class Lowering {
  private readonly bindings: Binding[] = [];
  private readonly functions: Func[] = [];
  private readonly classes: Class[] = [];
  private readonly exports: Record<string, Expr> = {};
  private readonly stars: string[] = [];
  private readonly imports: [string, number, boolean][] = [];
  private readonly env: EnvRead[] = [];
  private readonly lineOf: (offset: number) => number;
  private readonly parsed: Parsed;
  private scope: Scope = { names: new Map(), up: null };
  private functionScope: Scope = this.scope;
  private fn = 0;
  private cls = -1;
  private calls = 0;
  private depth = 0;
  /** Lexical flags that new calls receive. */
  private place = 0;

  constructor(parsed: Parsed) {
    this.parsed = parsed;
    this.lineOf = parsed.lineOf;
  }

  run(): FileFacts {
    const { program } = this.parsed;
    this.functions.push({ n: '<module>', l: 1, e: this.parsed.lines, up: 0, p: [], b: [], w: '' });
    const body = program.body as readonly Statement[];
    this.predeclare(body);
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
    };
  }

  // --- scopes -------------------------------------------------------------------------------------------------------

  private bind(name: string, scope: Scope = this.scope): number {
    const known = scope.names.get(name);
    if (known !== undefined) return known;
    this.bindings.push({ n: name, f: this.fn, v: [] });
    const index = this.bindings.length - 1;
    scope.names.set(name, index);
    return index;
  }

  private lookup(name: string): number | undefined {
    for (let scope: Scope | null = this.scope; scope !== null; scope = scope.up) {
      const found = scope.names.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private source(binding: number, source: Source): number {
    const target = this.bindings[binding] as Binding;
    target.v.push(source);
    return target.v.length - 1;
  }

  private within<T>(work: () => T): T {
    const scope = this.scope;
    this.scope = { names: new Map(), up: scope };
    try {
      return work();
    } finally {
      this.scope = scope;
    }
  }

  /** Names are visible before their line: functions are called above their declaration, closures close over later constants. */
  private predeclare(statements: readonly Statement[]): void {
    for (const outer of statements) {
      const node =
        (outer.type === 'ExportNamedDeclaration' || outer.type === 'ExportDefaultDeclaration') && outer.declaration !== null
          ? outer.declaration
          : outer;
      switch (node.type) {
        case 'FunctionDeclaration':
        case 'ClassDeclaration':
        case 'TSEnumDeclaration':
          if (node.id !== null) this.bind(node.id.name);
          break;
        case 'VariableDeclaration':
          for (const declarator of node.declarations) this.declarePattern(declarator.id);
          break;
        case 'ImportDeclaration':
          for (const specifier of node.specifiers) {
            const name =
              specifier.type === 'ImportDefaultSpecifier'
                ? 'default'
                : specifier.type === 'ImportNamespaceSpecifier'
                  ? '*'
                  : specifier.imported.type === 'Literal'
                    ? specifier.imported.value
                    : specifier.imported.name;
            const binding = this.bind(specifier.local.name);
            this.source(binding, { e: { k: 'imp', m: node.source.value, n: name } });
          }
          break;
        case 'TSImportEqualsDeclaration':
          this.bind(node.id.name);
          break;
      }
    }
  }

  private declarePattern(node: Node): void {
    switch (node.type) {
      case 'Identifier':
        this.bind(node.name);
        break;
      case 'AssignmentPattern':
        this.declarePattern(node.left);
        break;
      case 'RestElement':
        this.declarePattern(node.argument);
        break;
      case 'ArrayPattern':
        for (const element of node.elements) if (element !== null) this.declarePattern(element);
        break;
      case 'ObjectPattern':
        for (const property of node.properties) this.declarePattern(property.type === 'RestElement' ? property.argument : property.value);
        break;
    }
  }

  /** Gives every name of a pattern its value out of `from`; returns [binding, source] pairs. */
  private assign(pattern: Node, from: Expr, out: [number, number][], path: (string | number)[] = [], fallback?: Expr): void {
    switch (pattern.type) {
      case 'Identifier': {
        const binding = this.lookup(pattern.name) ?? this.bind(pattern.name);
        const source: Source = { e: from };
        if (path.length > 0) source.p = path;
        if (fallback !== undefined) source.d = fallback;
        out.push([binding, this.source(binding, source)]);
        const type = 'typeAnnotation' in pattern ? this.type(pattern.typeAnnotation) : undefined;
        if (type !== undefined) (this.bindings[binding] as Binding).t = type;
        break;
      }
      case 'AssignmentPattern':
        this.assign(pattern.left, from, out, path, this.expression(pattern.right as Expression));
        break;
      case 'ArrayPattern':
        pattern.elements.forEach((element, index) => {
          if (element === null) return;
          if (element.type === 'RestElement') this.assign(element.argument, from, out, path);
          else this.assign(element, from, out, [...path, index]);
        });
        break;
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.assign(property.argument, from, out, path);
          else {
            const name = property.computed ? null : keyName(property.key as Node);
            this.envTarget(from, path, name, property);
            this.assign(property.value as Node, name === null ? unknown : from, out, name === null ? [] : [...path, name]);
          }
        }
        break;
      case 'MemberExpression':
        break;
    }
  }

  /** `const { PORT = 3000 } = process.env` */
  private envTarget(from: Expr, path: readonly (string | number)[], name: string | null, node: Node): void {
    if (name === null || path.length > 0 || !isProcessEnv(from)) return;
    const value = node.type === 'Property' ? (node.value as Node) : node;
    const read: EnvRead = { n: name, l: this.lineOf(node.start) };
    if (value.type === 'AssignmentPattern') read.d = this.expression(value.right as Expression);
    this.env.push(read);
  }

  // --- statements ---------------------------------------------------------------------------------------------------

  private block(statements: readonly Statement[]): Stmt[] {
    const out: Stmt[] = [];
    // Function declarations first: they are hoisted, and what they hold is needed by whoever calls them earlier.
    for (const statement of statements) {
      const node = declarationOf(statement);
      if (node?.type === 'FunctionDeclaration' && node.id !== null) {
        const binding = this.bind(node.id.name);
        this.source(binding, { e: { k: 'fn', i: this.function(node, node.id.name) } });
      }
    }
    for (const statement of statements) this.statement(statement, out);
    return out;
  }

  private scoped(statement: Statement | null | undefined): Stmt[] {
    if (statement === null || statement === undefined) return [];
    if (++this.depth > deepest) throw new RangeError('nested too deeply');
    const found = this.scopedOf(statement);
    this.depth--;
    return found;
  }

  private scopedOf(statement: Statement): Stmt[] {
    return this.within(() => {
      if (statement.type === 'BlockStatement') {
        this.predeclare(statement.body);
        return this.block(statement.body);
      }
      const out: Stmt[] = [];
      this.statement(statement, out);
      return out;
    });
  }

  private statement(node: Statement, out: Stmt[]): void {
    const l = this.lineOf(node.start);
    switch (node.type) {
      case 'ExpressionStatement': {
        const e = this.expression(node.expression);
        if (e.k === 'call') e.w |= flag.statement;
        if (e.k !== 'unk' || e.c !== undefined) out.push({ k: 'x', e, l });
        break;
      }
      case 'VariableDeclaration':
        for (const declarator of node.declarations) {
          if (declarator.init === null) {
            this.assignTypeOnly(declarator.id);
            continue;
          }
          this.define(declarator.id, declarator.init, out, l);
        }
        break;
      case 'FunctionDeclaration':
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
      case 'EmptyStatement':
      case 'DebuggerStatement':
        break;
      case 'ClassDeclaration': {
        if (node.id === null) break;
        const binding = this.bind(node.id.name);
        this.source(binding, { e: { k: 'cls', i: this.class(node, node.id.name) } });
        break;
      }
      case 'TSEnumDeclaration': {
        const binding = this.bind(node.id.name);
        const p: [string, Expr][] = [];
        node.body.members.forEach((member, index) => {
          const name = keyName(member.id as Node) ?? '?';
          p.push([name, member.initializer ? this.expression(member.initializer) : { k: 'lit', v: index }]);
        });
        this.source(binding, { e: { k: 'obj', p } });
        break;
      }
      case 'TSModuleDeclaration':
        if (node.body !== null && node.body !== undefined && node.body.type === 'TSModuleBlock' && !node.declare) {
          this.predeclare(node.body.body as readonly Statement[]);
          out.push(...this.block(node.body.body as readonly Statement[]));
        }
        break;
      case 'ReturnStatement': {
        const e = node.argument === null ? undefined : this.expression(node.argument);
        out.push(e === undefined ? { k: 'ret', l } : { k: 'ret', e, l });
        break;
      }
      case 'ThrowStatement':
        out.push({ k: 'throw', e: this.expression(node.argument), l });
        break;
      case 'BreakStatement':
      case 'ContinueStatement':
        out.push({ k: 'jump', l });
        break;
      case 'BlockStatement':
        out.push({ k: 'block', a: this.scoped(node) });
        break;
      case 'LabeledStatement':
        this.statement(node.body, out);
        break;
      case 'IfStatement':
        out.push({
          k: 'if',
          t: this.condition(node.test),
          a: this.scoped(node.consequent),
          b: this.scoped(node.alternate),
          l,
          e: this.lineOf(node.consequent.end),
        });
        break;
      case 'SwitchStatement': {
        const on = this.expression(node.discriminant);
        this.within(() => {
          this.predeclare(node.cases.flatMap((one) => one.consequent));
          for (const one of node.cases) {
            const a: Stmt[] = [];
            for (const statement of one.consequent) this.statement(statement, a);
            if (one.test === null) out.push({ k: 'block', a: a.filter((s) => s.k !== 'jump') });
            else {
              const t: Expr = { k: 'bin', op: '===', l: on, r: this.expression(one.test) };
              out.push({ k: 'if', t, a, b: [], l: this.lineOf(one.start), e: this.lineOf(one.end) });
            }
          }
        });
        break;
      }
      case 'ForOfStatement':
      case 'ForInStatement': {
        const o = this.expression(node.right);
        this.within(() => {
          const first = this.bindings.length;
          const item = this.bind(`%${this.bindings.length}`);
          const pairs: [number, number][] = [];
          const left = node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
          if (node.left.type === 'VariableDeclaration' && left !== undefined) this.declarePattern(left);
          const over: Expr = node.type === 'ForOfStatement' ? o : unknown;
          this.source(item, { e: over, p: ['*'] });
          if (left !== undefined) this.assign(left, { k: 'var', b: item }, pairs);
          const a = this.loop(() => this.scoped(node.body));
          out.push({ k: 'loop', o: over, v: item, a, r: [first, this.bindings.length], l });
        });
        break;
      }
      case 'ForStatement':
        this.within(() => {
          const first = this.bindings.length;
          if (node.init !== null) {
            if (node.init.type === 'VariableDeclaration') {
              this.predeclare([node.init]);
              this.statement(node.init, out);
            } else this.expression(node.init);
          }
          const t = node.test === null ? undefined : this.expression(node.test);
          if (node.update !== null) this.expression(node.update);
          const a = this.loop(() => this.scoped(node.body));
          out.push({ k: 'loop', ...(t === undefined ? {} : { t }), a, r: [first, this.bindings.length], l });
        });
        break;
      case 'WhileStatement':
      case 'DoWhileStatement': {
        const first = this.bindings.length;
        const t = this.loop(() => this.expression(node.test));
        out.push({ k: 'loop', t, a: this.loop(() => this.scoped(node.body)), r: [first, this.bindings.length], l });
        break;
      }
      case 'TryStatement': {
        const outer = this.place;
        if (node.handler !== null) this.place |= flag.inTry;
        const a = this.scoped(node.block);
        this.place = outer;
        const statement: Stmt = { k: 'try', a, l };
        if (node.handler !== null) {
          const handler = node.handler;
          this.place |= flag.inCatch;
          statement.c = this.within(() => {
            const clause: Catch = {
              a: [],
              l: this.lineOf(handler.start),
              e: this.lineOf(handler.end),
              x: this.explained(handler.body.start, handler.body.end),
            };
            if (handler.param !== null) {
              this.declarePattern(handler.param);
              if (handler.param.type === 'Identifier') clause.b = this.bind(handler.param.name);
            }
            clause.a = this.scoped(handler.body);
            return clause;
          });
          this.place = outer;
        }
        if (node.finalizer !== null) statement.f = this.scoped(node.finalizer);
        out.push(statement);
        break;
      }
      case 'ImportDeclaration':
        this.imports.push([node.source.value, l, node.importKind === 'type']);
        break;
      case 'TSImportEqualsDeclaration':
        if (node.moduleReference.type === 'TSExternalModuleReference') {
          const m = node.moduleReference.expression.value;
          this.imports.push([m, l, false]);
          this.source(this.bind(node.id.name), { e: { k: 'imp', m, n: '=' } });
        }
        break;
      case 'ExportNamedDeclaration':
        if (node.declaration !== null) {
          const inner = node.declaration as Statement;
          this.statement(inner, out);
          if (inner.type === 'VariableDeclaration') {
            for (const declarator of inner.declarations) for (const name of namesOf(declarator.id)) this.export(name, this.name(name));
          } else if ('id' in inner && inner.id !== null && inner.id !== undefined && inner.id.type === 'Identifier') {
            if (inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration' || inner.type === 'TSEnumDeclaration') {
              this.export(inner.id.name, this.name(inner.id.name));
            }
          }
        } else if (node.source !== null) {
          this.imports.push([node.source.value, l, node.exportKind === 'type']);
          for (const specifier of node.specifiers) {
            this.export(moduleName(specifier.exported), { k: 'imp', m: node.source.value, n: moduleName(specifier.local) });
          }
        } else {
          for (const specifier of node.specifiers) this.export(moduleName(specifier.exported), this.name(moduleName(specifier.local)));
        }
        break;
      case 'ExportAllDeclaration':
        this.imports.push([node.source.value, l, node.exportKind === 'type']);
        if (node.exported === null) this.stars.push(node.source.value);
        else this.export(moduleName(node.exported), { k: 'imp', m: node.source.value, n: '*' });
        break;
      case 'ExportDefaultDeclaration': {
        const inner = node.declaration;
        if (inner.type === 'FunctionDeclaration') {
          const name = inner.id?.name ?? 'default';
          this.export('default', inner.id === null ? { k: 'fn', i: this.function(inner, name) } : this.name(name));
        } else if (inner.type === 'ClassDeclaration') {
          if (inner.id !== null) {
            this.statement(inner, out);
            this.export('default', this.name(inner.id.name));
          } else this.export('default', { k: 'cls', i: this.class(inner, 'default') });
        } else if (inner.type !== 'TSInterfaceDeclaration') {
          this.exportValue('default', inner as Expression, out, l);
        }
        break;
      }
      case 'TSExportAssignment':
        this.exportValue('=', node.expression, out, l);
        break;
      case 'WithStatement':
        this.statement(node.body, out);
        break;
    }
  }

  private define(pattern: Node, init: Expression, out: Stmt[], l: number): void {
    let from = this.named(init, pattern.type === 'Identifier' ? pattern.name : null);
    if (pattern.type !== 'Identifier' && from.k !== 'var' && from.k !== 'glo' && from.k !== 'imp' && !isProcessEnv(from)) {
      // Evaluated once, taken apart many times.
      const whole = this.bind(`%${this.bindings.length}`);
      out.push({ k: 'def', b: whole, j: this.source(whole, { e: from }), l });
      from = { k: 'var', b: whole };
    }
    const pairs: [number, number][] = [];
    this.assign(pattern, from, pairs);
    for (const [b, j] of pairs) out.push({ k: 'def', b, j, l });
  }

  private assignTypeOnly(pattern: Node): void {
    if (pattern.type !== 'Identifier') return;
    const binding = this.bindings[this.bind(pattern.name)] as Binding;
    const type = 'typeAnnotation' in pattern ? this.type(pattern.typeAnnotation) : undefined;
    if (type !== undefined) binding.t = type;
  }

  private export(name: string, value: Expr): void {
    this.exports[name] = value;
  }

  /** An exported expression becomes a binding, so that it is evaluated once. */
  private exportValue(name: string, node: Expression, out: Stmt[], l: number): void {
    const e = this.named(node, name === '=' ? null : name);
    if (e.k === 'var' || e.k === 'fn' || e.k === 'imp' || e.k === 'cls') {
      this.export(name, e);
      return;
    }
    const binding = this.bind(`%${this.bindings.length}`);
    out.push({ k: 'def', b: binding, j: this.source(binding, { e }), l });
    this.export(name, { k: 'var', b: binding });
  }

  private loop<T>(work: () => T): T {
    const outer = this.place;
    this.place |= flag.inLoop;
    try {
      return work();
    } finally {
      this.place = outer;
    }
  }

  private explained(start: number, end: number): boolean {
    return this.parsed.comments.some(
      (comment: Comment) => comment.start >= start && comment.end <= end && /[A-Za-z]{3}/.test(comment.value),
    );
  }

  // --- functions and classes ----------------------------------------------------------------------------------------

  private function(node: Node, name: string, marks = ''): number {
    if (
      node.type !== 'FunctionDeclaration' &&
      node.type !== 'FunctionExpression' &&
      node.type !== 'ArrowFunctionExpression' &&
      node.type !== 'TSDeclareFunction' &&
      node.type !== 'TSEmptyBodyFunctionExpression'
    ) {
      return -1;
    }
    const arrow = node.type === 'ArrowFunctionExpression';
    const made: Func = {
      n: name,
      l: this.lineOf(node.start),
      e: this.lineOf(node.end),
      up: this.fn,
      p: [],
      b: [],
      w: (node.async ? 'a' : '') + (arrow ? 'w' : '') + marks,
    };
    this.functions.push(made);
    const index = this.functions.length - 1;
    const outer = { fn: this.fn, place: this.place, functionScope: this.functionScope };
    this.fn = index;
    this.place = marks.includes('l') ? flag.inLoop : 0;
    this.within(() => {
      this.functionScope = this.scope;
      if (!arrow && 'id' in node && node.id !== null && node.id !== undefined && node.type === 'FunctionExpression') {
        const own = this.bind(node.id.name);
        this.source(own, { e: { k: 'fn', i: index } });
      }
      for (const [position, param] of node.params.entries()) this.param(param, position, made);
      if (node.body !== null) {
        if (node.body.type === 'BlockStatement') {
          const body = node.body.body as readonly Statement[];
          this.predeclare(body);
          made.b.push(...this.block(body));
        } else {
          const l = this.lineOf(node.body.start);
          made.b.push({ k: 'ret', e: this.expression(node.body as Expression), l });
        }
      }
    });
    this.fn = outer.fn;
    this.place = outer.place;
    this.functionScope = outer.functionScope;
    return index;
  }

  private param(node: Node, position: number, into: Func): void {
    let pattern = node;
    let property = false;
    if (pattern.type === 'TSParameterProperty') {
      pattern = pattern.parameter as Node;
      property = true;
    }
    const made: Param = { b: -1 };
    if (pattern.type === 'RestElement') {
      made.rest = 1;
      pattern = pattern.argument;
    }
    if (pattern.type === 'AssignmentPattern') {
      made.d = this.expression(pattern.right as Expression);
      pattern = pattern.left;
    }
    if (pattern.type === 'Identifier') {
      if (pattern.name === 'this') return;
      made.b = this.bind(pattern.name);
    } else made.b = this.bind(`%${this.bindings.length}`);
    const type = 'typeAnnotation' in pattern ? this.type(pattern.typeAnnotation as Node | null | undefined) : undefined;
    if (type !== undefined) made.t = type;
    const binding = this.bindings[made.b] as Binding;
    binding.p = position;
    if (made.t !== undefined) binding.t = made.t;
    if (pattern.type !== 'Identifier') {
      this.declarePattern(pattern);
      const pairs: [number, number][] = [];
      this.assign(pattern, { k: 'var', b: made.b }, pairs);
      for (const [b, j] of pairs) into.b.push({ k: 'def', b, j, l: into.l });
    }
    if (property && pattern.type === 'Identifier' && this.cls >= 0) {
      (this.classes[this.cls] as Class).w[pattern.name] = [this.fn, { k: 'var', b: made.b }];
    }
    into.p.push(made);
  }

  private class(node: ClassNode, name: string): number {
    const made: Class = { n: name, l: this.lineOf(node.start), m: {}, s: {}, f: {}, w: {} };
    if (node.superClass !== null) made.up = this.expression(node.superClass);
    this.classes.push(made);
    const index = this.classes.length - 1;
    const outer = this.cls;
    this.cls = index;
    for (const element of node.body.body) {
      if (element.type === 'MethodDefinition') {
        const key = keyName(element.key as Node);
        if (key === null) continue;
        const fn = this.function(element.value as Node, `${name}.${key}`, 'm');
        if (element.kind === 'constructor') made.c = fn;
        else if (element.static) made.s[key] = { k: 'fn', i: fn };
        else if (element.kind !== 'set') made.m[key] = fn;
      } else if (element.type === 'PropertyDefinition') {
        const key = keyName(element.key as Node);
        if (key === null) continue;
        if (element.value !== null) {
          const value = this.named(element.value, `${name}.${key}`);
          if (element.static) made.s[key] = value;
          else made.f[key] = value;
        } else if (!element.static) {
          const type = this.type(element.typeAnnotation);
          if (type !== undefined) made.f[`:${key}`] = type;
        }
      } else if (element.type === 'StaticBlock') {
        for (const statement of element.body) this.statement(statement, []);
      }
    }
    this.cls = outer;
    return index;
  }

  /** The name of a type as an expression, when it is one: `Pool`, `pg.Pool`, `Promise<Pool>` is `Pool`. */
  private type(node: Node | null | undefined): Expr | undefined {
    if (node === null || node === undefined) return undefined;
    if (node.type === 'TSTypeAnnotation') return this.type(node.typeAnnotation);
    if (node.type !== 'TSTypeReference') return undefined;
    if (node.typeName.type === 'Identifier') {
      const name = node.typeName.name;
      if (name === 'Promise' || name === 'Readonly') return this.type(node.typeArguments?.params[0]);
      const binding = this.lookup(name);
      return binding === undefined ? { k: 'glo', n: name } : { k: 'var', b: binding };
    }
    if (node.typeName.type === 'TSQualifiedName' && node.typeName.left.type === 'Identifier') {
      return { k: 'get', o: this.name(node.typeName.left.name), n: node.typeName.right.name };
    }
    return undefined;
  }

  // --- expressions --------------------------------------------------------------------------------------------------

  private name(name: string): Expr {
    const binding = this.lookup(name);
    return binding === undefined ? { k: 'glo', n: name } : { k: 'var', b: binding };
  }

  /** An expression whose function, if it is one, takes the name of what it is assigned to. */
  private named(node: Expression, name: string | null): Expr {
    const inner = bare(node);
    if (name !== null && (inner.type === 'ArrowFunctionExpression' || (inner.type === 'FunctionExpression' && inner.id === null))) {
      return { k: 'fn', i: this.function(inner, name) };
    }
    if (name !== null && inner.type === 'ClassExpression') return { k: 'cls', i: this.class(inner, inner.id?.name ?? name) };
    return this.expression(inner);
  }

  /** A condition: environment variables read here are not required. */
  private condition(node: Expression): Expr {
    const before = this.env.length;
    const e = this.expression(node);
    for (let i = before; i < this.env.length; i++) (this.env[i] as EnvRead).o = 1;
    return e;
  }

  private unknown(parts: readonly Expr[]): Expr {
    const c = parts.filter((part) =>
      part.k !== 'unk' && part.k !== 'lit' && part.k !== 'glo' && part.k !== 're' ? true : part.k === 'unk' && part.c !== undefined,
    );
    return c.length === 0 ? unknown : { k: 'unk', c };
  }

  private expression(node: Expression | Node): Expr {
    if (++this.depth > deepest) throw new RangeError('nested too deeply');
    const e = this.expressionOf(node);
    this.depth--;
    return e;
  }

  private expressionOf(node: Expression | Node): Expr {
    switch (node.type) {
      case 'Literal':
        if ('regex' in node && node.regex) return { k: 're', v: node.regex.pattern };
        if (typeof node.value === 'bigint') return { k: 'lit', v: String(node.value) };
        if (typeof node.value === 'string') {
          return { k: 'lit', v: node.value.length > longestLiteral ? node.value.slice(0, longestLiteral) : node.value };
        }
        return node.value === null || typeof node.value === 'object'
          ? { k: 'lit', v: null }
          : { k: 'lit', v: node.value as number | boolean };
      case 'Identifier':
        return node.name === 'undefined' ? { k: 'lit', v: null } : this.name(node.name);
      case 'ThisExpression':
        return { k: 'this' };
      case 'MetaProperty':
        return { k: 'glo', n: `${node.meta.name}.${node.property.name}` };
      case 'Super':
        return { k: 'glo', n: 'super' };
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSTypeAssertion':
      case 'TSNonNullExpression':
      case 'TSInstantiationExpression':
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        return this.expression(node.expression);
      case 'AwaitExpression': {
        const e = this.expression(node.argument);
        if (e.k === 'call') e.w |= flag.awaited;
        return e;
      }
      case 'YieldExpression':
        return node.argument === null ? unknown : this.expression(node.argument);
      case 'TemplateLiteral':
        return this.template(
          node.quasis.map((quasi) => quasi.value.cooked ?? quasi.value.raw),
          node.expressions.map((part) => this.expression(part)),
        );
      case 'TaggedTemplateExpression':
        return {
          k: 'tag',
          f: this.expression(node.tag),
          p: node.quasi.quasis.map((quasi) => quasi.value.cooked ?? quasi.value.raw),
          h: node.quasi.expressions.map((part) => this.expression(part)),
          i: this.calls++,
          l: this.lineOf(node.start),
          e: this.lineOf(node.end),
          w: this.place,
        };
      case 'MemberExpression':
        return this.member(node);
      case 'CallExpression':
      case 'NewExpression':
        return this.call(node);
      case 'ImportExpression': {
        if (node.source.type === 'Literal' && typeof node.source.value === 'string') {
          this.imports.push([node.source.value, this.lineOf(node.start), false]);
          return { k: 'imp', m: node.source.value, n: '*' };
        }
        return this.unknown([this.expression(node.source)]);
      }
      case 'ObjectExpression': {
        const p: [string, Expr][] = [];
        for (const property of node.properties) {
          if (property.type === 'SpreadElement') p.push(['...', this.expression(property.argument)]);
          else {
            const computed = property.computed ? this.expression(property.key as Node) : null;
            const name = computed === null ? keyName(property.key as Node) : computed.k === 'lit' ? String(computed.v) : null;
            const value = property.value as Expression;
            if (property.kind === 'set') continue;
            p.push([name ?? '?', this.named(value, name)]);
          }
        }
        return { k: 'obj', p };
      }
      case 'ArrayExpression': {
        const a: Expr[] = [];
        let spread = false;
        for (const element of node.elements) {
          if (element === null) a.push({ k: 'lit', v: null });
          else if (element.type === 'SpreadElement') {
            spread = true;
            a.push({ k: 'spread', e: this.expression(element.argument) });
          } else a.push(this.expression(element));
        }
        return spread ? { k: 'arr', a, s: 1 } : { k: 'arr', a };
      }
      case 'FunctionExpression':
        return { k: 'fn', i: this.function(node, node.id?.name ?? '<anonymous>') };
      case 'ArrowFunctionExpression':
        return { k: 'fn', i: this.function(node, '<anonymous>') };
      case 'ClassExpression':
        return { k: 'cls', i: this.class(node, node.id?.name ?? '<anonymous>') };
      case 'LogicalExpression': {
        const before = this.env.length;
        const l = this.expression(node.left);
        const between = this.env.length;
        const r = this.expression(node.right);
        if (node.operator === '&&') for (let i = before; i < between; i++) (this.env[i] as EnvRead).o = 1;
        else for (let i = before; i < between; i++) (this.env[i] as EnvRead).d ??= r;
        return { k: 'or', op: node.operator, l, r };
      }
      case 'ConditionalExpression': {
        const t = this.condition(node.test);
        return { k: 'if', t, a: this.expression(node.consequent), b: this.expression(node.alternate), l: this.lineOf(node.start) };
      }
      case 'BinaryExpression':
        return this.binary(node);
      case 'UnaryExpression': {
        const before = this.env.length;
        const e = this.expression(node.argument);
        if (node.operator === '!') {
          for (let i = before; i < this.env.length; i++) (this.env[i] as EnvRead).o = 1;
          return { k: 'not', e };
        }
        if (node.operator === '-' && e.k === 'lit' && typeof e.v === 'number') return { k: 'lit', v: -e.v };
        return { k: 'un', op: node.operator, e };
      }
      case 'UpdateExpression':
        return this.unknown([this.expression(node.argument)]);
      case 'SequenceExpression':
        return { k: 'seq', a: node.expressions.map((part) => this.expression(part)) };
      case 'AssignmentExpression':
        return this.assignment(node);
      case 'SpreadElement':
        return { k: 'spread', e: this.expression(node.argument) };
      case 'JSXElement':
        return this.unknown([
          ...node.openingElement.attributes.map((attribute) =>
            attribute.type === 'JSXSpreadAttribute'
              ? this.expression(attribute.argument)
              : attribute.value === null
                ? unknown
                : this.expression(attribute.value),
          ),
          ...node.children.map((child) => this.expression(child)),
        ]);
      case 'JSXFragment':
        return this.unknown(node.children.map((child) => this.expression(child)));
      case 'JSXExpressionContainer':
      case 'JSXSpreadChild':
        return this.expression(node.expression);
      default:
        return unknown;
    }
  }

  private template(parts: string[], holes: Expr[]): Expr {
    if (holes.length === 0) return { k: 'lit', v: parts[0] ?? '' };
    return { k: 'tpl', p: parts, h: holes };
  }

  private binary(node: Extract<Node, { type: 'BinaryExpression' }>): Expr {
    // A chain of `+` leans to the left and may be thousands long, so it is walked in a loop.
    if (node.operator === '+') {
      const terms: Node[] = [];
      let left: Node = node;
      while (left.type === 'BinaryExpression' && left.operator === '+') {
        terms.push(left.right);
        left = bare(left.left as Expression);
      }
      terms.push(left);
      return concatenate(terms.reverse().map((term) => this.expression(term)));
    }
    const comparison = /^[=!<>]/.test(node.operator) || node.operator === 'in' || node.operator === 'instanceof';
    const before = this.env.length;
    const l = node.left.type === 'PrivateIdentifier' ? unknown : this.expression(node.left);
    const r = this.expression(node.right);
    if (comparison) for (let i = before; i < this.env.length; i++) (this.env[i] as EnvRead).o = 1;
    return { k: 'bin', op: node.operator, l, r };
  }

  private member(node: Extract<Node, { type: 'MemberExpression' }>): Expr {
    const o = this.expression(node.object);
    if (node.property.type === 'PrivateIdentifier') return { k: 'get', o, n: `#${node.property.name}` };
    let name: string | null = null;
    let x: Expr | null = null;
    if (!node.computed && node.property.type === 'Identifier') name = node.property.name;
    else {
      x = this.expression(node.property);
      if (x.k === 'lit' && (typeof x.v === 'string' || typeof x.v === 'number')) name = String(x.v);
    }
    if (name !== null && isProcessEnv(o)) this.env.push({ n: name, l: this.lineOf(node.start) });
    return name !== null ? { k: 'get', o, n: name } : { k: 'idx', o, x: x ?? unknown };
  }

  private call(node: Extract<Node, { type: 'CallExpression' | 'NewExpression' }>): Expr {
    const callee = bare(node.callee);
    const first = node.arguments[0];
    if (
      callee.type === 'Identifier' &&
      callee.name === 'require' &&
      this.lookup('require') === undefined &&
      first?.type === 'Literal' &&
      typeof first.value === 'string'
    ) {
      this.imports.push([first.value, this.lineOf(node.start), false]);
      return { k: 'imp', m: first.value, n: '=' };
    }
    const f = this.expression(callee);
    const loops = f.k === 'get' && looping.has(f.n);
    const l = this.lineOf(node.start);
    let w = this.place;
    const a = node.arguments.map((argument: Argument) => {
      if (argument.type === 'SpreadElement') {
        w |= flag.spread;
        return { k: 'spread', e: this.expression(argument.argument) } as Expr;
      }
      const inner = bare(argument);
      if (inner.type === 'ArrowFunctionExpression' || inner.type === 'FunctionExpression') {
        const name = inner.type === 'FunctionExpression' && inner.id !== null ? inner.id.name : '<anonymous>';
        return { k: 'fn', i: this.function(inner, name, loops ? 'l' : '') } as Expr;
      }
      return this.expression(inner);
    });
    if (
      f.k === 'get' &&
      f.n === 'get' &&
      f.o.k === 'get' &&
      f.o.n === 'env' &&
      f.o.o.k === 'glo' &&
      f.o.o.n === 'Deno' &&
      a[0]?.k === 'lit'
    ) {
      this.env.push({ n: String(a[0].v), l });
    }
    // `list.push(x)` on a local list tells what the list holds.
    if (f.k === 'get' && f.n === 'push' && f.o.k === 'var') for (const e of a) this.source(f.o.b, { e, o: 'push' });
    const made: Expr = { k: 'call', f, a, i: this.calls++, l, e: this.lineOf(node.end), w };
    if (node.type === 'NewExpression') made.nw = 1;
    return made;
  }

  private assignment(node: Extract<Node, { type: 'AssignmentExpression' }>): Expr {
    const target = bare(node.left as Expression) as Node;
    const op = node.operator === '=' ? undefined : node.operator;
    if (target.type === 'Identifier') {
      const value = this.named(node.right, target.name);
      const b = this.lookup(target.name);
      if (b === undefined) return this.unknown([value]);
      const logical = op === '??=' || op === '||=' || op === '&&=';
      return { k: 'set', b, j: this.source(b, op === undefined || logical ? { e: value } : { e: value, o: op }) };
    }
    if (target.type === 'MemberExpression') {
      const member = this.member(target);
      const name = member.k === 'get' ? member.n : null;
      const value = this.named(node.right, name);
      if (member.k === 'get') {
        if (this.exported(member, value)) return unknown;
        if (member.o.k === 'this' && this.cls >= 0) (this.classes[this.cls] as Class).w[member.n] ??= [this.fn, value];
        return { k: 'put', o: member.o, n: member.n, e: value };
      }
      return this.unknown([value, member]);
    }
    const value = this.expression(node.right);
    const pairs: [number, number][] = [];
    this.assign(target, value, pairs);
    return { k: 'seq', a: [value, ...pairs.map(([b, j]): Expr => ({ k: 'set', b, j }))] };
  }

  /** `module.exports = x`, `module.exports.x = y`, `exports.x = y`. */
  private exported(member: Extract<Expr, { k: 'get' }>, value: Expr): boolean {
    if (member.o.k === 'glo' && member.o.n === 'module' && member.n === 'exports') {
      if (value.k === 'fn' || value.k === 'var' || value.k === 'imp' || value.k === 'cls') this.export('=', value);
      else {
        const binding = this.bindings.length;
        this.bindings.push({ n: `%${binding}`, f: 0, v: [{ e: value }] });
        this.export('=', { k: 'var', b: binding });
      }
      return value.k !== 'call';
    }
    const onExports = member.o.k === 'glo' && member.o.n === 'exports';
    const onModule = member.o.k === 'get' && member.o.n === 'exports' && member.o.o.k === 'glo' && member.o.o.n === 'module';
    if (onExports || onModule) {
      if (value.k === 'call' || value.k === 'obj') {
        const binding = this.bindings.length;
        this.bindings.push({ n: member.n, f: 0, v: [{ e: value }] });
        this.export(member.n, { k: 'var', b: binding });
      } else this.export(member.n, value);
      return value.k !== 'call';
    }
    return false;
  }
}

/** `process.env`, `import.meta.env`, `Bun.env`. */
function isProcessEnv(e: Expr): boolean {
  return e.k === 'get' && e.n === 'env' && e.o.k === 'glo' && /^(process|import\.meta|Bun)$/.test(e.o.n);
}

function concatenate(terms: readonly Expr[]): Expr {
  // Only text makes a template; a sum of unknowns stays a sum.
  if (!terms.some((term) => (term.k === 'lit' && typeof term.v === 'string') || term.k === 'tpl')) {
    return terms.slice(1).reduce<Expr>((l, r) => ({ k: 'bin', op: '+', l, r }), terms[0] ?? unknown);
  }
  const p = [''];
  const h: Expr[] = [];
  for (const term of terms) {
    if (term.k === 'lit') p[p.length - 1] += String(term.v);
    else if (term.k === 'tpl') {
      p[p.length - 1] += term.p[0] ?? '';
      term.h.forEach((hole, index) => {
        h.push(hole);
        p.push(term.p[index + 1] ?? '');
      });
    } else {
      h.push(term);
      p.push('');
    }
  }
  return h.length === 0 ? { k: 'lit', v: p[0] ?? '' } : { k: 'tpl', p, h };
}

function bare(node: Expression): Expression {
  let inner: Node = node;
  for (;;) {
    switch (inner.type) {
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSTypeAssertion':
      case 'TSNonNullExpression':
      case 'TSInstantiationExpression':
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        inner = inner.expression;
        break;
      default:
        return inner as Expression;
    }
  }
}

function keyName(node: Node): string | null {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'PrivateIdentifier') return `#${node.name}`;
  if (node.type === 'Literal' && (typeof node.value === 'string' || typeof node.value === 'number')) return String(node.value);
  return null;
}

function moduleName(node: Node): string {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'Literal' ? String(node.value) : '?';
}

function declarationOf(node: Statement): Node | null {
  if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration') return node.declaration as Node | null;
  return node;
}

function namesOf(pattern: Node): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'AssignmentPattern':
      return namesOf(pattern.left);
    case 'RestElement':
      return namesOf(pattern.argument);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : namesOf(element)));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesOf(property.type === 'RestElement' ? property.argument : (property.value as Node)),
      );
    default:
      return [];
  }
}
