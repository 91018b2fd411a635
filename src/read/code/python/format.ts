import { template } from '../template.ts';
import { UNKNOWN } from '../value.ts';
import type { Value } from '../value.ts';
import { namedIn } from './arguments.ts';

// Text that is put together by `%` and by `str.format`.

/** Text as constant parts with values between; null for what is no text that is known at all. */
function split(text: Value): { parts: readonly string[]; holes: readonly Value[] } | null {
  if (text.k === 'lit' && typeof text.v === 'string') return { parts: [text.v], holes: [] };
  return text.k === 'tpl' ? text : null;
}

/** Fills places of the constant parts of a text; values that stood there already stay. */
function filled(text: Value, place: RegExp, value: (match: RegExpExecArray) => Value): Value | null {
  const known = split(text);
  if (known === null) return null;
  const parts: string[] = [];
  const holes: Value[] = [];
  let current = '';
  known.parts.forEach((part, index) => {
    let at = 0;
    for (const match of part.matchAll(place)) {
      current += part.slice(at, match.index);
      at = match.index + match[0].length;
      if (match[0] === '%%') current += '%';
      else if (match[0] === '{{' || match[0] === '}}') current += match[0].charAt(0);
      else {
        parts.push(current);
        holes.push(value(match));
        current = '';
      }
    }
    current += part.slice(at);
    const before = known.holes[index];
    if (before !== undefined) {
      parts.push(current);
      holes.push(before);
      current = '';
    }
  });
  parts.push(current);
  return template(parts, holes);
}

/** `'%s of %s' % (a, b)`; null where the left side is no text. */
export function percentFormatted(text: Value, by: Value): Value | null {
  let next = 0;
  const list = by.k === 'arr' ? by.items : [by];
  return filled(text, /%%|%(?:\((\w+)\))?[-#0 +]*(?:\*|\d+)?(?:\.\d+)?[diouxXeEfFgGcrsa]/g, ([whole, name]) => {
    const value =
      name === undefined ? (list[next++] ?? UNKNOWN) : by.k === 'obj' ? (by.keys.get(name) ?? UNKNOWN) : by.k === 'input' ? by : UNKNOWN;
    // What is no number is refused by these.
    return /[diouxXeEfFgG]$/.test(whole) ? { k: 'guarded', of: value, by: 'number' } : value;
  });
}

/** `'{} of {name}'.format(a, name=b)`; null where the receiver is no text. */
export function bracesFormatted(text: Value, args: readonly Value[]): Value | null {
  let next = 0;
  const given = namedIn(args);
  return filled(text, /\{\{|\}\}|\{([^{}:!.[]*)[^{}]*\}/g, ([, name = '']) => {
    if (name === '') return args[next++] ?? UNKNOWN;
    if (/^\d+$/.test(name)) return args[Number(name)] ?? UNKNOWN;
    return given?.keys.get(name) ?? given?.keys.get('...') ?? UNKNOWN;
  });
}
