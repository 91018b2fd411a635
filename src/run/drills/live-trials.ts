import type { LiveEndpoint } from '../../model/evidence/live.ts';
import type { Effect } from '../../model/scenario.ts';
import type { RowChange } from '../../model/transcript.ts';
import { play, succeeded } from '../ground/play/interpreter.ts';
import type { ListenStep, Played, RequestStep, SayStep } from '../ground/play/interpreter.ts';
import { asPlayed, listen, say, tellingColumns } from '../ground/play/live.ts';
import type { Ear } from '../ground/play/live.ts';
import type { Player } from '../ground/play/people/players.ts';
import { rowsRead } from '../ground/play/provenance.ts';
import type { Stage } from '../ground/play/scene.ts';
import type { LiveState } from '../ground/types.ts';
import { changedColumns } from './access-trials.ts';
import type { ChangedRow, HeardRow } from './live-judgement.ts';
import { listenStep } from './live-voices.ts';
import type { Reached, Voice } from './live-voices.ts';
import type { Owners } from './owners.ts';
import { templated } from './proof.ts';

/** How somebody comes: as themselves, or as a page of their browser does, from the application's own site or from another. */
export type Manner = 'plain' | 'cookies' | 'foreign';

/** A site that is not the application's. */
const elsewhere = 'https://elsewhere.example';

type LiveStep = ListenStep | SayStep | RequestStep;

/** Something of the owner's that came over a connection or was changed through it, with the steps that made it so. */
export interface Hit {
  readonly heard: HeardRow | null;
  readonly changed: (ChangedRow & { readonly key: RowChange['key'] }) | null;
  readonly steps: readonly LiveStep[];
  readonly effect: Effect;
  readonly played: Played;
}

/** One connection, spoken on in one way. */
export interface Trial {
  readonly endpoint: LiveEndpoint;
  readonly voice: Voice;
  readonly player: Player;
  readonly manner: Manner;
  readonly steps: readonly (ListenStep | SayStep)[];
  readonly ear: Ear;
  /** Why it was over when all was said; null while it was open. */
  readonly ended: string | null;
  readonly hits: Hit[];
  readonly ownTables: Set<string>;
  /** How often something came after the owner had changed something. */
  news: number;
}

/** What trials are made of. */
export interface Scene {
  readonly stage: Stage;
  readonly owners: Owners;
  readonly reach: (endpoint: LiveEndpoint) => Reached;
}

/** Connects as a player and says what the voice has to say; what that changes is taken back. Null where no address can be made. */
export async function openTrial(scene: Scene, endpoint: LiveEndpoint, voice: Voice, player: Player, manner: Manner): Promise<Trial | null> {
  const { stage } = scene;
  const { lab } = stage;
  const plain = listenStep(stage, endpoint, player, scene.reach(endpoint));
  if (!plain) return null;
  const { query: _query, auth: _auth, ...bare } = plain;
  const origin = manner === 'foreign' ? { headers: { origin: elsewhere } } : {};
  const step: ListenStep = manner === 'plain' ? plain : { ...bare, ...origin, cookiesOnly: true };
  const { ear, played } = await listen(lab, step);
  await lab.ground.undo(played.changes);
  const trial = { endpoint, voice, player, manner, ear, hits: [], ownTables: new Set<string>(), news: 0 };
  const steps: (ListenStep | SayStep)[] = [step];
  noteAnswer(scene, { ...trial, steps, ended: null }, played);
  let { ended } = ear;
  // Whoever has no token would not say who they are; nor does a page that only has the cookies.
  const hello = player.part === 'anonymous' || manner !== 'plain' ? null : voice.hello;
  for (const message of ear.accepted ? [hello, voice.message] : []) {
    if (message === null || ended !== null) continue;
    const spoken: SayStep = { do: 'say', on: step.name, message };
    steps.push(spoken);
    const answer = await say(lab, ear, spoken);
    await lab.ground.undo(answer.changes);
    noteAnswer(scene, { ...trial, steps: [...steps], ended: null }, answer);
    ended = answer.exchange.failure;
  }
  return { ...trial, steps, ended };
}

/** The owner's rows in what came at once, and those that changed. */
function noteAnswer({ stage, owners }: Scene, trial: Trial, played: Played): void {
  const { lab, synthesis } = stage;
  const mine = synthesis.pool.filter((row) => row.by === 'owner' && row.table !== 'answer');
  const read = rowsRead(lab.tables, played).filter((row) => owners.of(row) === 'owner');
  const seen = new Set<string>();
  for (const row of [...mine, ...read]) {
    const place = JSON.stringify([row.table, row.key]);
    if (Object.keys(row.key).length === 0 || seen.has(place)) continue;
    const heard = heardRow(stage, trial.player, played, row);
    if (!heard) continue;
    seen.add(place);
    const key = templated(stage, row.table, row.key);
    trial.hits.push({ heard, changed: null, steps: trial.steps, effect: { shows: 'row-heard', on: 'ear', table: row.table, key }, played });
  }
  for (const change of played.changes) {
    const { table, op, key } = change;
    const whose = owners.ofChange(change);
    if (whose === trial.player.name) trial.ownTables.add(table);
    if (whose !== 'owner' || (op !== 'update' && op !== 'delete' && op !== 'insert')) continue;
    const effect: Effect = { shows: 'row-changed', table, key: op === 'insert' ? {} : templated(stage, table, key), op };
    const changed = { table, key, op, columns: changedColumns(change, stage, played) };
    trial.hits.push({ heard: null, changed, steps: trial.steps, effect, played });
  }
}

