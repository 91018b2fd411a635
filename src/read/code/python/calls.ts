import { knowledgeOf } from '../knowledge.ts';
import type { CallExpr } from '../listener.ts';
import type { Machine } from '../machine.ts';
import { asText, either, literal, UNKNOWN } from '../value.ts';
import type { Frame, Value } from '../value.ts';
import { argument, namedIn } from './arguments.ts';
import { answeredByPython } from './answers.ts';
import { originsAllowed } from './cors.ts';
import { decorate } from './decorate.ts';
import { isStatementText, statementArguments } from './sql.ts';

// Calls of what a package of Python exports, where the call itself decides what it gives.

/** A call as it is told to others: under which symbol, and with which arguments. */
export interface Told {
  readonly symbol: string;
  readonly args: readonly Value[];
}

/** What a call means may hang on an argument: a loader that is safe, a shell, a signature that is not verified. */
export function toldOf(symbol: string, args: readonly Value[]): Told {
  const origins = originsAllowed(symbol, args);
  if (origins !== undefined) return origins;
  const options = namedIn(args);
  const set = (name: string) => options?.keys.get(name);
  if (/^py:(jwt|jose)#(jwt\.)?decode$/.test(symbol)) {
    const checks = set('options');
    const off = (value: Value | undefined) => value?.k === 'lit' && value.v === false;
    if (off(set('verify')) || off(args[2]) || (checks?.k === 'obj' && off(checks.keys.get('verify_signature'))))
      return { symbol: 'py:jwt#decode_unverified', args };
  }
  if (/^py:yaml#(load|load_all)$/.test(symbol)) {
    const loader = argument(args, 1, 'Loader');
    if (loader?.k === 'lib' && /Safe|Base/.test(loader.symbol)) return { symbol: 'py:yaml#safe_load', args };
  }
  if (/^py:subprocess#(run|call|check_call|check_output|Popen)$/.test(symbol)) {
    const command = argument(args, 0, 'args');
    const shell = set('shell');
    if (command?.k === 'arr' && !(shell?.k === 'lit' && shell.v === true))
      return {
        symbol,
        args: [command.items[0] ?? UNKNOWN, { ...command, items: command.items.slice(1) }, ...(options === undefined ? [] : [options])],
      };
    if (command !== undefined && options !== undefined)
      return { symbol, args: [command.k === 'arr' ? (command.items[0] ?? UNKNOWN) : command, options] };
  }
  if (knowledgeOf(symbol)?.means === 'sql-query') {
    // `session.execute(select(User))` is no text.
    return isStatementText(args[0]) ? { symbol, args: statementArguments(args) } : { symbol: `${symbol}.built`, args };
  }
  return { symbol, args };
}

/** What a call gives; undefined where knowledge decides. */
export function callOfPython(
  machine: Machine,
  symbol: string,
  receiver: Value | null,
  args: readonly Value[],
  e: CallExpr,
  frame: Frame,
): Value | undefined {
  if (symbol.startsWith('py:builtins#')) return ofBuiltin(machine, symbol.slice('py:builtins#'.length), args, e, frame);
  const [first] = args;
  switch (symbol) {
    case 'py:os#getenv':
    case 'py:decouple#config':
    case 'py:environ#Env':
      if (first?.k !== 'lit') return undefined;
      return { k: 'env', name: String(first.v), fallback: argument(args, 1, 'default') ?? null };
    case 'py:functools#wraps':
    case 'py:functools#partial':
    case 'py:copy#deepcopy':
    case 'py:copy#copy':
    case 'py:typing#cast':
    case 'py:asyncio#run':
    case 'py:asyncio#gather':
    case 'py:json#loads':
    case 'py:json#load':
    case 'py:json#dumps':
    case 'py:urllib#parse.unquote':
    case 'py:base64#b64decode':
    case 'py:html#unescape':
      return symbol.endsWith('cast') ? (args[1] ?? UNKNOWN) : (first ?? UNKNOWN);
    case 'py:urllib#parse.urlparse':
    case 'py:urllib#parse.urlsplit': {
      // Whoever asks for its host asks it of all that it was made of.
      const args = [first ?? UNKNOWN, ...(first?.k === 'result' ? first.args.filter((one) => one.k === 'input') : [])];
      return { k: 'result', symbol: 'py:urllib#URL', base: 'py:urllib#URL', args, on: null, path: [] };
    }
    case 'py:uuid#UUID':
    case 'py:decimal#Decimal':
    case 'py:datetime#datetime.strptime':
    case 'py:datetime#datetime.fromisoformat':
    case 'py:datetime#date.fromisoformat':
      return { k: 'guarded', of: first ?? UNKNOWN, by: 'number' };
  }
  const answer = answeredByPython(symbol, args);
  if (answer !== undefined) {
    if (knowledgeOf(symbol)?.means === undefined) return answer;
    machine.visit.does(knowledgeOf(symbol)?.means ?? '');
    return answer;
  }
  if (receiver?.k === 'result' && receiver.symbol.startsWith('py:environ#Env') && first?.k === 'lit')
    return { k: 'env', name: String(first.v), fallback: argument(args, 1, 'default') ?? null };
  return undefined;
}

