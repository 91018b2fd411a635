import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { SchemaTable } from '../../model/evidence/run.ts';
import type { RowChange } from '../../model/transcript.ts';
import type { WorldRule } from '../../model/world-rule.ts';
import { shownTable } from '../../model/words.ts';
import type { Played } from '../ground/play/interpreter.ts';
import { roleOf } from '../ground/play/people/players.ts';
import type { Player } from '../ground/play/people/players.ts';
import type { Request, Route } from '../ground/play/asking/synthesis.ts';
import { credential, financial, personal } from './data-names.ts';

/** What one actor's request to one endpoint did, before anything is made of it. */
export interface RawCell {
  readonly route: Route;
  readonly actor: string;
  readonly part: Player['part'];
  readonly request: Request;
  readonly played: Played;
  readonly status: number | null;
  readonly success: boolean;
  /** Rows of the owner that stood in the answer, with the columns that showed. */
  readonly read: readonly { readonly table: string; readonly key: Record<string, string | null>; readonly columns: readonly string[] }[];
  /** Rows of the owner that the request changed. */
  readonly changed: readonly (RowChange & { readonly columns: readonly string[] })[];
  /** Tables in which the request changed the actor's own rows. */
  readonly ownTables: readonly string[];
  readonly byId: boolean;
  /** The object was named by something unguessable that is no key: a link that was handed out. */
  readonly capability: boolean;
  readonly missing: readonly string[];
  /** The request that worked for a rightful caller (or failed for all): what refusals are measured by. */
  readonly control: boolean;
  /** The owner made an object through it when the stage was set; a repeat may be refused as a duplicate. */
  readonly workedBefore: boolean;
  /** How the model behind the endpoint was made to answer: with the ids of the owner's rows. */
  readonly swayed?: WorldRule;
  /** Why the cell was not tried; null when it was. */
  readonly untried: string | null;
  readonly untriedOutcome: 'unknown' | 'shared' | 'own';
}

type Outcome = EvidenceValue<'access'>['cells'][number]['outcome'];
export interface JudgedCell {
  readonly raw: RawCell;
  readonly outcome: Outcome;
  readonly reason: string;
}

interface Setting {
  readonly tenants: boolean;
  readonly tables: readonly SchemaTable[];
  /** A wire saw every row that was read. Without one a row shows only in an answer, by values that nobody else's rows hold. */
  readonly statements: boolean;
  /** What a request changes can be seen. */
  readonly changes: boolean;
  /** Reading endpoints that nobody tried, for want of time: any of them may show what it likes to whom it likes. */
  readonly unseen: number;
}

/** Columns that count or date what happened to a row. */
export const counters = /count|views?$|likes|votes|score|hits|clicks|last_|updated_?at|seen/i;

/**
 * Judges all cells together, because the app's own refusals say what it means to keep private.
 * Cross-tenant leaks need no policy; among users of an app without tenants, and for callers who are not signed in, a row is only
 * called leaked when the app protects such rows elsewhere or when what shows is nobody else's business.
 */
export function judgeCells(raw: readonly RawCell[], setting: Setting): JudgedCell[] {
  const byRoute = Map.groupBy(raw, (cell) => cell.route.id);
  const openness = opennessOf(byRoute, setting.unseen);
  return raw.map((cell) => {
    const others = byRoute.get(cell.route.id) ?? [];
    const own = others.find((one) => one.control);
    const [outcome, reason] = judge(
      cell,
      own,
      others.find((one) => one.part === 'anonymous'),
      openness,
      setting,
    );
    return { raw: cell, outcome, reason };
  });
}

interface Openness {
  /** Endpoints that show rows of the table to the owner, by what other actors get there. */
  readonly reads: Map<string, { open: Set<string>; closed: Set<string> }>;
  readonly unseen: number;
}

function opennessOf(byRoute: Map<string, RawCell[]>, unseen: number): { anonymous: Openness; stranger: Openness } {
  const collect = (part: 'anonymous' | 'stranger'): Openness => {
    const reads: Openness['reads'] = new Map();
    for (const [id, cells] of byRoute) {
      const own = cells.find((cell) => cell.control);
      const other = cells.find((cell) => cell.part === part);
      if (!own?.success || !other || other.status === null || other.status === 429 || own.capability || own.route.method !== 'GET')
        continue;
      for (const { table } of own.read) {
        const entry = reads.get(table) ?? { open: new Set(), closed: new Set() };
        reads.set(table, entry);
        (other.read.some((row) => row.table === table) ? entry.open : entry.closed).add(id);
      }
    }
    return { reads, unseen };
  };
  return { anonymous: collect('anonymous'), stranger: collect('stranger') };
}

