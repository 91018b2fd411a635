import type { Machine } from './machine.ts';
import type { CallExpr } from './listener.ts';
import { isPython } from './python/files.ts';
import { literal, UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';

// Places without a call where text becomes something that acts.

/** `element.innerHTML = text`, `location.href = text` */
export function stored(machine: Machine, object: Value, name: string, value: Value, line: number, frame: Frame): void {
  if (name === 'innerHTML' || name === 'outerHTML' || name === 'srcdoc') machine.arrive(`element#${name}`, [value], { l: line }, frame);
  else if (isPython(frame.file) && /^(X-|Strict-Transport|Content-Security|Referrer-Policy|Permissions-Policy)/i.test(name)) {
    const expr: CallExpr = { k: 'call', f: { k: 'unk' }, a: [], i: -line, l: line, e: line, w: 0 };
    machine.tell('py:response#header', 'set-header', [literal(name), value], expr, frame);
  } else if (object.k === 'lib' && /^global:(window\.|document\.|self\.|top\.|parent\.)?location$/.test(object.symbol)) {
    if (name === 'href') machine.arrive('location#href', [value], { l: line }, frame);
  } else if (object.k === 'lib' && name === 'location' && /^global:(window|document|self|top|parent)$/.test(object.symbol))
    machine.arrive('location#href', [value], { l: line }, frame);
  else if (name === 'escapeMarkup' && value.k === 'lit' && value.v === false)
    machine.arrive('template#unescaped', [UNKNOWN], { l: line }, frame, ['escape-off']);
  else if (object.k === 'role' && object.role === 'koa' && name === 'body')
    machine.arrive('response#html', [value], { l: line }, frame, ['koa']);
}

/** Attributes of elements; what an attribute holds becomes markup only where it says so. */
export function shown(machine: Machine, name: string, value: Value, line: number, frame: Frame): void {
  if (name === 'dangerouslySetInnerHTML' && value.k === 'obj') {
    const html = value.keys.get('__html');
    if (html !== undefined) machine.arrive('jsx#dangerouslySetInnerHTML', [html], { l: line }, frame);
  } else if (name === 'srcDoc') machine.arrive('jsx#srcDoc', [value], { l: line }, frame);
}

/** Headers that say whose pages may read the answer, as an object or one by one: `headers.set('Access-Control-Allow-Origin', origin)`. */
export function allowsOrigin(machine: Machine, headers: Iterable<readonly [string, Value]>, line: number, frame: Frame): void {
  const named = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]));
  const origin = named.get('access-control-allow-origin');
  const credentials = named.get('access-control-allow-credentials');
  if (origin !== undefined)
    machine.arrive('headers#allow-origin', [origin], { l: line }, frame, isTrue(credentials) ? ['credentials'] : []);
}

function isTrue(value: Value | undefined): boolean {
  return value?.k === 'lit' && String(value.v) === 'true';
}

/** A function that calls itself with a member of both sides, named by input, follows `__proto__`. */
export function deepMerge(machine: Machine, args: readonly Value[], expr: CallExpr, caller: Frame): void {
  if (expr.k !== 'call') return;
  const source = args.find((arg) => arg.k === 'input');
  const into = expr.a.some(
    (arg) => arg.k === 'idx' && machine.eval(arg.x, caller).k === 'input' && machine.eval(arg.o, caller).k !== 'input',
  );
  if (source !== undefined && into) machine.arrive('property#merged', [source], expr, caller);
}
