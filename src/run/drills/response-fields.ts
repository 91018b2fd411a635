import type { EvidenceValue } from '../../model/evidence/index.ts';
import { shownTable } from '../../model/words.ts';
import { succeeded } from '../ground/play/interpreter.ts';
import type { Played, RequestStep } from '../ground/play/interpreter.ts';
import type { Json, Player } from '../ground/play/people/players.ts';
import { isWebhook, stepsBefore } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { requestFor, sessionPath } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { knownTo, stageOf } from './actors.ts';
import { leftOutGaps, whileTimeLasts } from './budget.ts';
import { placeIn } from './by-answers.ts';
import { defineDrill } from './context.ts';
import { byImportance } from './importance.ts';
import { ownersOf } from './owners.ts';
import type { Owners } from './owners.ts';
import { recorded, scenarioOf, templated, withoutValues } from './proof.ts';
import { censusOf, toldBy } from './told-values.ts';
import type { Census, Telling } from './told-values.ts';
import { send } from './unasked-fields.ts';
import { isPowerful } from './unasked-values.ts';

type Endpoint = EvidenceValue<'response-fields'>['endpoints'][number];
type Shown = Endpoint['shown'][number];

/** What the drill knows while it goes from endpoint to endpoint. */
interface Watch {
  readonly stage: Stage;
  readonly census: Census;
  readonly owners: Owners;
}

/** An answer, and the telling values in it. */
interface Answer {
  readonly player: Player;
  readonly step: RequestStep;
  readonly played: Played;
  readonly told: readonly Telling[];
}

/** Looks into the answers that rightful callers get for secrets of the database, and for how to reach other people. */
export default defineDrill({
  name: 'response-fields',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors'],
  uses: ['queries', 'samples', 'access', 'injection', 'mass-assignment'],
  yields: 'response-fields',
  async run(given, context) {
    const { oracle } = given.boot.value;
    if (oracle.kind === 'responses') throw new Error(`which rows answers are made of cannot be seen: ${oracle.detail}`);
    const stage = await stageOf(given, context);
    const watch: Watch = { stage, census: await censusOf(stage), owners: await ownersOf(stage) };
    const routes = byImportance(stage.routes, knownTo(given)).filter(
      (route) => !isWebhook(route) && !/log-?out|sign-?out/i.test(route.path) && (context.focus.endpoints?.includes(route.id) ?? true),
    );
    const endpoints: Endpoint[] = [];
    const leftOut = await whileTimeLasts(context.budget.turn('response-fields'), routes, async (route, index) => {
      if (index % 10 === 0) context.progress(`what answers hold: ${index} of ${routes.length} endpoints`);
      endpoints.push(await lookInto(watch, route));
    });
    const secrets = [...watch.census.columns.values()]
      .filter(({ what }) => what !== 'personal')
      .map(({ table, column }) => `${shownTable(table)}.${column}`);
    return { value: { secrets: secrets.toSorted(), endpoints }, gaps: leftOutGaps(context.budget, 'what answers hold', leftOut, routes) };
  },
});

const attempts = 2;

async function lookInto(watch: Watch, route: Route): Promise<Endpoint> {
  const { stage } = watch;
  const answers: Answer[] = [];
  let reason = 'nobody could send it';
  for (const player of callersOf(stage, route)) {
    if (answers.length > 0 && !alsoLooks(route, player)) continue;
    const answer = await answerTo(watch, route, player);
    if (typeof answer === 'string') reason = answers.length > 0 ? reason : answer;
    else answers.push(answer);
  }
  const shown: Shown[] = [];
  for (const answer of answers) {
    for (const telling of answer.told) {
      const found = await judged(watch, route, answer, telling);
      if (found && !shown.some((one) => one.table === found.table && one.column === found.column && one.whose === found.whose))
        shown.push(found);
    }
  }
  return { endpoint: route.id, actors: answers.map(({ player }) => player.name), reason: answers.length > 0 ? '' : reason, shown };
}

/** The owner first; roles where the owner may not, or may see less. */
function callersOf({ cast }: Stage, route: Route): Player[] {
  if (route === cast.signUp) return [cast.anonymous];
  const [lesser, greater] = [cast.roles.filter((one) => !isPowerful(one)), cast.roles.filter(isPowerful)];
  return [cast.owner, ...greater, ...lesser].filter((player) => player !== null);
}

/** Reads may show the powerful more than they show the owner. */
function alsoLooks(route: Route, player: Player): boolean {
  return route.method === 'GET' && isPowerful(player);
}

async function answerTo({ stage, census }: Watch, route: Route, player: Player): Promise<Answer | string> {
  let answer = '';
  for (let attempt = 0; attempt < attempts; attempt++) {
    const owner = player.part === 'anonymous' && route === stage.cast.signUp ? player : (stage.cast.owner ?? player);
    const { step } = requestFor(stage.synthesis, route, player, route === stage.cast.login ? player : owner, attempt);
    const played = await send(stage, step);
    if (succeeded(played)) return { player, step, played, told: toldBy(stage, census, played) };
    answer = `it never worked for its owner: answered ${played.exchange.response?.status ?? played.exchange.failure}`;
  }
  return answer;
}

