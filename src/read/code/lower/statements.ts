import type { Comment, Expression, Node, Statement } from 'oxc-parser';
import { assignPattern, assignTypeOnly, declarePattern, predeclare } from './declarations.ts';
import { lowerModuleStatement } from './modules.ts';
import { lowerCondition, lowerNamed } from './expressions.ts';
import { flag } from '../facts.ts';
import type { Catch, Expr, Stmt } from '../facts.ts';
import type { Lowering } from './lowering.ts';
import { declarationOf, isProcessEnv, keyName } from './syntax.ts';

/** Statements of one scope, in order. */
export function lowerBlock(to: Lowering, statements: readonly Statement[]): Stmt[] {
  const out: Stmt[] = [];
  // Function declarations first: they are hoisted, and what they hold is needed by whoever calls them earlier.
  for (const statement of statements) {
    const node = declarationOf(statement);
    if (node?.type === 'FunctionDeclaration' && node.id !== null) {
      const binding = to.bind(node.id.name);
      to.source(binding, { e: { k: 'fn', i: to.function(node, node.id.name) } });
    }
  }
  for (const statement of statements) to.statement(statement, out);
  return out;
}

/** A statement with a scope of its own. */
export function lowerScoped(to: Lowering, statement: Statement): Stmt[] {
  return to.within(() => {
    if (statement.type === 'BlockStatement') {
      predeclare(to, statement.body);
      return to.block(statement.body);
    }
    const out: Stmt[] = [];
    to.statement(statement, out);
    return out;
  });
}

