import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { LiveEndpoint } from '../../model/evidence/live.ts';
import type { Proof } from '../../model/proof.ts';
import type { RequestStep } from '../ground/play/interpreter.ts';
import type { Json, Player } from '../ground/play/people/players.ts';
import { requestFor, sessionPath } from '../ground/play/asking/synthesis.ts';
import { runScenario } from '../ground/play/scenario.ts';
import { isWebhook, stepsBefore } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { knownTo, stageOf } from './actors.ts';
import { leftOutGaps, leftOutReason, whileTimeLasts, withoutLimit } from './budget.ts';
import type { Budget } from './budget.ts';
import { defineDrill } from './context.ts';
import { byImportance } from './importance.ts';
import { judgeLive } from './live-judgement.ts';
import type { LiveTrial } from './live-judgement.ts';
import { openTrial, provoke } from './live-trials.ts';
import type { Hit, Scene, Trial } from './live-trials.ts';
import { voicesOf } from './live-voices.ts';
import { ownersOf } from './owners.ts';
import { recorded, scenarioOf } from './proof.ts';
import { sameSiteOf } from './same-site.ts';

type Live = EvidenceValue<'live'>;

/** Owner's requests after which the connections are looked at. */
const mostProvocations = 40;

/**
 * Everybody connects to every live endpoint and speaks there in every way that the code knows, with the owner's ids; then the owner
 * goes about their business. Whose rows come over whose connection decides.
 */
export default defineDrill({
  name: 'live',
  needs: ['boot', 'live-endpoints', 'routes', 'schema', 'ownership', 'actors', 'access'],
  uses: ['queries'],
  yields: 'live',
  async run(given, context) {
    const wanted = given['live-endpoints'].value.endpoints.filter(({ id }) => context.focus.endpoints?.includes(id) ?? true);
    if (wanted.length === 0) return { value: { cells: [], foreign: [] } };
    const stage = await stageOf(given, context);
    const { owner, stranger, anonymous } = stage.cast;
    if (!owner) throw new Error('no owner could be signed up');
    const variables = await stage.lab.ground.environment();
    const own = stage.lab.ground.seal.level !== 'none';
    const bearer = new Set<string>();
    const scene: Scene = {
      stage,
      owners: await ownersOf(stage),
      reach({ id, port }) {
        // Without a network of our own, what listens elsewhere is the user's.
        const said = Number(variables[port?.variable ?? ''] ?? port?.number ?? Number.NaN);
        return { port: port && own && Number.isInteger(said) ? said : undefined, scheme: bearer.has(id) ? 'Bearer ' : '' };
      },
    };
    const others = [anonymous, ...(stranger ? [stranger] : []), ...(stage.bearers?.impostors ?? [])];
    const turn = context.budget.turn('live');
    const trials: Trial[] = [];
    const leftOut = await whileTimeLasts(turn, wanted, async (endpoint, index) => {
      context.progress(`live connections: ${index} of ${wanted.length} endpoints`);
      if (!(await isTaken(scene, endpoint, owner))) {
        bearer.add(endpoint.id);
        if (!(await isTaken(scene, endpoint, owner))) bearer.delete(endpoint.id);
      }
      trials.push(...(await connect(scene, endpoint, owner, others)));
    });
    const byWeight = byImportance(stage.routes, knownTo(given));
    const works = (id: string): boolean =>
      stage.worked.has(id) ||
      given.access.value.cells.some((cell) => cell.endpoint === id && cell.actor === 'owner' && cell.changed.length > 0);
    const writes = byWeight.filter(
      (route) => /^(POST|PUT|PATCH)$/.test(route.method) && works(route.id) && !sessionPath.test(route.path) && !isWebhook(route),
    );
    for (const route of writes.slice(0, mostProvocations)) {
      if (trials.length === 0 || turn.over()) break;
      context.progress(`live connections: the owner sends ${route.id}`);
      for (let attempt = 0; attempt < 2; attempt++) {
        const { step } = requestFor(stage.synthesis, route, owner, owner, attempt);
        if (await provoke(scene, trials, step)) break;
      }
    }
    const setting = { tenants: stage.ownership.tenants !== null && scene.owners.separate === 'tenant', access: given.access.value.cells };
    const cells: Live['cells'] = [];
    const foreign: Live['foreign'] = [];
    for (const endpoint of wanted.filter((one) => !leftOut.includes(one))) {
      const mine = trials.filter((trial) => trial.endpoint === endpoint);
      const sum = (player: Player | null): LiveTrial | undefined => (player ? summed(mine, player) : undefined);
      for (const player of [owner, ...others]) {
        const trial = sum(player);
        if (!trial) continue;
        const judged = judgeLive(trial, sum(owner), sum(anonymous), setting);
        cells.push(await cellOf(stage, endpoint, player, mine, judged));
      }
      const page = await foreignOf(scene, endpoint, mine, sum(anonymous));
      if (page) foreign.push(page);
    }
    await stage.lab.ground.hangUp(trials.map(({ ear }) => ear.connection));
    const untried = leftOut.flatMap((endpoint) => [owner, ...others].map((player) => leftOutCell(endpoint, player, context.budget)));
    return { value: { cells: [...cells, ...untried], foreign }, gaps: leftOutGaps(context.budget, 'live connections', leftOut, wanted) };
  },
});

