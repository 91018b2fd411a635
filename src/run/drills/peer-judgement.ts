import type { EvidenceValue } from '../../model/evidence/index.ts';
import { shownTable } from '../../model/words.ts';
import { bySwaying, counters } from './access-judgement.ts';
import type { JudgedCell, RawCell } from './access-judgement.ts';
import { roleOf } from '../ground/play/people/players.ts';
import { shapeOf } from '../ground/play/statement.ts';
import { financial } from './data-names.ts';
import { rowKey } from './owners.ts';
import { missingQuestion } from './policy.ts';
import type { Policy } from './policy.ts';

/** What is known beside the cells. */
interface PeerSetting {
  readonly ownership: Pick<EvidenceValue<'ownership'>, 'users' | 'tenants'>;
  readonly policy: Policy | null;
  /** All endpoints, tried or not. */
  readonly routes: readonly RawCell['route'][];
  /** Endpoints that nobody tried, for want of time: any of them may be where the application allows what others refuse. */
  readonly unseen: number;
  /** Whether the application's own screens offer the endpoint to this actor's role, and not to all. */
  readonly offered?: (cell: RawCell) => boolean;
}

/**
 * Roles of the owner's own tenant. What a role may do is for the owner of the application to say; it is a leak only where the application
 * itself refuses that role the very same elsewhere, or grants it to others in a table that its guards ask.
 */
export function judgePeers(judged: readonly JudgedCell[], { ownership, policy, routes, unseen, offered }: PeerSetting): JudgedCell[] {
  if (unseen > 0) return [...judged];
  const tried = judged.map(({ raw }) => raw).filter((cell) => cell.untried === null);
  const controls = tried.filter((cell) => cell.control && cell.success);
  const ids = new Set(tried.map((cell) => cell.route.id));
  const untried = routes.filter((route) => !ids.has(route.id));
  const byActor = Map.groupBy(tried, (cell) => cell.actor);
  const all = new Map(controls.map((control) => [control.route.id, collectionOf(control, ownership)]));
  return judged.map((one) => {
    const { raw } = one;
    if (raw.part !== 'role' || one.outcome !== 'allowed' || raw.capability || raw.read.length + raw.changed.length === 0) return one;
    const mine = new Map((byActor.get(raw.actor) ?? []).map((cell) => [cell.route.id, cell]));
    const views = controls.flatMap((control): View[] => {
      const cell = mine.get(control.route.id);
      const near = areNear(all.get(raw.route.id), all.get(control.route.id));
      return cell && control.route.id !== raw.route.id ? [{ control, cell, near }] : [];
    });
    const whole = !untried.some((route) => areNear(all.get(raw.route.id), route.path));
    const told = againstPolicy(raw, policy, routes);
    // What it is shown a button for it may do, however others are kept from the like.
    if (told === null && offered?.(raw)) return one;
    const reason =
      told ??
      setsRoles(raw, views, tried, ownership) ??
      (whole ? (shownDespite(raw, views) ?? changedDespite(raw, views, tried) ?? movedDespite(raw, views)) : null);
    return reason === null ? one : { raw, outcome: 'leak', reason };
  });
}

/** Another endpoint, as it works for whom it is meant and as it answered this role. */
interface View {
  readonly control: RawCell;
  readonly cell: RawCell;
  /** It is about the same collection. */
  readonly near: boolean;
}

function againstPolicy(raw: RawCell, policy: Policy | null, routes: readonly RawCell['route'][]): string | null {
  const action = policy && missingQuestion(policy, raw.route, routes);
  if (!policy || !action || policy.grants.get(roleOf(raw.actor))?.has(action)) return null;
  return `${shownTable(policy.table)} grants ${action} to others only, and this endpoint does not ask`;
}

function isRead({ route }: RawCell): boolean {
  return route.method === 'GET' || route.method === 'HEAD';
}

/** The endpoint refused on the object itself, not for want of rows. */
function refuses({ status }: RawCell): boolean {
  return status === 401 || status === 403 || status === 404;
}

function shows(cell: RawCell, key: string): boolean {
  return cell.read.some((row) => rowKey(row) === key);
}

/** All that another endpoint of the collection keeps from this role stands in the answer here, and most of them keep it. */
function shownDespite(raw: RawCell, views: readonly View[]): string | null {
  if (raw.read.length === 0 || !isRead(raw)) return null;
  const here = new Map(raw.read.map((row) => [rowKey(row), new Set(row.columns)]));
  const reading = views.filter(({ control, near }) => near && isRead(control) && control.read.some((row) => here.has(rowKey(row))));
  const closed = reading.filter(({ control, cell }) => !control.read.some((row) => here.has(rowKey(row)) && shows(cell, rowKey(row))));
  const same = closed.find(
    ({ control, cell }) =>
      refuses(cell) &&
      // Who may see one object need not be let see them all.
      (control.byId || !raw.byId) &&
      control.read.every((row) => row.columns.every((column) => here.get(rowKey(row))?.has(column))),
  );
  if (!same || closed.length < reading.length - closed.length + 1) return null;
  return `shows ${named(raw.read)} that ${same.control.route.id} refuses the same role`;
}

