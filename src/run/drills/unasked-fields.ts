import type { Protects } from '../../model/evidence/fields.ts';
import type { SchemaTable } from '../../model/evidence/run.ts';
import type { RowChange } from '../../model/transcript.ts';
import { holds } from '../ground/play/effects.ts';
import { play, succeeded } from '../ground/play/interpreter.ts';
import type { Played, RequestStep } from '../ground/play/interpreter.ts';
import { isJournal } from '../ground/play/journals.ts';
import type { Json, Player } from '../ground/play/people/players.ts';
import type { Stage } from '../ground/play/scene.ts';
import { knowledgeOf, requestFor } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { fillText } from '../ground/play/templates.ts';
import { plainName, protectionOf } from './protected-columns.ts';
import { isPowerfulName, unaskedValue } from './unasked-values.ts';
import type { Unasked } from './unasked-values.ts';

/** A request that works without anything added, and the rows that it writes: the control of the experiment. */
export interface Plain {
  readonly route: Route;
  readonly sender: Player;
  readonly attempt: number;
  readonly step: RequestStep;
  readonly targets: readonly Target[];
}

interface Target {
  readonly table: SchemaTable;
  readonly change: RowChange;
}

/** Where in the body fields are added: beside the others, inside the one object that holds them, or in every item of a list. */
export type Place = { readonly at: 'top' } | { readonly at: 'inside' | 'items'; readonly name: string };

/** A field that is added, and the columns that it may reach. */
export interface Extra {
  readonly place: Place;
  readonly field: string;
  /** The request has a field of that name. */
  readonly named: boolean;
  readonly value: Unasked;
  readonly columns: readonly { readonly table: string; readonly column: string; readonly protects: Protects | null }[];
}

const attempts = 3;
/** Requests per endpoint, so that one that refuses everything does not eat the time of the others. */
const probesPerEndpoint = 60;

/** Who may be the rightful sender: whoever is not signed up yet for the sign-up, else the owner, else a role of theirs. */
export function sendersOf({ cast }: Stage, route: Route): Player[] {
  if (route === cast.signUp) return [cast.anonymous];
  return [...(cast.owner ? [cast.owner] : []), ...cast.roles];
}

/** The plain request of this sender, or why it does not work. */
export async function triedBy(stage: Stage, route: Route, sender: Player): Promise<Plain | string> {
  let answer = '';
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { step } = requestFor(stage.synthesis, route, sender, ownerFor(stage, sender), attempt);
    const played = await send(stage, step);
    if (succeeded(played)) return { route, sender, attempt, step, targets: targetsOf(stage, played) };
    answer = `it never worked for its owner: answered ${played.exchange.response?.status ?? played.exchange.failure}`;
    const status = played.exchange.response?.status;
    if (status === 401 || status === 403) break;
  }
  return answer;
}

function ownerFor(stage: Stage, sender: Player): Player {
  return sender.part === 'anonymous' ? sender : (stage.cast.owner ?? sender);
}

/** The rows that a request wrote, one of each table: what it was for, not what the machinery notes beside it. */
function targetsOf(stage: Stage, { changes }: Played): Target[] {
  const found = new Map<string, Target>();
  for (const change of changes) {
    const table = stage.lab.tables.byName(change.table);
    if (!table || !change.after || (change.op !== 'insert' && change.op !== 'update') || isJournal(change.table)) continue;
    if (!found.has(change.table)) found.set(change.table, { table, change });
  }
  return [...found.values()];
}

/** Sends a request and takes back what it did; comes from another address where a limit answers. */
export async function send(stage: Stage, step: RequestStep): Promise<Played> {
  const { lab } = stage;
  let played = await play(lab, step);
  await lab.ground.undo(played.changes);
  if (played.exchange.response?.status !== 429) return played;
  lab.staging ??= { ended: new Set(), moves: 0 };
  lab.staging.moves += 1;
  played = await play(lab, step);
  await lab.ground.undo(played.changes);
  return played;
}

