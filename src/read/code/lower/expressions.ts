import type { Expression, Node } from 'oxc-parser';
import { flag } from '../facts.ts';
import type { EnvRead, Expr } from '../facts.ts';
import { lowerElement } from './elements.ts';
import type { Lowering } from './lowering.ts';
import { bare, concatenate, keyName, unfollowed, unknown, written } from './syntax.ts';

/** Longer literals are kept up to here; nothing we ask needs more, and a file of data must not become a file of facts. */
const longestLiteral = 20_000;

/** An expression whose function, if it is one, takes the name of what it is assigned to. */
export function lowerNamed(to: Lowering, node: Expression, name: string | null): Expr {
  const inner = bare(node);
  if (name !== null && (inner.type === 'ArrowFunctionExpression' || (inner.type === 'FunctionExpression' && inner.id === null))) {
    return { k: 'fn', i: to.function(inner, name) };
  }
  if (name !== null && inner.type === 'ClassExpression') return { k: 'cls', i: to.class(inner, inner.id?.name ?? name) };
  return to.expression(inner);
}

/** A condition: environment variables read here are not required. */
export function lowerCondition(to: Lowering, node: Expression): Expr {
  const before = to.env.length;
  const e = to.expression(node);
  for (let i = before; i < to.env.length; i++) (to.env[i] as EnvRead).o = 1;
  return e;
}

/** One expression. */
export function lowerExpression(to: Lowering, dressed: Expression | Node): Expr {
  const node = bare(dressed);
  switch (node.type) {
    case 'Literal':
      if ('regex' in node && node.regex) return { k: 're', v: node.regex.pattern, l: to.lineOf(node.start) };
      if (typeof node.value === 'bigint') return { k: 'lit', v: String(node.value) };
      if (typeof node.value === 'string') {
        return { k: 'lit', v: node.value.length > longestLiteral ? node.value.slice(0, longestLiteral) : node.value };
      }
      return node.value === null || typeof node.value === 'object'
        ? { k: 'lit', v: null }
        : { k: 'lit', v: node.value as number | boolean };
    case 'Identifier':
      return node.name === 'undefined' ? { k: 'lit', v: null } : to.name(node.name);
    case 'ThisExpression':
      return { k: 'this' };
    case 'MetaProperty':
      return { k: 'glo', n: `${node.meta.name}.${node.property.name}` };
    case 'Super':
      return { k: 'glo', n: 'super' };
    case 'AwaitExpression': {
      const e = to.expression(node.argument);
      if (e.k === 'call') e.w |= flag.awaited;
      return e;
    }
    case 'YieldExpression':
      return node.argument === null ? unknown : to.expression(node.argument);
    case 'TemplateLiteral':
      return templateOf(
        to,
        node.quasis.map((quasi) => quasi.value.cooked ?? quasi.value.raw),
        node.expressions.map((part) => to.expression(part)),
      );
    case 'TaggedTemplateExpression':
      return {
        k: 'tag',
        f: to.expression(node.tag),
        p: node.quasi.quasis.map((quasi) => quasi.value.cooked ?? quasi.value.raw),
        h: node.quasi.expressions.map((part) => to.expression(part)),
        i: to.calls++,
        l: to.lineOf(node.start),
        e: to.lineOf(node.end),
        w: to.place,
      };
    case 'MemberExpression':
      return to.member(node);
    case 'CallExpression':
    case 'NewExpression':
      return to.call(node);
    case 'ImportExpression': {
      if (node.source.type === 'Literal' && typeof node.source.value === 'string') {
        to.imports.push([node.source.value, to.lineOf(node.start), false]);
        return { k: 'imp', m: node.source.value, n: '*' };
      }
      return unfollowed([to.expression(node.source)]);
    }
    case 'ObjectExpression': {
      const p: [string, Expr][] = [];
      for (const property of node.properties) {
        if (property.type === 'SpreadElement') p.push(['...', to.expression(property.argument)]);
        else {
          const computed = property.computed ? to.expression(property.key as Node) : null;
          const name = computed === null ? keyName(property.key as Node) : computed.k === 'lit' ? String(computed.v) : null;
          const value = property.value as Expression;
          if (property.kind === 'set') continue;
          p.push([name ?? '?', lowerNamed(to, value, name)]);
        }
      }
      const headers = p.find(([name]) => /^(access-control-allow-origin|authorization)$/i.test(name)) === undefined ? null : node.start;
      return headers === null ? { k: 'obj', p } : { k: 'obj', p, l: to.lineOf(headers) };
    }
    case 'ArrayExpression': {
      const a: Expr[] = [];
      let spread = false;
      for (const element of node.elements) {
        if (element === null) a.push({ k: 'lit', v: null });
        else if (element.type === 'SpreadElement') {
          spread = true;
          a.push({ k: 'spread', e: to.expression(element.argument) });
        } else a.push(to.expression(element));
      }
      return spread ? { k: 'arr', a, s: 1 } : { k: 'arr', a };
    }
    case 'FunctionExpression':
      return { k: 'fn', i: to.function(node, node.id?.name ?? '<anonymous>') };
    case 'ArrowFunctionExpression':
      return { k: 'fn', i: to.function(node, '<anonymous>') };
    case 'ClassExpression':
      return { k: 'cls', i: to.class(node, node.id?.name ?? '<anonymous>') };
    case 'LogicalExpression': {
      const before = to.env.length;
      const l = to.expression(node.left);
      const between = to.env.length;
      const r = to.expression(node.right);
      if (node.operator === '&&') for (let i = before; i < between; i++) (to.env[i] as EnvRead).o = 1;
      else for (let i = before; i < between; i++) (to.env[i] as EnvRead).d ??= r;
      return { k: 'or', op: node.operator, l, r };
    }
    case 'ConditionalExpression': {
      const t = lowerCondition(to, node.test);
      return { k: 'if', t, a: to.expression(node.consequent), b: to.expression(node.alternate), l: to.lineOf(node.start) };
    }
    case 'BinaryExpression':
      return lowerBinary(to, node);
    case 'UnaryExpression': {
      const before = to.env.length;
      const e = to.expression(node.argument);
      if (node.operator === '!') {
        for (let i = before; i < to.env.length; i++) (to.env[i] as EnvRead).o = 1;
        return { k: 'not', e };
      }
      if (node.operator === '-' && e.k === 'lit' && typeof e.v === 'number') return { k: 'lit', v: -e.v };
      return { k: 'un', op: node.operator, e };
    }
    case 'UpdateExpression':
      return lowerUpdate(to.expression(node.argument), node.operator, to.lineOf(node.start));
    case 'SequenceExpression':
      return { k: 'seq', a: node.expressions.map((part) => to.expression(part)) };
    case 'AssignmentExpression':
      return to.assignment(node);
    case 'SpreadElement':
      return { k: 'spread', e: to.expression(node.argument) };
    case 'JSXElement':
      return lowerElement(to, node);
    case 'JSXFragment':
      return unfollowed(node.children.map((child) => to.expression(child)));
    case 'JSXExpressionContainer':
    case 'JSXSpreadChild':
      return to.expression(node.expression);
    default:
      return unknown;
  }
}

