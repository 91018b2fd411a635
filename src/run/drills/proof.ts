import type { Proof } from '../../model/proof.ts';
import type { ByAnswers, Effect, Scenario } from '../../model/scenario.ts';
import type { StatementRecord } from '../../model/transcript.ts';
import { shownTable } from '../../model/words.ts';
import { isAnswered } from '../ground/play/answers.ts';
import type { ListenStep, Played, SayStep, StubStep } from '../ground/play/interpreter.ts';
import { entrancesOf } from '../ground/play/people/entrance.ts';
import type { Json } from '../ground/play/people/players.ts';
import { holesOf, stepsBefore } from '../ground/play/scene.ts';
import type { Stage, StageStep } from '../ground/play/scene.ts';
import { holesIn } from '../ground/play/templates.ts';
import type { RawCell } from './access-judgement.ts';
import { toldByAnswers } from './by-answers.ts';
import { financial } from './data-names.ts';

/** The smallest experiment that shows a cell: who signs up, what the owner makes, the request, and what must show. */
export function proofOf(stage: Stage, cell: RawCell, cells: readonly RawCell[]): Proof | null {
  const change = cell.route.method === 'GET' ? undefined : cell.changed.find((one) => one.op === 'update' || one.op === 'delete');
  const row = change ?? cell.read.find((one) => Object.keys(one.key).length > 0);
  if (!row) return proofOfAdding(stage, cell);
  const before = neededSteps(stage, cell, row);
  const key = templated(stage, row.table, row.key);
  const effect: Effect = isAnswered(row.table)
    ? { shows: 'canary', of: 'owner' }
    : change && (change.op === 'update' || change.op === 'delete')
      ? { shows: 'row-changed', table: row.table, key, op: change.op }
      : { shows: 'row-read', table: row.table, key };
  const scenario = scenarioOf(
    stage,
    `${cell.actor} ${cell.route.id}`,
    `${cell.actor} calls ${cell.route.id} with the owner's objects`,
    [...before, ...(cell.swayed ? [{ do: 'stub' as const, rule: cell.swayed }] : []), cell.request.step],
    effect,
    toldByAnswers(stage, cell, row, effect, cells),
  );
  const observed = change
    ? `${cell.actor} sent ${cell.route.id} and the owner's row in ${shownTable(row.table)} was ${change.op === 'delete' ? 'deleted' : `changed (${cell.changed.find((one) => one === change)?.columns.join(', ')})`}.`
    : `${cell.actor} sent ${cell.route.id} and received the owner's row of ${shownTable(row.table)} (${[...new Set(cell.read.flatMap((one) => one.columns))].join(', ')}).`;
  return recorded(scenario, observed, cell.played);
}

/** Of a request that only adds rows: that such a row is there afterwards. */
function proofOfAdding(stage: Stage, cell: RawCell): Proof | null {
  const added = cell.route.method === 'GET' ? undefined : cell.changed.find((one) => one.op === 'insert');
  if (!added) return null;
  const scenario = scenarioOf(
    stage,
    `${cell.actor} ${cell.route.id}`,
    `${cell.actor} calls ${cell.route.id} with the owner's objects`,
    [...stepsBefore(stage, cell.request.step), cell.request.step],
    { shows: 'row-changed', table: added.table, key: {}, op: 'insert' },
  );
  return recorded(scenario, `${cell.actor} sent ${cell.route.id} and a row was added to ${shownTable(added.table)}.`, cell.played);
}

/** A proof around a scenario, with what was seen when it ran. */
export function recorded(scenario: Scenario | null, observed: string, played: Played): Proof {
  const statements: StatementRecord[] = played.statements.slice(0, 12).map((statement) => ({
    text: statement.text.slice(0, 2_000),
    binds: statement.binds.map((bind) => bind?.slice(0, 200) ?? null),
    rows: statement.rowCount,
    tag: statement.tag,
    error: statement.error ? `${statement.error.code} ${statement.error.message}` : null,
  }));
  const response = played.exchange.response;
  return {
    scenario,
    observed,
    ...withoutTokens({
      exchanges: [
        {
          ...played.exchange,
          request: { ...played.exchange.request, headers: withoutSessions(played.exchange.request.headers) },
          response: response && { ...response, headers: withoutSessions(response.headers), body: response.body.slice(0, 4_000) },
        },
      ],
      statements,
      changes: played.changes.slice(0, 12).map(({ table, key, op, before, after }) => ({ table, key, op, before, after })),
    }),
  };
}

/** The transcript without these values: the first letters of each are enough to know it again. */
export function withoutValues<T extends object>(played: T, values: readonly string[]): T {
  let text = JSON.stringify(played);
  for (const value of new Set(values)) {
    if (value.length < 8) continue;
    text = text.replaceAll(JSON.stringify(value).slice(1, -1), `${JSON.stringify(value.slice(0, 4)).slice(1, -1)}…`);
    // Inside a JSON body, which is itself a text here.
    text = text.replaceAll(JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1), `${value.slice(0, 4)}…`);
  }
  return JSON.parse(text) as T;
}

