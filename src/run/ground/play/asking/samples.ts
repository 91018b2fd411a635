import type { AbstractValue, InputField } from '../../../../model/evidence/read.ts';
import type { Sample } from '../../../../model/evidence/samples.ts';
import type { Want } from '../../../../model/want.ts';
import type { Json } from '../people/players.ts';
import type { Route, Synthesis } from './synthesis.ts';
import { plainField, revealing, valueFor } from './values.ts';

/** A request that the repository shows for an endpoint, as later attempts at it follow it. */
export interface Following {
  /** Its fields; what is not among them is left out. */
  readonly fields: readonly InputField[];
  /** `body:kind` -> the value that it has there; fields without one are given values by their names and columns. */
  readonly values: ReadonlyMap<string, Json>;
  /** `:range` -> the segment that it has in the path. */
  readonly segments: ReadonlyMap<string, string>;
  readonly wants: ReadonlyMap<string, readonly Want[]>;
  readonly form: boolean;
}

type Body = Extract<AbstractValue, { kind: 'object' }>;

/** The attempts that follow samples have numbers from here on. They come last, so that they can only add to what works. */
const firstSample = 10;
const mostSamples = 2;

/** What the samples of each endpoint tell later attempts at it, by the endpoint's id. */
export function followingsOf(samples: readonly Sample[], routes: readonly Route[]): Map<string, Following[]> {
  const found = new Map<string, Following[]>();
  for (const route of routes) {
    const own = samples.filter(({ endpoint }) => endpoint?.id === route.id && endpoint.unit === route.unit);
    // Of an endpoint that is reached by two paths, the samples may know one.
    const twins = own.length > 0 ? [] : routes.filter((other) => isTwin(route, other)).map(({ id }) => id);
    const shown = own.length > 0 ? own : samples.filter(({ endpoint }) => endpoint !== null && twins.includes(endpoint.id));
    const followings = shown.length === 0 ? [] : followingsFor(route, shown);
    if (followings.length > 0) found.set(route.id, followings);
  }
  return found;
}

function isTwin(a: Route, b: Route): boolean {
  const [one, other] = [a.handler?.where, b.handler?.where];
  const same = one !== undefined && one.file === other?.file && one.line === other.line;
  return same && a.unit === b.unit && a.method === b.method && a.path.split('/').at(-1) === b.path.split('/').at(-1);
}

/** The attempts at a request, in order: some by what the code and the answers say, then as samples show it. */
export function attemptsAt({ samples }: Synthesis, route: Route, plain = 3): number[] {
  const shown = samples?.get(route.id) ?? [];
  return [...Array.from({ length: plain }, (_none, index) => index), ...shown.map((_one, index) => firstSample + index)];
}

/**
 * Which sample an attempt follows; undefined for none.
 * @param worked the one that worked where nothing else had: it comes first from then on
 */
export function sampleAt({ samples }: Synthesis, route: Route, attempt: number, worked: number | undefined): number | undefined {
  const index = attempt === 0 ? worked : attempt - firstSample;
  return index !== undefined && samples?.get(route.id)?.[index] !== undefined ? index : undefined;
}

/** The fields that samples show of an endpoint. */
export function shownFields({ samples }: Synthesis, route: Route): InputField[] {
  return (samples?.get(route.id) ?? []).flatMap(({ fields }) => fields);
}

function followingsFor(route: Route, samples: readonly Sample[]): Following[] {
  const taken = samples.filter(({ status }) => status === null || status < 400);
  const wants = new Map(taken.flatMap((one) => Object.entries(one.wants)));
  const useful = taken
    .filter(
      (one) =>
        one.encoding !== 'multipart' &&
        (one.body?.kind === 'object' || Object.keys(one.query).length > 0 || segmentsOf(route, one).size > 0),
    )
    .map((sample) => ({ sample, score: scoreOf(sample) }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ sample }) => sample);
  const distinct = useful.filter((one, index) => useful.findIndex((other) => isSame(one, other)) === index);
  const [best] = distinct;
  if (best === undefined) return [];
  const whole = { ...best, body: completed(best.body, distinct) };
  const followings = [whole, ...distinct.slice(1, mostSamples)].map((one) => following(route, one, wants, false));
  return [...followings, following(route, whole, wants, true)].filter(
    (one, index, all) => all.findIndex((other) => sameAs(other, one)) === index,
  );
}

function isSame(a: Sample, b: Sample): boolean {
  return JSON.stringify([a.body, a.query, a.path]) === JSON.stringify([b.body, b.query, b.path]);
}

function sameAs(a: Following, b: Following): boolean {
  const key = ({ fields, values, segments, form }: Following): string => JSON.stringify([fields, [...values], [...segments], form]);
  return key(a) === key(b);
}

/** Recorded requests that worked say most, then those that say the most values. */
function scoreOf({ source, status, body, query }: Sample): number {
  const worked = status !== null ? 50 : source === 'har' || source === 'postman' || source === 'http-file' ? 10 : 0;
  return worked + 2 * leaves(body) + leaves({ kind: 'object', keys: query, open: false });
}

