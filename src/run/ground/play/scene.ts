import type { EvidenceValue } from '../../../model/evidence/index.ts';
import type { RowChange } from '../../../model/transcript.ts';
import { objectIn, onlyAnswers } from './answers.ts';
import { castActors } from './people/casting.ts';
import type { Cast } from './people/casting.ts';
import { jsonAt, play, succeeded } from './interpreter.ts';
import type { Lab, ListenStep, Played, RequestStep, SayStep, SqlStep, StubStep } from './interpreter.ts';
import { bearersOf } from './people/impostors.ts';
import type { Bearers } from './people/impostors.ts';
import { knownBy, madeAt, pathOf } from './people/told.ts';
import { sessionRowsOf } from './people/expiry.ts';
import type { SessionRows } from './people/expiry.ts';
import { isJournal } from './journals.ts';
import { fieldsOfUpdates } from './asking/fields-of-updates.ts';
import { plantRows } from './asking/planting.ts';
import { tablesOf } from './provenance.ts';
import type { Json } from './people/players.ts';
import { quote } from './quote.ts';
import { parserReady } from './statement.ts';
import { addField, learn } from './asking/learning.ts';
import { attemptsAt, followingsOf } from './asking/samples.ts';
import { knowledgeOf, requestFor, sessionPath } from './asking/synthesis.ts';
import type { PoolRow, Request, Route, Synthesis } from './asking/synthesis.ts';
import { tableOfPath } from './asking/tables-named.ts';
import { holesIn } from './templates.ts';
import type { Ground } from '../types.ts';

type Ownership = EvidenceValue<'ownership'>;

/** A request of the owner's, or a row that was planted because no request makes it. */
export type StageStep = RequestStep | SqlStep;

/** The scene that drills play on: actors, and objects that the owner made through the app's own endpoints. */
export interface Stage {
  readonly lab: Lab;
  readonly synthesis: Synthesis;
  readonly cast: Cast;
  /** Who comes with the owner's name and no right to it; null where sessions are no JSON Web Tokens. */
  readonly bearers: Bearers | null;
  /** Where the owner's session stands as a row that runs out; null where it does not. */
  readonly sessionRows: SessionRows | null;
  readonly routes: readonly Route[];
  readonly ownership: Ownership;
  /** What made the owner's objects, in order; `s<n>` in templates means row made by the n-th. */
  readonly steps: StageStep[];
  /** What those of them that are requests were answered. */
  readonly answers: Map<StageStep, string>;
  /** Routes that made them: they work, even where a repeat is refused as a duplicate. */
  readonly worked: Set<string>;
}

interface StageInput {
  readonly ground: Ground;
  readonly seed: string;
  readonly schema: EvidenceValue<'schema'>;
  readonly ownership: Ownership;
  readonly routes: readonly Route[];
  readonly queries: EvidenceValue<'queries'> | null;
  /** Requests that the repository holds. */
  readonly samples: EvidenceValue<'samples'> | null;
  /** Let the owner make objects; a replay brings its own steps instead. */
  readonly objects: boolean;
  /** Who is needed, beside the owner and those who need nothing; everybody when absent. */
  readonly actors?: ReadonlySet<string> | undefined;
}

/** Casts the actors and lets the owner make one object of every kind that the app can make. */
export async function setStage(input: StageInput): Promise<Stage> {
  await parserReady;
  const lab: Lab = { ground: input.ground, tables: tablesOf(input.schema.tables), players: new Map(), saved: new Map() };
  const synthesis: Synthesis = {
    lab,
    pool: await seeded(input),
    knowledge: new Map(),
    samples: followingsOf(input.samples?.samples ?? [], input.routes),
    made: 0,
    forms: false,
  };
  if (input.queries) hintsFromCode(synthesis, input.routes, input.queries);
  const cast = await castActors(synthesis, input.routes, input.ownership, input.seed, input.queries, input.actors);
  const bearers = cast.owner ? await bearersOf(lab, cast.owner, input.seed) : null;
  const sessionRows = cast.owner ? await sessionRowsOf(lab, cast.owner) : null;
  const stage: Stage = {
    lab,
    synthesis,
    cast,
    bearers,
    sessionRows,
    routes: input.routes,
    ownership: input.ownership,
    steps: [],
    answers: new Map(),
    worked: new Set(),
  };
  if (cast.owner && input.objects) {
    await makeObjects(stage);
    // What only an administrator, a job or another service makes is planted; with it, more of the app's own endpoints work.
    for (
      let round = 0;
      round < rounds &&
      (await plantRows({ synthesis, ownership: input.ownership, owner: cast.owner, open: cast.open, steps: stage.steps })) > 0;
      round++
    )
      await makeObjects(stage);
    await fieldsOfUpdates(synthesis, stage.routes, cast.owner);
  }
  return stage;
}

