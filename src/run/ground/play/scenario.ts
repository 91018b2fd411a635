import { messageOf } from '../../../model/errors.ts';
import type { Scenario, ScenarioOutcome, Step } from '../../../model/scenario.ts';
import { shown } from './effects.ts';
import { compose, play, saveFrom, succeeded, unresolved, visit } from './interpreter.ts';
import { hear, takeLive } from './live-steps.ts';
import type { Ear } from './live.ts';
import type { Composed, Lab, Played, RequestStep } from './interpreter.ts';
import type { Exchange } from '../../../model/transcript.ts';
import type { Player } from './people/players.ts';
import { enterWith } from './people/sessions.ts';
import { saying } from './saying.ts';
import { fillText } from './templates.ts';
import type { Interference, InterferenceHandle, RequestSpec, Together, WorldHandle } from '../types.ts';

type StepOf<K extends Step['do']> = Extract<Step, { do: K }>;

/** How long a statement that is to be held may take to come. */
const arrivalMs = 10_000;

/** What running a scenario gave, with every request in the order in which they were sent. */
export type Outcome = ScenarioOutcome & { readonly transcript: Played[] };

/** What several steps may say of a request: all but how it is waited for. */
type Wish = Omit<RequestStep, 'do' | 'wait'>;

/** A request that was sent while others are on their way. */
interface Flying {
  readonly wish: Wish;
  readonly sent: Composed['sent'];
  /** Its place in the transcript. */
  readonly place: number;
  exchange: Exchange | null;
}

/** A scenario that is being run. */
interface Run {
  readonly lab: Lab;
  /** In the order in which they were sent; null while one is on its way. */
  readonly transcript: (Played | null)[];
  readonly named: Map<string, Played[]>;
  readonly holds: Map<string, InterferenceHandle>;
  readonly faults: InterferenceHandle[];
  readonly rules: WorldHandle[];
  readonly further: Set<string>;
  /** Live connections, by the names that the scenario gives them. */
  readonly ears: Map<string, Ear>;
  /** The requests of the concert, by their ids. */
  readonly flying: Map<string, Flying>;
  /** The sessions that players had before they came in anew. */
  readonly sessions: Map<Player, Player['credentials']>;
  concert: Together | null;
  moved: boolean;
}

/** Why the scenario cannot go on; null when it can. */
type Obstacle = string | null;

/**
 * Runs a scenario to its end and says whether its effect shows. Players must be there. Rows are not put back; whatever else the steps
 * changed (instances, clock, outside world, holds) is.
 */
export async function runScenario(lab: Lab, scenario: Scenario): Promise<Outcome> {
  const run: Run = {
    lab,
    transcript: [],
    named: new Map(),
    holds: new Map(),
    faults: [],
    rules: [],
    further: new Set(),
    ears: new Map(),
    flying: new Map(),
    sessions: new Map(),
    concert: null,
    moved: false,
  };
  lab.staging ??= { ended: new Set(), moves: 0 };
  const last = scenario.steps.findLastIndex((step) => ['request', 'visit', 'listen', 'say'].includes(step.do));
  const ended = (reproduced: Outcome['reproduced'], reason: string, rows: Outcome['rows'] = []): Outcome => ({
    reproduced,
    reason,
    rows,
    transcript: run.transcript.filter((played) => played !== null),
  });
  try {
    for (const [index, step] of scenario.steps.entries()) {
      const obstacle = await take(run, step, index === last);
      if (obstacle !== null) {
        await endConcert(run);
        return ended('not-staged', `step ${index + 1} ${obstacle}`);
      }
    }
    await endConcert(run);
    const final = run.transcript.at(-1);
    if (!final) return ended('not-staged', 'the scenario sends no request');
    const { effect } = scenario;
    const rows = effect.shows === 'row-heard' ? await hear(run.lab, run.ears, effect) : await shown(lab, effect, final, run.named);
    const status = final.exchange.response?.status ?? final.exchange.failure;
    return rows
      ? ended('yes', `The effect shows again (answer ${status}).`, rows)
      : ended('no', `The effect does not show (answer ${status}).`);
  } finally {
    await leave(run);
  }
}

function take(run: Run, step: Step, last: boolean): Promise<Obstacle> {
  switch (step.do) {
    case 'request':
      return request(run, step, last);
    case 'visit':
      return look(run, step, last);
    case 'listen':
    case 'say':
      return live(run, step, last);
    case 'await':
      return awaited(run, step);
    case 'burst':
      return burst(run, step);
    case 'sql':
      return sql(run, step);
    case 'hold':
      return hold(run, step);
    case 'arrived':
      return arrived(run, step);
    case 'release':
      return release(run, step);
    case 'fault':
      return fault(run, step);
    case 'stub':
      return stub(run, step);
    case 'clock':
      return clock(run, step);
    case 'kill':
      return kill(run, step);
    case 'start':
      return start(run, step);
    case 'reset':
      return reset(run, step);
  }
}

