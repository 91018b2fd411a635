import { childrenOf } from '../../../../source/python.ts';
import type { PythonNode } from '../../../../source/python.ts';
import { flag } from '../../facts.ts';
import type { Expr, Stmt } from '../../facts.ts';
import type { PythonLowering } from './lowering.ts';
import { assignTarget } from './targets.ts';

interface Handler {
  readonly type: PythonNode | null;
  readonly name: string | null;
  readonly body: PythonNode | undefined;
  readonly at: PythonNode;
}

/** A `try`; several clauses are as many of them, the first innermost. */
export function lowerTry(to: PythonLowering, node: PythonNode): Stmt {
  const parts = childrenOf(node);
  const l = to.line(node);
  let body: PythonNode | undefined;
  let otherwise: PythonNode | undefined;
  let last: PythonNode | undefined;
  const handlers: Handler[] = [];
  for (let at = 0; at < parts.length; at++) {
    const word = parts[at]?.name;
    if (word === 'try') body = parts[at + 1];
    else if (word === 'else') otherwise = parts[at + 1];
    else if (word === 'finally') last = parts[at + 1];
    else if (word === 'except') handlers.push(handlerAt(to, parts, at));
  }
  const tried = to.flagged(flag.inTry, () => to.body(body));
  let a: Stmt[] = [...tried, ...to.body(otherwise)];
  handlers.forEach((handler, index) => {
    const c = clauseOf(to, handler);
    a = [{ k: 'try', a, c, l, ...(index === handlers.length - 1 && last !== undefined ? { f: to.body(last) } : {}) }];
  });
  const [only] = a;
  if (handlers.length > 0 && only !== undefined) return only;
  return { k: 'try', a, l, ...(last === undefined ? {} : { f: to.body(last) }) };
}

function handlerAt(to: PythonLowering, parts: readonly PythonNode[], from: number): Handler {
  let type: PythonNode | null = null;
  let name: string | null = null;
  let at = from + 1;
  for (; at < parts.length && parts[at]?.name !== 'Body'; at++) {
    const part = parts[at] as PythonNode;
    if (part.name === 'as') name = parts[at + 1] === undefined ? null : to.textOf(parts[at + 1] as PythonNode);
    else if (part.name !== '*' && name === null) type ??= part;
  }
  return { type, name, body: parts[at], at: parts[from] as PythonNode };
}

function clauseOf(to: PythonLowering, { type, name, body, at }: Handler): Extract<Stmt, { k: 'try' }>['c'] & object {
  const types = type === null ? [] : type.name === 'TupleExpression' ? childrenOf(type) : [type];
  // `except KeyError` is an answer to one thing that was thought of; what catches everything is not.
  const narrow = types.length > 0 && !types.some((one) => /^(BaseException|Exception)$/.test(to.textOf(one)));
  const binding = name === null ? undefined : to.target(name);
  const a = to.flagged(flag.inCatch, () => to.body(body));
  const explained = body !== undefined && to.textOf(body).includes('#');
  return {
    ...(binding === undefined ? {} : { b: binding }),
    a,
    l: to.line(at),
    e: body === undefined ? to.line(at) : to.lastLine(body),
    x: explained,
    ...(narrow ? { narrow: 1 as const } : {}),
  };
}

/** `with open(name) as file:`; what is entered is taken for what is given. */
export function lowerWith(to: PythonLowering, node: PythonNode, out: Stmt[]): void {
  const parts = childrenOf(node);
  const l = to.line(node);
  let value: Expr | null = null;
  const done = (e: Expr) => out.push({ k: 'x', e, l });
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] as PythonNode;
    if (part.name === 'Body') break;
    if (part.name === 'with' || part.name === 'async' || part.name === ',') continue;
    if (part.name === 'as') {
      const target = parts[at + 1];
      if (target !== undefined && value !== null) for (const e of assignTarget(to, target, value, l)) done(e);
      value = null;
      at++;
    } else {
      if (value !== null) done(value);
      value = to.expression(part);
    }
  }
  if (value !== null) done(value);
  out.push(...to.body(node.getChild('Body') ?? undefined));
}