/** Which of all further columns took what was sent, which kept what they had, and of which nothing can be said. */
export async function takersIn(
  stage: Stage,
  plain: Plain,
): Promise<{ taken: Extra[]; kept: Extra[]; failed: { extra: Extra; reason: string }[] }> {
  const [taken, kept, failed]: [Extra[], Extra[], { extra: Extra; reason: string }[]] = [[], [], []];
  let left = probesPerEndpoint;
  const judged = (played: Played, extra: Extra): void => {
    const took = extra.columns.filter(({ table, column }) => changeThatTook(stage, plain, played, extra, { table, column }));
    if (took.length > 0) taken.push({ ...extra, columns: took });
    if (took.length < extra.columns.length) kept.push({ ...extra, columns: extra.columns.filter((one) => !took.includes(one)) });
  };
  const search = async (extras: readonly Extra[]): Promise<void> => {
    if (extras.length === 0) return;
    if (left-- <= 0) {
      failed.push(...extras.map((extra) => ({ extra, reason: 'the endpoint refused too many combinations of fields' })));
      return;
    }
    const played = await send(stage, stepWith(stage, plain, extras));
    if (succeeded(played)) {
      for (const extra of extras) judged(played, extra);
      return;
    }
    const [only] = extras;
    if (extras.length === 1 && only) {
      const reason = whyUndecided(stage, plain, played, only);
      if (reason === null) kept.push(only);
      else failed.push({ extra: only, reason });
      return;
    }
    const named = extras.filter((extra) => isComplainedOf(played, extra.field));
    if (named.length > 0 && named.length < extras.length) {
      await search(extras.filter((extra) => !named.includes(extra)));
      // What is protected deserves a refusal of its own.
      for (const extra of named) {
        if (extra.columns.some((column) => column.protects !== null)) await search([extra]);
        else kept.push(extra);
      }
      return;
    }
    const half = Math.ceil(extras.length / 2);
    await search(extras.slice(0, half));
    await search(extras.slice(half));
  };
  for (const place of placesOf(plain.step.body)) {
    for (const spell of [(name: string) => name, camel]) {
      const before = new Set(taken.flatMap((extra) => extra.columns.map(({ table, column }) => `${table}.${column}`)));
      const extras = extrasFor(stage, plain, place, spell).filter(
        (extra) =>
          (spell !== camel || extra.columns.some(({ column }) => camel(column) !== column)) &&
          extra.columns.some(({ table, column }) => !before.has(`${table}.${column}`)),
      );
      await search(extras);
    }
  }
  return { taken, kept, failed };
}

/** The plain request with fields added. Made anew, so that values which must be unique are. */
export function stepWith(stage: Stage, plain: Plain, extras: readonly Extra[]): RequestStep {
  const { step } = requestFor(stage.synthesis, plain.route, plain.sender, ownerFor(stage, plain.sender), plain.attempt);
  const place = extras[0]?.place ?? { at: 'top' };
  const added = Object.fromEntries(extras.map(({ field, value }) => [field, value.send]));
  const body = isObject(step.body) ? step.body : {};
  if (place.at === 'top') return { ...step, body: { ...body, ...added } };
  const held = body[place.name] ?? null;
  const inner =
    place.at === 'inside'
      ? isObject(held)
        ? { ...held, ...added }
        : held
      : Array.isArray(held)
        ? held.map((item) => (isObject(item) ? { ...item, ...added } : item))
        : held;
  return { ...step, body: { ...body, [place.name]: inner } };
}

/** The change that shows that a column took the added value: like the plain request's, but for this. */
export function changeThatTook(
  stage: Stage,
  plain: Plain,
  played: Played,
  { value }: Pick<Extra, 'value'>,
  { table, column }: { readonly table: string; readonly column: string },
): RowChange | undefined {
  const target = plain.targets.find((one) => one.table.name === table)?.change;
  const bindings = { saved: stage.lab.saved, players: stage.lab.players };
  const wanted = fillText(value.expect, plain.sender, bindings);
  if (!target || holds(target.after?.[column] ?? null, wanted)) return undefined;
  return played.changes.find(
    (change) =>
      change.table === table &&
      change.op === target.op &&
      holds(change.after?.[column] ?? null, wanted) &&
      !holds(change.before?.[column] ?? null, wanted),
  );
}

/** Why a refused field may reach the row all the same; null where the refusal speaks for itself. */
function whyUndecided(stage: Stage, plain: Plain, played: Played, { value }: Extra): string | null {
  const wanted = fillText(value.expect, plain.sender, { saved: stage.lab.saved, players: stage.lab.players });
  const status = played.exchange.response?.status ?? null;
  const refusedByDatabase = played.statements.find(
    (statement) =>
      statement.error && /^(23|22)/.test(statement.error.code) && (statement.binds.includes(wanted) || statement.text.includes(wanted)),
  );
  if (refusedByDatabase?.error) return `it reached a statement, whose value the database refused (${refusedByDatabase.error.code})`;
  if (status === null) return `no answer: ${played.exchange.failure ?? 'unknown'}`;
  if (status === 429) return 'the rate limit answered instead of the endpoint';
  const unknownColumn = played.statements.some((statement) => statement.error?.code === '42703');
  return status >= 500 && !unknownColumn ? `answered ${status}: it broke, which is no refusal` : null;
}

