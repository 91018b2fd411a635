import type { Expr } from '../facts.ts';
import type { Machine } from '../machine.ts';
import type { CallExpr, Condition } from '../listener.ts';
import { eachNode, isExpr } from '../nodes.ts';
import type { Frame, Value } from '../value.ts';

/** A part of a caught error that an answer carries. */
export interface ErrorPart {
  readonly part: 'stack' | 'message' | 'whole';
  readonly status: number | null;
  readonly when: 'always' | 'development' | 'expected';
}

/** The parts of caught errors in what is sent. */
export function errorParts(machine: Machine, expr: CallExpr, frame: Frame, status: number | null): ErrorPart[] {
  if (expr.k !== 'call' || expr.a.length === 0) return [];
  const found = new Map<ErrorPart['part'], ErrorPart>();
  const search = (e: Expr | undefined, under: readonly Condition[], depth: number): void => {
    if (e === undefined || depth > 6) return;
    const deeper = (one: Expr | undefined, more?: Condition) => search(one, more === undefined ? under : [...under, more], depth + 1);
    switch (e.k) {
      case 'var': {
        // What it was made of says under which tests; its value alone does not.
        const binding = frame.file.facts.bindings[e.b];
        const made = binding?.f === frame.fn && binding.p === undefined ? binding.v.slice(0, 6) : [];
        if (made.length > 0 && made.every(({ p }) => p === undefined)) for (const source of made) deeper(source.e);
        else {
          const part = partOf(machine.eval(e, frame));
          if (part !== null) note(part, under);
        }
        return;
      }
      case 'get':
      case 'idx':
      case 'call': {
        const part = partOf(machine.eval(e, frame));
        // As a text an error is its message.
        if (part !== null) note(part === 'whole' && e.k === 'call' && e.f.k === 'glo' && e.f.n === 'String' ? 'message' : part, under);
        else if (e.k === 'call' && (e.f.k === 'glo' || e.f.k === 'get') && /^(String|stringify)$/.test(e.f.n)) deeper(e.a[0]);
        return;
      }
      case 'tpl':
        for (const hole of e.h) deeper(hole);
        return;
      case 'obj':
        for (const [, one] of e.p) deeper(one);
        return;
      case 'arr':
        for (const one of e.a) deeper(one);
        return;
      case 'if':
        deeper(e.a, { test: e.t, holds: true, frame });
        deeper(e.b, { test: e.t, holds: false, frame });
        return;
      case 'or':
        if (e.op === '&&') deeper(e.r, { test: e.l, holds: true, frame });
        else {
          deeper(e.l);
          deeper(e.r);
        }
        return;
      case 'seq':
        deeper(e.a.at(-1));
        return;
      case 'spread':
        deeper(e.e);
        return;
      default:
        return;
    }
  };
  const note = (part: ErrorPart['part'], under: readonly Condition[]): void => {
    const when = whenOf(machine, under);
    if (found.get(part)?.when !== 'always') found.set(part, { part, status, when });
  };
  for (const one of expr.a) search(one, machine.under, 0);
  return [...found.values()];
}

/** A caught error, or a part of one, stands somewhere in a value. */
export function holdsError(value: Value, depth = 0): boolean {
  if (depth > 5) return false;
  switch (value.k) {
    case 'result':
      return value.base === 'caught';
    case 'obj':
      return [...value.keys.values()].some((one) => holdsError(one, depth + 1));
    case 'arr':
      return value.items.some((one) => holdsError(one, depth + 1));
    case 'tpl':
      return value.holes.some((one) => holdsError(one, depth + 1));
    case 'either':
      return value.of.some((one) => holdsError(one, depth + 1));
    default:
      return false;
  }
}

/** Which part of a caught error a value is. */
function partOf(value: Value): ErrorPart['part'] | null {
  if (value.k === 'either') {
    const parts = value.of.map(partOf);
    return parts.find((one) => one === 'stack') ?? parts.find((one) => one !== null) ?? null;
  }
  if (value.k === 'tpl') return value.holes.map(partOf).find((one) => one !== null) === undefined ? null : 'message';
  if (value.k !== 'result' || value.base !== 'caught') return null;
  const last = value.path.at(-1);
  if (last === undefined) return value.symbol === 'caught' ? 'whole' : value.symbol === 'caught.toString' ? 'message' : null;
  return last === 'stack' ? 'stack' : value.path.length === 1 && /^(message|detail|sql|sqlMessage|hint)$/.test(last) ? 'message' : null;
}

function whenOf(machine: Machine, under: readonly Condition[]): ErrorPart['when'] {
  if (under.some(onlyInDevelopment)) return 'development';
  return under.some((one) => one.holds && asksForKind(machine, one)) ? 'expected' : 'always';
}

/** Tests of the environment: `NODE_ENV !== 'production'`, `isDev`, `config.isDevelopment`, also in a variable. */
function onlyInDevelopment({ test, holds, frame }: Condition): boolean {
  const { facts } = frame.file;
  let verdict: boolean | null = null;
  const look = (e: Expr, positive: boolean, depth: number): void => {
    if (verdict !== null || depth > 4) return;
    if (e.k === 'not') return look(e.e, !positive, depth + 1);
    if (e.k === 'or') {
      look(e.l, positive, depth + 1);
      look(e.r, positive, depth + 1);
      return;
    }
    if (e.k === 'bin') {
      const word = e.r.k === 'lit' ? e.r.v : e.l.k === 'lit' ? e.l.v : null;
      const side = e.r.k === 'lit' ? e.l : e.r;
      if (typeof word !== 'string' || !/^(production|prod|development|dev|local|test|staging)$/.test(word) || !/^[=!]==?$/.test(e.op))
        return;
      if (side.k === 'lit') return;
      const equal = e.op.startsWith('=') === positive;
      verdict = word.startsWith('prod') ? !equal : equal;
      return;
    }
    const name =
      e.k === 'var'
        ? (facts.bindings[e.b]?.n ?? '')
        : e.k === 'get'
          ? e.n
          : e.k === 'imp'
            ? e.n
            : e.k === 'call' && e.f.k === 'get'
              ? e.f.n
              : '';
    if (/^(is_?)?(dev|development|debug)(mode|elopment)?$/i.test(name) || /^(expose|show|include)_?(error|stack)/i.test(name))
      verdict = positive;
    else if (/^(is_?)?prod(uction)?(mode)?$/i.test(name)) verdict = !positive;
    else if (e.k === 'var') {
      const [source] = facts.bindings[e.b]?.v ?? [];
      if (source !== undefined) look(source.e, positive, depth + 1);
    }
  };
  look(test, holds, 0);
  return verdict === true;
}

/** Asks what the error is: of a class, with a code, or by a function: an error that was expected. */
function asksForKind(machine: Machine, { test, frame }: Condition): boolean {
  let asks = false;
  const isError = (e: Expr) => {
    const value = machine.eval(e, frame);
    return value.k === 'result' && value.base === 'caught';
  };
  eachNode(frame.file.facts, test, (node) => {
    if (asks) return;
    if (isExpr(node, 'bin') && node.op === 'instanceof') asks = isError(node.l) && !(node.r.k === 'glo' && node.r.n === 'Error');
    else if (isExpr(node, 'get')) asks = !/^(stack)$/.test(node.n) && (node.n !== 'message' || test.k !== 'get') && isError(node.o);
    else if (isExpr(node, 'call')) asks = node.a.some((one) => (one.k === 'var' || one.k === 'get') && isError(one));
  });
  return asks;
}
