import type { EvidenceValue } from '../../model/evidence/index.ts';
import { logInAgain } from '../ground/play/people/log-in.ts';
import { credentialsIn } from '../ground/play/people/sessions.ts';
import { deletion, exclusionsOf, heldIn, putBack, writing } from '../ground/play/people/exclusion.ts';
import type { Exclusion } from '../ground/play/people/exclusion.ts';
import { jwtIn, readJwt } from '../ground/play/people/tokens.ts';
import type { Player } from '../ground/play/people/players.ts';
import { letIn, playBack, succeeded } from '../ground/play/interpreter.ts';
import type { RequestStep, SqlStep } from '../ground/play/interpreter.ts';
import { fillText } from '../ground/play/templates.ts';
import type { Stage } from '../ground/play/scene.ts';
import { requestFor, sessionPath } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { knownTo, stageOf } from './actors.ts';
import { leftOutGaps, whileTimeLasts } from './budget.ts';
import { defineDrill } from './context.ts';
import { byImportance } from './importance.ts';
import { recorded, scenarioOf } from './proof.ts';

type Trial = EvidenceValue<'revocations'>['trials'][number];

/** One guard mostly stands before all of them; these many show whether there are several. */
const most = 16;

/** Suspends and deletes accounts while their sessions live, and comes back with those. */
export default defineDrill({
  name: 'revocations',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors', 'access'],
  uses: ['queries'],
  yields: 'revocations',
  async run(given, context) {
    const stage = await stageOf(given, context);
    const { suspended, deleted } = stage.cast.leavers;
    const cell = (route: Route, actor: string) => given.access.value.cells.find((one) => one.endpoint === route.id && one.actor === actor);
    const asking = byImportance(stage.routes, knownTo(given)).filter(
      (route) =>
        route.method === 'GET' &&
        !/[:*(]/.test(route.path) &&
        !sessionPath.test(route.path) &&
        cell(route, 'owner')?.outcome === 'own' &&
        [401, 403].includes(cell(route, 'anonymous')?.status ?? 0) &&
        (context.focus.endpoints?.includes(route.id) ?? true),
    );
    const asked = asking.slice(0, most);
    const trials: Trial[] = [];
    const turn = context.budget.turn('revocations');
    const events: (() => Promise<Trial | null>)[] = [
      ...(suspended
        ? exclusionsOf(stage.lab, stage.ownership)
            .filter(({ column, guessed }) => !guessed || isWritten(given.access.value.cells, stage.ownership.users?.table, column))
            .map((how) => () => suspension(stage, suspended, asked, how))
        : []),
      ...(deleted ? [() => removal(stage, deleted, asked)] : []),
    ];
    const leftOut = await whileTimeLasts(turn, asked.length === 0 ? [] : events, async (event) => {
      context.progress('accounts that are shut out');
      const trial = await event();
      if (trial) trials.push(trial);
    });
    const cut = events.length > 0 && asked.length === 0 ? given.access.gaps : [];
    return { value: { trials }, gaps: [...leftOutGaps(context.budget, 'accounts that are shut out', leftOut, events), ...cut] };
  },
});

/** Some request of the application's own was seen to set the column of somebody's account. */
function isWritten(cells: EvidenceValue<'access'>['cells'], table: string | undefined, column: string): boolean {
  return cells.some(({ changed }) => changed.some((one) => one.table === table && one.op === 'update' && one.columns.includes(column)));
}

type Step = { readonly route: Route; readonly step: RequestStep };

/** Which of these reads answer the player now. */
async function answering(stage: Stage, player: Player, asked: readonly Route[]): Promise<Step[]> {
  const found: Step[] = [];
  for (const route of asked) {
    const { step } = requestFor(stage.synthesis, route, player, player, 0);
    if (letIn(await playBack(stage.lab, step))) found.push({ route, step });
  }
  return found;
}

/** Turned away, or sent to the login. */
function refused(status: number | null): boolean {
  return status === 401 || status === 403 || (status !== null && status >= 300 && status < 400);
}

/** Whether the login gives the player a session. */
async function loginWorks(stage: Stage, player: Player): Promise<boolean> {
  const { login } = stage.cast;
  if (!login) return false;
  const played = await playBack(stage.lab, requestFor(stage.synthesis, login, player, player, 0).step);
  return succeeded(played) && credentialsIn(played) !== null;
}

async function write({ lab }: Stage, player: Player, step: SqlStep): Promise<boolean> {
  const parameters = (step.parameters ?? []).map((text) => fillText(text, player, { saved: lab.saved, players: lab.players }));
  const rows = await lab.ground.sql(step.text, parameters).catch(() => []);
  return rows.length > 0;
}

/** One word that may shut the account out, written while its session lives. */
async function suspension(stage: Stage, player: Player, asked: readonly Route[], exclusion: Exclusion): Promise<Trial | null> {
  const { column, words } = exclusion;
  const { lab, ownership } = stage;
  const table = ownership.users?.table ?? '';
  // Applications that allow one session at a time end the one before with a login: the latest counts.
  const { login } = stage.cast;
  const before = login && (await logInAgain(stage.synthesis, login, player));
  const working = await answering(stage, player, asked);
  if (before === false || working.length === 0) return null;
  const held = await heldIn(lab, player, ownership, column);
  let used: { word: string; step: SqlStep; barred: boolean | null } | null = null;
  for (const named of words) {
    // SQLite keeps what is true as a number.
    const word = held === '0' || held === '1' ? ({ true: '1', false: '0' }[named] ?? named) : named;
    if (word === held) continue;
    const step = writing(player, ownership, column, word);
    if (!step || !(await write(stage, player, step))) continue;
    const barred = before === null ? null : !(await loginWorks(stage, player));
    if (!used || barred) used = { word, step, barred };
    if (barred !== false) break;
  }
  if (used && exclusion.guessed && used.barred !== true) {
    await putBack(lab, player, ownership, column, held);
    return null;
  }
  if (!used) return null;
  await write(stage, player, used.step);
  const after = await answers(stage, player, working, used.step, `${table}.${column} = ${used.word}`);
  await putBack(lab, player, ownership, column, held);
  // A login that stays shut was not shut by the word.
  const barred = used.barred === true && !(await loginWorks(stage, player)) ? null : used.barred;
  return { event: 'suspended', table, column, word: used.word, loginRefused: barred, lifetime: lifetimeOf(player), ...after };
}

/** The account's row goes while its session lives. */
async function removal(stage: Stage, player: Player, asked: readonly Route[]): Promise<Trial | null> {
  const step = deletion(player, stage.ownership);
  const working = await answering(stage, player, asked);
  if (!step || working.length === 0 || !(await write(stage, player, step))) return null;
  const table = stage.ownership.users?.table ?? '';
  const after = await answers(stage, player, working, step, `their row of ${table} deleted`);
  return { event: 'deleted', table, column: null, word: null, loginRefused: null, lifetime: lifetimeOf(player), ...after };
}

/** What the reads answer the session now, with the experiment that shows the first that lets it in. */
async function answers(
  stage: Stage,
  player: Player,
  working: readonly Step[],
  sql: SqlStep,
  what: string,
): Promise<Pick<Trial, 'endpoints' | 'proof'>> {
  let proof: Trial['proof'] = null;
  const endpoints: Trial['endpoints'] = [];
  for (const { route, step } of working) {
    const played = await playBack(stage.lab, step);
    const status = played.exchange.response?.status ?? null;
    endpoints.push({ endpoint: route.id, status, outcome: letIn(played) ? 'let-in' : refused(status) ? 'refused' : 'other' });
    if (!letIn(played) || proof) continue;
    const scenario = scenarioOf(
      stage,
      `${player.name} ${route.id}`,
      `${player.name} calls ${route.id} with a session from before`,
      [{ ...step, expect: { success: true } }, sql, step],
      { shows: 'let-in' },
    );
    proof = recorded(scenario, `With ${what}, ${route.id} answered ${status} to a session from before.`, played);
  }
  return { endpoints, proof };
}

/** Seconds for which the player's token is good; null where it is none that says so. */
function lifetimeOf(player: Player): number | null {
  for (const value of Object.values(player.credentials)) {
    const token = jwtIn(value);
    const claims = token === null ? undefined : readJwt(token)?.claims;
    if (typeof claims?.['exp'] === 'number' && typeof claims['iat'] === 'number') return claims['exp'] - claims['iat'];
  }
  return null;
}