async function request(run: Run, step: StepOf<'request'>, last: boolean): Promise<Obstacle> {
  const missing = unresolved(run.lab, step);
  if (missing.length > 0) return `needs ${missing.join(', ')}, which no step before it gave`;
  if (step.wait === false || run.concert) {
    const [id = ''] = await send(run, [step], false);
    return step.wait === false ? null : landed(run, id, last);
  }
  const played = await play(run.lab, step);
  run.transcript.push(played);
  note(run, step.name, played);
  const me = step.enters ? run.lab.players.get(step.as) : undefined;
  if (me) {
    if (!run.sessions.has(me)) run.sessions.set(me, me.credentials);
    enterWith(run.lab, me, played);
  }
  return refused(step, played.exchange, last);
}

async function look(run: Run, step: StepOf<'visit'>, last: boolean): Promise<Obstacle> {
  if (run.concert) return 'looks at a page while requests are on their way';
  const texts = [
    step.path,
    ...Object.values(step.storage ?? {}),
    ...(step.actions ?? []).map((action) => ('value' in action ? action.value : '')),
  ];
  const missing = unresolved(run.lab, { as: step.as, path: step.path, body: texts });
  if (missing.length > 0) return `needs ${missing.join(', ')}, which no step before it gave`;
  const played = await visit(run.lab, step);
  run.transcript.push(played);
  note(run, step.name, played);
  if (last || step.expect?.success !== true) return null;
  const undone = played.visit.failure ?? played.visit.actions.find(({ failure }) => failure !== null)?.failure;
  if (undone) return `(${step.path} as ${step.as}): ${undone}`;
  return succeeded(played) ? null : `(${step.path} as ${step.as}) answered ${played.exchange.response?.status}`;
}

async function live(run: Run, step: StepOf<'listen' | 'say'>, last: boolean): Promise<Obstacle> {
  if (run.concert) return 'is about a live connection while requests are on their way';
  const { played, obstacle } = await takeLive(run.lab, run.ears, step, last);
  if (played) {
    run.transcript.push(played);
    note(run, step.name, played);
  }
  return obstacle;
}

async function awaited(run: Run, step: StepOf<'await'>): Promise<Obstacle> {
  const obstacle = await landed(run, step.request, false);
  if ([...run.flying.values()].every(({ exchange }) => exchange !== null)) await endConcert(run);
  return obstacle;
}

async function burst(run: Run, step: StepOf<'burst'>): Promise<Obstacle> {
  const alone = run.concert === null;
  const wishes = step.requests.flatMap((wish) => Array.from({ length: step.copies ?? 1 }, () => wish));
  const missing = step.requests.flatMap((wish) => unresolved(run.lab, wish));
  if (missing.length > 0) return `needs ${missing.join(', ')}, which no step before it gave`;
  for (const id of await send(run, wishes, true)) await landed(run, id, false);
  if (alone) await endConcert(run);
  return null;
}

/** A step's expectation that did not come true; the last request is judged by the effect instead. */
function refused(wish: Wish, exchange: Exchange, last: boolean): Obstacle {
  if (last || wish.expect?.success !== true || succeeded({ exchange })) return null;
  return `(${wish.method} ${wish.path} as ${wish.as}) answered ${exchange.response?.status ?? exchange.failure}`;
}

function note(run: Run, name: string | undefined, played: Played): void {
  if (name !== undefined) run.named.set(name, [...(run.named.get(name) ?? []), played]);
}

/** Sends requests into the concert, which begins with the first. */
async function send(run: Run, wishes: readonly Wish[], together: boolean): Promise<string[]> {
  const concert = (run.concert ??= await run.lab.ground.together());
  const composed = wishes.map((wish, index) => {
    const { spec, sent } = compose(run.lab, wish);
    const several = wish.name !== undefined && wishes.filter((other) => other.name === wish.name).length > 1;
    return { wish, sent, spec: { ...spec, id: several ? `${wish.name}#${index + 1}` : wish.name } satisfies RequestSpec };
  });
  const specs = composed.map(({ spec }) => spec);
  const ids = together ? await concert.burst(specs) : await Promise.all(specs.map((spec) => concert.send(spec)));
  for (const [index, { wish, sent }] of composed.entries())
    run.flying.set(ids[index] ?? '', { wish, sent, place: run.transcript.push(null) - 1, exchange: null });
  return ids;
}

/** Waits for the answer to a request of the concert; what it caused is known when the concert has ended. */
async function landed(run: Run, id: string, last: boolean): Promise<Obstacle> {
  const flying = run.flying.get(id);
  if (!run.concert || !flying) return `waits for ${id}, which is not on its way`;
  const exchange = await run.concert.answer(id);
  flying.exchange = exchange;
  saveFrom(run.lab, flying.wish, exchange, []);
  return refused(flying.wish, exchange, last);
}

