import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { AccessOutcome } from '../../model/evidence/run.ts';
import { shownTable } from '../../model/words.ts';
import { counters } from './access-judgement.ts';
import { credential, financial, personal } from './data-names.ts';

type Cells = EvidenceValue<'access'>['cells'];

/** A row of the owner's that came over a connection. */
export interface HeardRow {
  readonly table: string;
  readonly key: Record<string, string | null>;
  /** Columns whose values came. */
  readonly columns: readonly string[];
  /** The owner's own words came: text that nobody else writes. */
  readonly words: boolean;
  /** It is also about whoever heard it: a message to them. */
  readonly concernsHearer: boolean;
}

/** A row of the owner's that a message changed. */
export interface ChangedRow {
  readonly table: string;
  readonly op: 'insert' | 'update' | 'delete';
  readonly columns: readonly string[];
}

/** What one actor got at one endpoint, over all ways to speak there. */
export interface LiveTrial {
  readonly part: 'anonymous' | 'owner' | 'stranger' | 'impostor';
  /** Some connection was taken and not closed by the application at once. */
  readonly taken: boolean;
  /** Why not; empty where it was. */
  readonly why: string;
  readonly heard: readonly HeardRow[];
  readonly changed: readonly ChangedRow[];
  /** Tables in which its messages changed rows of its own. */
  readonly ownTables: readonly string[];
  /** How often something came after the owner had changed something. */
  readonly news: number;
}

export interface LiveSetting {
  readonly tenants: boolean;
  /** What the matrix found, actor by actor. */
  readonly access: Cells;
}

export interface LiveJudgement {
  readonly outcome: AccessOutcome;
  readonly reason: string;
}

/**
 * Judges one actor at one endpoint. Nothing said of others counts without the owner's own connection having worked. Rows that the
 * application shows the same kind of caller elsewhere are shared; a leak is what it keeps from them everywhere else.
 */
export function judgeLive(
  trial: LiveTrial,
  owner: LiveTrial | undefined,
  anonymous: LiveTrial | undefined,
  setting: LiveSetting,
): LiveJudgement {
  const signals = isEmpty(owner) && isEmpty(anonymous) && (owner?.news ?? 0) > 0 && (anonymous?.news ?? 0) > 0;
  if (trial.part === 'owner' && !signals) return ofOwner(trial);
  const written = ofWrites(trial);
  if (written) return written;
  const foreign = trial.heard.filter((row) => !row.concernsHearer);
  if (foreign.length > 0) return ofReads(trial, foreign, anonymous, setting);
  if (trial.heard.length > 0) return { outcome: 'shared', reason: 'received what is about both sides, such as a message to them' };
  if (signals && trial.news > 0)
    return { outcome: 'shared', reason: "everybody hears that something has changed, and no row of the owner's comes with it" };
  if (!owner || (owner.heard.length === 0 && owner.changed.length === 0))
    return { outcome: 'unknown', reason: "nothing of the owner's came over the owner's own connection, so silence says nothing" };
  if (!trial.taken) return { outcome: 'refused', reason: trial.why };
  return { outcome: 'refused', reason: "connected, and got nothing of the owner's while the owner did" };
}

function isEmpty(trial: LiveTrial | undefined): boolean {
  return trial !== undefined && trial.heard.length === 0 && trial.changed.length === 0;
}

function ofOwner({ taken, why, heard, changed }: LiveTrial): LiveJudgement {
  if (heard.length > 0) return { outcome: 'own', reason: `received ${named(heard)} of its own` };
  if (changed.length > 0) return { outcome: 'own', reason: `changed ${named(changed)} of its own` };
  return taken
    ? { outcome: 'unknown', reason: 'connected, and nothing of its own came, whatever it changed meanwhile' }
    : { outcome: 'unknown', reason: `could not connect: ${why}` };
}

function ofWrites({ changed, ownTables }: LiveTrial): LiveJudgement | null {
  const real = changed.filter(
    ({ op, columns }) => op === 'delete' || (op === 'update' && columns.some((column) => !counters.test(column))),
  );
  if (real.length === 0)
    return changed.length > 0
      ? {
          outcome: 'unknown',
          reason: "a message added to or counted on the owner's rows: meant or not, only the owner of the application can say",
        }
      : null;
  if (real.every(({ table }) => ownTables.includes(table)))
    return { outcome: 'unknown', reason: 'a message changed rows of both sides, as a transfer does' };
  const verbs = [...new Set(real.map(({ op, table }) => `${op === 'delete' ? 'deleted' : 'changed'} ${shownTable(table)}`))];
  return { outcome: 'leak', reason: `a message ${verbs.join(', ')} of the owner's` };
}

function ofReads(
  { part }: LiveTrial,
  heard: readonly HeardRow[],
  anonymous: LiveTrial | undefined,
  { tenants, access }: LiveSetting,
): LiveJudgement {
  const said = named(heard);
  if (part === 'impostor')
    return anonymous && anonymous.heard.length === 0
      ? { outcome: 'leak', reason: `received ${said} of the owner's with a token that proves nothing` }
      : { outcome: 'unknown', reason: 'callers who are not signed in receive the same; judged there' };
  const unasked = anonymous !== undefined && anonymous.heard.length > 0;
  const actor = part === 'stranger' && !unasked ? 'stranger' : 'anonymous';
  const view = heard.map((row) => ({ row, ...viewOf(access, row.table, actor) }));
  if (view.every(({ open }) => open)) return { outcome: 'shared', reason: `${said}, which such callers may read elsewhere too` };
  // What nobody had the time to try may show such rows to everybody.
  const unseen = access.some(({ endpoint, settle }) => settle !== undefined && endpoint.startsWith('GET '));
  const kept = view.filter(({ row, open, closed }) => !open && ((closed && !unseen) || (tenants && actor === 'stranger')) && telling(row));
  if (kept.length > 0)
    return {
      outcome: 'leak',
      reason: `received ${named(kept.map(({ row }) => row))} of ${tenants && actor === 'stranger' ? 'another tenant' : 'somebody else'}${
        kept.some(({ closed }) => closed) ? ', which other endpoints keep from them' : ''
      }`,
    };
  return {
    outcome: 'unknown',
    reason: `received ${said} of somebody else; whether that is meant, only the owner of the application can say`,
  };
}

/** The owner's words, or figures and data that are nobody else's business. */
function telling({ words, columns }: HeardRow): boolean {
  return words || columns.some((column) => credential.test(column) || personal.test(column) || financial.test(column));
}

/** Whether endpoints that show rows of the table to their owner show them to this actor (`open`), or refuse them (`closed`). */
function viewOf(access: Cells, table: string, actor: string): { open: boolean; closed: boolean } {
  const showing = access.filter((cell) => cell.outcome === 'own' && cell.read.some((row) => row.table === table));
  const others = showing.flatMap((own) => access.find((cell) => cell.endpoint === own.endpoint && cell.actor === actor) ?? []);
  const open = others.some((cell) => cell.read.some((row) => row.table === table) && cell.outcome !== 'leak');
  // What leaks elsewhere is not meant to be seen there either.
  return { open, closed: others.some((cell) => cell.outcome === 'refused' || cell.outcome === 'leak') };
}

function named(rows: readonly { readonly table: string }[]): string {
  return [...new Set(rows.map(({ table }) => shownTable(table)))].join(', ');
}
