import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Scenario } from '../../model/scenario.ts';
import { shownTable } from '../../model/words.ts';
import { letIn, playBack } from '../ground/play/interpreter.ts';
import type { Played, RequestStep } from '../ground/play/interpreter.ts';
import { movingEnds } from '../ground/play/people/expiry.ts';
import type { SessionRows } from '../ground/play/people/expiry.ts';
import { logInAgain } from '../ground/play/people/log-in.ts';
import type { Player } from '../ground/play/people/players.ts';
import { stepsBefore } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { requestFor } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { knownTo, stageOf } from './actors.ts';
import { leftOutGaps, whileTimeLasts } from './budget.ts';
import { defineDrill } from './context.ts';
import { byImportance } from './importance.ts';
import { recorded, scenarioOf } from './proof.ts';

type Trial = EvidenceValue<'sessions'>['trials'][number];

/** Endpoints at which a session that has run out is tried: one place mostly asks for all. */
const most = 16;

/** Comes with the owner's name under a signature that nobody gave, without one, and with one that ran out, wherever the app asks who is calling. */
export default defineDrill({
  name: 'sessions',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors', 'access'],
  uses: ['queries', 'samples'],
  yields: 'sessions',
  async run(given, context) {
    const stage = await stageOf(given, context);
    const { owner } = stage.cast;
    const { rightful, impostors } = stage.bearers ?? { rightful: null, impostors: [] };
    if (!owner) throw new Error('no owner could be signed up');
    const cell = (route: Route, actor: string) => given.access.value.cells.find((one) => one.endpoint === route.id && one.actor === actor);
    // Where nobody is refused, nobody is asked.
    const asked = byImportance(stage.routes, knownTo(given)).filter(
      (route) =>
        route.method === 'GET' &&
        cell(route, 'owner')?.outcome === 'own' &&
        [401, 403].includes(cell(route, 'anonymous')?.status ?? 0) &&
        (context.focus.endpoints?.includes(route.id) ?? true),
    );
    const trials: Trial[] = [];
    const turn = context.budget.turn('sessions');
    const leftOut = await whileTimeLasts(turn, impostors.length === 0 ? [] : asked, async (route, index) => {
      if (index % 10 === 0) context.progress(`tokens that prove nothing: ${index} of ${asked.length} endpoints`);
      // A token that the application does not take for a session proves nothing, forged or not.
      if (!rightful || !(await isLetIn(stage, requestFor(stage.synthesis, route, rightful, owner, 0).step))) return;
      for (const impostor of impostors) {
        const { step } = requestFor(stage.synthesis, route, impostor, owner, 0);
        const played = await playBack(stage.lab, step);
        const scenario = scenarioOf(
          stage,
          `${impostor.name} ${route.id}`,
          `${impostor.name} calls ${route.id} as the owner`,
          [...stepsBefore(stage, step), step],
          { shows: 'let-in' },
          { control: { ...step, as: rightful.name } },
        );
        trials.push(
          trialOf(impostor.name, route, played, scenario, (status) => {
            return `${route.id} answered ${status} to a token that proves nothing (${impostor.name}), and refuses callers without one.`;
          }),
        );
      }
    });
    if (stage.sessionRows && !turn.over()) {
      context.progress('sessions that ran out');
      trials.push(...(await pastTheirEnd(stage, stage.sessionRows, owner, asked.slice(0, most))));
    }
    // Where the matrix was cut short, so is the list of endpoints that ask who is calling.
    const cut = (impostors.length > 0 || stage.sessionRows) && asked.length === 0 ? given.access.gaps : [];
    return { value: { trials }, gaps: [...leftOutGaps(context.budget, 'tokens that prove nothing', leftOut, asked), ...cut] };
  },
});

/** Comes with the owner's session once its row says that it has run out, wherever the very same was let in right before. */
async function pastTheirEnd(stage: Stage, rows: SessionRows, owner: Player, asked: readonly Route[]): Promise<Trial[]> {
  const { lab, synthesis, cast } = stage;
  const working: { route: Route; step: RequestStep }[] = [];
  for (const route of asked) {
    const { step } = requestFor(synthesis, route, owner, owner, 0);
    if (await isLetIn(stage, step)) working.push({ route, step });
  }
  const past = movingEnds(rows, 'past');
  const trials: Trial[] = [];
  await lab.ground.sql(past.text);
  try {
    for (const { route, step } of working) {
      const played = await playBack(stage.lab, step);
      const scenario = scenarioOf(
        stage,
        `expired ${route.id}`,
        `the owner calls ${route.id} with a session that has run out`,
        [...stepsBefore(stage, step), { ...step, expect: { success: true } }, past, step],
        { shows: 'let-in' },
      );
      trials.push(
        trialOf('expired', route, played, scenario, (status) => {
          return `With ${shownTable(rows.table)}.${rows.column} ten years in the past, ${route.id} answered ${status} to that session.`;
        }),
      );
    }
  } finally {
    await lab.ground.sql(movingEnds(rows, 'back').text);
  }
  // An application that sweeps in between has ended everybody's session.
  const [first] = working;
  if (first && cast.login && !(await isLetIn(stage, first.step)))
    for (const player of [owner, cast.stranger, ...cast.roles]) if (player) await logInAgain(synthesis, cast.login, player);
  return trials;
}

/** One attempt, with the experiment that shows it where it was let in. */
function trialOf(
  claim: Trial['claim'],
  route: Route,
  played: Played,
  scenario: Scenario,
  observed: (status: number | null) => string,
): Trial {
  const status = played.exchange.response?.status ?? null;
  const accepted = letIn(played);
  return { claim, endpoint: route.id, status, accepted, proof: accepted ? recorded(scenario, observed(status), played) : null };
}

async function isLetIn(stage: Stage, step: RequestStep): Promise<boolean> {
  return letIn(await playBack(stage.lab, step));
}
