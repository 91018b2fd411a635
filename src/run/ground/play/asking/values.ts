import type { InputField } from '../../../../model/evidence/read.ts';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import type { Json } from '../people/players.ts';

type Column = SchemaTable['columns'][number];

/** What is known of a field when a value is made for it. */
export interface FieldContext {
  readonly field: Pick<InputField, 'name' | 'type' | 'format' | 'values' | 'minimum' | 'maximum' | 'fields'>;
  /** The column that the wire or the code showed the field to reach. */
  readonly column: Column | null;
  /** Counts the attempts at one request; later ones try plainer values. */
  readonly attempt: number;
  /** Makes numbers of different fields differ. */
  readonly serial: number;
}

interface Rule {
  readonly name: RegExp;
  readonly make: (context: FieldContext) => Json;
}

const day = 86_400_000;
/** A fixed Monday in the future, so that runs with one seed send the same dates. */
const epoch = Date.UTC(2031, 0, 6, 9);

/** What would show an object to everybody. What its owner has made public is no leak, so nothing is made so. */
export const revealing = /public|shared?$|visible|listed|discoverable|searchable|everyone|anyone/i;
const kept = /^(private|personal|restricted|internal|hidden|unlisted|owner|only_?me|me|self)$/i;

/** Lists of whom something is sent to. */
const addressees = /^(recipients?|e?mails|to|cc|bcc|attendees|invitees|addressees)$/i;

/** Values by name, first match wins. `{{me.…}}` is the player who sends the request. */
const rules: readonly Rule[] = [
  { name: /e-?mail|(^|_)mail$/i, make: ({ serial }) => `{{me.tag}}${serial}@example.com` },
  { name: /pass(word|wd|phrase)?|^pwd$/i, make: () => '{{me.password}}' },
  { name: /^(user_?name|login|handle|nick(name)?)$/i, make: ({ serial }) => `{{me.tag}}${serial}` },
  { name: /slug|sub_?domain/i, make: ({ serial }) => `{{me.tag}}-${serial}` },
  { name: /phone|mobile|(^|_)tel/i, make: ({ serial }) => `+1415555${2000 + (serial % 7000)}` },
  { name: /url|website|link|homepage|avatar|image|photo/i, make: () => 'https://example.com/{{me.tag}}' },
  { name: /currency/i, make: () => 'USD' },
  { name: /country/i, make: () => 'US' },
  { name: /(zip|post(al)?_?code)/i, make: () => '94105' },
  { name: /time_?zone|^tz$/i, make: () => 'UTC' },
  { name: /locale|language|^lang$/i, make: () => 'en' },
  { name: /colou?r/i, make: () => '#336699' },
  { name: /month/i, make: () => '2031-01' },
  { name: /year/i, make: () => 2031 },
  { name: /(date|_at$|At$|_on$|deadline|birth|dob|day)/, make: (context) => date(context) },
  { name: /stock|inventory|capacity|threshold/i, make: () => 500 },
  { name: /quantity|qty|count|seats|guests|units/i, make: ({ attempt }) => (attempt === 0 ? 3 : 1) },
  {
    name: /price|amount|total|balance|cost|fee|budget|salary|rate|value|cents|sum/i,
    make: ({ attempt, serial }) => (attempt === 0 ? amountAt(serial) : 1),
  },
  { name: /^(visibility|privacy|audience)$/i, make: () => 'private' },
  { name: /percent|discount/i, make: () => 5 },
  { name: /^(page|offset|skip|cursor)$/i, make: () => 1 },
  { name: /^(limit|take|per_?page|page_?size)$/i, make: () => 100 },
  { name: /^(sort|order|order_?by|sort_?by|direction|dir)$/i, make: () => '' },
  { name: /^(q|query|search|term|keyword|filter)$/i, make: () => 'sw' },
  { name: /^(is|has|can|should)[_A-Z]|enabled|active|agree|accept|terms/, make: ({ field }) => !revealing.test(field.name) },
];

