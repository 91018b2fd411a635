import type { Want } from '../../../../model/want.ts';
import type { Place } from './complained-fields.ts';
import { satisfies } from './contentment.ts';
import { textMatching } from './matching-text.ts';
import type { Json } from '../people/players.ts';
import { plainField } from './values.ts';
import type { FieldContext } from './values.ts';

/** How a request is changed so that it has what answers asked for. */
export interface Obeying {
  /** `body:items.0.quantity` -> what was asked of it. */
  readonly wants: ReadonlyMap<string, readonly Want[]>;
  readonly place: Place;
  readonly attempt: number;
  /** What a value will be once its templates are filled in. */
  readonly filled: (value: Json) => Json;
  /** A value for a field of which a request has none, or an unsuitable one: the id of a row, or one that fits its name. */
  readonly make: (field: FieldContext['field']) => Json;
}

/** The fields of a request after every complaint about them is obeyed; what nobody complained about stays as it is. */
export function obeyed(made: Record<string, Json>, obeying: Obeying): Record<string, Json> {
  const about = [...obeying.wants]
    .filter(([key]) => key.startsWith(`${obeying.place}:`))
    .map(([key, wants]) => ({ segments: key.slice(key.indexOf(':') + 1).split('.'), wants }))
    // A parent first: it may become the object that holds the others.
    .toSorted((a, b) => a.segments.length - b.segments.length);
  let root: Json = made;
  for (const { segments, wants } of about) root = changed(root, segments, wants, obeying, root) ?? root;
  return root as Record<string, Json>;
}

/** The column by which an endpoint wants a row to be named: the given one, or another whose value has the format that answers asked for. */
export function pleasingColumn(row: Readonly<Record<string, string | null>>, column: string, wants: readonly Want[]): string {
  const formats = wants.filter((want) => want.kind === 'format');
  const pleases = (name: string): boolean => formats.every((want) => satisfies(want, row[name] ?? null, {}, 'params'));
  return formats.length === 0 || pleases(column) ? column : (Object.keys(row).find(pleases) ?? column);
}

/** One value that pleases, made from the one that did not. */
export function pleasing(name: string, current: Json | undefined, wants: readonly Want[], obeying: Obeying, root: Json): Json {
  const content = (value: Json): number =>
    wants.filter((want) => satisfies(want, obeying.filled(value), obeying.filled(root), obeying.place)).length;
  let best: Json | undefined;
  let most = -1;
  for (const candidate of candidates(name, current, wants, obeying, root)) {
    const pleased = content(candidate);
    if (pleased === wants.length) return candidate;
    if (pleased > most) [best, most] = [candidate, pleased];
  }
  return best ?? null;
}

/** The value with what stands at a path inside of it changed; undefined to leave it as it is. */
function changed(value: Json | undefined, path: readonly string[], wants: readonly Want[], obeying: Obeying, root: Json): Json | undefined {
  const [head = '', ...rest] = path;
  const asked = wants.some((want) => want.kind === 'presence');
  const unwanted = wants.some((want) => want.kind === 'absence');
  const holder = objectOrArray(value, head, asked);
  if (holder === undefined) return undefined;
  const entries: Record<string, Json> = { ...(Array.isArray(holder) ? Object.fromEntries(holder.entries()) : holder) };
  const inner = Object.hasOwn(entries, head) ? entries[head] : undefined;
  if (rest.length === 0) {
    if (unwanted) delete entries[head];
    else if (inner === undefined ? !asked : isFilledIn(inner, wants, obeying, root)) return undefined;
    else entries[head] = pleasing(head, inner, wants, obeying, root);
  } else {
    const next = changed(inner, rest, wants, obeying, root);
    if (next === undefined) return undefined;
    entries[head] = next;
  }
  return Array.isArray(holder) ? Object.values(entries) : entries;
}

function isFilledIn(value: Json, wants: readonly Want[], obeying: Obeying, root: Json): boolean {
  const turned = wants.some((want) => want.kind === 'one-of') && obeying.attempt > 1;
  return !turned && wants.every((want) => satisfies(want, obeying.filled(value), obeying.filled(root), obeying.place));
}

/** What a field inside can be put into: an answer that speaks of `address.zip` or `items.0` tells what `address` and `items` are. */
function objectOrArray(value: Json | undefined, head: string, asked: boolean): Json[] | Record<string, Json> | undefined {
  const index = /^\d+$/.test(head);
  if (Array.isArray(value)) return index ? value : undefined;
  if (value !== null && typeof value === 'object') return value;
  if (value === undefined && !asked) return undefined;
  return index ? [] : {};
}

function* candidates(name: string, current: Json | undefined, wants: readonly Want[], obeying: Obeying, root: Json): Iterable<Json> {
  const field = describedBy(name, wants);
  const turn = Math.max(0, obeying.attempt - 1);
  for (const want of wants) {
    if (want.kind === 'one-of') for (let at = 0; at < want.values.length; at++) yield want.values[(at + turn) % want.values.length] ?? '';
    if (want.kind === 'same' && root !== null && typeof root === 'object' && !Array.isArray(root)) {
      const other = want.as ?? Object.keys(root).find((one) => one !== name && name.toLowerCase().includes(one.toLowerCase()));
      const twin = other === undefined ? undefined : root[other];
      if (twin !== undefined) yield twin;
    }
  }
  if (current !== undefined) {
    yield current;
    yield* turnedInto(field.type, current, obeying);
  }
  const fresh = obeying.make(field);
  yield fresh;
  yield* turnedInto(field.type, fresh, obeying);
  yield* numbers(wants);
  yield* texts(name, typeof current === 'string' ? current : typeof fresh === 'string' ? fresh : '{{me.tag}}', wants, obeying);
}

