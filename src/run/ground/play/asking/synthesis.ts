import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import type { InputField } from '../../../../model/evidence/read.ts';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import type { Want } from '../../../../model/want.ts';
import { answeredFor, onlyAnswers } from '../answers.ts';
import type { Lab, RequestStep } from '../interpreter.ts';
import type { Sent } from './complained-fields.ts';
import { obeyed, pleasing, pleasingColumn } from './obeying.ts';
import type { Obeying } from './obeying.ts';
import { sampleAt } from './samples.ts';
import type { Following } from './samples.ts';
import type { Json, Player } from '../people/players.ts';
import { tableBefore, tableNamed, tableOfLastWord, tableOfPath } from './tables-named.ts';
import { fill } from '../templates.ts';
import { plainField, valueFor } from './values.ts';

/** Requests that would end or change the session of whoever sends them. */
export const sessionPath =
  /(log-?out|sign-?out|refresh|log-?in|sign-?in|sign-?up|register|forgot|reset|verify|confirm|change-?password|password)/i;

export type Route = EvidenceValue<'routes'>['routes'][number];
/** A column that a field's value reaches; `compared` when the value only looks rows up. */
export type ColumnRef = { readonly table: string; readonly column: string; readonly how: 'compared' | 'stored' };

/** A row that can be named in a request: `name` is what templates call it, `<name>.<column>` each of its values. */
export interface PoolRow {
  readonly table: string;
  readonly name: string;
  readonly key: Record<string, string | null>;
  readonly values: Record<string, string | null>;
  /** Player who made it; null for rows that came with the migrations. */
  readonly by: string | null;
  /** Where in the answer that made it an object without a row stands, such as `note.`; absent for rows. */
  readonly answer?: string;
}

/** What is known of a route's fields; grows from what the wire and the answers show. */
export interface Knowledge {
  /** `body:name` -> the column that the field's value reaches. */
  readonly columns: Map<string, ColumnRef>;
  /** Fields that the code does not show but the database or a validation message asked for. */
  readonly extra: Map<string, InputField>;
  /** Those of them that nobody asked for: the table of the path has such columns. */
  readonly guessed: Set<string>;
  /** Values that an attempt showed to be wanted. */
  readonly values: Map<string, Json>;
  /** Values that reading the same path gave: what later attempts send back. */
  readonly answers: Map<string, Json>;
  /** `body:items.0.quantity` -> what answers asked of it. */
  readonly wants: Map<string, Want[]>;
  /** The latest request that succeeded: what contradicts it in an answer is about the state of things, not about the form of requests. */
  worked: Sent | null;
  /** The sample by which a request succeeded, where none had without; by its place among the endpoint's. */
  sample: number | undefined;
}

export function newKnowledge(): Knowledge {
  return {
    columns: new Map(),
    extra: new Map(),
    guessed: new Set(),
    values: new Map(),
    answers: new Map(),
    wants: new Map(),
    worked: null,
    sample: undefined,
  };
}

export interface Request {
  readonly step: RequestStep;
  /** Column of each path parameter that was filled from a row. */
  readonly objects: { readonly parameter: string; readonly row: PoolRow; readonly column: string }[];
  /** Parameters for which no row could be found. */
  readonly missing: string[];
  /** The sample that it follows, by its place among the endpoint's; none where it is made without. */
  readonly sample?: number;
}

export interface Synthesis {
  readonly lab: Lab;
  readonly pool: PoolRow[];
  readonly knowledge: Map<string, Knowledge>;
  /** What the repository's own sample requests show, by endpoint; absent where it holds none. */
  readonly samples?: ReadonlyMap<string, readonly Following[]>;
  /** Requests made so far: keeps values that must be unique apart. */
  made: number;
  /** The app reads bodies as forms. */
  forms: boolean;
}

export function knowledgeOf(synthesis: Synthesis, route: Route): Knowledge {
  let known = synthesis.knowledge.get(route.id);
  if (!known) {
    known = newKnowledge();
    synthesis.knowledge.set(route.id, known);
  }
  return known;
}