/** One statement; it may become several, or none. */
export function lowerStatement(to: Lowering, node: Statement, out: Stmt[]): void {
  const l = to.lineOf(node.start);
  switch (node.type) {
    case 'ExpressionStatement': {
      const e = to.expression(node.expression);
      if (e.k === 'call') e.w |= flag.statement;
      if (e.k !== 'unk' || e.c !== undefined) out.push({ k: 'x', e, l });
      break;
    }
    case 'VariableDeclaration':
      for (const declarator of node.declarations) {
        if (declarator.init === null) {
          assignTypeOnly(to, declarator.id);
          continue;
        }
        define(to, declarator.id, declarator.init, out, l);
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
      const binding = to.bind(node.id.name);
      to.source(binding, { e: { k: 'cls', i: to.class(node, node.id.name) } });
      break;
    }
    case 'TSEnumDeclaration': {
      const binding = to.bind(node.id.name);
      const p: [string, Expr][] = [];
      node.body.members.forEach((member, index) => {
        const name = keyName(member.id as Node) ?? '?';
        p.push([name, member.initializer ? to.expression(member.initializer) : { k: 'lit', v: index }]);
      });
      to.source(binding, { e: { k: 'obj', p } });
      break;
    }
    case 'TSModuleDeclaration':
      if (node.body !== null && node.body !== undefined && node.body.type === 'TSModuleBlock' && !node.declare) {
        predeclare(to, node.body.body as readonly Statement[]);
        out.push(...to.block(node.body.body as readonly Statement[]));
      }
      break;
    case 'ReturnStatement': {
      const e = node.argument === null ? undefined : to.expression(node.argument);
      out.push(e === undefined ? { k: 'ret', l } : { k: 'ret', e, l });
      break;
    }
    case 'ThrowStatement':
      out.push({ k: 'throw', e: to.expression(node.argument), l });
      break;
    case 'BreakStatement':
    case 'ContinueStatement':
      out.push({ k: 'jump', l });
      break;
    case 'BlockStatement':
      out.push({ k: 'block', a: to.scoped(node) });
      break;
    case 'LabeledStatement':
      to.statement(node.body, out);
      break;
    case 'IfStatement':
      out.push({
        k: 'if',
        t: lowerCondition(to, node.test),
        a: to.scoped(node.consequent),
        b: to.scoped(node.alternate),
        l,
        e: to.lineOf(node.consequent.end),
      });
      break;
    case 'SwitchStatement': {
      const on = to.expression(node.discriminant);
      to.within(() => {
        predeclare(
          to,
          node.cases.flatMap((one) => one.consequent),
        );
        // `case 'a': case 'b':` share what follows.
        let shared: Expr | null = null;
        let open = false;
        for (const one of node.cases) {
          const a: Stmt[] = [];
          for (const statement of one.consequent) to.statement(statement, a);
          const t: Expr | null = one.test === null ? null : { k: 'bin', op: '===', l: on, r: to.expression(one.test) };
          open ||= t === null;
          if (t !== null) shared = shared === null ? t : { k: 'or', op: '||', l: shared, r: t };
          if (one.consequent.length === 0) continue;
          if (open || shared === null) out.push({ k: 'block', a: a.filter((s) => s.k !== 'jump'), m: 1 });
          else out.push({ k: 'if', t: shared, a, b: [], l: to.lineOf(one.start), e: to.lineOf(one.end) });
          shared = null;
          open = false;
        }
      });
      break;
    }
    case 'ForOfStatement':
    case 'ForInStatement': {
      const right = to.expression(node.right);
      const keys: Expr = { k: 'get', o: { k: 'glo', n: 'Object' }, n: 'keys' };
      const o: Expr = node.type === 'ForOfStatement' ? right : { k: 'call', f: keys, a: [right], i: to.calls++, l, e: l, w: to.place };
      to.within(() => {
        const first = to.bindings.length;
        const item = to.bind(`%${to.bindings.length}`);
        const pairs: [number, number][] = [];
        const left = node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
        if (node.left.type === 'VariableDeclaration' && left !== undefined) declarePattern(to, left);
        to.source(item, { e: o, p: ['*'] });
        if (left !== undefined) assignPattern(to, left, { k: 'var', b: item }, pairs);
        const a = to.loop(() => to.scoped(node.body));
        out.push({ k: 'loop', o, v: item, a, r: [first, to.bindings.length], l });
      });
      break;
    }
    case 'ForStatement':
      to.within(() => {
        const first = to.bindings.length;
        if (node.init !== null) {
          if (node.init.type === 'VariableDeclaration') {
            predeclare(to, [node.init]);
            to.statement(node.init, out);
          } else to.expression(node.init);
        }
        const t = node.test === null ? undefined : to.expression(node.test);
        if (node.update !== null) to.expression(node.update);
        const a = to.loop(() => to.scoped(node.body));
        out.push({ k: 'loop', ...(t === undefined ? {} : { t }), a, r: [first, to.bindings.length], l });
      });
      break;
    case 'WhileStatement':
    case 'DoWhileStatement': {
      const first = to.bindings.length;
      const t = to.loop(() => to.expression(node.test));
      out.push({ k: 'loop', t, a: to.loop(() => to.scoped(node.body)), r: [first, to.bindings.length], l });
      break;
    }
    case 'TryStatement': {
      const outer = to.place;
      if (node.handler !== null) to.place |= flag.inTry;
      const a = to.scoped(node.block);
      to.place = outer;
      const statement: Stmt = { k: 'try', a, l };
      if (node.handler !== null) {
        const handler = node.handler;
        to.place |= flag.inCatch;
        statement.c = to.within(() => {
          const clause: Catch = {
            a: [],
            l: to.lineOf(handler.start),
            e: to.lineOf(handler.end),
            x: explained(to, handler.body.start, handler.body.end),
          };
          if (handler.param !== null) {
            declarePattern(to, handler.param);
            if (handler.param.type === 'Identifier') clause.b = to.bind(handler.param.name);
          }
          clause.a = to.scoped(handler.body);
          return clause;
        });
        to.place = outer;
      }
      if (node.finalizer !== null) statement.f = to.scoped(node.finalizer);
      out.push(statement);
      break;
    }
    case 'WithStatement':
      to.statement(node.body, out);
      break;
    default:
      lowerModuleStatement(to, node, out, l);
  }
}

/** A declared variable, or those of a pattern, get their value. */
export function define(to: Lowering, pattern: Node, init: Expression, out: Stmt[], l: number): void {
  let from = lowerNamed(to, init, pattern.type === 'Identifier' ? pattern.name : null);
  if (pattern.type !== 'Identifier' && from.k !== 'var' && from.k !== 'glo' && from.k !== 'imp' && !isProcessEnv(from)) {
    // Evaluated once, taken apart many times.
    const whole = to.bind(`%${to.bindings.length}`);
    out.push({ k: 'def', b: whole, j: to.source(whole, { e: from }), l });
    from = { k: 'var', b: whole };
  }
  const pairs: [number, number][] = [];
  assignPattern(to, pattern, from, pairs);
  for (const [b, j] of pairs) out.push({ k: 'def', b, j, l });
}

/** True when a comment with words stands between two places. */
export function explained(to: Lowering, start: number, end: number): boolean {
  return to.parsed.comments.some((comment: Comment) => comment.start >= start && comment.end <= end && /[A-Za-z]{3}/.test(comment.value));
}