/** A field as the complaints about it describe it. */
function describedBy(name: string, wants: readonly Want[]): FieldContext['field'] {
  const of = <K extends Want['kind']>(kind: K): Extract<Want, { kind: K }> | undefined =>
    wants.find((want): want is Extract<Want, { kind: K }> => want.kind === kind);
  const type = of('type')?.type;
  const format = of('format')?.format ?? (type === 'date' ? 'date-time' : null);
  const text = format !== null || of('pattern') !== undefined;
  return {
    ...plainField(name),
    type: type === 'date' || (type === undefined && text) ? 'string' : (type ?? 'unknown'),
    format,
    minimum: of('minimum')?.limit ?? of('shortest')?.length ?? null,
    maximum: of('maximum')?.limit ?? of('longest')?.length ?? null,
  };
}

/** The same value in another type: `4211` as "4211", "12" as 12, one thing as a list of one. */
function* turnedInto(type: FieldContext['field']['type'], value: Json, { filled }: Obeying): Iterable<Json> {
  const plain = filled(value);
  if (type === 'array') yield Array.isArray(value) ? value : [value];
  if (type === 'object') yield {};
  if (type === 'boolean') yield plain !== 'false' && plain !== 0;
  if (type !== 'array' && type !== 'object' && Array.isArray(value) && value[0] !== undefined) yield value[0];
  if (type === 'string' && (typeof plain === 'number' || typeof plain === 'boolean')) {
    if (typeof value === 'string') yield value.replace(/^\{\{([^{}]+)\}\}$/, '{{text:$1}}');
    else yield String(plain);
    if (typeof plain === 'number') yield plain.toFixed(2);
  }
  if ((type === 'number' || type === 'integer') && typeof plain === 'string') {
    const number = Number(plain);
    if (plain.trim() !== '' && Number.isFinite(number)) yield type === 'integer' ? Math.round(number) : number;
  }
  if (type === 'integer' && typeof plain === 'number') yield Math.round(plain);
}

function* numbers(wants: readonly Want[]): Iterable<Json> {
  for (const want of wants) {
    if (want.kind === 'minimum') yield* [want.exclusive ? want.limit + 1 : want.limit, want.limit + 0.01, want.limit + 10];
    if (want.kind === 'maximum') yield* [want.exclusive ? want.limit - 1 : want.limit, want.limit / 2, want.limit - 0.01];
  }
  if (!wants.some((want) => want.kind === 'type' && !['number', 'integer'].includes(want.type))) yield 1;
}

/** Texts of a wanted length, format or pattern; those that bear the sender's canary come first. */
function* texts(name: string, text: string, wants: readonly Want[], { filled }: Obeying): Iterable<Json> {
  const length = (value: string): number => String(filled(value)).length;
  const shortest = wants.find((want) => want.kind === 'shortest')?.length ?? 0;
  const longest = wants.find((want) => want.kind === 'longest')?.length ?? Math.max(shortest, 1000);
  for (const start of [text, '{{me.tag}}']) if (length(start) < shortest) yield start + 'x'.repeat(shortest - length(start));
  yield '{{me.tag}}';
  yield String(filled('{{me.tag}}')).slice(0, longest);
  yield '1'.repeat(Math.max(1, shortest));
  yield 'A'.repeat(Math.max(1, shortest));
  for (const want of wants) {
    if (want.kind === 'format') yield* samples[want.format] ?? [];
    if (want.kind === 'pattern') {
      yield* Object.values(samples).flat();
      const made = textMatching(want.source, shortest);
      if (made !== undefined) yield made;
    }
    if (want.kind === 'when') {
      const year = want.is === 'future' ? 2031 : 2001;
      const day = `${year}-01-08`;
      yield* /time|At$|_at$/.test(name) ? [`${day}T09:00:00.000Z`, day] : [day, `${day}T09:00:00.000Z`];
    }
    if (want.kind === 'shortest' && wants.some((other) => other.kind === 'type' && other.type === 'array')) yield ['{{me.tag}}'];
  }
}

/** Texts of the formats that messages name. */
const samples: Readonly<Record<string, readonly Json[]>> = {
  email: ['{{me.tag}}@example.com'],
  uuid: ['5ea30047-0000-4000-8000-000000000001'],
  domain: ['{{me.tag}}.example.com'],
  url: ['https://example.com/{{me.tag}}'],
  'date-time': ['2031-01-08T09:00:00.000Z'],
  date: ['2031-01-08'],
  time: ['09:00', '09:00:00'],
  phone: ['+14155552671', '4155552671', '415-555-2671'],
  ip: ['127.0.0.1'],
  'object-id': ['5ea300470000400080000001'],
  alphanumeric: ['{{me.tag}}', 'ABC123'],
  digits: ['1', '12345', '123456', '1234567890'],
  decimal: ['1.00', '10.5'],
  slug: ['{{me.tag}}'],
  color: ['#336699'],
  code: ['USD', 'US', 'en', 'en-US', 'ABC-123', '94105', '2031-01', 'UTC'],
};
