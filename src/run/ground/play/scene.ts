import type { EvidenceValue } from '../../../model/evidence/index.ts';
import type { RowChange } from '../../../model/transcript.ts';
import { castActors } from './casting.ts';
import type { Cast } from './casting.ts';
import { jsonAt, play, succeeded } from './interpreter.ts';
import type { Lab, Played, RequestStep } from './interpreter.ts';
import type { Json } from './players.ts';
import { tablesOf } from './provenance.ts';
import { parserReady } from './statement.ts';
import { addField, knowledgeOf, learn, requestFor, sessionPath } from './synthesis.ts';
import type { PoolRow, Request, Route, Synthesis } from './synthesis.ts';
import { holesIn } from './templates.ts';
import type { Ground } from '../types.ts';

type Ownership = EvidenceValue<'ownership'>;

/** The scene that drills play on: actors, and objects that the owner made through the app's own endpoints. */
export interface Stage {
  readonly lab: Lab;
  readonly synthesis: Synthesis;
  readonly cast: Cast;
  readonly routes: readonly Route[];
  readonly ownership: Ownership;
  /** Requests that made the owner's objects, in order; `s<n>` in templates means row made by the n-th. */
  readonly steps: RequestStep[];
}

interface StageInput {
  readonly ground: Ground;
  readonly seed: string;
  readonly schema: EvidenceValue<'schema'>;
  readonly ownership: Ownership;
  readonly routes: readonly Route[];
  readonly queries: EvidenceValue<'queries'> | null;
  /** Let the owner make objects; a replay brings its own steps instead. */
  readonly objects: boolean;
}

/** Casts the actors and lets the owner make one object of every kind that the app can make. */
export async function setStage(input: StageInput): Promise<Stage> {
  await parserReady;
  const lab: Lab = { ground: input.ground, tables: tablesOf(input.schema.tables), players: new Map(), saved: new Map() };
  const synthesis: Synthesis = { lab, pool: await seeded(input), knowledge: new Map(), made: 0 };
  if (input.queries) hintsFromCode(synthesis, input.routes, input.queries);
  const cast = await castActors(synthesis, input.routes, input.ownership, input.seed);
  const stage: Stage = { lab, synthesis, cast, routes: input.routes, ownership: input.ownership, steps: [] };
  if (cast.owner && input.objects) {
    await makeObjects(stage);
    await fieldsFromAnswers(stage);
  }
  return stage;
}

/** Rows that came with the migrations (plans, categories, settings ...). */
async function seeded({ ground, schema }: StageInput): Promise<PoolRow[]> {
  const rows: PoolRow[] = [];
  for (const table of schema.tables) {
    if (table.primaryKey.length === 0) continue;
    const [schemaName, name] = [table.name.slice(0, table.name.indexOf('.')), table.name.slice(table.name.indexOf('.') + 1)];
    const order = table.primaryKey.map((column) => `"${column}"`).join(', ');
    for (const values of await ground.sql(`SELECT * FROM "${schemaName}"."${name}" ORDER BY ${order} LIMIT 2`)) {
      const key = Object.fromEntries(table.primaryKey.map((column) => [column, values[column] ?? null]));
      rows.push({ table: table.name, name: `seeded.${name}`, key, values, by: null });
    }
  }
  return rows;
}

/** Which column each field is compared with, where the code's own queries say so. */
function hintsFromCode(synthesis: Synthesis, routes: readonly Route[], queries: EvidenceValue<'queries'>): void {
  for (const query of queries.queries) {
    for (const filter of query.filters) {
      const value = filter.value;
      if (value.kind !== 'input' || value.name === '' || !['params', 'body', 'query'].includes(value.from)) continue;
      const table = synthesis.lab.tables.byRelation(filter.table ?? (query.tables.length === 1 ? (query.tables[0] ?? '') : ''));
      if (!table?.columns.some((column) => column.name === filter.column)) continue;
      for (const id of query.routes) {
        const route = routes.find((one) => one.id === id);
        const key = `${value.from}:${value.name}`;
        if (route && !knowledgeOf(synthesis, route).columns.has(key))
          knowledgeOf(synthesis, route).columns.set(key, { table: table.name, column: filter.column, how: 'compared' });
      }
    }
  }
}

const rounds = 3;
const attempts = 3;