type Row = { readonly table: string; readonly key: Record<string, string | null>; readonly values: Record<string, string | null> };

/** The row as it stands in what came; null where nothing of it does. */
function heardRow(stage: Stage, player: Player, played: Played, row: Row): HeardRow | null {
  const columns = tellingColumns(stage.lab, played, row);
  if (columns.length === 0) return null;
  const tag = stage.cast.owner?.tag ?? '';
  const words = columns.some((column) => row.values[column]?.includes(tag) === true);
  return { table: row.table, key: row.key, columns, words, concernsHearer: player.name !== 'owner' && concerns(stage, player, row) };
}

/** Whether a reference of the row leads to the player themselves. */
function concerns({ lab, ownership }: Stage, player: Player, row: Row): boolean {
  const { users } = ownership;
  const bare = users?.table.slice(users.table.indexOf('.') + 1);
  const me = users ? player.values.get(`${bare}.${users.key}`) : undefined;
  if (me === undefined || me === null) return false;
  const links = lab.tables.byName(row.table)?.foreignKeys.filter((one) => one.table === users?.table) ?? [];
  return links.some(({ columns }) => columns.some((column) => row.values[column] === String(me)));
}

/** How long news may take, and how long silence lasts before nothing more is expected. */
const patience = { quietMs: 150, afterNewsMs: 60, longestMs: 1_000, stepMs: 30 };

/**
 * Has the owner send a request that changes rows of the owner's, and notes on which connections they come. False where it failed or
 * changed nothing of the owner's.
 */
export async function provoke({ stage, owners }: Scene, trials: readonly Trial[], step: RequestStep): Promise<boolean> {
  const { lab } = stage;
  const names = trials.map(({ ear }) => ear.connection);
  const before = (await lab.ground.heard(names)).map(latest);
  const played = await play(lab, step);
  const rows = changedRows(played.changes).filter(
    (change) => owners.ofChange(change) === 'owner' && Object.keys(change.key).length > 0 && change.after !== null,
  );
  if (!succeeded(played) || rows.length === 0) {
    await lab.ground.undo(played.changes);
    return false;
  }
  const states = await news(stage, names, before);
  for (const [index, trial] of trials.entries()) {
    const state = states[index];
    if (!state || latest(state) === before[index]) continue;
    trial.news += 1;
    const came = asPlayed(trial.ear, state, before[index]);
    for (const { table, key, after } of rows) {
      const heard = heardRow(stage, trial.player, came, { table, key, values: after ?? {} });
      if (!heard) continue;
      const columns = Object.keys(key);
      const save = Object.fromEntries(columns.map((column) => [`news.${column}`, { inserted: table, column }]));
      const named = Object.fromEntries(columns.map((column) => [column, `{{news.${column}}}`]));
      trial.hits.push({
        heard,
        changed: null,
        steps: [...trial.steps, { ...step, save, expect: { success: true } }],
        effect: { shows: 'row-heard', on: 'ear', table, key: named },
        played: { ...came, statements: played.statements, changes: played.changes },
      });
    }
  }
  await lab.ground.undo(played.changes);
  return true;
}

/** One row a table: the one that a step of a scenario would save. */
function changedRows(changes: readonly RowChange[]): RowChange[] {
  const tables = new Set(changes.map(({ table }) => table));
  return [...tables].flatMap((table) => {
    const mine = changes.filter((change) => change.table === table && (change.op === 'insert' || change.op === 'update'));
    return mine.find(({ op }) => op === 'insert') ?? mine[0] ?? [];
  });
}

async function news({ lab }: Stage, names: readonly string[], before: readonly number[]): Promise<LiveState[]> {
  const started = performance.now();
  let states = await lab.ground.heard(names);
  let last = started;
  let count = -1;
  while (performance.now() - started < patience.longestMs) {
    const now = states.reduce((sum, state, index) => sum + latest(state) - (before[index] ?? 0), 0);
    if (now !== count) last = performance.now();
    count = now;
    if (performance.now() - last > (count > 0 ? patience.afterNewsMs : patience.quietMs)) break;
    await new Promise((resolve) => setTimeout(resolve, patience.stepMs));
    states = await lab.ground.heard(names);
  }
  return states;
}

function latest({ frames }: LiveState): number {
  return frames.at(-1)?.seq ?? 0;
}