/** The request that a rightful caller would send: ids from rows of `owner`, text stamped with the sender's canary. `number` is one of `attemptsAt`. */
export function requestFor(synthesis: Synthesis, route: Route, sender: Player, owner: Player, number: number): Request {
  const known = knowledgeOf(synthesis, route);
  synthesis.made += 1;
  const sample = sampleAt(synthesis, route, number, known.sample);
  const following = (sample === undefined ? undefined : synthesis.samples?.get(route.id)?.[sample]) ?? null;
  // What follows a sample is made as second attempts are: of what is asked, and nothing else.
  const attempt = following === null ? number : 1;
  const objects: Request['objects'] = [];
  const missing: string[] = [];
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  let path = route.path.replace(/\(([^()]*)\)|[?*+]$/g, '');
  for (const parameter of parameters) {
    const found = rowFor(synthesis, route, known, owner, parameter);
    const row = found && { ...found, column: pleasingColumn(found.row.values, found.column, known.wants.get(`params:${parameter}`) ?? []) };
    if (row) objects.push({ parameter, row: row.row, column: row.column });
    else missing.push(parameter);
    const given = known.values.get(`params:${parameter}`) ?? (row ? undefined : following?.segments.get(parameter));
    const value =
      given !== undefined
        ? String(given)
        : row
          ? String(refer(synthesis, row.row, row.column))
          : encodedText(String(parameterFor(synthesis, route, known, owner, attempt, parameter)));
    path = path.replace(new RegExp(`:${parameter}(?![A-Za-z0-9_])\\*?`), value);
  }
  const inputs = inputsOf(route, known, following);
  if (sessionPath.test(route.path)) {
    for (const field of inputs)
      if (/e-?mail/i.test(field.name) && !known.values.has(`body:${field.name}`)) known.values.set(`body:${field.name}`, '{{me.email}}');
  }
  const updated = ['PUT', 'PATCH'].includes(route.method) ? (objects.at(-1)?.row ?? null) : null;
  const query = fieldsIn(synthesis, route, known, owner, attempt, 'query', inputs, { following, updated: null });
  const body = fieldsIn(synthesis, route, known, owner, attempt, 'body', inputs, { following, updated });
  const search = Object.entries(query)
    .filter(([, value]) => value !== '' && (typeof value !== 'object' || value === null))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodedText(String(value))}`);
  const sends = !['GET', 'HEAD', 'DELETE'].includes(route.method) || Object.keys(body).length > 0;
  return {
    step: {
      do: 'request',
      as: sender.name,
      method: route.method === 'ALL' ? 'GET' : route.method,
      path: search.length > 0 ? `${path}?${search.join('&')}` : path,
      ...(sends ? { body } : {}),
      ...(sends && (following?.form ?? synthesis.forms) ? { encoding: 'form' as const } : {}),
    },
    objects,
    missing,
    ...(sample === undefined ? {} : { sample }),
  };
}

/** The fields of a request: what the code and the answers speak of; of one that follows a sample the sample's, and what must be there. */
function inputsOf(route: Route, known: Knowledge, following: Following | null): InputField[] {
  const all = [...route.inputs, ...known.extra.values()];
  if (following === null) return all;
  const key = (field: InputField): string => `${field.in}:${field.name}`;
  const shown = new Map(following.fields.map((field) => [key(field), field]));
  const rest = all.filter((field) => field.required === true && !shown.has(key(field)) && !known.guessed.has(key(field)));
  const described = new Map(route.inputs.map((field) => [key(field), field]));
  const both = (field: InputField): InputField => {
    const own = described.get(key(field));
    if (own === undefined) return field;
    return { ...own, type: own.type === 'unknown' ? field.type : own.type, format: own.format ?? field.format, required: true };
  };
  return [...following.fields.map(both), ...rest];
}

/** Parts of a query by which rows are looked for; every text of the owner's bears their tag. */
const looksFor = /^(user_?|full_?|first_?|last_?|customer_?|client_?|product_?|item_?)?(name|title|label|text|keywords?|author|owner)$/i;

/** Fields that name the other side of a transfer, an invitation or a message. */
const counterpart = /^(to|recipient|receiver|target|payee|dest)/i;

/** Percent-encodes all but the templates, which are encoded when they are filled in. */
function encodedText(text: string): string {
  return text
    .split(/(\{\{[^{}]+\}\})/)
    .map((part) => (part.startsWith('{{') ? part : encodeURIComponent(part)))
    .join('');
}

function fieldsIn(
  synthesis: Synthesis,
  route: Route,
  known: Knowledge,
  owner: Player,
  attempt: number,
  place: 'body' | 'query',
  inputs: readonly InputField[],
  { following, updated }: { readonly following: Following | null; readonly updated: PoolRow | null },
): Record<string, Json> {
  const fields = inputs.filter((field) => field.in === place);
  const made: Record<string, Json> = {};
  const schemaKnown = fields.some((field) => field.required === true);
  fields.forEach((field, index) => {
    const key = `${field.in}:${field.name}`;
    // Later attempts leave out what nobody asked for: an optional filter may be what stands in the way.
    const asked = field.required === true || known.wants.get(key)?.some((want) => want.kind === 'presence') === true;
    const reference = known.columns.get(key);
    const names = field.in === 'query' && (/id$/i.test(field.name) || isKey(synthesis.lab, reference));
    if (attempt > 0 && !asked && !names && (field.in === 'query' || schemaKnown)) return;
    const held = attempt > 1 && updated && field.values.length === 0 ? asItIs(synthesis, updated, field.name) : undefined;
    if (held === null && !asked) return;
    const given = held ?? known.values.get(key) ?? (attempt > 0 ? known.answers.get(key) : undefined);
    const column = reference
      ? synthesis.lab.tables.byName(reference.table)?.columns.find((one) => one.name === reference.column)
      : likelyColumn(synthesis.lab, route, field);
    const whose = counterpart.test(field.name) ? (synthesis.lab.players.get('stranger') ?? owner) : owner;
    const row = given === undefined && field.values.length === 0 ? rowFor(synthesis, route, known, whose, field.name, field) : null;
    const value =
      given ??
      (row
        ? refer(synthesis, row.row, row.column)
        : (following?.values.get(key) ??
          (place === 'query' && looksFor.test(field.name) && field.values.length === 0
            ? `{{${owner.name}.tag}}`
            : valueFor({ field, column: column ?? null, attempt, serial: synthesis.made * 10 + index }))));
    made[field.name] = withRows(synthesis, owner, value);
  });
  const obeying = obeyingOf(synthesis, route, known, owner, attempt, place);
  return obeyed(made, following === null ? obeying : { ...obeying, wants: new Map([...following.wants, ...known.wants]) });
}

/** Free texts: what bears the sender's canary in an update that else changes nothing. */
const prose = /name|title|description|note|bio|message|comment|content|text|body|summary|subject|label/i;

/**
 * An update that nothing pleased sends what the row holds already, but for one free text. Null: the row holds nothing there; undefined: the field
 * is no column of it, or one whose stored form is not what requests send.
 */
function asItIs(synthesis: Synthesis, row: PoolRow, name: string): Json | undefined {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  const column = Object.keys(row.values).find((one) => plain(one) === plain(name));
  if (column === undefined || /pass|hash|secret/i.test(column) || row.key[column] !== undefined) return undefined;
  if (row.values[column] == null) return null;
  return prose.test(column) ? undefined : refer(synthesis, row, column);
}

/** The column of that name in the table that a creating path names, where only the column says that the value is JSON or one of a few. */
function likelyColumn(lab: Lab, route: Route, field: InputField): SchemaTable['columns'][number] | undefined {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  const table = route.method === 'POST' && field.in === 'body' ? tableOfPath(lab, route.path) : undefined;
  const column = table?.columns.find((one) => plain(one.name) === plain(field.name));
  return column && (column.values.length > 0 || /^jsonb?$/.test(column.type)) ? column : undefined;
}

function isKey(lab: Lab, reference: ColumnRef | undefined): boolean {
  const target = reference && referenced(lab, reference);
  return target ? target.table.primaryKey.includes(target.column) : false;
}

/** What answers asked of a route's fields, and how fields that are missing are made. */
function obeyingOf(
  synthesis: Synthesis,
  route: Route,
  known: Knowledge,
  owner: Player,
  attempt: number,
  place: 'body' | 'query' | 'params',
): Obeying {
  const bindings = { saved: synthesis.lab.saved, players: synthesis.lab.players };
  const make: Obeying['make'] = (field) => {
    const input: InputField = { ...field, in: place, required: true };
    const row = rowFor(synthesis, route, known, owner, field.name, input);
    if (row) return refer(synthesis, row.row, row.column);
    const reference = known.columns.get(`${place}:${field.name}`);
    const column = reference && synthesis.lab.tables.byName(reference.table)?.columns.find((one) => one.name === reference.column);
    return valueFor({ field, column: column ?? null, attempt, serial: synthesis.made * 10 });
  };
  return { wants: known.wants, place, attempt, filled: (value) => fill(value, owner, bindings), make };
}

/** A parameter of the path for which there is no row: what fits its name, or what answers asked of it. */
function parameterFor(synthesis: Synthesis, route: Route, known: Knowledge, owner: Player, attempt: number, parameter: string): Json {
  const plain = valueFor({ field: plainField(parameter), column: null, attempt, serial: 1 });
  const wants = known.wants.get(`params:${parameter}`);
  if (!wants) return plain;
  return pleasing(parameter, plain, wants, obeyingOf(synthesis, route, known, owner, attempt, 'params'), {});
}

/**
 * How a request names a value of a row: by template for rows that the drills made, literally for rows that came with the
 * migrations. A later step may have changed the row (a link to share it); what that step left alone bears the maker's name,
 * so that a proof needs no step which only touched the row.
 */
export function refer({ lab, pool }: Synthesis, row: PoolRow, column: string): Json {
  const value = row.values[column] ?? null;
  if (row.by === null) return lab.tables.json(row.table, column, value);
  const same = (one: PoolRow): boolean => Object.entries(row.key).every(([name, part]) => one.key[name] === part);
  const maker = pool.find((one) => one.by === row.by && one.table === row.table && same(one) && (one.values[column] ?? null) === value);
  return `{{${(maker ?? row).name}.${column}}}`;
}

/** Ids inside arrays and objects (order lines …) point at rows too. */
export function withRows(synthesis: Synthesis, owner: Player, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => withRows(synthesis, owner, item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const table = tableNamed(synthesis.lab, name);
      const row = table ? firstRow(synthesis, table, owner) : undefined;
      const key = table?.primaryKey[0];
      return [name, row && key ? refer(synthesis, row, key) : withRows(synthesis, owner, inner)];
    }),
  );
}

/** The row (and column) that a field should name, from what is known, then from its name and the path. */
function rowFor(
  synthesis: Synthesis,
  route: Route,
  known: Knowledge,
  owner: Player,
  name: string,
  field?: InputField,
): { row: PoolRow; column: string } | null {
  const reference = known.columns.get(`${field?.in ?? 'params'}:${name}`);
  const target = reference ? referenced(synthesis.lab, reference) : null;
  const found = (table: SchemaTable | undefined, column: string | undefined): { row: PoolRow; column: string } | null => {
    const row = table ? firstRow(synthesis, table, owner) : undefined;
    return row && column !== undefined && row.values[column] != null ? { row, column } : null;
  };
  // What a creating request compares (is this address taken?) is not what it should repeat.
  const asksWhetherTaken =
    field?.in === 'body' && reference?.how === 'compared' && !target?.table.primaryKey.includes(target.column) && !counterpart.test(name);
  if (asksWhetherTaken) return null;
  if (target) return found(target.table, target.column);
  if (onlyAnswers(synthesis.lab)) return answeredFor(synthesis, route.path, owner, name);
  const named = tableNamed(synthesis.lab, name) ?? tableOfLastWord(synthesis.lab, name);
  if (named) return found(named, named.primaryKey[0]);
  if (field) return null;
  const table = tableBefore(synthesis.lab, route.path, name);
  if (/id$/i.test(name)) return found(table, table?.primaryKey[0]);
  return (
    found(table, table?.columns.find((one) => one.name === name)?.name) ??
    bySameName(synthesis, owner, name) ??
    found(table, table?.primaryKey[0])
  );
}

/** `/catalog/:slug`, `/shared/:token`: a row of the owner's with a column of that name, or one that ends in it. */
function bySameName(synthesis: Synthesis, owner: Player, name: string): { row: PoolRow; column: string } | null {
  const wanted = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  if (/^id$/.test(wanted)) return null;
  for (const fits of [(column: string): boolean => column === wanted, (column: string): boolean => column.endsWith(`_${wanted}`)]) {
    for (const row of synthesis.pool.filter((one) => one.by === owner.name)) {
      const column = Object.keys(row.values).find((one) => fits(one.toLowerCase()) && row.values[one] !== null);
      if (column !== undefined) return { row, column };
    }
  }
  return null;
}

/** The key that a column stands for: its own table's when it is the key (or any looked-up column), the referenced one for a foreign key. */
function referenced(lab: Lab, { table: name, column, how }: ColumnRef): { table: SchemaTable; column: string } | null {
  const table = lab.tables.byName(name);
  if (!table) return null;
  const foreign = table.foreignKeys.find((key) => key.columns.length === 1 && key.columns[0] === column);
  const target = foreign && lab.tables.byName(foreign.table);
  if (foreign && target && foreign.references[0] !== undefined) return { table: target, column: foreign.references[0] };
  const byName = tableNamed(lab, column);
  if (byName && byName !== table && byName.primaryKey[0] !== undefined) return { table: byName, column: byName.primaryKey[0] };
  if (table.primaryKey.includes(column) || how === 'compared') return { table, column };
  return null;
}

/** The latest row of a table that the owner made, else one that came with the migrations. */
export function firstRow(synthesis: Synthesis, table: SchemaTable, owner: Player): PoolRow | undefined {
  const rows = synthesis.pool.filter((row) => row.table === table.name);
  return rows.findLast((row) => row.by === owner.name) ?? rows.find((row) => row.by === null);
}
