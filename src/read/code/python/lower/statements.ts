import { childrenOf } from '../../../../source/python.ts';
import type { PythonNode } from '../../../../source/python.ts';
import { flag } from '../../facts.ts';
import type { Expr, Stmt } from '../../facts.ts';
import { itemsOf } from './items.ts';
import { decorated, decoratorsOf, lowerClass, lowerFunction, typeOf } from './functions.ts';
import type { PythonLowering } from './lowering.ts';
import { readImport, targetsOf } from './names.ts';
import { assignAll, assignTarget } from './targets.ts';
import { lowerTry, lowerWith } from './blocks.ts';

/** The statements of a body, or of the whole file. */
export function lowerBody(to: PythonLowering, node: PythonNode): Stmt[] {
  const out: Stmt[] = [];
  for (const statement of childrenOf(node)) lowerStatement(to, statement, out);
  return out;
}

function lowerStatement(to: PythonLowering, node: PythonNode, out: Stmt[]): void {
  const l = to.line(node);
  const done = (exprs: readonly Expr[]) => out.push(...exprs.map((e): Stmt => ({ k: 'x', e, l })));
  switch (node.name) {
    case 'StatementGroup':
      for (const one of childrenOf(node)) lowerStatement(to, one, out);
      break;
    case 'ExpressionStatement': {
      const parts = childrenOf(node);
      for (const part of parts) {
        if (part.name === 'String' || part.name === ',') continue;
        const e = to.expression(part);
        // `abort(401)` ends the request as an exception does.
        if (part.name === 'CallExpression' && isAbort(to, e)) out.push({ k: 'throw', e, l });
        else done([e]);
      }
      break;
    }
    case 'AssignStatement':
      done(lowerAssignment(to, node));
      break;
    case 'UpdateStatement': {
      const [target, op, ...rest] = childrenOf(node);
      const value = rest.at(-1);
      if (target === undefined || op === undefined || value === undefined) break;
      const e = to.expression(value);
      if (target.name !== 'VariableName') done([{ k: 'unk', c: [e, to.expression(target)], w: 1, l }]);
      else {
        const b = to.target(to.textOf(target));
        const word = to.textOf(op);
        done([{ k: 'set', b, j: to.source(b, { e, o: word === '+=' && e.k === 'arr' ? 'push' : word }) }]);
      }
      break;
    }
    case 'FunctionDefinition':
    case 'ClassDefinition':
    case 'DecoratedStatement':
      lowerDefinition(to, node, out);
      break;
    case 'ImportStatement':
      lowerImport(to, node, out);
      break;
    case 'ReturnStatement': {
      const values = childrenOf(node).slice(1);
      const items = itemsOf(to, values);
      const e: Expr | undefined = values.some(({ name }) => name === ',') ? { k: 'arr', a: items } : items[0];
      out.push({ k: 'ret', l, ...(e === undefined ? {} : { e }) });
      break;
    }
    case 'YieldStatement': {
      // What a dependency or a context manager yields is what it gives; the rest tidies up.
      const value = childrenOf(node).at(-1);
      if (value !== undefined && value.name !== 'yield') out.push({ k: 'ret', e: to.expression(value), l });
      break;
    }
    case 'RaiseStatement': {
      const [, error] = childrenOf(node);
      out.push({ k: 'throw', e: error === undefined ? { k: 'unk' } : to.expression(error), l });
      break;
    }
    case 'AssertStatement': {
      const [, test] = childrenOf(node);
      if (test !== undefined) done([to.expression(test)]);
      break;
    }
    case 'DeleteStatement':
    case 'PrintStatement':
      done(
        childrenOf(node)
          .slice(1)
          .filter(({ name }) => name !== ',')
          .map((one) => to.expression(one)),
      );
      break;
    case 'BreakStatement':
    case 'ContinueStatement':
      out.push({ k: 'jump', l });
      break;
    case 'IfStatement':
      out.push(...lowerIf(to, node));
      break;
    case 'WhileStatement':
    case 'ForStatement':
      lowerLoop(to, node, out);
      break;
    case 'TryStatement':
      out.push(lowerTry(to, node));
      break;
    case 'WithStatement':
      lowerWith(to, node, out);
      break;
    case 'MatchStatement':
      lowerMatch(to, node, out);
      break;
  }
}

function isAbort(to: PythonLowering, e: Expr): boolean {
  if (e.k !== 'call') return false;
  const named = e.f.k === 'var' ? to.bindings[e.f.b]?.v[0]?.e : e.f;
  if (named?.k === 'imp')
    return named.n === 'abort' && /^(flask|werkzeug\.exceptions|quart|bottle|flask_restful|flask_smorest)$/.test(named.m);
  return named?.k === 'get' && named.n === 'abort';
}

function lowerAssignment(to: PythonLowering, node: PythonNode): Expr[] {
  const parts = childrenOf(node);
  const type = parts.find(({ name }) => name === 'TypeDef');
  const t = type === undefined ? undefined : typeOf(to, type);
  const last = parts.findLastIndex(({ name }) => name === 'AssignOp');
  if (last === -1) return [];
  const given = parts.slice(last + 1);
  const items = itemsOf(to, given);
  const value: Expr = given.some(({ name }) => name === ',') ? { k: 'arr', a: items } : (items[0] ?? { k: 'unk' });
  const l = to.line(node);
  const groups: (typeof parts)[] = [[]];
  for (const part of parts.slice(0, last)) {
    if (part.name === 'AssignOp') groups.push([]);
    else if (part.name !== 'TypeDef') groups.at(-1)?.push(part);
  }
  if (groups.length === 1) {
    const [only] = targetsOf(node);
    if (groups[0]?.length === 1 && only !== undefined) return assignTarget(to, only, value, l, t);
    return assignAll(to, groups[0] ?? [], value, l);
  }
  const b = to.unnamed();
  const first: Expr = { k: 'set', b, j: to.source(b, { e: value }) };
  return [first, ...groups.flatMap((group) => assignAll(to, group, { k: 'var', b }, l))];
}