/** Rows that came with the migrations (plans, categories, settings ...). */
async function seeded({ ground, schema }: StageInput): Promise<PoolRow[]> {
  const rows: PoolRow[] = [];
  for (const table of schema.tables) {
    if (table.primaryKey.length === 0) continue;
    const name = table.name.slice(table.name.indexOf('.') + 1);
    const order = table.primaryKey.map(quote).join(', ');
    for (const values of await ground.sql(`SELECT * FROM ${quote(table.name)} ORDER BY ${order} LIMIT 2`)) {
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

/** Keeps what creates the first row of a table; everything else is taken back at once. */
async function makeObjects(stage: Stage): Promise<void> {
  const { lab, synthesis, cast } = stage;
  const owner = cast.owner;
  if (!owner) return;
  const creators = stage.routes.filter((route) => route.method === 'POST' && !sessionPath.test(route.path) && !isWebhook(route));
  for (let round = 0; round < rounds; round++) {
    let gained = false;
    for (const route of creators) {
      for (const attempt of attemptsAt(synthesis, route)) {
        if (attempt > 0) guessFields(stage, route, attempt > 1);
        const request = requestFor(synthesis, route, owner, owner, attempt);
        if (request.missing.length > 0 && attempt > 0) break;
        const played = await play(lab, request.step);
        learn(synthesis, route, request, played);
        const kept = succeeded(played) && keep(stage, route, request, played);
        if (kept) {
          gained = true;
          stage.worked.add(route.id);
        } else await lab.ground.undo(played.changes);
        if (succeeded(played) || played.exchange.response?.status === 404) break;
      }
    }
    if (!gained) break;
  }
}

/**
 * Where neither the code nor an answer says what a creating endpoint takes, its table does: what must be set, but for whose it is.
 * @param asColumns in the columns' own spelling; else in camel case
 */
function guessFields({ synthesis, ownership }: Stage, route: Route, asColumns: boolean): void {
  const known = knowledgeOf(synthesis, route);
  const table = tableOfPath(synthesis.lab, route.path);
  const guessed = [...known.extra.keys()].every((key) => known.guessed.has(key));
  if (!table || route.inputs.some((field) => field.in === 'body') || !guessed) return;
  for (const key of known.guessed) known.extra.delete(key);
  const people = new Set([ownership.users?.table, ownership.tenants?.table]);
  for (const column of table.columns) {
    const whose = table.foreignKeys.some((key) => key.columns[0] === column.name && people.has(key.table));
    if (column.nullable || column.default !== null || column.generated || whose || table.primaryKey.includes(column.name)) continue;
    const name = asColumns ? column.name : column.name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
    addField(known, name, table.name, column.name);
    known.guessed.add(`body:${name}`);
  }
}

/** Adds the inserted rows to the pool when one of them is the owner's first of its table. */
function keep(stage: Stage, route: Route, request: Request, played: Played): boolean {
  const owner = stage.cast.owner;
  if (onlyAnswers(stage.lab)) return keepObject(stage, route, request, played);
  const made = played.changes.filter((change) => change.after && (change.op === 'insert' || handsOut(change)));
  const fresh = made.some(
    (change) =>
      handsOut(change) ||
      (!isJournal(change.table) && !stage.synthesis.pool.some((row) => row.table === change.table && row.by === owner?.name)),
  );
  if (!fresh || !owner) return false;
  stage.steps.push(request.step);
  stage.answers.set(request.step, played.exchange.response?.body ?? '');
  const seen = new Set<string>();
  for (const change of made) {
    if (seen.has(change.table) || !change.after) continue;
    seen.add(change.table);
    const name = `s${stage.steps.length}.${change.table.slice(change.table.indexOf('.') + 1)}`;
    stage.synthesis.pool.push({ table: change.table, name, key: change.key, values: change.after, by: owner.name });
    for (const [column, text] of Object.entries(change.after))
      stage.lab.saved.set(`${name}.${column}`, stage.lab.tables.json(change.table, column, text));
  }
  keepAnswer(stage, owner.name, played);
  return true;
}

/** Without tables the answer says what was made. */
function keepObject(stage: Stage, route: Route, request: Request, played: Played): boolean {
  const { lab, synthesis, cast } = stage;
  const made = objectIn(route, played);
  if (!made || !cast.owner || synthesis.pool.some((row) => row.table === made.table)) return false;
  stage.steps.push(request.step);
  stage.answers.set(request.step, played.exchange.response?.body ?? '');
  const name = `s${stage.steps.length}.${made.table.slice(made.table.indexOf('.') + 1)}`;
  synthesis.pool.push({ ...made, name, by: cast.owner.name });
  for (const [column, text] of Object.entries(made.values)) lab.saved.set(`${name}.${column}`, text);
  return true;
}

/** Codes and tokens that stand only in the answer (the database keeps their hash) can be named by later requests too. */
function keepAnswer(stage: Stage, owner: string, played: Played): void {
  const answer = jsonAt(played.exchange.response?.body ?? '', '');
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) return;
  const codes = Object.entries(answer).flatMap(([column, value]) =>
    typeof value === 'string' && value.length >= 16 && /token|code|key|slug/i.test(column) && !/access|jwt|bearer/i.test(column)
      ? [[column, value] as const]
      : [],
  );
  if (codes.length === 0) return;
  const name = `s${stage.steps.length}.answer`;
  stage.synthesis.pool.push({ table: 'answer', name, key: {}, values: Object.fromEntries(codes), by: owner });
  for (const [column, value] of codes) stage.lab.saved.set(`${name}.${column}`, value);
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

export function isWebhook(route: Route): boolean {
  return /webhook|callback|hooks?\//i.test(route.path);
}

/** The values that a step takes from elsewhere. */
export function holesOf(step: StageStep | ListenStep | SayStep | StubStep): string[] {
  switch (step.do) {
    case 'sql':
      return holesIn(step.parameters ?? []);
    case 'say':
      return holesIn(step.message as Json);
    case 'stub':
      return holesIn((step.rule.does ?? null) as Json);
    case 'listen':
      return holesIn([step.path, ...Object.values(step.query ?? {}), ...Object.values(step.auth ?? {})]);
    case 'request':
      return holesIn([step.path, step.body ?? null]);
  }
}

/** The stage steps that the templates of `step` depend on, in order, each saving what is used of it. */
export function stepsBefore(stage: Stage, step: StageStep): StageStep[] {
  const used = new Map<number, Set<string>>();
  const follow = (one: StageStep): void => {
    for (const hole of holesOf(one)) {
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
    .flatMap(([number, names]): StageStep[] => {
      const source = stage.steps[number - 1];
      if (!source) return [];
      if (source.do === 'sql') {
        const save = Object.fromEntries([...names].map((name) => [name, { column: name.split('.')[2] ?? '' }]));
        return [{ ...source, save, expect: { rows: 'some' } }];
      }
      const save: NonNullable<RequestStep['save']> = {};
      // Grows while it is walked through: what names a row to the database may be the id of another row.
      for (const name of names) {
        save[name] = sourceOf(stage, source, name);
        for (const hole of holesIn('known' in save[name] ? (save[name].known ?? null) : null))
          if (hole.startsWith(`s${number}.`)) names.add(hole);
      }
      return [{ ...source, save, expect: { success: true } }];
    });
}

/** Where a value that a step gave comes from. */
function sourceOf(stage: Stage, source: RequestStep, name: string): NonNullable<RequestStep['save']>[string] {
  const [, relation = '', column = ''] = name.split('.');
  const table = stage.lab.tables.byRelation(relation)?.name ?? relation;
  const within = stage.synthesis.pool.find((row) => name.startsWith(`${row.name}.`))?.answer;
  if (within !== undefined) return { json: `${within}${column}` };
  if (relation === 'answer') return { json: column };
  const row = stage.synthesis.pool.find((one) => name === `${one.name}.${column}`);
  return { inserted: table, column, ...(row ? toldOf(stage, source, row, column) : {}) };
}

/** Where the answer told a value of the row that a step made, and by which of its columns the database knows the row again. */
function toldOf(
  { lab, answers, synthesis }: Stage,
  source: RequestStep,
  row: PoolRow,
  column: string,
): { answer?: string; known?: Record<string, string> } {
  const maker = lab.players.get(source.as);
  const value = row.values[column] ?? null;
  const made = madeAt(source.path, row.table);
  const answer = value === null ? null : pathOf(jsonAt(answers.get(source) ?? '', ''), { table: row.table, column, value, made });
  const written = maker ? knownBy(row.values, maker) : {};
  const known = Object.keys(written).length > 0 || answer !== null ? written : besides(synthesis, lab, row);
  return { ...(answer === null ? {} : { answer }), ...(Object.keys(known).length === 0 ? {} : { known }) };
}

/** A row by the other row of the same step that it refers to: the items of an order. */
function besides({ pool }: Synthesis, lab: Lab, row: PoolRow): Record<string, string> {
  const step = row.name.split('.')[0] ?? '';
  for (const key of lab.tables.byName(row.table)?.foreignKeys ?? []) {
    const [column, reference] = [key.columns[0], key.references[0]];
    const other = pool.find(
      (one) => one.name.startsWith(`${step}.`) && one.table === key.table && one.values[reference ?? ''] === row.values[column ?? ''],
    );
    if (other && key.columns.length === 1 && column !== undefined && reference !== undefined)
      return { [column]: `{{${other.name}.${reference}}}` };
  }
  return {};
}