/** A JSON value, or text with `{{…}}` templates, that a rightful caller could plausibly send. */
export function valueFor(context: FieldContext): Json {
  const { field, column } = context;
  const allowed = field.values.length > 0 ? field.values : (column?.values ?? []);
  const hidden = allowed.some((value) => value === 'public' || value === 'PUBLIC')
    ? allowed.find((value) => kept.test(String(value)))
    : undefined;
  const one = hidden ?? allowed[0];
  if (one !== undefined) return one;
  if (field.type === 'boolean' || column?.type === 'boolean') return !revealing.test(field.name);
  if (field.type === 'array') return field.fields.length > 0 ? [objectOf(context)] : addressees.test(field.name) ? ['{{me.email}}'] : [];
  if (field.type === 'object') return objectOf(context);
  if (field.format === 'email') return `{{me.tag}}${context.serial}@example.com`;
  if (field.format === 'uuid' || column?.type === 'uuid') return uuid(context.serial);
  if (field.format === 'url') return 'https://example.com/{{me.tag}}';
  if (field.format?.startsWith('date') || /^(timestamp|date)/.test(column?.type ?? '')) return date(context);
  const made = rules.find((rule) => rule.name.test(field.name))?.make(context);
  // A number of the database may travel as text: then the schema says so.
  const numeric = field.type === 'integer' || field.type === 'number' || (field.type !== 'string' && isNumeric(column?.type));
  if (numeric) return bounded(typeof made === 'number' ? made : 3, field);
  if (typeof made === 'string') return fitting(made, column, field);
  if (made !== undefined) return field.type === 'string' && typeof made === 'number' ? String(made) : made;
  if (/^jsonb?$/.test(column?.type ?? ''))
    return isList(field.name) ? [{ name: '{{me.tag}}', note: '{{me.tag}}' }] : { note: '{{me.tag}}' };
  return fitting(`{{me.tag}} ${field.name} ${context.serial}`, column, field);
}

/** Text within the limit of a `varchar(n)` or of the schema: a canary has ten characters, and what is shorter cannot hold one. */
function fitting(text: string, column: Column | null, field: FieldContext['field']): string {
  const declared = Number(/^character(?: varying)?\((\d+)\)/.exec(column?.type ?? '')?.[1] ?? 1_000);
  const limit = Math.min(declared, field.type === 'string' ? (field.maximum ?? 1_000) : 1_000);
  if (limit >= text.length - '{{me.tag}}'.length + 10) return text;
  return limit >= 10 ? '{{me.tag}}' : 'SWX'.slice(0, limit);
}

/** Whether a JSON value of this name is a list: names in the plural, but for those of things that have named parts. */
export function isList(name: string): boolean {
  return /[^sui]s$|list$/i.test(name) && !mapped.test(name);
}

const mapped =
  /(settings|preferences|prefs|details|options|stats|statistics|analytics|metrics|params|parameters|properties|props|attributes|credentials|permissions|flags|headers|claims|totals|counts|limits)$/i;

function objectOf(context: FieldContext): Json {
  return Object.fromEntries(
    context.field.fields.map((name, index) => [
      name,
      valueFor({ ...context, column: null, serial: context.serial + index, field: plainField(name) }),
    ]),
  );
}

/** Amounts fall while requests are made: what a later one takes is there from what an earlier one brought. Those of one request differ. */
function amountAt(serial: number): number {
  return 4211 + Math.floor(30_000 / (50 + Math.floor(serial / 10))) + (serial % 10);
}

/** A field of which only the name is known. */
export function plainField(name: string): FieldContext['field'] {
  return { name, type: 'unknown', format: null, values: [], minimum: null, maximum: null, fields: [] };
}

export function isNumeric(type: string | undefined): boolean {
  return type !== undefined && /^(smallint|integer|bigint|numeric|real|double|decimal|money)/.test(type);
}

function bounded(value: number, { minimum, maximum }: FieldContext['field']): number {
  return Math.min(Math.max(value, minimum ?? value), maximum ?? value);
}

function date({ field, serial }: FieldContext): string {
  const later = /end|due|until|to$|expire|check_?out|return/i.test(field.name) ? 3 : 0;
  const iso = new Date(epoch + ((serial % 10) + later) * day).toISOString();
  return field.format === 'date' || /^date$|_date$|Date$|birth|dob|day/.test(field.name) ? iso.slice(0, 10) : iso;
}

function uuid(serial: number): string {
  return `5ea30047-0000-4000-8000-${String(serial).padStart(12, '0')}`;
}