/** Stored forms of passwords: `$2b$10$…`, `$argon2id$…`, `$scrypt$…`. */
const passwordHash = /\$(?:2[abxy]|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*|[156y])\$[^\s"'\\]{16,}/g;
const jsonWebToken = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;
/** `"accessToken": "..."` and `"passwordHash": "..."` in a JSON text. */
const namedToken =
  /("(?:(?:(?:access|refresh|id|auth|session)_?)?(?:token|jwt)|pass(?:word|wd)?_?(?:hash|digest))"\s*:\s*")([^"\\]{12,})(?=")/gi;

/**
 * The same with the middle of every session token and password hash taken out. Where the application signs with a secret that stands in its
 * code, a token that it gave to an invented user is good for somebody else's account on its real servers.
 */
export function withoutTokens<T>(value: T): T {
  if (typeof value === 'string')
    return value
      .replace(passwordHash, (hash) => `${hash.slice(0, 7)}…`)
      .replace(jsonWebToken, (token) => `${token.slice(0, 7)}…`)
      .replace(namedToken, (_all, name: string, token: string) => `${name}${token.slice(0, 7)}…`) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutTokens(item)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutTokens(inner as unknown)])) as T;
}

/** Headers with the session taken out: it is of no use to a reader, and tokens in reports alarm scanners. */
function withoutSessions(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      /^(authorization|cookie|set-cookie|x-api-key|x-auth-token)$/i.test(name) ? `${value.slice(0, 7)}…` : value,
    ]),
  );
}

/** A scenario with the actors that its steps speak of, and how each came in. */
export function scenarioOf(
  stage: Stage,
  id: string,
  title: string,
  wished: readonly (StageStep | ListenStep | SayStep | StubStep)[],
  effect: Effect,
  told: ByAnswers = {},
): Scenario {
  const [steps, byAnswers] = [withTags(stage, wished), withTags(stage, told)];
  const { control, witness, shown = [] } = byAnswers;
  const requests = [control, witness].filter((step) => step !== undefined);
  const names = new Set<string>([...steps, ...requests].flatMap((step) => ('as' in step ? [step.as] : [])));
  const holes = [...steps, ...requests].flatMap((step) =>
    holesOf(step).map((hole) => (!('as' in step) ? hole : hole.replace(/^me\./, `${step.as}.`))),
  );
  holes.push(...holesIn('key' in effect ? effect.key : null), ...holesIn([...shown]));
  for (const hole of holes) names.add(hole.split('.')[0] ?? '');
  const entrances = entrancesOf(stage.lab, names, holes);
  const actors = Object.fromEntries(
    [...stage.lab.players.values()]
      .filter((player) => entrances.has(player.name))
      .map((player) => {
        const entrance = entrances.get(player.name) ?? [];
        return [player.name, { part: player.part, role: player.role, ...(entrance.length > 0 ? { entrance } : {}) }];
      }),
  );
  return { id, title, actors, steps: [...steps], effect, ...(Object.keys(byAnswers).length > 0 ? { byAnswers } : {}) };
}

/** The same with the actors' names for the texts of theirs that a step sends back as it was once answered. */
function withTags<T>(stage: Stage, value: T): T {
  let text = JSON.stringify(value);
  for (const { name, tag } of stage.lab.players.values()) text = text.replaceAll(tag, `{{${name}.tag}}`);
  return JSON.parse(text) as T;
}

/** The steps that made what the request names, and the row in which the effect shows. */
export function neededSteps(stage: Stage, cell: RawCell, row: { table: string; key: Record<string, string | null> }): StageStep[] {
  const key = templated(stage, row.table, row.key);
  // Whether a sum suffices depends on what the owner did with it before.
  const sums = cell.changed.some((change) => change.columns.some((column) => financial.test(column)));
  const below = sums ? rowsBelow(stage, row).map((one) => templated(stage, one.table, one.key)) : [];
  const said = cell.swayed?.does ?? null;
  return stepsBefore(stage, { ...cell.request.step, body: [cell.request.step.body ?? null, key, ...below, said] as Json });
}

/** Rows that the owner made and that refer to this one. */
export function rowsBelow(
  { lab, synthesis }: Stage,
  row: { table: string; key: Record<string, string | null> },
): Stage['synthesis']['pool'] {
  return synthesis.pool.filter((one) =>
    lab.tables
      .byName(one.table)
      ?.foreignKeys.some(
        (foreign) =>
          one.by === 'owner' &&
          foreign.table === row.table &&
          foreign.columns.every((column, index) => one.values[column] === row.key[foreign.references[index] ?? '']),
      ),
  );
}

/** A row's key with the names that the stage gave its values, so that it means the same row when replayed. */
export function templated(stage: Stage, table: string, key: Record<string, string | null>): Record<string, string> {
  const made = stage.synthesis.pool.find(
    (row) => row.by !== null && row.table === table && Object.entries(key).every(([column, value]) => row.values[column] === value),
  );
  return Object.fromEntries(Object.entries(key).map(([column, value]) => [column, made ? `{{${made.name}.${column}}}` : (value ?? '')]));
}