function leaves(value: AbstractValue | null): number {
  if (value?.kind === 'object') return Object.values(value.keys).reduce((sum, one) => sum + 1 + leaves(one), 0);
  if (value?.kind === 'array') return value.items.length > 0 ? leaves(value.items[0] ?? null) : 0;
  return value?.kind === 'literal' && value.value !== '' && value.value !== null ? 1 : 0;
}

/** A body whose unknown values are those that another sample of the endpoint has there. */
function completed(body: AbstractValue | null, others: readonly Sample[]): AbstractValue | null {
  if (body?.kind !== 'object') return body;
  const known = (name: string): AbstractValue | undefined =>
    others.flatMap(({ body: one }) => (one?.kind === 'object' ? [one.keys[name]] : [])).find((one) => one !== undefined && leaves(one) > 0);
  return {
    ...body,
    keys: Object.fromEntries(Object.entries(body.keys).map(([name, value]) => [name, leaves(value) > 0 ? value : (known(name) ?? value)])),
  };
}

/** @param verbatim keeps texts as they are written; else they are replaced by ones that nobody else would write */
function following(route: Route, sample: Sample, wants: Following['wants'], verbatim: boolean): Following {
  const values = new Map<string, Json>();
  const fields: InputField[] = [];
  const add = (place: 'body' | 'query', name: string, value: AbstractValue): void => {
    const asked = wants.get(`${place}:${name}`) ?? [];
    // What may be absent and is not known is left out: filters, and, at first, what a specification leaves to the caller.
    const optional = place === 'query' || (asked.length > 0 && !verbatim);
    if (optional && value.kind === 'unknown' && !asked.some(({ kind }) => kind === 'presence')) return;
    const format = value.kind === 'call' && value.symbol === 'global:Date' ? 'date-time' : null;
    fields.push({ ...plainField(name), type: typeOf(value), format, in: place, required: true });
    const known = valueOf(name, value, verbatim, asked);
    if (known !== undefined) values.set(`${place}:${name}`, known);
  };
  const body: Body | null = sample.body?.kind === 'object' ? sample.body : null;
  for (const [name, value] of Object.entries(body?.keys ?? {})) add('body', name, value);
  for (const [name, value] of Object.entries(sample.query)) add('query', name, value);
  return { fields, values, segments: segmentsOf(route, sample), wants, form: sample.encoding === 'form' };
}

function typeOf(value: AbstractValue): InputField['type'] {
  if (value.kind === 'call') return value.symbol === 'global:Number' ? 'number' : value.symbol === 'global:Boolean' ? 'boolean' : 'unknown';
  return value.kind === 'literal' && typeof value.value === 'number' ? 'number' : 'unknown';
}

/** Fields that hold what people write, and those that must differ from request to request. */
const prose =
  /(?:^|_)(?:title|name|subject|headline|label|caption|summary|description|content|text|body|message|comment|note|notes|bio|about|question|answer|reason|address)$/i;
const unique = /user_?name|^login$|handle|nick|slug|sub_?domain|e-?mail|pass|phone/i;
const visibility = /^(?:visibility|privacy|audience)$/i;
const longestToken = 40;

/** What a sample says of a value; undefined where it is for others to say: its name, its column, a canary in place of a free text. */
function valueOf(name: string, value: AbstractValue, verbatim: boolean, wants: readonly Want[]): Json | undefined {
  switch (value.kind) {
    case 'literal': {
      const { value: one } = value;
      if (one === null || one === '' || visibility.test(name)) return undefined;
      if (typeof one === 'boolean') return one && revealing.test(name) ? undefined : one;
      if (typeof one === 'number' || verbatim || wants.some(({ kind }) => kind === 'one-of')) return one;
      const free = /\s/.test(one) || one.length > longestToken || prose.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'));
      return unique.test(name) || free ? undefined : one;
    }
    case 'either':
      return value.of.map((one) => valueOf(name, one, verbatim, wants)).find((one) => one !== undefined);
    case 'object':
      return Object.fromEntries(Object.entries(value.keys).map(([inner, one]) => [inner, innerValue(inner, one, verbatim)]));
    case 'array':
      return value.items.length === 0 ? [] : value.items.slice(0, 3).map((one) => innerValue(name.replace(/s$/, ''), one, verbatim));
    default:
      return undefined;
  }
}

function innerValue(name: string, value: AbstractValue, verbatim: boolean): Json {
  const field = { ...plainField(name), type: typeOf(value) };
  return valueOf(name, value, verbatim, []) ?? valueFor({ field, column: null, attempt: 0, serial: 1 });
}

/** Segments of the path that are words where the endpoint has parameters: `/stats/weekly` for `/stats/:range`. */
function segmentsOf(route: Route, { path }: Sample): Map<string, string> {
  const [pattern, given] = [route.path, path].map((one) =>
    one
      .split('/')
      .filter((segment) => segment !== '')
      .toReversed(),
  );
  const found = new Map<string, string>();
  for (const [index, segment] of (pattern ?? []).entries()) {
    const name = /^:(\w+)/.exec(segment)?.[1];
    const word = given?.[index] ?? '';
    if (name !== undefined && /^[a-z][a-z_-]{1,30}$/i.test(word)) found.set(name, word);
  }
  return found;
}
