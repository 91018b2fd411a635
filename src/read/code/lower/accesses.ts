import type { Argument, Expression, Node } from 'oxc-parser';
import { assignPattern } from './declarations.ts';
import { lowerCommonExport } from './commonjs.ts';
import { lowerNamed } from './expressions.ts';
import { flag } from '../facts.ts';
import type { Class, Expr } from '../facts.ts';
import type { Lowering } from './lowering.ts';
import { bare, isProcessEnv, unfollowed, unknown, written } from './syntax.ts';

/** Names of array methods that run their callback once for each item. */
const looping = new Set(['map', 'forEach', 'filter', 'reduce', 'some', 'every', 'find', 'flatMap', 'findIndex', 'sort']);

/** Names of the platform that code assigns to. */
const globals = new Set([
  'location',
  'module',
  'exports',
  'window',
  'self',
  'document',
  'name',
  'process',
  'global',
  'globalThis',
  'undefined',
  'require',
]);

/** A property of a value. */
export function lowerMember(to: Lowering, node: Extract<Node, { type: 'MemberExpression' }>): Expr {
  const o = to.expression(node.object);
  if (node.property.type === 'PrivateIdentifier') return { k: 'get', o, n: `#${node.property.name}` };
  let name: string | null = null;
  let x: Expr | null = null;
  if (!node.computed && node.property.type === 'Identifier') name = node.property.name;
  else {
    x = to.expression(node.property);
    if (x.k === 'lit' && (typeof x.v === 'string' || typeof x.v === 'number')) name = String(x.v);
  }
  if (name !== null && isProcessEnv(o)) to.env.push({ n: name, l: to.lineOf(node.start) });
  return name !== null ? { k: 'get', o, n: name } : { k: 'idx', o, x: x ?? unknown };
}

/** A call; `require` is an import. */
export function lowerCall(to: Lowering, node: Extract<Node, { type: 'CallExpression' | 'NewExpression' }>): Expr {
  const callee = bare(node.callee);
  const first = node.arguments[0];
  if (
    callee.type === 'Identifier' &&
    callee.name === 'require' &&
    to.lookup('require') === undefined &&
    first?.type === 'Literal' &&
    typeof first.value === 'string'
  ) {
    to.imports.push([first.value, to.lineOf(node.start), false]);
    return { k: 'imp', m: first.value, n: '=' };
  }
  const f = to.expression(callee);
  const loops = f.k === 'get' && looping.has(f.n);
  const l = to.lineOf(node.start);
  let w = to.place;
  const a = node.arguments.map((argument: Argument) => {
    if (argument.type === 'SpreadElement') {
      w |= flag.spread;
      return { k: 'spread', e: to.expression(argument.argument) } as Expr;
    }
    const inner = bare(argument);
    if (inner.type === 'ArrowFunctionExpression' || inner.type === 'FunctionExpression') {
      const name = inner.type === 'FunctionExpression' && inner.id !== null ? inner.id.name : '<anonymous>';
      return { k: 'fn', i: to.function(inner, name, loops ? 'l' : '') } as Expr;
    }
    return to.expression(inner);
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
    to.env.push({ n: String(a[0].v), l });
  }
  // `list.push(x)` on a local list tells what the list holds.
  if (f.k === 'get' && f.n === 'push' && f.o.k === 'var') for (const e of a) to.source(f.o.b, { e, o: 'push' });
  const made: Expr = { k: 'call', f, a, i: to.calls++, l, e: to.lineOf(node.end), w };
  if (node.type === 'NewExpression') made.nw = 1;
  return made;
}

/** An assignment to a name, a property or a pattern. */
export function lowerAssignment(to: Lowering, node: Extract<Node, { type: 'AssignmentExpression' }>): Expr {
  const target = bare(node.left as Expression) as Node;
  const op = node.operator === '=' ? undefined : node.operator;
  if (target.type === 'Identifier') {
    const value = lowerNamed(to, node.right, target.name);
    // A name that nobody declared is most often a local one whose `const` was forgotten.
    const b = to.lookup(target.name) ?? (globals.has(target.name) ? undefined : to.bind(target.name, to.functionScope));
    if (b === undefined) return unfollowed([value]);
    const logical = op === '??=' || op === '||=' || op === '&&=';
    return { k: 'set', b, j: to.source(b, op === undefined || logical ? { e: value } : { e: value, o: op }) };
  }
  if (target.type === 'MemberExpression') {
    const member = to.member(target);
    const name = member.k === 'get' ? member.n : null;
    const value = lowerNamed(to, node.right, name);
    if (member.k === 'get') {
      if (lowerCommonExport(to, member, value)) return unknown;
      if (member.o.k === 'this' && to.cls >= 0) (to.classes[to.cls] as Class).w[member.n] ??= [to.fn, value];
      const calculated = op !== undefined && /^[-+*/%]=$/.test(op);
      const e: Expr = calculated ? { k: 'bin', op: op.slice(0, -1), l: member, r: value } : value;
      return { k: 'put', o: member.o, n: member.n, e, l: to.lineOf(node.start) };
    }
    return written([value, member], to.lineOf(node.start));
  }
  const value = to.expression(node.right);
  const pairs: [number, number][] = [];
  assignPattern(to, target, value, pairs);
  return { k: 'seq', a: [value, ...pairs.map(([b, j]): Expr => ({ k: 'set', b, j }))] };
}