function lowerDefinition(to: PythonLowering, node: PythonNode, out: Stmt[]): void {
  const { decorators, definition } = decoratorsOf(node);
  const named = definition.getChild('VariableName');
  if (named === null) return;
  const name = to.textOf(named);
  const inner: Expr =
    definition.name === 'ClassDefinition'
      ? { k: 'cls', i: lowerClass(to, definition, name) }
      : { k: 'fn', i: lowerFunction(to, definition, name, 'none') };
  const e = decorated(to, decorators, inner);
  const b = to.target(name);
  out.push({ k: 'def', b, j: to.source(b, { e }), l: to.line(node) });
}

function lowerImport(to: PythonLowering, node: PythonNode, out: Stmt[]): void {
  const { module, names } = readImport(node, to.text);
  const l = to.line(node);
  if (module !== null) to.imports.push([module, l, false]);
  for (const { name, as, renamed } of names) {
    if (module !== null && name === '*') {
      to.stars.push(module);
      continue;
    }
    // Of a package, what is named may be a module of its own.
    to.imports.push([module === null ? name : `${module}${module.endsWith('.') ? '' : '.'}${name}`, l, false]);
    const e: Expr =
      module !== null ? { k: 'imp', m: module, n: name } : { k: 'imp', m: renamed ? name : (name.split('.')[0] ?? name), n: '*' };
    const b = to.target(as);
    out.push({ k: 'def', b, j: to.source(b, { e }), l });
  }
}

function lowerIf(to: PythonLowering, node: PythonNode): Stmt[] {
  const parts = childrenOf(node);
  const clauses: { test: PythonNode | null; body: PythonNode | undefined }[] = [];
  for (let at = 0; at < parts.length; at++) {
    const word = parts[at]?.name;
    if (word === 'if' || word === 'elif') clauses.push({ test: parts[at + 1] ?? null, body: parts[at + 2] });
    else if (word === 'else') clauses.push({ test: null, body: parts[at + 1] });
  }
  const from = (at: number): Stmt[] => {
    const clause = clauses[at];
    if (clause === undefined) return [];
    if (clause.test === null) return to.body(clause.body);
    const { test, body } = clause;
    return to.deeper(() => {
      const t = to.expression(test);
      const l = to.line(test);
      const a = to.body(body);
      return [{ k: 'if', t, a, b: from(at + 1), l, e: body === undefined ? l : to.lastLine(body) }];
    });
  };
  return from(0);
}

function lowerLoop(to: PythonLowering, node: PythonNode, out: Stmt[]): void {
  const parts = childrenOf(node);
  const bodies = parts.filter(({ name }) => name === 'Body');
  const l = to.line(node);
  const start = to.bindings.length;
  if (node.name === 'WhileStatement') {
    const test = parts[1];
    const t = test === undefined ? undefined : to.expression(test);
    const a = to.flagged(flag.inLoop, () => to.body(bodies[0]));
    out.push({ k: 'loop', ...(t === undefined ? {} : { t }), a, r: [start, to.bindings.length], l });
  } else {
    const first = parts.findIndex(({ name }) => name === 'for');
    const word = parts.findIndex(({ name }) => name === 'in');
    const list = parts[word + 1];
    const o: Expr = list === undefined ? { k: 'unk' } : to.expression(list);
    const inside = to.bindings.length;
    const v = to.unnamed();
    const each = assignAll(to, parts.slice(first + 1, word), { k: 'var', b: v }, l).map((e): Stmt => ({ k: 'x', e, l }));
    const a = [...each, ...to.flagged(flag.inLoop, () => to.body(bodies[0]))];
    out.push({ k: 'loop', o, v, a, r: [inside, to.bindings.length], l });
  }
  if (bodies[1] !== undefined) out.push({ k: 'block', a: to.body(bodies[1]) });
}

/** Cases one after the other: a constant is compared, of any other pattern only its body is read. */
function lowerMatch(to: PythonLowering, node: PythonNode, out: Stmt[]): void {
  const [, subject, inside] = childrenOf(node);
  if (subject === undefined || inside === undefined) return;
  const b = to.unnamed();
  const l = to.line(node);
  out.push({ k: 'x', e: { k: 'set', b, j: to.source(b, { e: to.expression(subject) }) }, l });
  const clauses = childrenOf(inside).filter(({ name }) => name === 'MatchClause');
  const from = (at: number): Stmt[] => {
    const clause = clauses[at];
    if (clause === undefined) return [];
    const [, pattern] = childrenOf(clause);
    const constant = pattern?.name === 'LiteralPattern' ? pattern.firstChild : null;
    const t: Expr =
      constant === null || constant === undefined ? { k: 'unk' } : { k: 'bin', op: '===', l: { k: 'var', b }, r: to.expression(constant) };
    return to.deeper(() => [
      { k: 'if', t, a: to.body(clause.getChild('Body') ?? undefined), b: from(at + 1), l: to.line(clause), e: to.lastLine(clause) },
    ]);
  };
  out.push(...from(0));
}
