import { play, succeeded } from '../ground/play/interpreter.ts';
import type { Played, RequestStep } from '../ground/play/interpreter.ts';
import { stepsBefore } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { requestFor } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { knownTo, stageOf } from './actors.ts';
import { leftOutGaps, whileTimeLasts } from './budget.ts';
import { defineDrill } from './context.ts';
import { byImportance } from './importance.ts';
import { recorded, scenarioOf } from './proof.ts';

/** Comes with the owner's name under a signature that nobody gave, without one, and with one that ran out, wherever the app asks who is calling. */
export default defineDrill({
  name: 'sessions',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors', 'access'],
  uses: ['queries', 'samples'],
  yields: 'sessions',
  async run(given, context) {
    const stage = await stageOf(given, context);
    const { owner } = stage.cast;
    const { lab, bearers } = stage;
    const { rightful, impostors } = bearers ?? { rightful: null, impostors: [] };
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
    const trials: {
      claim: string;
      endpoint: string;
      status: number | null;
      accepted: boolean;
      proof: ReturnType<typeof recorded> | null;
    }[] = [];
    const turn = context.budget.turn('sessions');
    const leftOut = await whileTimeLasts(turn, impostors.length === 0 ? [] : asked, async (route, index) => {
      if (index % 10 === 0) context.progress(`tokens that prove nothing: ${index} of ${asked.length} endpoints`);
      // A token that the application does not take for a session proves nothing, forged or not.
      if (!rightful || !(await isLetIn(stage, requestFor(stage.synthesis, route, rightful, owner, 0).step))) return;
      for (const impostor of impostors) {
        const { step } = requestFor(stage.synthesis, route, impostor, owner, 0);
        const played = await play(lab, step);
        await lab.ground.undo(played.changes);
        const status = played.exchange.response?.status ?? null;
        const accepted = letIn(played);
        const scenario = scenarioOf(
          stage,
          `${impostor.name} ${route.id}`,
          `${impostor.name} calls ${route.id} as the owner`,
          [...stepsBefore(stage, step), step],
          { shows: 'success-claimed' },
          { control: { ...step, as: rightful.name } },
        );
        const observed = `${route.id} answered ${status} to a token that proves nothing (${impostor.name}), and refuses callers without one.`;
        trials.push({
          claim: impostor.name,
          endpoint: route.id,
          status,
          accepted,
          proof: accepted ? recorded(scenario, observed, played) : null,
        });
      }
    });
    // Where the matrix was cut short, so is the list of endpoints that ask who is calling.
    const cut = impostors.length > 0 && asked.length === 0 ? given.access.gaps : [];
    return { value: { trials }, gaps: [...leftOutGaps(context.budget, 'tokens that prove nothing', leftOut, asked), ...cut] };
  },
});

/** An answer to somebody who is known; a redirect leads to the way in. */
function letIn(played: Played): boolean {
  return succeeded(played) && (played.exchange.response?.status ?? 0) < 300;
}

async function isLetIn({ lab }: Stage, step: RequestStep): Promise<boolean> {
  const played = await play(lab, step);
  await lab.ground.undo(played.changes);
  return letIn(played);
}
