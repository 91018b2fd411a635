import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { ScreenLimits } from '../../model/evidence/screens.ts';
import type { Proof } from '../../model/proof.ts';
import type { RowChange } from '../../model/transcript.ts';
import { shownTable } from '../../model/words.ts';
import type { Player } from '../ground/play/people/players.ts';
import type { Stage } from '../ground/play/scene.ts';
import { counters } from './access-judgement.ts';
import type { JudgedCell, RawCell } from './access-judgement.ts';
import { rowKey } from './owners.ts';
import type { Owners } from './owners.ts';
import { neededSteps, proofOf, recorded, scenarioOf, templated } from './proof.ts';

type Limit = ScreenLimits['limits'][number];
type Kept = Pick<RawCell, 'played' | 'actor' | 'route'>;

/** What somebody did by a direct request that no screen of theirs offers. */
export interface PastScreen {
  readonly doing: 'change' | 'read';
  readonly tables: readonly string[];
  readonly proof: Proof | null;
}

/** Why a cell is a leak that was undecided without the screens. */
export const keptByScreens = 'the screens keep it from them, and the server does not';

/** What a role of the owner's tenant may do is undecided, until the screens say that it is not for them. */
export function heldBack(judged: readonly JudgedCell[], past: ReadonlyMap<RawCell, PastScreen>): JudgedCell[] {
  return judged.map((one) =>
    one.raw.part === 'role' && one.outcome === 'allowed' && past.has(one.raw) ? { ...one, outcome: 'leak', reason: keptByScreens } : one,
  );
}

/** The same as evidence; `alone` where nothing but the screens says that it may not be. */
export function toldOf(past: PastScreen | undefined, alone: boolean): EvidenceValue<'access'>['cells'][number]['pastScreen'] {
  return past && { doing: past.doing, tables: [...past.tables], proof: past.proof, alone };
}

/** Tables in which applications note what happened, whoever did it. */
const notes = /session|token|log|audit|event|history|activit|visit|attempt/i;

/**
 * The cells in which a direct request did what the screens keep from its sender: rows of others stood in the answer which the sender is
 * shown nowhere else, or rows were changed as they are for those to whom the screens do offer it.
 */
export function pastScreens(stage: Stage, owners: Owners, cells: readonly RawCell[], limits: ScreenLimits): Map<RawCell, PastScreen> {
  const found = new Map<RawCell, PastScreen>();
  const keeps = new Map(limits.limits.map((limit) => [limit.endpoint, limit]));
  const players = new Map([...stage.lab.players.values()].map((player) => [player.name, player]));
  const ambient = ambientTables(cells);
  for (const cell of cells) {
    const limit = keeps.get(cell.route.id);
    const player = players.get(cell.actor);
    if (!limit || !player || cell.untried !== null || !cell.success || cell.capability) continue;
    if (keptFrom(limit, limits, player, stage) !== true) continue;
    const open = (one: RawCell): boolean => {
      const other = keeps.get(one.route.id);
      return other === undefined || keptFrom(other, limits, player, stage) === false;
    };
    const done = isRead(cell) ? shownBy(stage, cell, cells, open) : changedBy({ stage, owners, cells, ambient }, cell, limit, limits);
    if (done) found.set(cell, done);
  }
  return found;
}

/** Whether the screens offer the endpoint to those of the sender's role and not to everybody. */
export function isOffered({ route, actor }: RawCell, limits: ScreenLimits, stage: Stage): boolean {
  const limit = limits.limits.find(({ endpoint }) => endpoint === route.id);
  const player = stage.lab.players.get(actor);
  return limit !== undefined && player !== undefined && !limit.others && keptFrom(limit, limits, player, stage) === false;
}

function isRead({ route }: Pick<Kept, 'route'>): boolean {
  return route.method === 'GET' || route.method === 'HEAD';
}

/** Rows of others in the answer, unless an endpoint that the sender's screens do use shows them the same. */
function shownBy(stage: Stage, cell: RawCell, cells: readonly RawCell[], open: (one: RawCell) => boolean): PastScreen | null {
  const own = new Set(stage.synthesis.pool.filter(({ by }) => by === cell.actor).map(rowKey));
  const elsewhere = cells.filter((one) => one.actor === cell.actor && one.route.id !== cell.route.id && one.success && open(one));
  const read = cell.read.filter((row) => {
    const seen = elsewhere.flatMap((one) => one.read.filter((other) => rowKey(other) === rowKey(row)).flatMap(({ columns }) => columns));
    return !own.has(rowKey(row)) && row.columns.some((column) => !seen.includes(column));
  });
  const tables = [...new Set(read.map(({ table }) => table))];
  return read.length > 0 && cell.actor !== 'owner'
    ? { doing: 'read', tables, proof: proofOf(stage, { ...cell, read, changed: [] }, cells) }
    : null;
}

interface Around {
  readonly stage: Stage;
  readonly owners: Owners;
  readonly cells: readonly RawCell[];
  readonly ambient: ReadonlySet<string>;
}

