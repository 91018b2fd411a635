import { childrenOf } from '../../../../source/python.ts';
import type { PythonNode } from '../../../../source/python.ts';
import { flag } from '../../facts.ts';
import type { Expr } from '../../facts.ts';
import { itemsOf } from './items.ts';
import type { PythonLowering } from './lowering.ts';
import { lowerOperators } from './operators.ts';
import { noteSetting } from './settings.ts';
import { assignTarget } from './targets.ts';
import { lowerText } from './text.ts';

/** An expression in the words of the facts. */
export function lowerExpression(to: PythonLowering, node: PythonNode): Expr {
  switch (node.name) {
    case 'VariableName':
      return to.name(to.textOf(node));
    case 'String':
    case 'FormatString':
    case 'ContinuedString':
      return lowerText(to, node);
    case 'Number': {
      const v = Number(to.textOf(node).replaceAll('_', ''));
      return Number.isFinite(v) ? { k: 'lit', v } : { k: 'unk' };
    }
    case 'Boolean':
      return { k: 'lit', v: to.textOf(node) === 'True' };
    case 'None':
      return { k: 'lit', v: null };
    case 'BinaryExpression':
    case 'UnaryExpression':
    case 'AwaitExpression':
      return lowerOperators(to, node);
    case 'ParenthesizedExpression': {
      const inside = childrenOf(node).filter(({ name }) => name !== '(' && name !== ')');
      return inside.length === 1 ? to.expression(inside[0] as PythonNode) : { k: 'unk', c: inside.map((one) => to.expression(one)) };
    }
    case 'TupleExpression':
    case 'ArrayExpression':
    case 'SetExpression':
      return { k: 'arr', a: itemsOf(to, childrenOf(node)) };
    case 'DictionaryExpression':
      return lowerDictionary(to, node);
    case 'ComprehensionExpression':
    case 'ArrayComprehensionExpression':
    case 'SetComprehensionExpression':
    case 'DictionaryComprehensionExpression':
      return lowerComprehension(to, childrenOf(node));
    case 'CallExpression':
      return lowerCall(to, node);
    case 'MemberExpression':
      return lowerMember(to, node);
    case 'ConditionalExpression': {
      const parts = childrenOf(node).filter(({ name }) => name !== 'if' && name !== 'else');
      const [a, t, b] = parts;
      if (a === undefined || t === undefined || b === undefined) return { k: 'unk' };
      return { k: 'if', t: to.expression(t), a: to.expression(a), b: to.expression(b), l: to.line(node) };
    }
    case 'LambdaExpression':
      return { k: 'fn', i: to.lambda(node) };
    case 'NamedExpression': {
      const [target, , value] = childrenOf(node);
      if (target === undefined || value === undefined) return { k: 'unk' };
      return { k: 'seq', a: assignTarget(to, target, to.expression(value), to.line(node)) };
    }
    case 'YieldExpression':
      return {
        k: 'unk',
        c: childrenOf(node)
          .slice(1)
          .map((one) => to.expression(one)),
      };
    default:
      return { k: 'unk' };
  }
}

function lowerDictionary(to: PythonLowering, node: PythonNode): Expr {
  const p: [string, Expr][] = [];
  let key: Expr | null = null;
  let spread = false;
  for (const part of childrenOf(node)) {
    if (part.name === '**') spread = true;
    else if (/^[{},:]$/.test(part.name)) continue;
    else if (spread) {
      p.push(['...', to.expression(part)]);
      spread = false;
    } else if (key === null) key = to.expression(part);
    else {
      p.push([key.k === 'lit' && key.v !== null ? String(key.v) : '?', to.expression(part)]);
      key = null;
    }
  }
  return { k: 'obj', p };
}