async function judged(watch: Watch, route: Route, answer: Answer, telling: Telling): Promise<Shown | null> {
  const whose = whoseIs(watch, route, answer.player, telling);
  const { table } = telling.row;
  const told = { actor: answer.player.name, table, column: telling.column, what: telling.what, whose, proof: null };
  if (telling.what === 'personal') {
    if (whose !== 'another' || isPowerful(answer.player) || isColleague(watch, answer.player, telling)) return null;
    return {
      ...told,
      outcome: 'open',
      reason: 'it reaches a person who is not the caller; whether callers need it, only the owner of the application can say',
    };
  }
  const meant = meantBecause(watch, route, answer, telling);
  if (meant !== null) return { ...told, outcome: 'meant', reason: meant };
  const secretOfPeople = telling.what === 'recovery' || (telling.what === 'password' && isPeoples(watch, telling));
  if (whose === 'own' && !secretOfPeople)
    return { ...told, outcome: 'open', reason: 'it is shown again to whom it belongs, so it is kept in a form that can be read' };
  return exposed(watch, route, answer, telling);
}

/** A password of an account, not one that the application keeps for its users (of a device, of a link). */
function isPeoples({ stage }: Watch, { row, value }: Telling): boolean {
  return row.table === stage.ownership.users?.table || value.startsWith('$');
}

function meantBecause({ stage }: Watch, route: Route, { player }: Answer, { what, value, fresh }: Telling): string | null {
  if (what === 'password' || what === 'recovery') return null;
  if (Object.values(player.credentials).some((header) => header.includes(value))) return "it is the caller's own session";
  if (fresh) return 'it was made by this request and is shown to whoever made it';
  if (route === stage.cast.login || route === stage.cast.signUp || sessionPath.test(route.path)) return 'it is handed out by signing in';
  return null;
}

function whoseIs({ stage, owners }: Watch, route: Route, player: Player, { row, person, fresh }: Telling): Shown['whose'] {
  const users = stage.ownership.users;
  const own = users ? player.values.get(`${users.table.slice(users.table.indexOf('.') + 1)}.${users.key}`) : undefined;
  if (person !== null) {
    if ((own !== undefined && own !== null && person === String(own)) || (fresh && route === stage.cast.signUp)) return 'own';
    return owners.separate === 'tenant' && row.table !== users?.table && ofTenant(owners, row) === tenantOf(player) ? 'own' : 'another';
  }
  return ofTenant(owners, row) === tenantOf(player) ? 'own' : 'nobody';
}

/** People of one tenant may know how to reach each other. */
function isColleague({ owners }: Watch, player: Player, { row }: Telling): boolean {
  return owners.separate === 'tenant' && ofTenant(owners, row) === tenantOf(player);
}

function ofTenant(owners: Owners, row: Telling['row']): string | null {
  return owners.of({ ...row, values: {}, where: {} });
}

/** Roles belong to the owner's tenant. */
function tenantOf({ name, part }: Player): string {
  return part === 'role' ? 'owner' : name;
}

/** Shows it with the request of whoever needs the least to get it. */
async function exposed(watch: Watch, route: Route, answer: Answer, telling: Telling): Promise<Shown> {
  const { cast } = watch.stage;
  const lesser = cast.roles.filter((one) => !isPowerful(one));
  const widest = [cast.anonymous, ...(cast.stranger ? [cast.stranger] : []), ...lesser].filter((player) => player !== answer.player);
  for (const player of route === cast.signUp ? [] : widest) {
    const other = player.part === 'anonymous' ? await answerWithoutSession(watch, answer) : await answerTo(watch, route, player);
    if (typeof other === 'string') continue;
    const same = other.told.find(
      (one) => one.row.table === telling.row.table && one.column === telling.column && whoseIs(watch, route, player, one) !== 'own',
    );
    if (same) return shownTo(watch, route, other, same, answer.step);
  }
  return shownTo(watch, route, answer, telling, answer.step);
}

/** The same request, with the same person's address in it, by somebody who is not signed in. */
async function answerWithoutSession({ stage, census }: Watch, { player: { name }, step: whole }: Answer): Promise<Answer | string> {
  const player = stage.cast.anonymous;
  const step = { ...(JSON.parse(JSON.stringify(whole).replaceAll('{{me.', `{{${name}.`)) as RequestStep), as: player.name };
  const played = await send(stage, step);
  return succeeded(played) ? { player, step, played, told: toldBy(stage, census, played) } : 'refused';
}

function shownTo(watch: Watch, route: Route, { player, step, played, told }: Answer, telling: Telling, control: Answer['step']): Shown {
  const { stage } = watch;
  const { row, column } = telling;
  const whose = whoseIs(watch, route, player, telling);
  const place = `${shownTable(row.table)}.${column}`;
  const made = stage.synthesis.pool.some(
    (one) => one.by !== null && one.table === row.table && Object.entries(row.key).every(([name, value]) => one.values[name] === value),
  );
  // A row that this request made, or that came with the migrations, is known by its table alone.
  const key = made && !telling.fresh ? templated(stage, row.table, row.key) : {};
  const scenario = scenarioOf(
    stage,
    `response-fields ${route.id} ${place}`,
    `${player.name} reads ${place} in the answer of ${route.id}`,
    [...stepsBefore(stage, { ...step, body: [step.body ?? null, key] as Json }), step],
    { shows: 'column-shown', table: row.table, column, key },
    { control, ...placeIn(played, { table: row.table, column }, telling.value) },
  );
  const observed = `${player.name} sent ${route.id}, and the answer held ${place} of ${whose === 'own' ? 'their own row' : whose === 'another' ? 'somebody else' : 'the application'}.`;
  const secrets = told.filter((one) => one.what !== 'personal').map((one) => one.value);
  const all = watch.census.values.filter((one) => one.what !== 'personal').map((one) => one.value);
  return {
    actor: player.name,
    table: row.table,
    column,
    what: telling.what,
    whose,
    outcome: 'exposed',
    reason: observed,
    proof: recorded(scenario, observed, withoutValues(played, [...secrets, ...all])),
  };
}
