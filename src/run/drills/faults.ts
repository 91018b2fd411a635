import { shownTable } from '../../model/words.ts';
import { play, succeeded } from '../ground/play/interpreter.ts';
import type { Played } from '../ground/play/interpreter.ts';
import { isJournal } from '../ground/play/journals.ts';
import { isWebhook, stepsBefore } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { requestFor, sessionPath } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { shapeOf } from '../ground/play/statement.ts';
import { knownTo, stageOf } from './actors.ts';
import { leftOutGaps, whileTimeLasts } from './budget.ts';
import { requireStatements } from './boot.ts';
import { defineDrill } from './context.ts';
import { byImportance } from './importance.ts';
import { recorded, scenarioOf } from './proof.ts';

/** `query_canceled`: what Postgres says when a statement is ended by a timeout or an administrator. */
const code = '57014';
const statementsPerEndpoint = 4;

interface Trial {
  endpoint: string;
  statement: string;
  fault: string;
  status: number | null;
  outcome: 'honest' | 'lie' | 'not-exercised';
  detail: string;
  proof: ReturnType<typeof recorded> | null;
}

/** Lets each writing statement of a working request fail once, and compares what the answer claims with what the database shows. */
export default defineDrill({
  name: 'faults',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors'],
  uses: ['queries', 'samples', 'access', 'injection'],
  yields: 'faults',
  async run(given, context) {
    requireStatements(given.boot.value);
    const stage = await stageOf(given, context);
    const writers = byImportance(stage.routes, knownTo(given)).filter(
      (route) =>
        !['GET', 'HEAD'].includes(route.method) &&
        !isWebhook(route) &&
        !sessionPath.test(route.path) &&
        (context.focus.endpoints?.includes(route.id) ?? true),
    );
    const trials: Trial[] = [];
    const leftOut = await whileTimeLasts(context.budget.turn('faults'), writers, async (route, index) => {
      if (index % 5 === 0) context.progress(`statements that fail: ${index} of ${writers.length} endpoints`);
      trials.push(...(await failEach(stage, route)));
    });
    return { value: { trials }, gaps: leftOutGaps(context.budget, 'statements that fail', leftOut, writers) };
  },
});

async function failEach(stage: Stage, route: Route): Promise<Trial[]> {
  const owner = stage.cast.owner;
  if (!owner) return [];
  const send = async (attempt: number): Promise<{ played: Played; step: ReturnType<typeof requestFor>['step'] }> => {
    const { step } = requestFor(stage.synthesis, route, owner, owner, attempt);
    return { step, played: await play(stage.lab, step) };
  };
  let control = await send(0);
  await stage.lab.ground.undo(control.played.changes);
  if (!succeeded(control.played)) {
    control = await send(1);
    await stage.lab.ground.undo(control.played.changes);
  }
  if (!succeeded(control.played)) return [];
  const writes = [
    ...new Set(
      control.played.statements
        .filter((statement) => /^\s*(insert|update|delete|with)\b/i.test(statement.text) && !statement.error)
        .map((statement) => statement.text),
    ),
  ];
  const trials: Trial[] = [];
  for (const text of writes.slice(0, statementsPerEndpoint)) {
    const tables = shapeOf(text)?.tables ?? [];
    const effects = control.played.changes.filter(
      (change) =>
        tables.some((table) => change.table.endsWith(`.${table}`)) && !isJournal(change.table) && isSomebodys(stage, change.table),
    );
    if (effects.length === 0) continue;
    const pattern = `^\\s*${text
      .trim()
      .slice(0, 400)
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/\s+/g, '\\s+')}`;
    const fault = await stage.lab.ground.intercept({ statement: pattern, does: { do: 'fail', code }, times: 1 });
    const { played, step } = await send(0);
    const caught = await fault.caught();
    await fault.remove();
    await stage.lab.ground.undo(played.changes);
    const missing = effects.filter((effect) => !played.changes.some((change) => change.table === effect.table && change.op === effect.op));
    const trial = {
      endpoint: route.id,
      statement: text.slice(0, 300),
      fault: code,
      status: played.exchange.response?.status ?? null,
      proof: null,
    };
    if (caught.length === 0) trials.push({ ...trial, outcome: 'not-exercised', detail: 'the statement was not sent again' });
    else if (!claimsSuccess(played) || missing.length === 0)
      trials.push({
        ...trial,
        outcome: 'honest',
        detail: missing.length === 0 ? 'the effect came about all the same' : 'the answer says that it failed',
      });
    else {
      const lost = [...new Set(missing.map((change) => shownTable(change.table)))].join(', ');
      const scenario = scenarioOf(
        stage,
        `lie ${route.id} ${lost}`,
        `a statement of ${route.id} fails`,
        [...stepsBefore(stage, step), step],
        { shows: 'success-claimed' },
      );
      const staged = {
        ...scenario,
        steps: [...scenario.steps.slice(0, -1), { do: 'fault' as const, statement: pattern, code }, ...scenario.steps.slice(-1)],
      };
      const detail = `The statement on ${lost} failed, yet ${route.id} answered ${trial.status} as if it had succeeded; the change to ${lost} is missing.`;
      trials.push({ ...trial, outcome: 'lie', detail, proof: recorded(staged, detail, played) });
    }
  }
  return trials;
}

/** Rows that lead to a user or a tenant; what belongs to nobody (limiters, caches) is no promise to anybody. */
function isSomebodys(stage: Stage, table: string): boolean {
  const chains = stage.ownership.tables.find((one) => one.table === table);
  return chains !== undefined && (chains.user !== null || chains.tenant !== null);
}

/** A 2xx without an error in its body. */
function claimsSuccess(played: Played): boolean {
  if (!succeeded(played)) return false;
  return !/"(error|errors)"\s*:\s*("[^"]|\{|\[[^\]])|"(success|ok)"\s*:\s*false/i.test(
    played.exchange.response?.body.slice(0, 4_000) ?? '',
  );
}
