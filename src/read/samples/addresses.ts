import type { AbstractValue } from '../../model/evidence/read.ts';

/** A path from the root and the query behind it. */
export interface Address {
  readonly path: string;
  readonly query: Record<string, AbstractValue>;
}

/** Hosts of the machine that the application is developed on: addresses there are the application's own. */
const local = /^https?:\/\/(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|host\.docker\.internal|[\w-]+\.local(?:host)?)(?::\d*)?/i;

/** The addresses of the application's own that a value may be; parts that are not known become `{}`. */
export function addressesOf(url: AbstractValue, more: AbstractValue | null): Address[] {
  const found = new Map<string, Address>();
  for (const text of textsOf(url)) {
    const own = text.replace(local, '').replace(/^\{\}(?=\/)/, '');
    if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(own)) continue;
    const [before = '', search = ''] = own.replace(/#.*$/, '').split('?', 2);
    // A hole right behind a path may be a whole query: `/orders{}`.
    const path = before.replace(/(?<=\w)\{\}$/, '').replace(/\/+/g, '/');
    if (!path.startsWith('/') || path.length > 500 || /[\s<>"'`\\]/.test(path)) continue;
    const query: Record<string, AbstractValue> = { ...(more?.kind === 'object' ? more.keys : {}) };
    for (const [name, value] of new URLSearchParams(search)) {
      if (name.includes('{}') || name === '' || name.length > 100) continue;
      query[name] = value.includes('{}') || value === '' ? { kind: 'unknown' } : { kind: 'literal', value };
    }
    found.set(path, { path, query });
  }
  return [...found.values()].slice(0, 4);
}

/** The texts that a value may be, with `{}` for what is not known. */
function textsOf(value: AbstractValue, depth = 0): string[] {
  if (depth > 4) return [];
  if (value.kind === 'literal') return typeof value.value === 'string' || typeof value.value === 'number' ? [String(value.value)] : [];
  if (value.kind === 'either') return value.of.flatMap((one) => textsOf(one, depth + 1)).slice(0, 4);
  if (value.kind !== 'template') return [];
  let texts = [value.parts[0] ?? ''];
  value.holes.forEach((hole, at) => {
    const fillings =
      hole.kind === 'object' ? [searchOf(hole)] : hole.kind === 'unknown' || hole.kind === 'call' ? ['{}'] : textsOf(hole, depth + 1);
    const after = value.parts[at + 1] ?? '';
    texts = texts.flatMap((text) => (fillings.length === 0 ? ['{}'] : fillings).map((one) => text + one + after)).slice(0, 4);
  });
  return texts;
}

/** `new URLSearchParams({ status, page: '1' })` in a text. */
function searchOf({ keys }: Extract<AbstractValue, { kind: 'object' }>): string {
  return Object.entries(keys)
    .map(([name, value]) => `${encodeURIComponent(name)}=${value.kind === 'literal' ? encodeURIComponent(String(value.value)) : '{}'}`)
    .join('&');
}
