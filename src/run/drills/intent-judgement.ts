import { allows, isExact, rolesIn, ruleFor } from '../../model/access-rule.ts';
import type { Confirmation } from '../../model/access-rule.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { shownTable } from '../../model/words.ts';
import { counters } from './access-judgement.ts';
import type { JudgedCell, RawCell } from './access-judgement.ts';
import { credential } from './data-names.ts';
import { rowKey } from './owners.ts';
import type { Owners } from './owners.ts';
import type { Stage } from '../ground/play/scene.ts';

type Cell = EvidenceValue<'access'>['cells'][number];
type Rule = EvidenceValue<'access-rules'>['rules'][number] & { readonly confirmed: Confirmation };

/** What named people confirmed, and what is known of those who act. */
interface Intent {
  /** Confirmed and not: drafts are left aside here, so that none can settle anything. */
  readonly rules: EvidenceValue<'access-rules'>['rules'];
  readonly tenants: boolean;
  /** Roles that the application knows; a rule about any other one says nothing. */
  readonly roles: readonly string[];
  readonly roleOf: (actor: string) => string | null;
  /** Rows that the owner made, by `rowKey`: in a tenant the others' rows stand beside them. */
  readonly made: ReadonlySet<string>;
}

/** What was confirmed in `seaworthy.json`, with what it takes to hold people against it. */
export function intentOf({ cast, ownership, synthesis }: Stage, owners: Pick<Owners, 'separate'>, rules: Intent['rules']): Intent {
  const { users } = ownership;
  const column = users?.role ? `${users.table.slice(users.table.indexOf('.') + 1)}.${users.role}` : '';
  const roleOf = (name: string): string | null => {
    const player = [cast.owner, cast.stranger, ...cast.roles].find((one) => one?.name === name);
    const role = player?.role ?? player?.values.get(column);
    return typeof role === 'string' ? role : null;
  };
  const people = [cast.owner, cast.stranger, ...cast.roles].flatMap((player) => (player ? [player.name] : []));
  return {
    rules,
    tenants: ownership.tenants !== null && owners.separate === 'tenant',
    roles: [...ownership.roles, ...people.flatMap((name) => roleOf(name) ?? [])],
    roleOf,
    made: new Set(synthesis.pool.filter(({ by }) => by === 'owner').map(rowKey)),
  };
}

export interface IntendedCell extends JudgedCell {
  readonly rule: Cell['rule'];
}

/**
 * Holds the cells against what a named person confirmed. What is allowed and lets in is intended; who is kept out and gets through, with
 * rows to show for it, is a leak; nothing else changes.
 */
export function judgeByIntent(judged: readonly JudgedCell[], intent: Intent): IntendedCell[] {
  const rules = intent.rules.flatMap((rule): Rule[] => (rule.confirmed ? [{ ...rule, confirmed: rule.confirmed }] : []));
  const known = new Set(intent.roles.map((role) => role.toLowerCase()));
  const byRoute = Map.groupBy(judged, ({ raw }) => raw.route.id);
  const habits = habitsOf(judged);
  return judged.map((one) => {
    const { raw } = one;
    const rule = ruleFor(rules, raw.route.id);
    // What was not tried, the ways in, and what the owner does with objects of their own.
    if (!rule || raw.untried !== null) return { ...one, rule: undefined };
    const strange = rolesIn(rule.allow).filter((role) => !known.has(role));
    const lets = allows(
      rule.allow,
      { part: raw.part, role: raw.part === 'role' ? raw.actor.slice(5) : intent.roleOf(raw.actor) },
      intent.tenants,
    );
    if (lets === null || (!lets && strange.length > 0)) return { ...one, rule: undefined };
    const said = { endpoint: rule.endpoint, allow: rule.allow, lets, overrides: false, ...rule.confirmed };
    const control = byRoute.get(raw.route.id)?.find((other) => other.raw.control)?.raw;
    if (raw.part === 'owner')
      return { ...one, ...(lets && isTurnedAway(one, control) ? turnedAway(one, rule) : {}), rule: lets ? said : undefined };
    const now = { ...one, ...(lets ? letIn(one, rule, control) : keptOut(one, { rule, control, intent, habits })) };
    return { ...now, rule: { ...said, overrides: isOverruled(one.outcome, now.outcome) } };
  });
}

/** Without their word it would be a leak or doubtful, or would not be called a leak. */
function isOverruled(before: JudgedCell['outcome'], now: JudgedCell['outcome']): boolean {
  return before !== now && (now === 'leak' || (now === 'intended' && before !== 'allowed'));
}

type Change = Partial<JudgedCell>;

function by({ confirmed }: Rule): string {
  return `${confirmed.by} confirmed on ${confirmed.on}`;
}

/** Refused by status though the same works for somebody, and it is meant to work: no fault of security, but the application does not do what it should. */
function isTurnedAway({ raw, outcome }: JudgedCell, control: RawCell | undefined): boolean {
  return outcome === 'refused' && !raw.success && control?.success === true;
}

function turnedAway({ raw }: JudgedCell, rule: Rule): Change {
  return { reason: `answered ${raw.status}, though it is meant to work, as ${by(rule)}` };
}

/**
 * A rule lets members of the tenant in by any pattern; that the objects of one customer may be seen by others, or what the application
 * itself refuses elsewhere be done, is believed only of an endpoint that is named, for reading, and never of credentials.
 */
