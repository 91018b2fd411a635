import type { Want } from '../../../../model/want.ts';
import type { Json } from '../people/players.ts';
import { formatNamed, typeNamed, wantsOf } from './sentences.ts';

export type Place = 'body' | 'query' | 'params';

/** The refused request, and the fields that its route is known to read. */
export interface Sent {
  readonly body: Json | null;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly known: readonly { readonly in: Place; readonly name: string }[];
}

const placeWords: Readonly<Record<string, Place>> = {
  body: 'body',
  req: 'body',
  input: 'body',
  data: 'body',
  query: 'query',
  querystring: 'query',
  params: 'params',
  param: 'params',
  path: 'params',
};

/** The parts of a path, written as `a.b`, `a[0].b`, `/a/b` or `#/a`. */
export function segmentsOf(path: string): string[] {
  return path
    .replace(/^#?[/.]+/, '')
    .replace(/\[["']?([^\]"']*)["']?\]/g, '.$1')
    .split(/[./]/)
    .filter((segment) => segment !== '');
}

/** The field that an answer's path or words mean, by the names that were sent or are known; null where it is none. */
export function fieldNamed(sent: Sent, place: Place | null, path: readonly string[]): { in: Place; name: string } | null {
  let segments = path.filter((segment) => segment !== '');
  let where = place;
  const first = segments[0]?.toLowerCase() ?? '';
  if (where === null && segments.length > 1 && placeWords[first] && !knows(sent, segments[0] ?? '')) {
    where = placeWords[first];
    segments = segments.slice(1);
  }
  if (segments.length === 0) return null;
  for (const candidate of [segments, ...(segments.length > 1 ? [segments.slice(1)] : [])]) {
    const field = locate(sent, where, candidate);
    if (field) return field;
  }
  if (!segments.every((segment) => /^[\w$ -]{1,60}$/.test(segment))) return null;
  const [head = '', ...rest] = segments;
  const name = [inStyle(sent, head), ...rest].join('.');
  return { in: where ?? (sent.body === null ? 'query' : 'body'), name };
}

function locate(sent: Sent, place: Place | null, segments: readonly string[]): { in: Place; name: string } | null {
  const [head = '', ...rest] = segments;
  const words = head.split(' ');
  // `The deposit amount`, `Email address`: one of the words may be the name.
  for (const word of words.length > 1 ? [words.join(''), words.at(-1) ?? '', words[0] ?? ''] : []) {
    const field = locate(sent, place, [word, ...rest]);
    if (field) return field;
  }
  if (words.length > 1) return null;
  const wanted = plain(head);
  const names: [Place, string[]][] = [
    ['body', [...Object.keys(objectOf(sent.body)), ...namesIn(sent, 'body')]],
    ['query', [...Object.keys(sent.query), ...namesIn(sent, 'query')]],
    ['params', [...Object.keys(sent.params), ...namesIn(sent, 'params')]],
  ];
  for (const [where, of] of names) {
    if (place !== null && place !== where) continue;
    const name = of.find((one) => one === head) ?? of.find((one) => plain(one) === wanted);
    if (name !== undefined) return { in: where, name: [name, ...rest].join('.') };
  }
  // `{ user: { email } }` is complained about as `email`.
  if ((place === null || place === 'body') && rest.length === 0) {
    const inner = leaves(sent, true)
      .filter((leaf) => leaf.in === 'body' && leaf.segments.length > 1 && plain(leaf.segments.at(-1) ?? '') === wanted)
      .map((leaf) => leaf.segments.join('.'));
    if (inner.length === 1 && inner[0] !== undefined) return { in: 'body', name: inner[0] };
  }
  return null;
}

function knows(sent: Sent, name: string): boolean {
  return name in objectOf(sent.body) || sent.known.some((field) => field.in === 'body' && field.name === name);
}

function namesIn(sent: Sent, place: Place): string[] {
  return sent.known.filter((field) => field.in === place).map((field) => field.name);
}

function objectOf(value: Json | null): Record<string, Json> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function plain(name: string): string {
  return name.replace(/[^a-z0-9]/gi, '').toLowerCase();
}

/** `First name` as the other fields are written: `firstName`, or `first_name` beside others with underscores. */
function inStyle(sent: Sent, words: string): string {
  if (!/\s/.test(words)) return /^[A-Z][a-z]+$/.test(words) ? words.toLowerCase() : words;
  const parts = words.toLowerCase().split(/[\s-]+/);
  const names = [...Object.keys(objectOf(sent.body)), ...sent.known.map((field) => field.name)];
  if (names.some((name) => name.includes('_')) && !names.some((name) => /[a-z][A-Z]/.test(name))) return parts.join('_');
  return parts.map((part, index) => (index === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1))).join('');
}

/** What a request held at a place; undefined for nothing. */
export function heldBy(sent: Sent, { in: place, field }: { readonly in: Place; readonly field: string }): Json | undefined {
  let held: Json | undefined = place === 'body' ? (sent.body ?? undefined) : { ...sent[place] };
  for (const segment of field.split('.')) {
    if (Array.isArray(held)) held = held[Number(segment)];
    else held = held !== null && typeof held === 'object' && Object.hasOwn(held, segment) ? held[segment] : undefined;
  }
  return held;
}

