import { callCallbacks } from '../callbacks.ts';
import type { CallExpr } from '../listener.ts';
import type { Machine } from '../machine.ts';
import { append, textual } from '../template.ts';
import { asText, either, literal, UNKNOWN } from '../value.ts';
import type { Frame, Value } from '../value.ts';
import { argument, namedIn } from './arguments.ts';
import { bracesFormatted } from './format.ts';
import { callOfPythonRequest } from './request.ts';

/** What a class of views made for a router: `Notes.as_view()`. */
export const viewSymbol = 'py:view#as_view';

// Methods of Python's own values: texts, lists and dictionaries.

const changing = new Set(
  'strip lstrip rstrip lower upper title capitalize casefold swapcase encode decode expandtabs zfill center ljust rjust removeprefix removesuffix format_map translate copy slice read getvalue tolist to_dict dict model_dump __str__'.split(
    ' ',
  ),
);
const splitting = new Set('split rsplit splitlines partition rpartition'.split(' '));
const asking: Readonly<Record<string, string>> = {
  isdigit: 'number',
  isdecimal: 'number',
  isnumeric: 'number',
  isalnum: 'match',
  isalpha: 'match',
  isidentifier: 'match',
};

/** What a method of a value gives; undefined for one that is none of the language's. */
export function pythonMethod(
  machine: Machine,
  receiver: Value,
  name: string,
  args: readonly Value[],
  e: CallExpr,
  frame: Frame,
): Value | undefined {
  const [first] = args;
  if (receiver.k === 'role' && receiver.role === 'python') return callOfPythonRequest(name) ?? machine.get(receiver, name, frame);
  if (receiver.k === 'environment') {
    if (name !== 'get' && name !== 'pop' && name !== 'setdefault') return UNKNOWN;
    const fallback = argument(args, 1, 'default') ?? null;
    return first?.k === 'lit' ? { k: 'env', name: String(first.v), fallback } : UNKNOWN;
  }
  if (name === 'as_view') return asView(receiver, args);
  if (name === 'join' && (receiver.k === 'lit' || receiver.k === 'tpl')) return joined(receiver, first);
  if (name === 'format') {
    const made = bracesFormatted(receiver, args);
    if (made !== null) return made;
  }
  if (name === 'startswith' || name === 'endswith') {
    machine.atoms?.push({ op: 'truthy', l: receiver, r: first ?? UNKNOWN, how: name === 'startswith' ? 'starts' : 'ends' });
    return UNKNOWN;
  }
  const asks = asking[name];
  if (asks !== undefined && receiver.k !== 'inst' && receiver.k !== 'lib') {
    machine.atoms?.push(
      asks === 'number' ? { op: 'number', l: receiver, r: UNKNOWN } : { op: 'match', l: receiver, r: { k: 're', v: '^[A-Za-z0-9]+$' } },
    );
    return UNKNOWN;
  }
  switch (receiver.k) {
    case 'input':
      return ofInput(machine, receiver, name, args, e, frame);
    case 'session':
      if (/^(get|pop|setdefault|has_key|__getitem__)$/.test(name) && first?.k === 'lit')
        return machine.get(receiver, String(first.v), frame);
      return undefined;
    case 'obj':
      return ofDictionary(machine, receiver, name, args, frame);
    case 'result':
      if (receiver.symbol !== 'schema') return undefined;
      return /^(dict|model_dump|copy|model_copy)$/.test(name) ? receiver : undefined;
    case 'arr':
      if (name === 'append' || name === 'extend' || name === 'insert' || name === 'add') return UNKNOWN;
      if (/^(copy|sort|reverse|values|items|keys)$/.test(name)) return receiver;
      return name === 'pop' ? machine.get(receiver, '*', frame) : undefined;
    case 'tpl':
    case 'guarded':
    case 'lit':
      if (changing.has(name)) return receiver.k === 'lit' ? changed(receiver, name) : receiver;
      if (name === 'replace') return replaced(receiver, args);
      if (splitting.has(name)) return { k: 'arr', items: [receiver], open: true };
      return receiver.k === 'guarded' && name === 'get' && first?.k === 'lit' ? machine.get(receiver, String(first.v), frame) : undefined;
    default:
      return undefined;
  }
}