/** Keeps what creates the first row of a table; everything else is taken back at once. */
async function makeObjects(stage: Stage): Promise<void> {
  const { lab, synthesis, cast } = stage;
  const owner = cast.owner;
  if (!owner) return;
  const creators = stage.routes.filter((route) => route.method === 'POST' && !sessionPath.test(route.path) && !isWebhook(route));
  for (let round = 0; round < rounds; round++) {
    let gained = false;
    for (const route of creators) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const request = requestFor(synthesis, route, owner, owner, attempt);
        if (request.missing.length > 0 && attempt > 0) break;
        const played = await play(lab, request.step);
        learn(synthesis, route, request, played);
        const kept = succeeded(played) && keep(stage, request, played);
        if (kept) gained = true;
        else await lab.ground.undo(played.changes);
        if (succeeded(played) || played.exchange.response?.status === 404) break;
      }
    }
    if (!gained) break;
  }
}

/** Adds the inserted rows to the pool when one of them is the owner's first of its table. */
function keep(stage: Stage, request: Request, played: Played): boolean {
  const owner = stage.cast.owner;
  const made = played.changes.filter((change) => change.after && (change.op === 'insert' || handsOut(change)));
  const fresh = made.some(
    (change) =>
      handsOut(change) ||
      (!isJournal(change.table) && !stage.synthesis.pool.some((row) => row.table === change.table && row.by === owner?.name)),
  );
  if (!fresh || !owner) return false;
  stage.steps.push(request.step);
  const seen = new Set<string>();
  for (const change of made) {
    if (seen.has(change.table) || !change.after) continue;
    seen.add(change.table);
    const name = `s${stage.steps.length}.${change.table.slice(change.table.indexOf('.') + 1)}`;
    stage.synthesis.pool.push({ table: change.table, name, key: change.key, values: change.after, by: owner.name });
    for (const [column, text] of Object.entries(change.after))
      stage.lab.saved.set(`${name}.${column}`, stage.lab.tables.json(change.table, column, text));
  }
  return true;
}

/** An update that gives a row an unguessable value it did not have: a link to share, a code, an invitation. */
function handsOut({ op, before, after }: RowChange): boolean {
  return (
    op === 'update' &&
    Object.entries(after ?? {}).some(
      ([column, value]) =>
        before?.[column] === null &&
        value !== null &&
        value.length >= 12 &&
        /token|share|code|slug|link|key/i.test(column) &&
        !/hash|reset|password/i.test(column),
    )
  );
}

/** Updates whose code names no fields (it takes whatever comes) are sent what reading the same path gave. */
async function fieldsFromAnswers(stage: Stage): Promise<void> {
  const { synthesis, lab, cast } = stage;
  const owner = cast.owner;
  if (!owner) return;
  for (const route of stage.routes) {
    if (!['PUT', 'PATCH'].includes(route.method) || route.inputs.some((field) => field.in === 'body')) continue;
    const read = stage.routes.find((one) => one.method === 'GET' && one.path === route.path);
    if (!read) continue;
    const played = await play(lab, requestFor(synthesis, read, owner, owner, 0).step);
    await lab.ground.undo(played.changes);
    const answer = jsonAt(played.exchange.response?.body ?? '', '');
    const text = Object.entries(answer !== null && typeof answer === 'object' && !Array.isArray(answer) ? answer : {}).find(
      ([name, value]) => typeof value === 'string' && /name|title|description|bio|note/i.test(name),
    );
    if (text) addField(knowledgeOf(synthesis, route), text[0]);
  }
}

/** Tables that only record what happened. */
export function isJournal(table: string): boolean {
  return /(audit|log|event|history|session|token)s?$/i.test(table);
}

export function isWebhook(route: Route): boolean {
  return /webhook|callback|hooks?\//i.test(route.path);
}

/** The stage steps that the templates of `step` depend on, in order, each saving what is used of it. */
export function stepsBefore(stage: Stage, step: RequestStep): RequestStep[] {
  const used = new Map<number, Set<string>>();
  const follow = (one: RequestStep): void => {
    for (const hole of holesIn([one.path, one.body ?? null])) {
      const number = Number(/^s(\d+)\./.exec(hole)?.[1] ?? 0);
      const source = stage.steps[number - 1];
      if (!source) continue;
      const names = used.get(number) ?? new Set<string>();
      if (!used.has(number)) {
        used.set(number, names);
        follow(source);
      }
      names.add(hole);
    }
  };
  follow(step);
  return [...used]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([number, names]) => {
      const source = stage.steps[number - 1];
      if (!source) return [];
      const save = Object.fromEntries(
        [...names].map((name) => {
          const [, relation = '', column = ''] = name.split('.');
          const table = stage.lab.tables.byRelation(relation)?.name ?? relation;
          return [name, { inserted: table, column }];
        }),
      );
      return [{ ...source, save, expect: { success: true } }];
    });
}
