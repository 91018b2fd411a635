import type { Flow, SinkKind } from '../../model/evidence/flows.ts';
import { carries, cleanedBy } from '../../knowledge/flows/index.ts';
import { knowledgeOf } from './knowledge.ts';
import type { Machine } from './machine.ts';
import { UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';

/** What is known of a value at a sink. */
export interface Judged {
  readonly verdict: Flow['verdict'];
  readonly from: readonly Flow['from'][number][];
  readonly guards: readonly string[];
}

const platform = new Set([
  '__dirname',
  '__filename',
  'process',
  'console',
  'globalThis',
  'global',
  'window',
  'document',
  'navigator',
  'location',
  'self',
  'module',
  'exports',
  'Infinity',
  'NaN',
  'Deno',
  'Bun',
  'Buffer',
  'URL',
  'JSON',
  'Math',
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
  'Date',
  'Promise',
  'Error',
  'arguments',
  'origin',
  'import.meta',
]);

type Verdict = Flow['verdict'];
const worst: readonly Verdict[] = ['input', 'unknown', 'guarded', 'constant'];
const constant: Judged = { verdict: 'constant', from: [], guards: [] };
const unknown: Judged = { verdict: 'unknown', from: [], guards: [] };
const guarded = (by: string): Judged => ({ verdict: 'guarded', from: [], guards: [by] });
const input = (from: 'caller' | 'model'): Judged => ({ verdict: 'input', from: [from], guards: [] });

/** The worse of several. */
export function worse(all: readonly Judged[]): Judged {
  const verdict = all.reduce<Verdict>((a, b) => (worst.indexOf(a) <= worst.indexOf(b.verdict) ? a : b.verdict), 'constant');
  return {
    verdict,
    from: [...new Set(all.filter((one) => one.verdict === 'input').flatMap((one) => one.from))],
    guards: [...new Set(all.flatMap((one) => one.guards))],
  };
}

/** What reaches a sink of a kind by a value, where we stand. */
export function judgeAt(value: Value, kind: SinkKind, machine: Machine, frame: Frame, depth = 0): Judged {
  if (depth > 8) return unknown;
  const next = (one: Value) => judgeAt(one, kind, machine, frame, depth + 1);
  const all = (values: readonly Value[]) => worse(values.map(next));
  if (value.k === 'lit' || value.k === 're') return constant;
  if (value.k !== 'unknown' && certain(value, kind, machine, frame)) return guarded('test');
  const found = ((): Judged => {
    switch (value.k) {
      case 'guarded':
        if (value.against === undefined || value.against.includes(kind)) {
          const inner = next(value.of);
          return inner.verdict === 'constant' ? constant : { verdict: 'guarded', from: [], guards: [value.by ?? 'cast', ...inner.guards] };
        }
        return next(value.of);
      case 'input':
        return ofInput(value, kind);
      case 'tpl': {
        if (kind === 'filter' || kind === 'property') return constant;
        if (kind === 'address' || kind === 'redirect') return ofAddress(value, next);
        return all(value.holes);
      }
      case 'either':
        return all(value.of);
      case 'arr':
        return kind === 'html' || kind === 'log' ? constant : all(value.items);
      case 'obj':
        if (kind === 'html' || kind === 'log') return constant;
        if (kind === 'filter') return ofFilter(value, next);
        // One field of the data is a value; what is spread into it may be an option.
        if (kind === 'template-data') return value.keys.has('...') ? next(value.keys.get('...') ?? UNKNOWN) : constant;
        return value.open && value.keys.size === 0 ? unknown : all([...value.keys.values()]);
      case 'result':
        return ofResult(value, kind, next);
      case 'lib':
        // A name that nobody declared, and that is none of the platform's, could be anything.
        if (/^global:[\w$]+$/.test(value.symbol) && !platform.has(value.symbol.slice(7))) return unknown;
        return /^global:((window|document|self)\.)*(location(\.(search|hash|href))?|document\.(URL|referrer|documentURI)|window\.name)$/.test(
          value.symbol,
        ) &&
          (kind === 'html' || kind === 'redirect' || kind === 'code')
          ? input('caller')
          : constant;
      case 'unknown':
      case 'chosen':
        return unknown;
      default:
        return constant;
    }
  })();
  // A test that asks about the value in a way that cannot be followed may be the guard.
  if (found.verdict === 'input' && value.k !== 'either' && machine.isTested(value, frame, '?'))
    return { ...unknown, guards: ['a test that could not be followed'] };
  return found;
}

function certain(value: Value, kind: SinkKind, machine: Machine, frame: Frame): boolean {
  if (machine.isTested(value, frame, kind)) return true;
  if (kind === 'program' && machine.isTested(value, frame, 'command')) return true;
  if (kind === 'upload-size' && machine.isTested({ k: 'input', from: 'headers', path: ['content-length'] }, frame, kind)) return true;
  return kind === 'redirect' && machine.isTested(value, frame, '/') && machine.isTested(value, frame, '//');
}

function ofInput(value: Extract<Value, { k: 'input' }>, kind: SinkKind): Judged {
  const { from, path } = value;
  const last = path.at(-1) ?? '';
  if (from === 'files') {
    // Names that the sender gave; where it lies and how large it is was decided here.
    if (path[0] === 'entry') return /^(path|name|entryName|fileName)$/.test(last) ? input('caller') : constant;
    const named = /^(originalname|originalFilename|name|clientName|filename)$/.test(last);
    if (kind === 'upload-name') return named && last !== 'filename' ? input('caller') : constant;
    if (kind === 'file') return constant;
    return named || /^(buffer|data|mimetype)$/.test(last) ? input('caller') : constant;
  }
  switch (kind) {
    case 'filter':
      // Of the path, of headers and of cookies comes text alone.
      return value.text === true || from === 'params' || from === 'headers' || from === 'cookies' ? guarded('text') : input('caller');
    case 'html':
      if (from === 'headers' || from === 'cookies') return constant;
      if (from === 'other') return path[0] === 'location' ? input('caller') : constant;
      return path.length === 0 ? constant : input('caller');
    case 'redirect':
      if (from === 'headers' || from === 'cookies') return constant;
      return from === 'other' && path[0] !== 'location' ? constant : input('caller');
    case 'log':
      // Of an address no line breaks come; a whole body is written out with its quotes.
      return from === 'other' || path.length === 0 ? constant : input('caller');
    case 'address':
      return path[0] === 'location' ? constant : input('caller');
    case 'property':
      return from === 'headers' || (from === 'other' && path.length === 0) ? constant : input('caller');
    case 'template-data':
      return from === 'body' || (path.length === 0 && from === 'query') ? (value.text === true ? constant : input('caller')) : constant;
    default:
      return input('caller');
  }
}

/** Of an address, what decides where it leads: everything up to the end of the host. */
function ofAddress(value: Extract<Value, { k: 'tpl' }>, next: (value: Value) => Judged): Judged {
  let text = value.parts[0] ?? '';
  const seen: Judged[] = [];
  for (const [index, hole] of value.holes.entries()) {
    if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#\\\0]+[/?#]/i.test(text) || /^(mailto|tel|data):/i.test(text)) break;
    // A path on the same host; what follows a lone slash could still be a second one.
    if (/^\/[^/\\\0]/.test(text) || /^[?#.]/.test(text)) break;
    const part = value.parts[index + 1] ?? '';
    const judged = next(hole);
    seen.push(judged);
    // A base of the application's own, and a path after it.
    if (
      text === '' &&
      judged.verdict !== 'input' &&
      (hole.k === 'env' ||
        hole.k === 'lib' ||
        hole.k === 'result' ||
        hole.k === 'unknown' ||
        hole.k === 'either' ||
        hole.k === 'session' ||
        hole.k === 'guarded' ||
        hole.k === 'inst' ||
        hole.k === 'obj')
    )
      break;
    text += `\0${part}`;
    if (/\0[^\0]*[/?#]/.test(text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')) && judged.verdict !== 'input') break;
  }
  const found = worse(seen);
  return found.verdict === 'constant' && value.holes.length > seen.length ? guarded('fixed host') : found;
}

/** A filter's fields; what is asked by an operator of our own is a value. */
function ofFilter(value: Extract<Value, { k: 'obj' }>, next: (value: Value) => Judged): Judged {
  return worse([...value.keys].filter(([name]) => !/^\$(regex|options|search|text|inc|push|pull)$/.test(name)).map(([, one]) => next(one)));
}

function ofResult(value: Extract<Value, { k: 'result' }>, kind: SinkKind, next: (value: Value) => Judged): Judged {
  const symbol = value.symbol;
  if (/^npm:(adm-zip|jszip|node-stream-zip)#/.test(symbol) && kind === 'file')
    return /^(entryName|name)$/.test(value.path.at(-1) ?? '') ? input('caller') : constant;
  if (symbol === 'schema') return worse(value.args.map(next));
  if (knowledgeOf(symbol)?.means === 'model-call') return input('model');
  if (/(#|:)URL$/.test(symbol)) {
    // The second argument is the base; the first may be a whole address all the same.
    const [first, base] = value.args;
    if (first === undefined) return constant;
    if (/^(pathname|search|hash|searchParams|port|protocol)$/.test(value.path[0] ?? '') && (kind === 'address' || kind === 'redirect'))
      return guarded('fixed host');
    if (base !== undefined && first.k === 'tpl' && /^\/[^/\\]/.test(first.parts[0] ?? '')) return next(base);
    // The request's own address as the base leads back to this application.
    if (base?.k === 'input' && base.from === 'other') return next(first);
    return worse([next(first), ...(base === undefined ? [] : [next(base)])]);
  }
  const against = cleanedBy(symbol);
  if (against === 'all' || against?.includes(kind) === true) return guarded(symbol);
  const inner = worse(value.args.map(next));
  if (against !== null || carries(symbol)) return inner;
  if (inner.verdict === 'constant' && value.on !== null && value.on.k === 'result') return ofReceiver(value.on, next);
  // What an unknown function makes of input may still be input.
  return inner.verdict === 'input' ? unknown : constant;
}

/** `builder.add(input).toString()` may hold the input. */
function ofReceiver(value: Value, next: (value: Value) => Judged): Judged {
  return next(value).verdict === 'input' ? next(value) : constant;
}
