import { shownTable } from '../../model/words.ts';
import { play, succeeded } from '../ground/play/interpreter.ts';
import type { Played, RequestStep } from '../ground/play/interpreter.ts';
import { knownBy } from '../ground/play/people/told.ts';
import { passwordScheme } from '../ground/play/people/passwords.ts';
import type { Json } from '../ground/play/people/players.ts';
import { stepsBefore } from '../ground/play/scene.ts';
import type { StageStep } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { requestFor } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { stageOf } from './actors.ts';
import { leftOutGaps, whileTimeLasts } from './budget.ts';
import { defineDrill } from './context.ts';
import { recorded, scenarioOf, withoutValues } from './proof.ts';

const passwordField = /pass(word|wd|phrase)?|^pwd$/i;
const passwordColumn = /pass|pwd|hash|digest/i;
const attempts = 2;

/** A request that sent a password, and what it wrote. */
interface Trial {
  readonly route: Route;
  readonly steps: readonly StageStep[];
  readonly played: Played;
  /** The same by somebody else with another password, to tell whether a salt is used. */
  readonly other: Played | null;
}

/** Sends a password that we know through every endpoint that takes one, and reads what became of it in the rows. */
export default defineDrill({
  name: 'stored-passwords',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors'],
  uses: ['queries', 'samples', 'access', 'injection', 'faults'],
  yields: 'stored-passwords',
  async run(given, context) {
    const stage = await stageOf(given, context);
    if (given.schema.value.database === 'none') throw new Error(`what is stored cannot be seen: ${given.boot.value.oracle.detail}`);
    const trials = [...signUpTrial(stage)];
    const takers = stage.routes.filter(
      (route) =>
        route !== stage.cast.signUp &&
        route !== stage.cast.login &&
        ['POST', 'PUT', 'PATCH'].includes(route.method) &&
        route.inputs.some((field) => field.in === 'body' && passwordField.test(field.name)),
    );
    const leftOut = await whileTimeLasts(context.budget.turn('stored-passwords'), takers, async (route) => {
      const trial = await tryRoute(stage, route);
      if (trial) trials.push(trial);
    });
    const gaps = leftOutGaps(context.budget, 'passwords that are stored', leftOut, takers);
    if (trials.length === 0 && gaps.length === 0) throw new Error('no request that stores a password could be made');
    return { value: { passwords: trials.flatMap((trial) => storedBy(stage, trial)) }, gaps };
  },
});

function signUpTrial(stage: Stage): Trial[] {
  const [played, other = null] = stage.cast.signUps;
  const route = stage.cast.signUp;
  if (!played || !route) return [];
  const body = signUpBody(played.sent.body, stage.lab.players.get('owner')?.tag ?? '');
  const step: RequestStep = { do: 'request', as: 'owner', method: route.method, path: played.exchange.request.path, body };
  return [{ route, steps: [step], played, other }];
}

async function tryRoute(stage: Stage, route: Route): Promise<Trial | null> {
  for (const player of [stage.cast.owner, ...stage.cast.roles]) {
    for (let attempt = 0; player && stage.cast.owner && attempt < attempts; attempt++) {
      const { step } = requestFor(stage.synthesis, route, player, stage.cast.owner, attempt);
      const played = await play(stage.lab, step);
      await stage.lab.ground.undo(played.changes);
      if (succeeded(played)) return { route, steps: [...stepsBefore(stage, step), step], played, other: null };
    }
  }
  return null;
}

function storedBy(stage: Stage, { route, steps, played, other }: Trial) {
  const sent = passwordsIn(played.sent.body);
  const sender = stage.lab.players.get(played.exchange.actor);
  return played.changes.flatMap((change) =>
    Object.entries(change.after ?? {}).flatMap(([column, stored]) => {
      if (stored === null || stored.length < 4 || stored === change.before?.[column]) return [];
      const forms = sent.map((password) => passwordScheme(stored, password));
      const form = forms.find((one) => one.scheme !== 'unknown') ?? forms[0];
      if (!form || (form.scheme === 'unknown' && !passwordColumn.test(column))) return [];
      const place = `${shownTable(change.table)}.${column}`;
      const twin = other?.changes.find((one) => one.table === change.table && one.op === 'insert')?.after?.[column] ?? null;
      const weak = form.scheme === 'plain' || form.scheme === 'fast-hash';
      const effect = { shows: 'stored-password', table: change.table, column, scheme: form.scheme } as const;
      const scenario = weak
        ? scenarioOf(
            stage,
            `stored-password ${route.id} ${place}`,
            `a password is sent to ${route.id} and read in ${place}`,
            steps,
            effect,
            sender ? { known: knownBy(change.after ?? {}, sender) } : {},
          )
        : null;
      return [
        {
          endpoint: route.id,
          table: change.table,
          column,
          scheme: form.scheme,
          detail: form.detail,
          salted:
            form.scheme === 'fast-hash'
              ? form.detail.includes('salt beside')
              : twin === null || form.scheme === 'plain'
                ? null
                : twin !== stored,
          cost: form.cost,
          proof: scenario && recorded(scenario, `${route.id} stored ${form.detail} in ${place}.`, withoutValues(played, [stored])),
        },
      ];
    }),
  );
}

/** The passwords in a JSON body. */
function passwordsIn(body: string | null): string[] {
  const fields = JSON.parse(body ?? '{}') as Record<string, Json>;
  return Object.entries(fields).flatMap(([name, value]) => (passwordField.test(name) && typeof value === 'string' ? [value] : []));
}

/** The sign-up again, by the same actor under another name: their tag with a suffix wherever it stood. */
function signUpBody(body: string | null, tag: string): RequestStep['body'] {
  const text = (body ?? '{}').replaceAll(tag, '{{me.tag}}again').replace(/Sw-\{\{me\.tag\}\}again-9aQ!/g, '{{me.password}}');
  return JSON.parse(text) as RequestStep['body'];
}
