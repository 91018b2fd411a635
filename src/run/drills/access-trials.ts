import type { RowChange } from '../../model/transcript.ts';
import { answeredRows, onlyAnswers } from '../ground/play/answers.ts';
import { attemptsAt } from '../ground/play/asking/samples.ts';
import { learn } from '../ground/play/asking/learning.ts';
import { requestFor, sessionPath } from '../ground/play/asking/synthesis.ts';
import type { Request, Route } from '../ground/play/asking/synthesis.ts';
import { playAtOnce } from '../ground/play/at-once.ts';
import { play, succeeded } from '../ground/play/interpreter.ts';
import type { Played } from '../ground/play/interpreter.ts';
import { logInAgain } from '../ground/play/people/log-in.ts';
import type { Player } from '../ground/play/people/players.ts';
import { carriedColumns, rowsRead } from '../ground/play/provenance.ts';
import { saying } from '../ground/play/saying.ts';
import { holesOf, isWebhook } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { shapeOf } from '../ground/play/statement.ts';
import type { RawCell } from './access-judgement.ts';
import { isCapability } from './capabilities.ts';
import { rowKey } from './owners.ts';
import type { Owners } from './owners.ts';
import { swayedAnswers } from './swayed-model.ts';

/** Who tries with whose objects, and how. */
interface Trial {
  readonly stage: Stage;
  readonly owners: Owners;
  readonly owner: Player;
  readonly players: readonly Player[];
  /** Whether statements of requests that are on their way together can be told apart; false as soon as some could not. */
  readonly wire: { apart: boolean };
}

/** What everybody's request to one endpoint did, the rightful caller's first. */
export async function tryRoute(trial: Trial, route: Route): Promise<RawCell[]> {
  const { stage, owners, owner, players } = trial;
  const own = await rightfulControl(stage, owners, route, owner);
  if (route === stage.cast.signUp || route === stage.cast.login) {
    const entrance = { ...own.cell, control: false, read: [], changed: [], ownTables: [] };
    return [
      { ...entrance, untried: 'the actors came in through it', untriedOutcome: 'own' },
      ...players.map((player): RawCell => ({
        ...entrance,
        actor: player.name,
        part: player.part,
        untried: 'the way in, for everybody',
        untriedOutcome: 'shared',
      })),
    ];
  }
  const cells = [...own.tried];
  const left = players.filter((one) => !own.tried.some((cell) => cell.actor === one.name));
  const together = await tryTogether(trial, route, left, own.attempt);
  for (const player of left) {
    const done = together.get(player);
    if (done) {
      cells.push(done);
      continue;
    }
    if (isWebhook(route)) {
      cells.push({
        ...own.cell,
        control: false,
        actor: player.name,
        part: player.part,
        status: null,
        untried: 'called by machines; who may call it is a matter of signatures',
      });
      continue;
    }
    const request = requestFor(stage.synthesis, route, player, owner, own.attempt);
    const played = await play(stage.lab, request.step);
    cells.push(cellOf(stage, owners, route, player, request, played));
    await takeBack(stage, played);
  }
  if (sessionPath.test(route.path)) await renewSessions(stage);
  return [...(await trySwayed(trial, route, own, cells)), ...cells].filter(isFirstOfActor);
}

/** An id of somebody's row stands in what was sent, wherever it stands. */
export function namesRowOf({ synthesis }: Stage, { request }: RawCell, owner: string): boolean {
  const holes = holesOf(request.step);
  return synthesis.pool.some(({ by, name, key }) => by === owner && Object.keys(key).some((column) => holes.includes(`${name}.${column}`)));
}

function isFirstOfActor({ actor }: RawCell, index: number, all: readonly RawCell[]): boolean {
  return all.findIndex((one) => one.actor === actor) === index;
}

/**
 * Everybody once more with the model behind the endpoint brought to name the owner's rows, where the application then acts on them; but for
 * those who reach rows of the owner's anyway.
 */
async function trySwayed(trial: Trial, route: Route, own: Control, plain: readonly RawCell[]): Promise<RawCell[]> {
  const { stage, owners, owner, players } = trial;
  if (!own.cell.success || own.cell.actor !== owner.name || isWebhook(route)) return [];
  const reaching = new Set(plain.filter(({ read, changed }) => read.length + changed.length > 0).map(({ actor }) => actor));
  for (const rule of swayedAnswers(stage, owner, owner, own.cell.played)) {
    const standing = await stage.lab.ground.world(saying(stage.lab, rule));
    try {
      const cells: RawCell[] = [];
      for (const player of [owner, ...players.filter(({ name }) => !reaching.has(name))]) {
        const request = requestFor(stage.synthesis, route, player, owner, own.attempt);
        const played = await play(stage.lab, request.step);
        cells.push({ ...cellOf(stage, owners, route, player, request, played), byId: true, swayed: rule, control: player === owner });
        await takeBack(stage, played);
        if (player === owner && cells[0]?.changed.length === 0) break;
      }
      if (cells.length > 1) return cells;
    } finally {
      await standing.remove();
    }
  }
  return [];
}

async function takeBack(stage: Stage, { changes }: Played): Promise<void> {
  if (changes.length > 0) await stage.lab.ground.undo(changes);
}

/**
 * Reads by several players at once, for those whose cells are beyond doubt: who would be accused of seeing too much is tried again alone,
 * and so is everybody whose request left a trace that may be another's.
 */