function ofInput(
  machine: Machine,
  receiver: Extract<Value, { k: 'input' }>,
  name: string,
  args: readonly Value[],
  e: CallExpr,
  frame: Frame,
): Value | undefined {
  const [first] = args;
  if (/^(get|getlist|get_list|pop|getone|getfirst|setdefault)$/.test(name) && first !== undefined) {
    const value = first.k === 'lit' ? machine.get(receiver, String(first.v), frame) : machine.get(receiver, '*', frame);
    // `request.args.get('page', type=int)`
    const type = namedIn(args)?.keys.get('type');
    if (type?.k === 'lib' && /^py:builtins#(int|float|bool)$/.test(type.symbol)) return { k: 'guarded', of: value, by: 'number' };
    const fallback = args[1]?.k === 'obj' && args[1].id === 'kw' ? namedIn(args)?.keys.get('default') : args[1];
    const text = receiver.from === 'body' ? value : asText(value);
    return fallback === undefined || (fallback.k === 'lit' && fallback.v === null) ? text : either([text, fallback]);
  }
  if (name === 'save' && receiver.from === 'files') {
    machine.arrive('upload#named', [UNKNOWN, first ?? UNKNOWN], e, frame);
    return UNKNOWN;
  }
  if (name === 'items') return { k: 'arr', items: [{ k: 'arr', items: [receiver, receiver], open: false }], open: true };
  if (name === 'values' || name === 'keys') return { k: 'arr', items: [receiver], open: true };
  if (name === 'replace') return replaced(receiver, args);
  if (changing.has(name) || splitting.has(name))
    return name === 'dict' || name === 'to_dict' || name === 'model_dump' ? receiver : asText(receiver);
  callCallbacks(machine, args, null, frame, e);
  return UNKNOWN;
}

function ofDictionary(
  machine: Machine,
  receiver: Extract<Value, { k: 'obj' }>,
  name: string,
  args: readonly Value[],
  frame: Frame,
): Value | undefined {
  const [first, second] = args;
  if (name === 'get' || name === 'pop' || name === 'setdefault') {
    const value = first?.k === 'lit' ? machine.get(receiver, String(first.v), frame) : either([...receiver.keys.values()]);
    return second === undefined
      ? value
      : value.k === 'unknown'
        ? either([value, second])
        : first?.k === 'lit'
          ? value
          : either([value, second]);
  }
  if (name === 'items')
    return {
      k: 'arr',
      items: [...receiver.keys].map(([key, value]): Value => ({ k: 'arr', items: [literal(key), value], open: false })),
      open: receiver.open,
    };
  if (name === 'keys') return { k: 'arr', items: [...receiver.keys.keys()].map(literal), open: receiver.open };
  if (name === 'values') return { k: 'arr', items: [...receiver.keys.values()], open: receiver.open };
  if (name === 'copy') return receiver;
  if (name === 'update') {
    for (const one of args) if (one.k === 'obj') for (const [key, value] of one.keys) receiver.keys.set(key, value);
    return UNKNOWN;
  }
  return undefined;
}

/** `Notes.as_view()`, `login_required(Notes).as_view()` */
function asView(receiver: Value, args: readonly Value[]): Value {
  const [inner] = receiver.k === 'result' ? receiver.args : [];
  if (receiver.k === 'result' && inner !== undefined) return { ...receiver, args: [asView(inner, args), ...receiver.args.slice(1)] };
  return { k: 'result', symbol: viewSymbol, base: viewSymbol, args: [receiver, ...args], on: null, path: [] };
}

/** `', '.join(items)` */
function joined(separator: Value, list: Value | undefined): Value {
  if (list?.k === 'arr')
    return list.items.reduce<Value>((text, item, index) => append(index === 0 ? text : append(text, separator), item), literal(''));
  if (list === undefined || list.k === 'unknown') return UNKNOWN;
  return textual(list) ? list : append(literal(''), list);
}

function changed(value: Extract<Value, { k: 'lit' }>, name: string): Value {
  if (typeof value.v !== 'string') return UNKNOWN;
  if (name === 'lower') return literal(value.v.toLowerCase());
  if (name === 'upper') return literal(value.v.toUpperCase());
  return name === 'strip' ? literal(value.v.trim()) : value;
}

/** A text in which something was replaced holds what was put in, and what is left of it. */
function replaced(receiver: Value, args: readonly Value[]): Value {
  const [what, by] = args;
  const text = receiver.k === 'input' ? asText(receiver) : receiver;
  if (by !== undefined && by.k !== 'lit') return append(text, by);
  const sought = what?.k === 'lit' ? String(what.v) : null;
  if (receiver.k === 'lit' && typeof receiver.v === 'string' && sought !== null && by?.k === 'lit')
    return literal(receiver.v.replaceAll(sought, String(by.v)));
  if (sought === '<') return { k: 'guarded', of: text, against: ['html'], by: 'replace' };
  if (sought === '\n' || sought === '\r') return { k: 'guarded', of: text, against: ['log'], by: 'replace' };
  return text;
}