/** Whether the owner is let in as things are. */
async function isTaken(scene: Scene, endpoint: LiveEndpoint, owner: Player): Promise<boolean> {
  const trial = await openTrial(scene, endpoint, { hello: null, message: null, byId: false }, owner, 'plain');
  if (trial) await scene.stage.lab.ground.hangUp([trial.ear.connection]);
  return trial !== null && trial.ear.accepted && trial.ended === null;
}

/** Everybody's connections to one endpoint. Where not even the owner is let in, nobody else's refusal says anything. */
async function connect(scene: Scene, endpoint: LiveEndpoint, owner: Player, others: readonly Player[]): Promise<Trial[]> {
  const found: Trial[] = [];
  for (const voice of voicesOf(scene.stage, endpoint)) {
    const mine = await openTrial(scene, endpoint, voice, owner, 'plain');
    if (!mine) return found;
    found.push(mine);
    for (const other of others) {
      const trial = await openTrial(scene, endpoint, voice, other, 'plain');
      if (trial) found.push(trial);
    }
    if (owner.credentials['cookie'] === undefined || endpoint.transport === 'sse') continue;
    for (const manner of ['cookies', 'foreign'] as const) {
      const page = await openTrial(scene, endpoint, voice, owner, manner);
      if (page) found.push(page);
    }
  }
  return found;
}

/** All that one player got at one endpoint. */
function summed(trials: readonly Trial[], player: Player): LiveTrial | undefined {
  const mine = trials.filter((trial) => trial.player === player && trial.manner === 'plain');
  const [first] = mine;
  if (!first) return undefined;
  const part = player.part === 'owner' || player.part === 'stranger' || player.part === 'impostor' ? player.part : 'anonymous';
  const hits = mine.flatMap((trial) => trial.hits);
  return {
    part,
    taken: mine.some(({ ear, ended }) => ear.accepted && ended === null),
    why: first.ended ?? first.ear.ended ?? '',
    heard: hits.flatMap(({ heard }) => heard ?? []),
    changed: hits.flatMap(({ changed }) => changed ?? []),
    news: mine.reduce((total, trial) => total + trial.news, 0),
    ownTables: [...new Set(mine.flatMap(({ ownTables }) => [...ownTables]))],
  };
}

async function cellOf(
  stage: Stage,
  endpoint: LiveEndpoint,
  player: Player,
  trials: readonly Trial[],
  { outcome, reason }: ReturnType<typeof judgeLive>,
): Promise<Live['cells'][number]> {
  const mine = trials.filter((trial) => trial.player === player && trial.manner === 'plain');
  const hits = mine.flatMap((trial) => trial.hits);
  const cell = {
    endpoint: endpoint.id,
    actor: player.name,
    read: distinct(hits.flatMap(({ heard }) => (heard ? [{ table: heard.table, key: heard.key }] : []))),
    changed: hits.flatMap(({ changed }) => (changed ? [{ ...changed, columns: [...changed.columns] }] : [])),
    columns: [...new Set(hits.flatMap(({ heard }) => heard?.columns ?? []))].toSorted(),
    byId: mine.some(({ voice, hits: some }) => voice.byId && some.length > 0),
  };
  if (outcome !== 'leak') return { ...cell, outcome, reason, proof: null };
  const proof = await proven(stage, endpoint, player, worstFirst(hits));
  return proof
    ? { ...cell, outcome, reason, proof }
    : { ...cell, outcome: 'unknown', reason: `${reason}; it did not show a second time`, proof: null };
}