function judge(
  cell: RawCell,
  own: RawCell | undefined,
  anonymous: RawCell | undefined,
  openness: { anonymous: Openness; stranger: Openness },
  setting: Setting,
): [Outcome, string] {
  if (cell.untried !== null) return [cell.untriedOutcome, cell.untried];
  if (cell.status === null) return ['unknown', `no answer: ${cell.played.exchange.failure ?? 'unknown'}`];
  if (cell.part === 'owner')
    return own && own !== cell && own.success ? ['refused', `answered ${cell.status}; meant for others (${own.actor})`] : ownCell(cell);
  if (cell.status === 429) return ['unknown', 'the rate limit answered instead of the endpoint'];
  const broke = cell.status >= 500;
  if (cell.part === 'role' && broke) return ['unknown', `answered ${cell.status}: it broke, which is no refusal`];
  if (cell.part === 'role' && cell.control)
    return cell.success ? ['own', `works for the role ${roleOf(cell.actor)}, not for the owner of the objects`] : turnedAway(cell.status);
  if (cell.part === 'role')
    return cell.success ? ['allowed', `the role ${roleOf(cell.actor)} of the owner's tenant may`] : turnedAway(cell.status);
  const written = addedBelow(cell, anonymous, openness.stranger, setting) ?? writeLeak(cell);
  if (written) return written;
  const shown = readLeak(cell, anonymous, openness, setting);
  if (shown) return shown;
  if (!own?.success && own?.workedBefore && cell.status !== own.status && [401, 403, 404].includes(cell.status))
    return ['refused', `answered ${cell.status}`];
  if (!own?.success) return ['unknown', `it never worked for its owner (answered ${own?.status ?? 'nothing'}), so a refusal says nothing`];
  if (broke) return ['unknown', `answered ${cell.status}: it broke, which is no refusal`];
  if (!cell.success) return turnedAway(cell.status);
  if (!setting.changes && cell.route.method !== 'GET')
    return ['unknown', 'answered; without a database that can be seen, nor can what it changed'];
  if (own.read.length > 0 || own.changed.length > 0) return ['refused', "answered, but with nothing of the owner's"];
  if (!setting.statements) return ['unknown', "answered; which rows are involved cannot be seen without the application's statements"];
  return ['allowed', "answered; no row of the owner's is involved"];
}

/** Answers that are about who asks, or hide that there is anything; others (too little money, a conflict) may be about something else. */
function turnedAway(status: number): [Outcome, string] {
  return [401, 403, 404, 405, 410].includes(status)
    ? ['refused', `answered ${status}`]
    : ['unknown', `answered ${status}, which need not be about who asks`];
}

function ownCell(cell: RawCell): [Outcome, string] {
  if (cell.success)
    return [
      'own',
      cell.read.length + cell.changed.length > 0 ? 'works for its owner' : "answers its owner; no row of the owner's was seen",
    ];
  if (cell.workedBefore) return ['own', `made an object for its owner; a repeat is refused (${cell.status})`];
  const missing = cell.missing.length > 0 ? `; nothing of the owner's to put for ${cell.missing.join(', ')}` : '';
  return ['unknown', `never worked for its owner: answered ${cell.status}${missing}`];
}

/**
 * A row that somebody of another tenant put below one of the owner's, which the app shows nobody outside its tenant. Forms that anyone
 * may fill in are another matter, and so are objects that are seen elsewhere: there it may be meant.
 */
function addedBelow(cell: RawCell, anonymous: RawCell | undefined, view: Openness, setting: Setting): [Outcome, string] | null {
  const added = cell.changed.filter((change) => change.op === 'insert');
  const above = cell.request.objects.filter(({ row }) => row.by !== null).map(({ row }) => row.table);
  if (!setting.tenants || cell.part !== 'stranger' || added.length === 0 || above.length === 0 || cell.capability) return null;
  if (anonymous?.status !== 401 && anonymous?.status !== 403) return null;
  const hidden = above.every((table) => !isOpen(view, table) && view.reads.get(table)?.open.size === 0);
  return hidden && view.unseen === 0
    ? [
        'leak',
        `added ${named([...new Set(added.map(({ table }) => table))])} to ${named(above)} of another tenant, which it may not even see`,
      ]
    : null;
}

/** What makes a model's answer somebody's request. */
export const bySwaying = "where the model's answer names it; what callers write stands in its prompt, and nothing asks whose row it is";