function isComplainedOf(played: Played, field: string): boolean {
  const word = new RegExp(`(?<![A-Za-z0-9_])${field.replace(/\W/g, '\\$&')}(?![A-Za-z0-9_])`);
  const errors = played.statements.flatMap((statement) => (statement.error ? [statement.error.message] : []));
  return [played.exchange.response?.body.slice(0, 20_000) ?? '', ...errors].some((text) => word.test(text));
}

function placesOf(body: Json | undefined): Place[] {
  if (!isObject(body)) return [{ at: 'top' }];
  const entries = Object.entries(body);
  const inside = entries.length > 0 && entries.every(([, value]) => isObject(value));
  return [
    ...(inside ? entries.map(([name]): Place => ({ at: 'inside', name })) : [{ at: 'top' } satisfies Place]),
    ...entries.flatMap(([name, value]): Place[] => (Array.isArray(value) && value.some(isObject) ? [{ at: 'items', name }] : [])),
  ];
}

/** A field for each column that no field of the request is for, what is protected first. */
function extrasFor(stage: Stage, plain: Plain, place: Place, spell: (name: string) => string): Extra[] {
  const named = namesAt(stage, plain, place);
  const extras = new Map<string, Extra>();
  for (const { table, change } of targetsAt(plain, place)) {
    for (const column of table.columns) {
      const protects = protectionOf(table, column, stage.ownership);
      const isNamed = named.has(plainName(column.name)) || named.has(`${table.name}.${column.name}`);
      if (column.generated || (isNamed && !(plain.route === stage.cast.signUp && isStanding(stage, table, protects)))) continue;
      const field = spell(column.name);
      const reached = { table: table.name, column: column.name, protects };
      const known = extras.get(field);
      if (known) {
        extras.set(field, { ...known, columns: [...known.columns, reached] });
        continue;
      }
      const value = unaskedValue(stage, table, column, protects, change.after?.[column.name] ?? null);
      if (!value || (isNamed && protects === 'role' && !isPowerfulName(value.shown))) continue;
      extras.set(field, { place, field, named: isNamed, value, columns: [reached] });
    }
  }
  const weight = (extra: Extra): number => Number(extra.columns.every((column) => column.protects === null));
  return [...extras.values()].toSorted((a, b) => weight(a) - weight(b));
}

/** What nobody may say of themselves when they sign up, even where the schema of the request is made from the whole table. */
function isStanding({ ownership }: Stage, table: SchemaTable, protects: Protects | null): boolean {
  return table.name === ownership.users?.table && protects !== null && ['role', 'verification', 'status', 'balance'].includes(protects);
}

/** Items of a list become rows that point at another row of the same request. */
function targetsAt({ targets }: Plain, place: Place): readonly Target[] {
  if (place.at !== 'items') return targets;
  const children = targets.filter(({ table }) =>
    table.foreignKeys.some((key) => key.table !== table.name && targets.some((other) => other.table.name === key.table)),
  );
  return children.length > 0 ? children : targets;
}

/** Names that the code or the request already has a field for, and columns that one of its fields is known to reach. */
function namesAt(stage: Stage, { route, step }: Plain, place: Place): Set<string> {
  const inputs = route.inputs.filter((field) => field.in === 'body');
  const body = isObject(step.body) ? step.body : {};
  const held = place.at === 'top' ? body : body[place.name];
  const shown = Array.isArray(held)
    ? held.flatMap((item) => (isObject(item) ? Object.keys(item) : []))
    : isObject(held)
      ? Object.keys(held)
      : [];
  const declared =
    place.at === 'top' ? inputs.map((field) => field.name) : inputs.flatMap((field) => (field.name === place.name ? field.fields : []));
  const reached = [...knowledgeOf(stage.synthesis, route).columns].flatMap(([key, { table, column }]) =>
    key.startsWith('body:') ? [`${table}.${column}`] : [],
  );
  return new Set([...[...shown, ...declared].map(plainName), ...reached]);
}

function camel(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value);
}