/** Changes before what was only heard; words of the owner's before figures. */
function worstFirst(hits: readonly Hit[]): Hit[] {
  const weight = ({ changed, heard }: Hit): number => (changed && changed.op !== 'insert' ? 2 : heard?.words ? 1 : 0);
  return hits.filter(({ heard }) => heard?.concernsHearer !== true).toSorted((a, b) => weight(b) - weight(a));
}

const mostConfirmed = 3;

/** Plays what is claimed once more, on connections of its own; null where it does not show again. */
async function proven(stage: Stage, endpoint: LiveEndpoint, player: Player, hits: readonly Hit[]): Promise<Proof | null> {
  for (const hit of hits.slice(0, mostConfirmed)) {
    const { steps, effect, played, heard, changed } = hit;
    const what = heard
      ? `the owner's row of ${heard.table} came over it (${heard.columns.join(', ')})`
      : `the owner's row of ${changed?.table} was ${changed?.op}d`;
    const before = stepsBefore(stage, everythingIn(player, hit));
    const scenario = scenarioOf(
      stage,
      `${player.name} ${endpoint.id}`,
      `${player.name} connects to ${endpoint.id}`,
      [...before, ...steps],
      effect,
    );
    if (!(await showsAgain(stage, { ...scenario, steps: [...steps] }))) continue;
    const observed = `${player.name} connected to ${endpoint.id}, and ${what}.`;
    return recorded(scenario, observed, played);
  }
  return null;
}

async function showsAgain({ lab }: Stage, scenario: Parameters<typeof runScenario>[1]): Promise<boolean> {
  const { reproduced, transcript } = await runScenario(lab, scenario);
  for (const { changes } of transcript.toReversed()) await lab.ground.undo(changes);
  return reproduced === 'yes';
}

/** A request that names all that the steps name, to find out what must have been made before. */
function everythingIn({ name }: Player, { steps, effect }: Hit): RequestStep {
  const said = steps.map((step): Json => {
    if (step.do === 'say') return step.message as Json;
    return step.do === 'listen' ? [step.path, step.query ?? {}, step.auth ?? {}] : [step.path, (step.body ?? null) as Json];
  });
  return { do: 'request', as: name, method: 'POST', path: '/', body: [...said, 'key' in effect ? effect.key : null] };
}

/** A page of another site in the owner's browser; null where cookies are not what lets the owner in. */
async function foreignOf(
  { stage }: Scene,
  endpoint: LiveEndpoint,
  trials: readonly Trial[],
  anonymous: LiveTrial | undefined,
): Promise<Live['foreign'][number] | null> {
  const hits = (manner: Trial['manner']): Hit[] =>
    trials.filter((trial) => trial.manner === manner).flatMap((trial) => trial.hits.filter(({ heard }) => heard !== null));
  const { owner } = stage.cast;
  if (!owner || hits('cookies').length === 0 || (anonymous?.heard.length ?? 0) > 0) return null;
  const row = { endpoint: endpoint.id, proof: null };
  if (hits('foreign').length === 0)
    return { ...row, outcome: 'refused', reason: "pages of the application's own site are let in by the cookie, those of another are not" };
  const sameSite = await sameSiteOf(stage, owner);
  if (sameSite === 'lax' || sameSite === 'strict')
    return {
      ...row,
      outcome: 'withheld',
      reason: `the origin is not asked, and the cookie (SameSite=${sameSite}) is not sent for pages of another site`,
    };
  if (sameSite === null)
    return {
      ...row,
      outcome: 'unknown',
      reason:
        'the origin is not asked, and the cookie says nothing of SameSite: whether a page of another site gets in is up to the browser',
    };
  const proof = await proven(stage, endpoint, owner, worstFirst(hits('foreign')));
  return proof
    ? {
        ...row,
        outcome: 'heard',
        reason: "a page of another site is let in by the owner's cookie (SameSite=None) and hears what the owner hears",
        proof,
      }
    : { ...row, outcome: 'unknown', reason: 'it did not show a second time' };
}

function leftOutCell({ id }: LiveEndpoint, { name }: Player, budget: Budget): Live['cells'][number] {
  const nothing = { read: [], changed: [], columns: [], byId: false, proof: null };
  return { endpoint: id, actor: name, outcome: 'unknown', reason: leftOutReason(budget), ...nothing, settle: withoutLimit };
}

function distinct<T>(rows: readonly T[]): T[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}