/** Rows of the owner that somebody else changed. Interplay (a transfer, a like, a line on a public object) is no leak. */
function writeLeak(cell: RawCell): [Outcome, string] | null {
  if (cell.route.method === 'GET' || cell.route.method === 'HEAD') return null;
  const direct = cell.changed.filter((change) => change.op === 'update' || change.op === 'delete');
  const real = direct.filter((change) => change.op === 'delete' || change.columns.some((column) => !counters.test(column)));
  if (real.length === 0) {
    return cell.changed.length > 0
      ? ['unknown', "added to or counted on the owner's rows: meant or not, only the owner of the application can say"]
      : null;
  }
  if (cell.capability) return ['shared', 'named by an unguessable link, which is how it is meant to be used'];
  if (real.every((change) => cell.ownTables.includes(change.table))) return ['unknown', 'changed rows of both sides, as a transfer does'];
  const verbs = [...new Set(real.map((change) => `${change.op === 'delete' ? 'deleted' : 'changed'} ${shownTable(change.table)}`))];
  return ['leak', `${verbs.join(', ')} of the owner's${cell.swayed ? ` ${bySwaying}` : ''}`];
}

function readLeak(
  cell: RawCell,
  anonymous: RawCell | undefined,
  openness: { anonymous: Openness; stranger: Openness },
  setting: Setting,
): [Outcome, string] | null {
  if (cell.read.length === 0) return null;
  if (cell.capability) return ['shared', 'named by an unguessable link, which is how it is meant to be used'];
  const tables = [...new Set(cell.read.map((row) => row.table))];
  const columns = cell.read.flatMap((row) => row.columns);
  const telling = tellingOf(columns);
  if (cell.part === 'anonymous') return anonymousRead(cell, openness.anonymous);
  if (setting.tenants) {
    // Where even that is a leak, a guard that only asks for a session would not mend it: the tenant is missing too.
    return anonymous && anonymous.read.length > 0 && anonymousRead(anonymous, openness.anonymous)[0] !== 'leak'
      ? ['shared', 'callers who are not signed in see the same here; judged there']
      : ['leak', `${named(tables)} of another tenant stand in the answer`];
  }
  const guardedElsewhere = tables.filter((table) => isOutlier(openness.stranger, table, cell.route.id));
  if (guardedElsewhere.length > 0)
    return ['leak', `${named(guardedElsewhere)} of somebody else stand in the answer, though other endpoints refuse them`];
  const secret = telling.filter((column) => credential.test(column));
  if (secret.length > 0 || (telling.length > 0 && !tables.every((table) => isOpen(openness.stranger, table)))) {
    return ['leak', `${telling.join(', ')} of somebody else stand in the answer`];
  }
  if (cell.byId && columns.some((column) => financial.test(column)))
    return ['leak', `${named(tables)} of somebody else stand in the answer`];
  return ['unknown', `shows ${named(tables)} of somebody else; whether that is meant, only the owner of the application can say`];
}

/** Columns of which one is nobody else's business. */
function tellingOf(columns: readonly string[]): string[] {
  return [...new Set(columns.filter((column) => credential.test(column) || personal.test(column)))];
}

function named(tables: readonly string[]): string {
  return tables.map(shownTable).join(', ');
}

const publicByName = /\/(public|catalog(ue)?|directory|shared?|embed|widget|landing|storefront)(\/|$)/i;

/** Without a session: what shows must be nobody else's business before it is called a leak. */
function anonymousRead(cell: RawCell, view: Openness): [Outcome, string] {
  const tables = [...new Set(cell.read.map((row) => row.table))];
  const telling = tellingOf(cell.read.flatMap((row) => row.columns));
  const secret = telling.filter((column) => credential.test(column));
  if (secret.length > 0) return ['leak', `${secret.join(', ')} stand in the answer`];
  if (publicByName.test(cell.route.path)) return ['shared', 'public by its name, and nothing confidential shows'];
  if (telling.length > 0 && tables.some((table) => isOutlier(view, table, cell.route.id) || !isOpen(view, table))) {
    return [
      'leak',
      `${telling.join(', ')} of ${named(tables)} stand in the answer, and other endpoints keep them from callers who are not signed in`,
    ];
  }
  return ['unknown', `shows ${named(tables)} to everybody; whether that is meant, only the owner of the application can say`];
}

/** Endpoints show (or, untried, may show) the table's rows to this actor and none refuses them. */
function isOpen({ reads, unseen }: Openness, table: string): boolean {
  const { open, closed } = reads.get(table) ?? { open: new Set(), closed: new Set() };
  return open.size + unseen > 0 && closed.size === 0;
}

/** This endpoint is the odd one out: the others that read the table refuse this actor, at least one of them, and more than are open or untried. */
function isOutlier({ reads, unseen }: Openness, table: string, route: string): boolean {
  const entry = reads.get(table);
  if (!entry) return false;
  const closed = [...entry.closed].filter((id) => id !== route).length;
  return closed >= 1 && closed >= entry.open.size + unseen;
}
