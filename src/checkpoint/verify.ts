import type { AuditState, CheckpointPayload } from '../model/checkpoint.ts';
import type { TreeDigest } from '../model/report.ts';
import type { Surface } from '../model/surface.ts';
import { chainStates } from '../model/verification.ts';
import type { Fault, Verification } from '../model/verification.ts';
import { triggers } from '../model/words.ts';
import type { Trigger } from '../model/words.ts';
import { isCheckpoint, isSignOff } from './chain.ts';
import type { Chain, Entry } from './chain.ts';
import type { Signer } from './signers.ts';
import { stepsUp } from './steps.ts';

/** What a chain is held against. */
export interface Circumstances {
  readonly now: Date;
  readonly signers: readonly Signer[];
  /** The code as it is now, and which files differ from the checkpoint's commit (null where git cannot say); null without code. */
  readonly code: { readonly tree: TreeDigest; readonly changed: readonly string[] | null } | null;
  /** What a report after the checkpoint says; null without one. */
  readonly later: { readonly advisories: AuditState['advisories']; readonly surface: Surface | null } | null;
  /** The hash of an entry that somebody kept elsewhere, or its beginning. */
  readonly kept: string | null;
}

/** Holds a chain against its signers, the clock, the code and what became known since. Pure: offline, and for any clock. */
export function verify(chain: Chain, around: Circumstances): Verification {
  const { entries } = chain;
  const last = entries.findLast(isCheckpoint);
  const head = entries.at(-1)?.hash ?? null;
  const cut: Fault[] =
    around.kept === null || entries.some(({ hash }) => hash.startsWith(around.kept ?? hash))
      ? []
      : [{ entry: '', what: 'no entry has the hash that was kept: entries were cut off or replaced' }];
  const faults = [...chain.faults, ...cut];
  const strangers = strangersIn(entries, around.signers);
  const code = codeSince(last, around.code);
  const advisories = advisoriesSince(last, around.later);
  const today = around.now.toISOString().slice(0, 10);
  const signOffs = entries.filter(isSignOff).filter(({ payload }) => payload.about === last?.hash);
  const judged = last
    ? triggersOf(
        last.payload,
        signOffs.map(({ payload }) => payload),
        { today, code: code.changed, advisory: advisories.length > 0 },
      )
    : [];
  const so: Readonly<Record<(typeof chainStates)[number], boolean>> = {
    tampered: faults.length > 0,
    'unknown-signer': strangers.length > 0,
    'code-changed': code.changed,
    expired: judged.some(({ ended }) => ended !== null && ended !== 'code'),
    valid: last !== undefined,
  };
  return {
    state: chainStates.find((state) => so[state]) ?? 'none',
    faults,
    strangers,
    entries: entries.length,
    head,
    checkpoint: last
      ? {
          sequence: last.payload.sequence,
          date: last.payload.date,
          hash: last.hash,
          commit: last.payload.audit.commit,
          ran: last.payload.audit.ran,
          key: last.key.id,
        }
      : null,
    signOffs: signOffs.map(({ payload: { sequence, by, role, scope, date, until, unknowns, statement }, key }) => ({
      sequence,
      by,
      role,
      scope,
      date,
      until,
      unknowns: unknowns.length,
      statement,
      key: key.id,
      over: until < today,
    })),
    triggers: judged,
    code,
    advisories,
    steps: stepsUp(last?.payload.audit.surface, around.later?.surface),
  };
}

/** Entries that are signed by nobody who is known, or by somebody who may not sign such an entry. */
function strangersIn(entries: readonly Entry[], signers: readonly Signer[]): Fault[] {
  const tools = new Set([
    ...entries.filter(isCheckpoint).map(({ key }) => key.id),
    ...signers.filter(({ tool }) => tool).map(({ id }) => id),
  ]);
  return entries.flatMap((entry): Fault[] => {
    const { name, key, payload } = entry;
    const said = (what: string): Fault[] => [{ entry: name, what }];
    const mine = signers.filter(({ id }) => id === key.id);
    if (mine.length === 0) return said(`is signed with a key that nobody listed: ${key.id}`);
    const date = new Date(payload.date);
    const then = mine.filter(({ from, until }) => (from === null || date >= from) && (until === null || date < until));
    if (then.length === 0) return said(`was signed when that key did not count: ${key.id}`);
    if (payload.kind === 'checkpoint')
      return then.some(({ tool }) => tool) ? [] : said('is a checkpoint signed with the key of a person, not of the tool');
    if (tools.has(key.id)) return said('is a sign-off with the key of the tool, not of a person');
    const same = (one: string): boolean => one.toLowerCase() === payload.by.toLowerCase();
    return then.some(({ names }) => names.some(same))
      ? []
      : said(`says it is by ${payload.by}, but the key is that of ${then[0]?.names[0] ?? 'another'}`);
  });
}

function codeSince(last: Entry<CheckpointPayload> | undefined, code: Circumstances['code']): Verification['code'] {
  if (!last || !code) return { compared: false, changed: false, files: null, settings: false };
  const { tree } = last.payload.audit;
  const settings = tree.settings !== code.tree.settings;
  const files = tree.digest !== code.tree.digest;
  return { compared: true, changed: files || settings, files: files ? code.changed : [], settings };
}

/** Weaknesses that a later report knows of, and the checkpoint did not. */
function advisoriesSince(last: Entry<CheckpointPayload> | undefined, later: Circumstances['later']): Verification['advisories'] {
  if (!last || !later?.advisories) return [];
  const known = new Set(last.payload.audit.advisories?.open.map((one) => `${one.package} ${one.id}`));
  return later.advisories.open.filter((one) => !known.has(`${one.package} ${one.id}`));
}

function triggersOf(
  { expires, audit }: CheckpointPayload,
  signOffs: readonly { readonly scope: readonly Trigger[]; readonly until: string }[],
  since: { readonly today: string; readonly code: boolean; readonly advisory: boolean },
): Verification['triggers'] {
  return triggers.flatMap((trigger) => {
    const until = expires[trigger]?.until;
    if (until === undefined) return [];
    const signed = signOffs.filter(({ scope }) => scope.includes(trigger));
    const lapsed = signed.length > 0 && signed.every((one) => one.until < since.today);
    const ended = since.code ? 'code' : since.advisory ? 'advisory' : until < since.today ? 'days' : lapsed ? 'sign-off' : null;
    const { decision, applies } = audit.verdicts[trigger] ?? { decision: 'unproven', applies: false };
    return [{ trigger, decision, applies, until, ended }];
  });
}