/** An operator between two expressions. */
export function lowerBinary(to: Lowering, node: Extract<Node, { type: 'BinaryExpression' }>): Expr {
  // A chain of `+` leans to the left and may be thousands long, so it is walked in a loop.
  if (node.operator === '+') {
    const terms: Node[] = [];
    let left: Node = node;
    while (left.type === 'BinaryExpression' && left.operator === '+') {
      terms.push(left.right);
      left = bare(left.left as Expression);
    }
    terms.push(left);
    return concatenate(terms.reverse().map((term) => to.expression(term)));
  }
  const comparison = /^[=!<>]/.test(node.operator) || node.operator === 'in' || node.operator === 'instanceof';
  const before = to.env.length;
  const l = node.left.type === 'PrivateIdentifier' ? unknown : to.expression(node.left);
  const r = to.expression(node.right);
  if (comparison) for (let i = before; i < to.env.length; i++) (to.env[i] as EnvRead).o = 1;
  return { k: 'bin', op: node.operator, l, r };
}

/** A template, or the text that it is. */
export function templateOf(to: Lowering, parts: string[], holes: Expr[]): Expr {
  if (holes.length === 0) return { k: 'lit', v: parts[0] ?? '' };
  return { k: 'tpl', p: parts, h: holes };
}

/** `row.count++`; a variable that counts is not followed. */
function lowerUpdate(e: Expr, operator: string, l: number): Expr {
  if (e.k !== 'get' || e.o.k === 'this') return written([e], l);
  return { k: 'put', o: e.o, n: e.n, e: { k: 'bin', op: operator.charAt(0), l: e, r: { k: 'lit', v: 1 } }, l };
}