/** Rows that the request changed, other than the sender's own and what is noted about every request. */
function changedBy({ stage, owners, cells, ambient }: Around, cell: RawCell, limit: Limit, limits: ScreenLimits): PastScreen | null {
  const own = new Set(stage.synthesis.pool.filter(({ by }) => by === cell.actor).map(rowKey));
  const rightful = cells.filter((one) => {
    const player = stage.lab.players.get(one.actor);
    return one.route.id === cell.route.id && one.success && player && keptFrom(limit, limits, player, stage) === false;
  });
  const changes = cell.played.changes.filter((change) => {
    if (change.op === 'truncate' || change.op === 'schema' || ambient.has(change.table) || notes.test(shownTable(change.table)))
      return false;
    if (
      rightful.length > 0 &&
      !rightful.some(({ played }) => played.changes.some((one) => one.table === change.table && one.op === change.op))
    )
      return false;
    if (change.op === 'insert') return true;
    const columns = Object.keys(change.after ?? {}).filter((column) => change.before?.[column] !== change.after?.[column]);
    if (own.has(rowKey(change)) || owners.ofChange(change) === cell.actor) return false;
    return change.op === 'delete' || columns.some((column) => !counters.test(column));
  });
  if (changes.length === 0) return null;
  const tables = [...new Set(changes.map(({ table }) => table))];
  const changed = cell.changed.filter(
    (one) => one.op !== 'insert' && changes.some((change) => rowKey(change) === rowKey(one) && change.op === one.op),
  );
  const proof = changed.length > 0 ? proofOf(stage, { ...cell, changed, read: [] }, cells) : proofOfChange(stage, cell, changes);
  return { doing: 'change', tables, proof };
}

function proofOfChange(stage: Stage, cell: RawCell, changes: readonly RowChange[]): Proof | null {
  const [change] = changes;
  if (!change || (change.op !== 'insert' && change.op !== 'update' && change.op !== 'delete')) return null;
  const key = change.op === 'insert' ? {} : templated(stage, change.table, change.key);
  const scenario = scenarioOf(
    stage,
    `${cell.actor} ${cell.route.id}`,
    `${cell.actor} calls ${cell.route.id}, which no screen offers them`,
    [...neededSteps(stage, cell, { table: change.table, key: change.op === 'insert' ? {} : change.key }), cell.request.step],
    { shows: 'row-changed', table: change.table, key, op: change.op },
    {},
  );
  const verb = change.op === 'insert' ? 'added' : change.op === 'delete' ? 'deleted' : 'changed';
  return recorded(scenario, `${cell.actor} sent ${cell.route.id} and a row of ${shownTable(change.table)} was ${verb}.`, cell.played);
}

/** Tables that reading changes as well: they hold what is noted about every request. */
function ambientTables(cells: readonly RawCell[]): Set<string> {
  const routes = new Map<string, Set<string>>();
  for (const cell of cells)
    if (isRead(cell)) for (const { table } of cell.played.changes) routes.set(table, (routes.get(table) ?? new Set()).add(cell.route.id));
  return new Set([...routes].flatMap(([table, ids]) => (ids.size > 1 ? [table] : [])));
}

/** Whether the screens keep an endpoint from a player; null where what the screens ask for is not known of them. */
function keptFrom(limit: Limit, { roles, flags }: Pick<ScreenLimits, 'roles' | 'flags'>, player: Player, stage: Stage): boolean | null {
  if (player.part === 'anonymous') return true;
  const { users } = stage.ownership;
  const bare = users?.table.slice(users.table.indexOf('.') + 1) ?? '';
  const stored = users?.role ? player.values.get(`${bare}.${users.role}`) : undefined;
  const role = player.role ?? (typeof stored === 'string' ? stored : null);
  const known = new Set(stage.ownership.roles.map(plain));
  const flagged = (flag: string): boolean | null => {
    for (const [name, value] of player.values)
      if (name.startsWith(`${bare}.`) && plain(name.slice(bare.length + 1)).replace(/^is/, '') === flag && typeof value === 'boolean')
        return value;
    return known.has(flag) && role !== null ? plain(role) === flag : null;
  };
  // What the screens call a role must be what the database calls one.
  if (roles.length > 0 && (role === null || !roles.some((one) => known.has(plain(one))))) return null;
  const has = flags.map((flag) => ({ flag, held: flagged(flag) }));
  if (has.some(({ held }) => held === null)) return null;
  const mine = [
    ...roles.filter((one) => role !== null && plain(one) === plain(role)),
    ...has.flatMap(({ flag, held }) => (held ? [flag] : [])),
  ];
  return mine.length > 0 ? !mine.some((one) => limit.shownTo.includes(one)) : !limit.others;
}

function plain(role: string): string {
  const word = role.toLowerCase().replace(/[^a-z0-9]/g, '');
  return word === 'administrator' ? 'admin' : word;
}