async function tryTogether(trial: Trial, route: Route, players: readonly Player[], attempt: number): Promise<Map<Player, RawCell>> {
  const { stage, owners, owner, wire } = trial;
  const cells = new Map<Player, RawCell>();
  if (!wire.apart || players.length < 2 || !['GET', 'HEAD'].includes(route.method) || sessionPath.test(route.path) || isWebhook(route))
    return cells;
  const requests = players.map((player) => requestFor(stage.synthesis, route, player, owner, attempt));
  const { played, apart } = await playAtOnce(
    stage.lab,
    requests.map(({ step }) => step),
  );
  wire.apart = apart;
  for (const [index, player] of players.entries()) {
    const [request, one] = [requests[index], played[index]];
    if (!request || !one) continue;
    const cell = cellOf(stage, owners, route, player, request, one);
    if (player.part === 'role' || cell.read.length === 0) cells.set(player, cell);
  }
  return cells;
}

interface Control {
  readonly cell: RawCell;
  readonly attempt: number;
  /** Cells of everybody who was tried on the way. */
  readonly tried: readonly RawCell[];
}

/** The request of a rightful caller: the owner, or a role of the owner's tenant where the owner may not. Without it no refusal says anything. */
async function rightfulControl(stage: Stage, owners: Owners, route: Route, owner: Player): Promise<Control> {
  const own = await positiveControl(stage, owners, route, owner, owner);
  if (own.cell.status !== 401 && own.cell.status !== 403) return { ...own, tried: [{ ...own.cell, control: true }] };
  const tried = [own.cell];
  for (const player of stage.cast.roles) {
    const other = await positiveControl(stage, owners, route, player, owner);
    if (other.cell.success) return { ...other, tried: [...tried, { ...other.cell, control: true }] };
    tried.push(other.cell);
  }
  return { ...own, tried: tried.map((cell, index) => ({ ...cell, control: index === 0 })) };
}

/** Answers that teach something, after which the same attempt is made once more. */
const mostNews = 6;

/** One player's request with the owner's objects, tried until it succeeds. */
async function positiveControl(
  stage: Stage,
  owners: Owners,
  route: Route,
  sender: Player,
  owner: Player,
): Promise<{ cell: RawCell; attempt: number }> {
  let best: { cell: RawCell; attempt: number } | null = null;
  const left = attemptsAt(stage.synthesis, route);
  for (let made = 0; left[0] !== undefined; made++) {
    const attempt = left[0];
    const request = requestFor(stage.synthesis, route, sender, owner, attempt);
    // A sample does not make somebody else of the sender.
    if (request.sample !== undefined && (best?.cell.status === 401 || best?.cell.status === 403)) break;
    const played = await play(stage.lab, request.step);
    const news = learn(stage.synthesis, route, request, played);
    const cell = cellOf(stage, owners, route, sender, request, played);
    await takeBack(stage, played);
    if (!best || better(cell, best.cell)) best = { cell, attempt };
    if (succeeded(played)) break;
    // An answer that taught something is worth the same attempt again.
    if (!news || made >= mostNews) left.shift();
  }
  if (!best) throw new Error('no attempt was made');
  return best;
}

function better(a: RawCell, b: RawCell): boolean {
  return (a.status ?? 999) < (b.status ?? 999);
}

function cellOf(stage: Stage, owners: Owners, route: Route, player: Player, request: Request, played: Played): RawCell {
  const seen = onlyAnswers(stage.lab) ? answeredRows(stage.synthesis.pool, 'owner') : rowsRead(stage.lab.tables, played);
  const read = seen.flatMap((row) => {
    const of = owners.of(row);
    const columns = of === 'owner' ? carriedColumns(played, row) : [];
    return columns.length > 0 ? [{ table: row.table, key: row.key, columns }] : [];
  });
  const changes = played.changes.filter((change) => change.op !== 'truncate' && change.op !== 'schema');
  const changed = changes
    .filter((change) => owners.ofChange(change) === 'owner')
    .map((change) => ({ ...change, columns: changedColumns(change, stage, played) }));
  return {
    route,
    actor: player.name,
    part: player.part,
    request,
    played,
    status: played.exchange.response?.status ?? null,
    success: succeeded(played),
    read: distinct(read),
    changed,
    ownTables: [...new Set(changes.filter((change) => owners.ofChange(change) === player.name).map((change) => change.table))],
    byId: request.objects.some((object) => object.row.by !== null),
    capability: request.objects.some((object) => isCapability(stage, object)),
    missing: request.missing,
    control: false,
    workedBefore: stage.worked.has(route.id),
    untried: null,
    untriedOutcome: 'unknown',
  };
}

/** The columns that changed; where all were set to what they held already, those that were set. */
export function changedColumns({ op, table, before, after }: RowChange, stage: Stage, played: Played): string[] {
  const changed = Object.keys(after ?? before ?? {}).filter((column) => before?.[column] !== after?.[column]);
  if (op !== 'update' || changed.length > 0) return changed;
  const uses = played.statements.flatMap((statement) => shapeOf(statement.text)?.uses ?? []);
  const set = uses.filter((use) => use.how === 'stored' && use.table !== null && stage.lab.tables.byRelation(use.table)?.name === table);
  return [...new Set(set.map((use) => use.column))];
}

function distinct<T extends { table: string; key: Record<string, string | null> }>(rows: readonly T[]): T[] {
  return [...new Map(rows.map((row) => [rowKey(row), row])).values()];
}

/** After a request that may have ended sessions, everybody logs in again. */
async function renewSessions(stage: Stage): Promise<void> {
  const login = stage.cast.login;
  if (!login) return;
  for (const player of [stage.cast.owner, stage.cast.stranger, ...stage.cast.roles]) {
    if (player) await logInAgain(stage.synthesis, login, player);
  }
}
