import { cleanedBy } from '../../knowledge/flows/index.ts';
import type { CallExpr } from './listener.ts';
import type { Machine } from './machine.ts';
import { addressAt } from './request.ts';
import { append } from './template.ts';
import { asText, either, literal, REQ, UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';

/** What a call of a function that the language or Node brings gives; undefined where it is like that of any other package. */
export function valueOfBuiltin(
  machine: Machine,
  symbol: string,
  receiver: Value | null,
  args: readonly Value[],
  e: CallExpr,
  frame: Frame,
): Value | undefined {
  const first = args[0];
  switch (symbol) {
    case 'global:Number':
    case 'global:parseInt':
    case 'global:parseFloat':
    case 'global:Number.parseInt':
    case 'global:Number.parseFloat':
    case 'global:BigInt':
    case 'global:Date':
      return { k: 'guarded', of: first ?? UNKNOWN };
    // Whether something is there tells nothing of what it is.
    case 'global:Boolean':
      return { k: 'guarded', of: UNKNOWN };
    case 'global:String':
      return asText(first ?? UNKNOWN);
    case 'global:RegExp':
      if (first?.k === 'lit' && typeof first.v === 'string') machine.listener.pattern(first.v, frame, e.l);
      return first?.k === 'lit' && typeof first.v === 'string'
        ? { k: 're', v: first.v }
        : { k: 'result', symbol, base: symbol, args, on: null, path: [] };
    case 'global:decodeURIComponent':
    case 'global:atob':
    case 'global:JSON.parse':
    case 'global:Promise.resolve':
    case 'global:structuredClone':
    case 'global:Object.freeze':
    case 'global:Buffer.from':
    case 'global:Buffer':
    case 'global:Array.from':
      return first ?? UNKNOWN;
    case 'global:Promise.all':
    case 'global:Promise.allSettled':
      return first ?? UNKNOWN;
    case 'global:Number.isInteger':
    case 'global:Number.isFinite':
    case 'global:Number.isSafeInteger':
    case 'global:Number.isNaN':
    case 'global:isNaN':
    case 'global:isFinite':
      if (first !== undefined) machine.atoms?.push({ op: 'number', l: first.k === 'guarded' ? first.of : first, r: UNKNOWN });
      return UNKNOWN;
    case 'global:Math.min':
    case 'global:Math.max':
    case 'global:Math.floor':
    case 'global:Math.ceil':
    case 'global:Math.round':
    case 'global:Math.abs':
      return { k: 'guarded', of: either(args) };
    case 'global:Object.keys':
      return first?.k === 'obj'
        ? { k: 'arr', items: [...first.keys.keys()].map(literal), open: first.open }
        : first?.k === 'input'
          ? first
          : UNKNOWN;
    case 'global:Object.values':
      return first?.k === 'obj'
        ? { k: 'arr', items: [...first.keys.values()], open: first.open }
        : first?.k === 'input'
          ? { ...first, path: [...first.path, '*'] }
          : UNKNOWN;
    case 'global:Object.entries':
      return first?.k === 'obj'
        ? {
            k: 'arr',
            items: [...first.keys].map(([name, value]): Value => ({ k: 'arr', items: [literal(name), value], open: false })),
            open: first.open,
          }
        : first?.k === 'input'
          ? { k: 'arr', items: [{ k: 'arr', items: [first, first], open: false }], open: true }
          : UNKNOWN;
    case 'global:Object.fromEntries':
      return first?.k === 'input' ? first : UNKNOWN;
    case 'global:Object.assign':
      return first?.k === 'obj' && args[1]?.k === 'obj'
        ? { k: 'obj', keys: new Map([...first.keys, ...args[1].keys]), open: first.open || args[1].open, id: '' }
        : (args[1] ?? UNKNOWN);
    case 'global:Set':
    case 'global:Map':
      return first?.k === 'arr' ? first : { k: 'arr', items: [], open: true };
    case 'node:util#promisify':
    case 'node:util#default.promisify':
      return first ?? UNKNOWN;
    case 'node:url#parse':
    case 'node:querystring#parse':
      return addressOf(first);
    case 'npm:multer#diskStorage':
      for (const one of first?.k === 'obj' ? first.keys.values() : [])
        if (one.k === 'fn')
          machine.apply(one, [REQ, { k: 'input', from: 'files', path: [] }, { k: 'lib', symbol: 'upload#named' }], null, e, frame);
      return { k: 'result', symbol, base: symbol, args, on: null, path: [] };
    case 'global:URL':
    case 'node:url#URL':
    case 'global:URLSearchParams':
      if (first?.k === 'known') return addressAt(first.v);
      // Only of what is known to be the address of a request; any other is a value of its own.
      if (first === undefined || !isAddress(first)) break;
      return symbol === 'global:URLSearchParams'
        ? { k: 'input', from: 'query', path: [] }
        : addressOf({ k: 'input', from: 'other', path: [] });
    case 'node:path#join':
    case 'node:path#resolve':
      return args.some((arg) => arg.k === 'input' || arg.k === 'tpl')
        ? args.slice(1).reduce<Value>((text, arg) => append(append(text, literal('/')), arg), first ?? literal(''))
        : { k: 'result', symbol, base: symbol, args, on: receiver, path: [] };
  }
  // Those of packages are known by the symbol of their result; what these give has long been the text itself.
  const against = /^(global:|node:path#)/.test(symbol) ? cleanedBy(symbol) : null;
  if (against !== null && first !== undefined) {
    if (symbol === 'global:JSON.stringify' && first.k !== 'input' && first.k !== 'tpl') return first;
    return against === 'all' ? { k: 'guarded', of: first, by: symbol } : { k: 'guarded', of: first, against, by: symbol };
  }
  return undefined;
}

/** The address of a request, taken apart. */
function addressOf(value: Value | undefined): Value {
  if (value?.k !== 'input') return UNKNOWN;
  const query: Value = { k: 'input', from: 'query', path: [] };
  const pathname: Value = { k: 'input', from: 'other', path: ['pathname'] };
  return {
    k: 'obj',
    keys: new Map<string, Value>([
      ['query', query],
      ['searchParams', query],
      ['pathname', pathname],
    ]),
    open: true,
    id: 'url',
  };
}

/** Whether it is the address of a request, whole or with a host before it. */
function isAddress(value: Value): boolean {
  if (value.k === 'input') return value.from === 'other' && value.path[0] !== 'method';
  if (value.k === 'tpl') return value.holes.some(isAddress);
  return value.k === 'either' && value.of.some(isAddress);
}