interface Wrong {
  readonly in: Place;
  readonly segments: string[];
  readonly wants: Want[];
}

/** Complaints that name the value and not the field, as those of Postgres and the first message of zod: the fields that held such a value. */
export function wrongValues(said: string, sent: Sent): Wrong[] {
  const syntax = /invalid input syntax for (?:type )?(\w[\w ]*?): "([^"]*)"/i.exec(said);
  if (syntax) {
    const type = typeNamed(syntax[1]?.split(' ')[0] ?? '');
    const format = formatNamed(syntax[1] ?? '');
    const wants: Want[] = type && type !== 'date' ? [{ kind: 'type', type }] : [{ kind: 'format', format: format ?? 'date-time' }];
    return leaves(sent)
      .filter((leaf) => leaf.text === syntax[2])
      .map((leaf) => ({ in: leaf.in, segments: leaf.segments, wants }));
  }
  const received = /received:? (?:"([^"]{3,})"|'([^']{3,})'|`"?([^`"]{3,})"?`)\.?$/.exec(said);
  if (received) {
    const held = leaves(sent).filter((leaf) => leaf.text === (received[1] ?? received[2] ?? received[3]));
    return held.length === 1 && held[0] ? [{ in: held[0].in, segments: held[0].segments, wants: wantsOf(said) }] : [];
  }
  // Nest's pipes for one parameter.
  const expected = /^Validation failed \((?:(numeric)|(\w+)).* is expected\)/.exec(said);
  if (expected) {
    const format = expected[1] ? 'digits' : formatNamed(expected[2] ?? '');
    const of = [
      ...Object.keys(sent.params).map((name) => ['params', name] as const),
      ...Object.keys(sent.query).map((name) => ['query', name] as const),
    ];
    return of.length === 1 && of[0] && format ? [{ in: of[0][0], segments: [of[0][1]], wants: [{ kind: 'format', format }] }] : [];
  }
  const other = misnamed(said, sent);
  if (other.length > 0) return other;
  const limit = Number(/value too long for type character(?: varying)?\((\d+)\)/i.exec(said)?.[1] ?? Number.NaN);
  return leaves(sent)
    .filter((leaf) => leaf.in === 'body' && leaf.text.length > limit)
    .map((leaf) => ({ in: leaf.in, segments: leaf.segments, wants: [{ kind: 'longest', length: limit }] }));
}

/** Names that fields with a format bear, besides the format's own. */
const hints: Readonly<Record<string, RegExp>> = {
  url: /ur[li]|target|link|href|dest|redirect|site|src|source|callback|endpoint|origin|home/i,
  domain: /domain|host|address|site/i,
  email: /mail|recipient|contact|address/i,
  phone: /phone|mobile|tel|contact|number/i,
};

/** `URL is not valid.`, `ID is invalid.`: the one field of the request that could be meant, though it is called otherwise. */
function misnamed(said: string, sent: Sent): Wrong[] {
  const word =
    /^(?:the |your |an? )?([\w -]{2,20}?) (?:is|was) (?:not (?:a )?valid|invalid|malformed)\b/i.exec(said)?.[1] ??
    /^invalid ([\w -]{2,20}?)(?: format| provided)?[.!]?$/i.exec(said)?.[1];
  if (word === undefined) return [];
  const named = fieldNamed({ ...sent, known: [] }, null, [word]);
  if (/\bid$/i.test(word) || named?.in === 'params') {
    const [[name, value] = ['', ''], ...others] = Object.entries(sent.params).filter(
      ([parameter]) => /id$/i.test(parameter) || parameter === named?.name,
    );
    const format = /^\d+$/.test(value) ? 'uuid' : 'digits';
    return name !== '' && others.length === 0 ? [{ in: 'params', segments: [name], wants: [{ kind: 'format', format }] }] : [];
  }
  const format = /domain/i.test(word) ? 'domain' : formatNamed(word);
  const hint = format === undefined ? undefined : hints[format];
  if (format === undefined || hint === undefined) return [];
  const candidates = leaves(sent).filter(
    (leaf) => leaf.in === 'body' && hint.test(leaf.segments.at(-1) ?? '') && !(format === 'url' && /^https?:/.test(leaf.text)),
  );
  return candidates.length === 1 && candidates[0]
    ? [{ in: 'body', segments: candidates[0].segments, wants: [{ kind: 'format', format }] }]
    : [];
}

/** Every text and number of a request, with where it stood; `all`: every object and array too. */
function leaves(sent: Sent, all = false): { in: Place; segments: string[]; text: string }[] {
  const found: { in: Place; segments: string[]; text: string }[] = [];
  const walk = (place: Place, value: Json | null, segments: string[]): void => {
    if (value === null) return;
    if (typeof value !== 'object' || all) found.push({ in: place, segments, text: typeof value === 'object' ? '' : String(value) });
    if (typeof value === 'object') for (const [key, inner] of Object.entries(value)) walk(place, inner, [...segments, key]);
  };
  walk('body', sent.body, []);
  walk('query', { ...sent.query }, []);
  walk('params', { ...sent.params }, []);
  return found;
}