/** `[f(x) for x in y if z]`: the list over which it goes, with the value for each item. */
function lowerComprehension(to: PythonLowering, parts: readonly PythonNode[]): Expr {
  const inside = parts.filter(({ name }) => !/^[()[\]{}]$/.test(name));
  const start = inside.findIndex(({ name }) => name === 'for' || name === 'async');
  if (start === -1) return { k: 'unk' };
  return to.within({ kind: 'function', fn: to.fn, locals: new Set(), self: null }, () => {
    const clauses: Expr[] = [];
    let over: Expr | null = null;
    for (let at = start; at < inside.length;) {
      const word = inside[at]?.name;
      if (word === 'for') {
        const until = inside.findIndex((one, index) => index > at && one.name === 'in');
        const list = inside[until + 1];
        if (until === -1 || list === undefined) break;
        const given = to.expression(list);
        over ??= given;
        const each: Expr = { k: 'idx', o: given, x: { k: 'unk' } };
        const targets = inside.slice(at + 1, until).filter(({ name }) => name !== ',');
        for (const target of targets) collect(to, target);
        targets.forEach((target, index) => {
          const value: Expr = targets.length === 1 ? each : { k: 'get', o: each, n: String(index) };
          clauses.push(...assignTarget(to, target, value, to.line(target)));
        });
        at = until + 2;
      } else if (word === 'if' && inside[at + 1] !== undefined) {
        clauses.push(to.expression(inside[at + 1] as PythonNode));
        at += 2;
      } else at++;
    }
    const made = to.flagged(flag.inLoop, () =>
      inside
        .slice(0, start)
        .filter(({ name }) => name !== ':')
        .map((one) => to.expression(one)),
    );
    const last = made.at(-1) ?? { k: 'unk' };
    return {
      k: 'seq',
      a: [
        ...clauses,
        ...made.slice(0, -1),
        {
          k: 'arr',
          a: [
            {
              k: 'spread',
              e: { k: 'call', f: { k: 'imp', m: 'builtins', n: '%each' }, a: [last], i: to.calls++, l: 0, e: 0, w: to.place },
            },
          ],
        },
      ],
    };
  });
}

function collect(to: PythonLowering, target: PythonNode): void {
  if (target.name === 'VariableName') to.scope.locals.add(to.textOf(target));
  else for (const one of childrenOf(target)) collect(to, one);
}

/** The arguments of a call: by position, then those by name as one object that is marked as such. */
export function lowerArguments(to: PythonLowering, list: PythonNode | null): Expr[] {
  const parts = list === null ? [] : childrenOf(list).slice(1, -1);
  if (parts.some(({ name }) => name === 'for')) return [lowerComprehension(to, parts)];
  const a: Expr[] = [];
  const p: [string, Expr][] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] as PythonNode;
    const next = parts[at + 1];
    if (part.name === ',') continue;
    if (part.name === '*' && next !== undefined) {
      a.push({ k: 'spread', e: to.expression(next) });
      at++;
    } else if (part.name === '**' && next !== undefined) {
      p.push(['...', to.expression(next)]);
      at++;
    } else if (next?.name === 'AssignOp' && to.textOf(next) === '=') {
      const value = parts[at + 2];
      if (value !== undefined) p.push([to.textOf(part), to.expression(value)]);
      at += 2;
    } else if (next?.name === 'AssignOp') {
      // `f(a := 1)`
      const value = parts[at + 2];
      if (value !== undefined) a.push({ k: 'seq', a: assignTarget(to, part, to.expression(value), to.line(part)) });
      at += 2;
    } else a.push(to.expression(part));
  }
  if (p.length > 0) a.push({ k: 'obj', p, kw: 1 });
  return a;
}

function lowerCall(to: PythonLowering, node: PythonNode): Expr {
  const [callee] = childrenOf(node);
  if (callee === undefined) return { k: 'unk' };
  const f = to.expression(callee);
  const a = lowerArguments(to, node.getChild('ArgList'));
  noteSetting(to, f, a, to.line(node));
  return { k: 'call', f, a, i: to.calls++, l: to.line(node), e: to.lastLine(node), w: to.place };
}

function lowerMember(to: PythonLowering, node: PythonNode): Expr {
  const [object, ...rest] = childrenOf(node);
  if (object === undefined) return { k: 'unk' };
  if (object.name === 'Number') return to.expression(object);
  const o = to.expression(object);
  const property = rest.find(({ name }) => name === 'PropertyName');
  if (property !== undefined) return { k: 'get', o, n: to.textOf(property) };
  const inside = rest.filter(({ name }) => name !== '[' && name !== ']');
  // A part of a text or list is as much as all of it.
  if (inside.some(({ name }) => name === ':'))
    return { k: 'call', f: { k: 'get', o, n: 'slice' }, a: [], i: to.calls++, l: to.line(node), e: to.lastLine(node), w: to.place };
  const items = itemsOf(to, inside);
  const [only] = items;
  const x: Expr = items.length === 1 && only !== undefined ? only : { k: 'arr', a: items };
  noteSetting(to, { k: 'idx', o, x }, [], to.line(node));
  return { k: 'idx', o, x };
}
