import { patternCost } from '../../source/pattern.ts';
import { either, UNKNOWN } from './value.ts';
import type { Value } from './value.ts';

// Texts of the request that are known while one endpoint is followed, and what becomes certain by them.

/** What a visit does when it asks something about the path that could not be decided. */
export const undecided = 'undecided-by-path';

/** Whether a value is certainly true or false, as far as what is known of the request decides it. */
export function truthOf(value: Value): boolean | null {
  return value.k === 'told' ? value.v : null;
}

/** True where a value hangs on a text of the request that is known. */
export function asksKnown(value: Value, depth = 0): boolean {
  if (depth > 4) return false;
  switch (value.k) {
    case 'known':
    case 'told':
      return true;
    case 'role':
      return value.of !== undefined;
    case 'result':
      return value.args.some((arg) => asksKnown(arg, depth + 1));
    case 'either':
      return value.of.some((one) => asksKnown(one, depth + 1));
    case 'guarded':
      return asksKnown(value.of, depth + 1);
    default:
      return false;
  }
}

/** A comparison with a text that is known; null where that does not decide it. */
export function decidedBy(op: string, l: Value, r: Value): Value | null {
  if (l.k !== 'known' && r.k !== 'known') return null;
  const [a, b] = [textIn(l), textIn(r)];
  if (a === null || b === null || !/^[!=]==?$/.test(op)) return null;
  return { k: 'told', v: op.startsWith('!') ? a !== b : a === b };
}

/** A method of a text that is known, or one that is handed such a text: `path.startsWith('/api')`, `open.includes(path)`. Null where it is neither. */
export function ofKnown(receiver: Value, name: string, args: readonly Value[]): Value | null {
  const [first] = args;
  if (receiver.k === 'known') return ofText(receiver.v, name, first, args[1]);
  if (first?.k !== 'known') return null;
  if ((name === 'includes' || name === 'has') && receiver.k === 'arr') {
    const texts = receiver.items.map(textIn);
    if (texts.includes(first.v)) return { k: 'told', v: true };
    return receiver.open || texts.includes(null)
      ? { k: 'result', symbol: 'known', base: 'known', args, on: null, path: [] }
      : { k: 'told', v: false };
  }
  if (name === 'test' && receiver.k === 're') return matched(receiver.v, first.v);
  return null;
}

function ofText(text: string, name: string, first: Value | undefined, second: Value | undefined): Value {
  const given = first === undefined ? null : textIn(first);
  const told = (v: boolean): Value => ({ k: 'told', v });
  switch (name) {
    case 'startsWith':
    case 'endsWith':
    case 'includes':
      if (given !== null) return told(text[name](given));
      break;
    case 'match':
    case 'search':
      if (first?.k === 're') return matched(first.v, text);
      break;
    case 'split':
      if (given !== null) return { k: 'arr', items: text.split(given).map(known), open: false };
      break;
    case 'replace':
    case 'replaceAll': {
      const by = second === undefined ? null : textIn(second);
      if (given !== null && by !== null) return known(text[name](given, () => by));
      if (first?.k === 're' && by !== null && isHarmless(first.v)) return known(text.replace(new RegExp(first.v), () => by));
      break;
    }
    case 'slice':
    case 'substring':
      if (first?.k === 'lit' && typeof first.v === 'number')
        return known(text[name](first.v, second?.k === 'lit' && typeof second.v === 'number' ? second.v : undefined));
      break;
    case 'toLowerCase':
    case 'toUpperCase':
    case 'trim':
    case 'toString':
      return known(text[name]());
  }
  return { k: 'result', symbol: 'known', base: 'known', args: [known(text)], on: null, path: [] };
}

/** What `list.some(test)` and its like give, from what the test gave for each item. */
export function gathered(name: string, values: readonly Value[], whole: boolean): Value | null {
  const truths = values.map(truthOf);
  if (name !== 'some' && name !== 'every') return null;
  const settles = name !== 'every';
  if (truths.includes(settles)) return { k: 'told', v: settles };
  if (whole && truths.length > 0 && !truths.includes(null)) return { k: 'told', v: !settles };
  const hanging = values.filter((value) => asksKnown(value));
  return hanging.length > 0 ? { k: 'result', symbol: 'known', base: 'known', args: [either(hanging)], on: null, path: [] } : null;
}

/** A text that is known of the request. */
export function known(v: string): Value {
  return { k: 'known', v };
}

function textIn(value: Value): string | null {
  if (value.k === 'known') return value.v;
  return value.k === 'lit' && typeof value.v === 'string' ? value.v : null;
}

function matched(pattern: string, text: string): Value {
  const found = matches(pattern, text);
  return found === null ? UNKNOWN : { k: 'told', v: found };
}

/** Whether a pattern of the application matches; null where it is none, or could take too long. */
export function matches(pattern: string, text: string): boolean | null {
  if (!isHarmless(pattern) || text.length > 300) return null;
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return null;
  }
}

/** A pattern that no short text keeps busy for long. */
function isHarmless(pattern: string): boolean {
  if (pattern.length > 400) return false;
  const cost = patternCost(pattern);
  return cost === null || (cost === 'polynomial' && (pattern.match(/[*+{]/g) ?? []).length <= 4);
}