/** Ends the concert: what holds statements lets go, and every answer is waited for. Row changes are told with the last request. */
async function endConcert(run: Run): Promise<void> {
  const { concert } = run;
  if (!concert) return;
  for (const held of run.holds.values()) await held.remove();
  for (const [id, flying] of run.flying) flying.exchange ??= await concert.answer(id);
  run.concert = null;
  const { statements, changes, ...rest } = await concert.end();
  const [final] = [...run.flying.keys()].slice(-1);
  for (const [id, { wish, sent, place, exchange }] of run.flying) {
    if (!exchange) continue;
    const own = statements.filter((statement) => statement.request === id);
    const caused = id === final ? { ...rest, changes } : { changes: [], outbound: [], logs: [], gaps: [] };
    const played: Played = { exchange, sent, ...caused, statements: own };
    run.transcript[place] = played;
    note(run, wish.name, played);
  }
  run.flying.clear();
}

async function sql(run: Run, step: StepOf<'sql'>): Promise<Obstacle> {
  const { lab } = run;
  const anyone = lab.players.values().next().value;
  if (!anyone) throw new Error('a scenario without actors');
  const parameters = (step.parameters ?? []).map((parameter) => fillText(parameter, anyone, { saved: lab.saved, players: lab.players }));
  let rows;
  try {
    rows = await lab.ground.sql(step.text, parameters);
  } catch (thrown) {
    // The database has changed since the scenario was written: a table or a column of another name.
    return `(${step.text}): ${messageOf(thrown)}`;
  }
  for (const [name, { column }] of Object.entries(step.save ?? {})) {
    // The database says everything in text; an id that is a number is one in JSON too.
    const table = lab.tables.byRelation(name.split('.').at(-2) ?? '')?.name;
    const text = rows[0]?.[column] ?? null;
    lab.saved.set(name, table === undefined ? text : lab.tables.json(table, column, text));
  }
  if (step.expect === undefined || rows.length > 0 === (step.expect.rows === 'some')) return null;
  return `(${step.text}) gave ${rows.length > 0 ? 'rows' : 'no row'}`;
}

async function hold(run: Run, { name, at, ...which }: StepOf<'hold'>): Promise<Obstacle> {
  run.holds.set(name, await run.lab.ground.intercept({ ...matched(which), does: { do: 'hold', at } }));
  return null;
}

function matched({ statement, request, times }: Pick<StepOf<'fault'>, 'statement' | 'request' | 'times'>): Omit<Interference, 'does'> {
  return { statement, request, times };
}

async function arrived(run: Run, { hold, count = 1 }: StepOf<'arrived'>): Promise<Obstacle> {
  const there = await run.holds.get(hold)?.arrived(count, arrivalMs);
  return there === true ? null : `waited in vain for ${count === 1 ? 'a statement' : `${count} statements`} at "${hold}"`;
}

async function release(run: Run, { hold }: StepOf<'release'>): Promise<Obstacle> {
  await run.holds.get(hold)?.remove();
  return null;
}

async function fault(run: Run, { code, instead, ...which }: StepOf<'fault'>): Promise<Obstacle> {
  const does = instead ?? { do: 'fail' as const, code };
  run.faults.push(await run.lab.ground.intercept({ ...matched(which), times: which.times ?? 1, does }));
  return null;
}

async function stub(run: Run, { rule }: StepOf<'stub'>): Promise<Obstacle> {
  run.rules.push(await run.lab.ground.world(saying(run.lab, rule)));
  return null;
}

async function clock(run: Run, { seconds }: StepOf<'clock'>): Promise<Obstacle> {
  run.moved = seconds !== 0;
  const stays = await run.lab.ground.clock(seconds);
  return stays.length === 0 ? null : `could not move or keep ${stays.join('; ')}`;
}

async function kill(run: Run, { signal, instance }: StepOf<'kill'>): Promise<Obstacle> {
  run.lab.staging?.ended.add(instance ?? '');
  await run.lab.ground.kill({ signal, instance });
  return null;
}

async function start(run: Run, { instance }: StepOf<'start'>): Promise<Obstacle> {
  if (instance === undefined) await run.lab.ground.restart();
  else {
    await run.lab.ground.instance(instance);
    run.further.add(instance);
  }
  run.lab.staging?.ended.delete(instance ?? '');
  return null;
}

async function reset(run: Run, { kinds }: StepOf<'reset'>): Promise<Obstacle> {
  if (kinds.includes('limiters') && run.lab.staging) run.lab.staging.moves += 1;
  const others = kinds.filter((kind) => kind !== 'limiters');
  if (others.length > 0) await run.lab.ground.reset(others);
  return null;
}

/** Puts back what steps have changed, but for rows. */
async function leave(run: Run): Promise<void> {
  const { ground, staging } = run.lab;
  await endConcert(run);
  await ground.hangUp([...run.ears.values()].map(({ connection }) => connection));
  for (const handle of [...run.holds.values(), ...run.faults, ...run.rules]) await handle.remove();
  for (const instance of run.further) await ground.kill({ instance, signal: 'SIGKILL' });
  if (run.moved) await ground.clock(0);
  if (staging?.ended.has('')) await ground.restart();
  staging?.ended.clear();
  for (const [player, credentials] of run.sessions) player.credentials = credentials;
}