function ofBuiltin(machine: Machine, name: string, args: readonly Value[], e: CallExpr, frame: Frame): Value | undefined {
  const [first, second] = args;
  switch (name) {
    case '%decorate':
      return decorate(machine, first ?? UNKNOWN, second ?? UNKNOWN, e, frame);
    case '%each':
      return { k: 'arr', items: [first ?? UNKNOWN], open: true };
    case 'int':
    case 'float':
    case 'bool':
    case 'len':
    case 'abs':
    case 'round':
    case 'sum':
    case 'ord':
      return { k: 'guarded', of: name === 'len' || name === 'bool' ? UNKNOWN : (first ?? UNKNOWN), by: 'number' };
    case 'min':
    case 'max':
      return { k: 'guarded', of: either(args) };
    case 'str':
      return asText(first ?? literal(''));
    case 'repr':
      return { k: 'guarded', of: first ?? UNKNOWN, against: ['log'], by: 'repr' };
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
    case 'sorted':
    case 'reversed':
    case 'iter':
      return first ?? { k: 'arr', items: [], open: true };
    case 'bytes':
    case 'bytearray':
      return first ?? UNKNOWN;
    case 'next':
      return machine.get(first ?? UNKNOWN, '*', frame);
    case 'dict': {
      const named = namedIn(args);
      if (named === undefined) return first ?? { k: 'obj', keys: new Map(), open: true, id: '' };
      return { k: 'obj', keys: new Map(named.keys), open: named.open || first !== named, id: '' };
    }
    case 'enumerate':
      return {
        k: 'arr',
        items: [{ k: 'arr', items: [{ k: 'guarded', of: UNKNOWN }, machine.get(first ?? UNKNOWN, '*', frame)], open: false }],
        open: true,
      };
    case 'zip':
      return { k: 'arr', items: [{ k: 'arr', items: args.map((one) => machine.get(one, '*', frame)), open: false }], open: true };
    case 'getattr':
      if (second?.k !== 'lit') return { k: 'chosen', of: first ?? UNKNOWN };
      return machine.get(first ?? UNKNOWN, String(second.v), frame);
    case 'hasattr':
      if (first?.k === 'session' && second?.k === 'lit')
        machine.atoms?.push({ op: 'truthy', l: machine.get(first, String(second.v), frame), r: UNKNOWN });
      return UNKNOWN;
    case 'isinstance': {
      const types = second?.k === 'arr' ? second.items : [second ?? UNKNOWN];
      if (first !== undefined && types.every((one) => one.k === 'lib' && /^py:builtins#(int|float|bool)$/.test(one.symbol)))
        machine.atoms?.push({ op: 'number', l: first, r: UNKNOWN });
      return UNKNOWN;
    }
    case 'super':
    case 'type':
    case 'object':
      return UNKNOWN;
    default:
      return undefined;
  }
}
