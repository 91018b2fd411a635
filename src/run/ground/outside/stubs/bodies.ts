import type { Call } from './types.ts';

/** A value of JSON that is an object. */
export type Fields = Record<string, unknown>;

/** The body as a JSON object; empty when it is none. */
export function jsonOf(call: Pick<Call, 'body'>): Fields {
  return parseObject(call.body.toString('utf8'));
}

/** Text as a JSON object; empty when it is none. */
export function parseObject(text: string): Fields {
  try {
    return fields(JSON.parse(text));
  } catch {
    return {};
  }
}

/** A value as an object; empty when it is none. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A value as a list; empty when it is none. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A value as text; empty when it is none. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The body as a form: URL-encoded, multipart (RFC 7578) or JSON; values that came several times are joined by a comma. */
export function formOf(call: Pick<Call, 'body' | 'headers'>): Record<string, string> {
  const type = call.headers['content-type'] ?? '';
  const pairs: [string, string][] = [];
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1];
  if (type.startsWith('application/json')) for (const [name, value] of Object.entries(jsonOf(call))) pairs.push([name, String(value)]);
  else if (boundary !== undefined && type.startsWith('multipart/')) {
    for (const part of call.body.toString('utf8').split(`--${boundary}`)) {
      const [head = '', ...rest] = part.split('\r\n\r\n');
      const name = /name="([^"]*)"/i.exec(head)?.[1];
      if (name !== undefined && !/filename=/i.test(head)) pairs.push([name, rest.join('\r\n\r\n').replace(/\r\n$/, '')]);
    }
  } else pairs.push(...new URLSearchParams(call.body.toString('utf8')));
  const form: Record<string, string> = {};
  for (const [name, value] of pairs) form[name] = form[name] === undefined ? value : `${form[name]}, ${value}`;
  return form;
}

/** A form whose names have brackets, as objects and lists: `a[b][0]=c`. */
export function nestedForm(body: string): Fields {
  const root: Fields = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const keys = name.split(/\[|\]\[|\]/).filter((key, at) => at === 0 || key !== '');
    if (keys.length > 8 || keys.some((key) => key === '__proto__')) continue;
    let at: Fields = root;
    for (const key of keys.slice(0, -1)) at = at[key] = fields(at[key]);
    const last = keys.at(-1) ?? name;
    if (name.endsWith('[]')) at[last] = Object.assign(fields(at[last]), { [Object.keys(fields(at[last])).length]: value });
    else at[last] = value;
  }
  return listed(root) as Fields;
}

/** Objects whose keys count from nought are lists. */
function listed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, listed(each)] as const);
  if (entries.length > 0 && entries.every(([key], at) => key === String(at))) return entries.map(([, each]) => each);
  return Object.fromEntries(entries);
}

/** A map that forgets its oldest entries. */
export function bounded<V>(most: number): Map<string, V> {
  return new (class extends Map<string, V> {
    override set(key: string, value: V): this {
      super.set(key, value);
      if (this.size > most) for (const oldest of this.keys()) return (this.delete(oldest), this);
      return this;
    }
  })();
}

/** Text for XML. */
export function xml(value: string): string {
  return value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
