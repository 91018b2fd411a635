import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Found } from '../samples.ts';

/** Where a sample from a file stands, and from what kind of file. */
export type Origin = Pick<Found, 'source'> & { readonly file: string };

const UNKNOWN: AbstractValue = { kind: 'unknown' };
const bounds = { depth: 8, keys: 60, items: 20, text: 2_000 };

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of a list that are objects; none for anything else. */
export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as unknown[]).slice(0, 5_000).filter(isRecord) : [];
}

export function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** A JSON value as evidence holds it, bounded; text with a variable that nobody set (`{{name}}`) is not known. */
export function known(value: unknown, depth = 0): AbstractValue {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return { kind: 'literal', value };
  if (typeof value === 'string') return /\{\{|\$\{/.test(value) ? UNKNOWN : { kind: 'literal', value: value.slice(0, bounds.text) };
  if (depth >= bounds.depth) return UNKNOWN;
  if (Array.isArray(value)) {
    const items = (value as unknown[]).slice(0, bounds.items).map((one) => known(one, depth + 1));
    return { kind: 'array', items, open: items.length < value.length };
  }
  if (!isRecord(value)) return UNKNOWN;
  const names = Object.keys(value);
  const keys = Object.fromEntries(names.slice(0, bounds.keys).map((name) => [name.slice(0, 200), known(value[name], depth + 1)]));
  return { kind: 'object', keys, open: names.length > bounds.keys };
}

/** The fields of a form. */
export function fieldsOf(pairs: Iterable<readonly [string, unknown]>): AbstractValue {
  return known(Object.fromEntries([...pairs].slice(0, bounds.keys)));
}

/** What a body of text says: JSON, or a form; null where it is neither. Bare variables of API clients are taken for unknown values. */
export function bodyOf(text: string, type: string): { body: AbstractValue; encoding: Found['encoding'] } | null {
  if (text.trim() === '' || text.length > 1_000_000) return null;
  if (/x-www-form-urlencoded/i.test(type)) return { body: fieldsOf(new URLSearchParams(text)), encoding: 'form' };
  for (const one of [text, text.replace(/([:[,]\s*)(\{\{[^{}"]{1,100}\}\})/g, '$1"$2"')]) {
    try {
      const value: unknown = JSON.parse(one);
      return typeof value === 'object' && value !== null ? { body: known(value), encoding: 'json' } : null;
    } catch {
      // The next spelling, or none: what is no JSON is no sample.
    }
  }
  return null;
}

/** A sample of a file. The address may be whole, relative, or begin with a variable; null where it leads to no path. */
export function sampleFrom(
  { file, source }: Origin,
  line: number,
  method: string,
  address: string,
  more: Partial<Pick<Found, 'body' | 'encoding' | 'status' | 'wants' | 'query'>> = {},
): Found | null {
  const verb = method.toUpperCase();
  const bare = address
    .trim()
    .replace(/^(?:\{\{[^{}]*\}\}|\$\{[^{}]*\}|[a-z][a-z0-9+.-]*:\/\/[^/?#]*)/i, '')
    .replace(/#.*$/, '');
  const [before = '', search = ''] = bare.split('?', 2);
  const path = (before.startsWith('/') || before === '' ? before : `/${before}`).replace(/\/{2,}/g, '/') || '/';
  if (!/^[A-Z]{3,7}$/.test(verb) || path.length > 500 || /[\s<>"'`\\]/.test(path)) return null;
  const query: Found['query'] = {};
  for (const [name, value] of [...new URLSearchParams(search)].slice(0, 40)) if (name !== '') query[name.slice(0, 200)] = known(value);
  return {
    source,
    where: { file, line: Math.max(1, line), endLine: Math.max(1, line) },
    within: [],
    callers: [],
    method: verb,
    path,
    query: { ...query, ...more.query },
    body: more.body ?? null,
    encoding: more.encoding ?? 'json',
    status: more.status ?? null,
    wants: more.wants ?? {},
  };
}

/** Finds the lines of texts that stand in a file in this order; goes over the file once, and gives up after some misses. */
export function linesIn(text: string): (needle: string) => number {
  let [at, line, misses] = [0, 1, 0];
  return (needle) => {
    const found = misses > 20 ? -1 : text.indexOf(needle, at);
    if (found < 0) misses++;
    for (let end = text.indexOf('\n', at); end >= 0 && end < found; end = text.indexOf('\n', at)) [at, line] = [end + 1, line + 1];
    return line;
  };
}
