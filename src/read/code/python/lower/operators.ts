import { childrenOf } from '../../../../source/python.ts';
import type { PythonNode } from '../../../../source/python.ts';
import type { Expr } from '../../facts.ts';
import type { PythonLowering } from './lowering.ts';

// Operators bind here by Python's own table: the grammar of the parser lets `not a or b` mean `not (a or b)`.

type Token = { readonly op: string } | { readonly operand: PythonNode };

const strength: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  in: 4,
  'not in': 4,
  is: 4,
  'is not': 4,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '==': 4,
  '!=': 4,
  '<>': 4,
  '|': 5,
  '^': 6,
  '&': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '//': 10,
  '%': 10,
  '@': 10,
  '**': 12,
};
const comparison = 4;
const negation = 3;
const sign = 11;
const awaiting = 13;

/** Words as JavaScript has them, which the facts are written in; `has` is Python's `in`. */
const words: Readonly<Record<string, string>> = { '==': '===', '!=': '!==', is: '===', 'is not': '!==', in: 'has', '//': '/', '<>': '!==' };

/** An expression of operators. */
export function lowerOperators(to: PythonLowering, node: PythonNode): Expr {
  const tokens: Token[] = [];
  flatten(to, node, tokens);
  let at = 0;
  const peek = (): string | null => {
    const token = tokens[at];
    if (token === undefined || !('op' in token)) return null;
    const next = tokens[at + 1];
    const after = next !== undefined && 'op' in next ? next.op : null;
    if (token.op === 'not' && after === 'in') return 'not in';
    return token.op === 'is' && after === 'not' ? 'is not' : token.op;
  };
  const prefix = (): Expr =>
    to.deeper(() => {
      const token = tokens[at++];
      if (token === undefined) return { k: 'unk' };
      if ('operand' in token) return to.expression(token.operand);
      if (token.op === 'not') return { k: 'not', e: climb(negation) };
      if (token.op === 'await') return climb(awaiting);
      const e = climb(sign);
      return e.k === 'lit' && typeof e.v === 'number' && token.op === '-' ? { k: 'lit', v: -e.v } : { k: 'un', op: token.op, e };
    });
  const climb = (least: number): Expr => {
    let left = prefix();
    // What the last comparison compared with, for `a < b < c`.
    let middle: Expr | null = null;
    for (let op = peek(); op !== null; op = peek()) {
      const binds = strength[op];
      if (binds === undefined || binds < least) break;
      at += op.includes(' ') ? 2 : 1;
      const right = climb(op === '**' ? binds : binds + 1);
      if (binds === comparison && middle !== null) left = { k: 'or', op: '&&', l: left, r: compared(op, middle, right) };
      else if (op === 'or' || op === 'and') left = { k: 'or', op: op === 'or' ? '||' : '&&', l: left, r: right };
      else if (binds === comparison) left = compared(op, left, right);
      else left = { k: 'bin', op: words[op] ?? op, l: left, r: right };
      middle = binds === comparison ? right : null;
    }
    return left;
  };
  return climb(0);
}

function compared(op: string, l: Expr, r: Expr): Expr {
  if (op === 'not in') return { k: 'not', e: { k: 'bin', op: 'has', l, r } };
  return { k: 'bin', op: words[op] ?? op, l, r };
}

function flatten(to: PythonLowering, node: PythonNode, out: Token[]): void {
  const parts = childrenOf(node);
  for (const part of parts) {
    if (part.name === 'BinaryExpression' || part.name === 'UnaryExpression' || part.name === 'AwaitExpression') {
      to.deeper(() => flatten(to, part, out));
    } else if (/^(not|and|or|in|is|await|ArithOp|CompareOp|BitOp)$/.test(part.name)) out.push({ op: to.textOf(part) });
    else out.push({ operand: part });
  }
}