function letIn(one: JudgedCell, rule: Rule, control: RawCell | undefined): Change {
  const { raw, outcome, reason } = one;
  const meant = `as ${by(rule)}`;
  if (isTurnedAway(one, control)) return turnedAway(one, rule);
  if (outcome === 'allowed') return { outcome: 'intended', reason: `${reason}, ${meant}` };
  const doubted = outcome === 'unknown' && raw.success && raw.read.length + raw.changed.length > 0;
  if ((outcome !== 'leak' && !doubted) || !isExact(rule.endpoint, raw.route.id)) return {};
  if (raw.part === 'role') return { outcome: 'intended', reason: `${reason}; meant to be so, ${meant}` };
  const secret = raw.read.some((row) => row.columns.some((column) => credential.test(column) && !/^(is|has)_|share|public/i.test(column)));
  const reads = (raw.route.method === 'GET' || raw.route.method === 'HEAD') && raw.changed.every(({ op, columns }) => isCount(op, columns));
  if (secret || (outcome === 'leak' && !reads)) return {};
  return { outcome: 'intended', reason: `shared by design, ${meant}: ${reason}` };
}

function isCount(op: string, columns: readonly string[]): boolean {
  return op === 'update' && columns.every((column) => counters.test(column));
}

interface Beside {
  readonly rule: Rule;
  readonly control: RawCell | undefined;
  readonly intent: Intent;
  readonly habits: ReadonlySet<string>;
}

/** Whom a rule keeps out: a leak where rows show that they got through. */
function keptOut(one: JudgedCell, { rule, control, intent, habits }: Beside): Change {
  const { raw, outcome } = one;
  if (outcome !== 'allowed' && outcome !== 'unknown' && !(outcome === 'shared' && !raw.capability)) return {};
  if (!raw.success || raw.capability) return {};
  const meant = `only ${rule.allow.join(', ')} may, as ${by(rule)}`;
  // Where owners may, members of the same tenant may with what is their own.
  const counts = (row: Parameters<typeof rowKey>[0]): boolean =>
    raw.part !== 'role' || !rule.allow.includes('owner') || intent.made.has(rowKey(row));
  const read = raw.read.filter(counts);
  if (read.length > 0) return { outcome: 'leak', reason: `shows ${named(read)}; ${meant}` };
  const habit = ({ table, op }: RawCell['changed'][number]): boolean => habits.has(`${op} ${table}`);
  // Who makes something new is its owner; who adds to what is there is not.
  const adds = !rule.allow.includes('owner') || (raw.byId && raw.route.path.includes(':'));
  const changed = raw.changed.filter(
    (change) => (change.op === 'insert' ? adds : counts(change) && !isCount(change.op, change.columns)) && !habit(change),
  );
  const bothSides = raw.part === 'stranger' && changed.every(({ table }) => raw.ownTables.includes(table));
  if (changed.length > 0 && !bothSides) return { outcome: 'leak', reason: `${doing(changed)}; ${meant}` };
  const made = raw.part === 'role' && !rule.allow.includes('owner') ? madeLike(raw, control, habits) : [];
  if (made.length > 0) return { raw: { ...raw, changed: [...raw.changed, ...made] }, outcome: 'leak', reason: `${doing(made)}; ${meant}` };
  // With what is their own, members of other tenants are not who is kept out.
  if (outcome !== 'allowed' || raw.part === 'stranger') return {};
  const shows = (control?.read.length ?? 0) + (control?.changed.length ?? 0) > 0 && control?.success;
  return shows
    ? { outcome: 'refused', reason: `answered ${raw.status}, but with nothing of the owner's` }
    : { outcome: 'unknown', reason: `answered ${raw.status}, though ${meant}; what it gave cannot be told by rows` };
}

/** Rows of their own that they added as the one who may added some: where users are told apart, what somebody makes is theirs. */
function madeLike(raw: RawCell, control: RawCell | undefined, habits: ReadonlySet<string>): RawCell['changed'][number][] {
  const likewise = new Set(control?.success ? control.played.changes.flatMap(({ op, table }) => (op === 'insert' ? [table] : [])) : []);
  return raw.played.changes.flatMap((change) =>
    change.op === 'insert' && likewise.has(change.table) && !habits.has(`insert ${change.table}`) ? [{ ...change, columns: [] }] : [],
  );
}

/** What the application writes down of its own accord, also when it only reads or refuses: sessions, dates of visits, a log. */
function habitsOf(judged: readonly JudgedCell[]): Set<string> {
  const idle = judged.filter(
    ({ raw }) => raw.untried === null && (raw.route.method === 'GET' || [401, 403, 404].includes(raw.status ?? 0)),
  );
  return new Set(idle.flatMap(({ raw }) => raw.played.changes.map(({ op, table }) => `${op} ${table}`)));
}

const verbs: Readonly<Record<string, string>> = { insert: 'adds', update: 'changes', delete: 'deletes' };

function doing(changes: RawCell['changed']): string {
  return [...new Set(changes.map(({ op, table }) => `${verbs[op] ?? 'changes'} ${shownTable(table)}`))].join(', ');
}

function named(rows: readonly { readonly table: string }[]): string {
  return [...new Set(rows.map(({ table }) => shownTable(table)))].join(', ');
}