/** Everybody may set roles, so that whatever else is refused to a role is refused in vain. */
function setsRoles(raw: RawCell, views: readonly View[], tried: readonly RawCell[], { users }: PeerSetting['ownership']): string | null {
  const table = users?.table.slice(users.table.indexOf('.') + 1);
  const sets = raw.played.statements.some((statement) =>
    shapeOf(statement.text)?.uses.some((use) => use.how === 'stored' && use.table === table && use.column === users?.role),
  );
  if (!users?.role || !sets || !raw.changed.some((change) => change.op === 'update' && change.table === users.table)) return null;
  const refused = views.find(({ cell }) => cell.status === 403);
  if (!refused || !isOpenToAll(raw, tried)) return null;
  return `sets the ${users.role} of others, whatever their own is; what ${refused.control.route.id} refuses can be had that way`;
}

function isOpenToAll(raw: RawCell, tried: readonly RawCell[]): boolean {
  return tried.every((cell) => cell.part !== 'role' || cell.route.id !== raw.route.id || cell.success);
}

/** Every other endpoint that changes this sum refuses the role, and there are several. */
function movedDespite(raw: RawCell, views: readonly View[]): string | null {
  for (const change of raw.changed) {
    const sums = change.columns.filter((column) => financial.test(column));
    if (change.op !== 'update' || sums.length === 0) continue;
    const others = views.filter(({ control }) =>
      control.changed.some(
        (one) => one.op === 'update' && rowKey(one) === rowKey(change) && one.columns.some((column) => sums.includes(column)),
      ),
    );
    const first = others.find(({ near }) => near) ?? others[0];
    if (first && others.length >= 2 && others.every(({ cell }) => cell.status === 401 || cell.status === 403))
      return `changes ${sums.join(', ')} of ${named([change])}, as ${first.control.route.id} does, which refuses the same role`;
  }
  return null;
}

/** It changes what it may see nowhere, or deletes what it may not even change. */
function changedDespite(raw: RawCell, views: readonly View[], tried: readonly RawCell[]): string | null {
  const real = raw.changed.filter(
    (change) => change.op === 'delete' || (change.op === 'update' && change.columns.some((column) => !counters.test(column))),
  );
  if (isRead(raw) || real.length === 0) return null;
  const bare = new Set(real.map(({ table }) => table.slice(table.indexOf('.') + 1)));
  const beside = views.find(
    ({ control, cell }) =>
      isRead(control) &&
      control.route.path === raw.route.path &&
      refuses(cell) &&
      control.played.statements.some((statement) => shapeOf(statement.text)?.tables.some((table) => bare.has(table))),
  );
  if (beside && raw.route.method !== 'POST')
    return `changes ${named(real)}, while ${beside.control.route.id} refuses the same role to see it`;
  if (!raw.byId) return null;
  for (const change of real) {
    const key = rowKey(change);
    const verb = change.op === 'delete' ? 'deletes' : 'changes';
    const reading = views.filter(({ control }) => isRead(control) && shows(control, key));
    const unseen = reading.find(({ control, cell, near }) => near && control.byId && refuses(cell));
    if (unseen && !reading.some(({ cell }) => shows(cell, key)))
      return `${verb} ${named([change])} that ${unseen.control.route.id} refuses even to show to the same role`;
    const swayed = raw.swayed && chosenElsewhere(change, views);
    if (swayed) return `${verb} ${named([change])} ${bySwaying}, while ${swayed} does not let the same role do it`;
    if (change.op !== 'delete') continue;
    const editing = views.filter(({ control, near }) => near && control.changed.some((one) => one.op === 'update' && rowKey(one) === key));
    const [edit] = editing;
    if (edit && isOpenToAll(raw, tried) && editing.every(({ cell }) => refuses(cell)))
      return `deletes ${named([change])} that ${edit.control.route.id} does not let the same role change`;
  }
  return null;
}

/** The endpoint where callers choose what is set there, when every such one refuses this role. */
function chosenElsewhere(change: RawCell['changed'][number], views: readonly View[]): string | null {
  const choosing = views.filter(({ control }) =>
    control.changed.some(
      (one) =>
        one.op === 'update' &&
        rowKey(one) === rowKey(change) &&
        one.columns.some(
          (column) => change.columns.includes(column) && (control.played.sent.body ?? '').includes(one.after?.[column] ?? '\0'),
        ),
    ),
  );
  const [first] = choosing;
  return first && choosing.every(({ cell }) => cell.status === 401 || cell.status === 403) ? first.control.route.id : null;
}

function named(rows: readonly { readonly table: string }[]): string {
  return [...new Set(rows.map(({ table }) => shownTable(table)))].join(', ');
}

/** The path up to the object: `/invoices` for `/invoices`, `/invoices/:id` and `/invoices/:id/print`. */
function collectionOf({ route, request }: RawCell, { users, tenants }: PeerSetting['ownership']): string {
  // A path that names the tenant or somebody does not name the object.
  const anchors = [users?.table, tenants?.table];
  const objects = new Set(request.objects.filter(({ row }) => !anchors.includes(row.table)).map(({ parameter }) => `:${parameter}`));
  const segments = route.path.split('/').filter(Boolean);
  const at = segments.findIndex((segment) => objects.has(segment));
  return `/${segments.slice(0, at < 0 ? segments.length : at).join('/')}`;
}

function areNear(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || /^(?:\/(?:api|v\d+))*\/?$/.test(one) || /^(?:\/(?:api|v\d+))*\/?$/.test(other))
    return false;
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
