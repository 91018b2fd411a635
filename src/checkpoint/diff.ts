import type { AuditState } from '../model/checkpoint.ts';
import type { Step } from '../model/verification.ts';
import { severities } from '../model/words.ts';
import { stepsUp } from './steps.ts';

type KeptFinding = AuditState['findings'][number];
type Access = AuditState['endpoints'][number];

/** How an application behaves otherwise than before. */
export interface Difference {
  /** Actors who get in where they were kept out or where it was not known; the gravest first. */
  readonly opened: readonly {
    readonly endpoint: string;
    readonly actor: string;
    readonly was: 'out' | 'unknown';
    readonly leak: boolean;
  }[];
  readonly closed: readonly { readonly endpoint: string; readonly actor: string }[];
  /** Endpoints whose code asks less of a caller than before. */
  readonly weaker: readonly { readonly endpoint: string; readonly from: string; readonly to: string }[];
  readonly endpoints: { readonly added: readonly string[]; readonly gone: readonly string[] };
  readonly findings: {
    readonly added: readonly KeptFinding[];
    /** Faults that no longer show; `open` where nobody can say either way now. */
    readonly gone: readonly { readonly finding: KeptFinding; readonly open: boolean }[];
    readonly worse: readonly { readonly finding: KeptFinding; readonly was: string }[];
  };
  readonly controls: readonly { readonly id: string; readonly from: string; readonly to: string }[];
  readonly verdicts: readonly { readonly trigger: string; readonly from: string; readonly to: string }[];
  readonly steps: readonly Step[];
  /** What makes the two hard to compare. */
  readonly notes: readonly string[];
  /** Somebody gets in who did not, a fault is new or graver, a control fails that did not, or a verdict is worse. */
  readonly worse: boolean;
}

const decisions = ['go', 'conditional', 'unproven', 'no-go'];

/** What changed from one audit to another, by what the application does and what was found. */
export function difference(before: AuditState, after: AuditState): Difference {
  const { opened, closed } = accessChanges(before.endpoints, after.endpoints);
  const weaker = weakened(before.endpoints, after.endpoints);
  const findings = findingChanges(before.findings, after.findings);
  const controls = changes(
    before.controls.map(({ id, status }) => [id, status]),
    after.controls.map(({ id, status }) => [id, status]),
  ).map(({ key, from, to }) => ({ id: key, from, to }));
  const of = ({ verdicts }: AuditState): [string, string][] =>
    Object.entries(verdicts).map(([trigger, { decision }]) => [trigger, decision]);
  const verdicts = changes(of(before), of(after)).map(({ key, from, to }) => ({ trigger: key, from, to }));
  const names = (state: AuditState): Set<string> => new Set(state.endpoints.map(({ endpoint }) => endpoint));
  return {
    opened,
    closed,
    weaker,
    endpoints: { added: [...names(after).difference(names(before))], gone: [...names(before).difference(names(after))] },
    findings,
    controls,
    verdicts,
    steps: stepsUp(before.surface, after.surface),
    notes: notesOn(before, after),
    worse:
      opened.some(({ was, leak }) => leak || was === 'out') ||
      weaker.length > 0 ||
      findings.added.length > 0 ||
      findings.worse.length > 0 ||
      controls.some(({ to }) => to === 'fail') ||
      verdicts.some(({ from, to }) => decisions.indexOf(to) > decisions.indexOf(from)),
  };
}

function accessChanges(before: readonly Access[], after: readonly Access[]): Pick<Difference, 'opened' | 'closed'> {
  const earlier = new Map(before.map((one) => [one.endpoint, one]));
  const opened: Difference['opened'][number][] = [];
  const closed: Difference['closed'][number][] = [];
  for (const now of after) {
    const was = earlier.get(now.endpoint);
    if (!was) continue;
    for (const actor of [...now.leaks, ...now.in]) {
      const leak = now.leaks.includes(actor);
      if (was.out.includes(actor)) opened.push({ endpoint: now.endpoint, actor, was: 'out', leak });
      else if (was.unknown.includes(actor) && leak) opened.push({ endpoint: now.endpoint, actor, was: 'unknown', leak });
    }
    for (const actor of now.out) if (was.in.includes(actor) || was.leaks.includes(actor)) closed.push({ endpoint: now.endpoint, actor });
  }
  return { opened: opened.toSorted((a, b) => Number(b.leak) - Number(a.leak)), closed };
}

/** From asking nothing that is known to asking for a role. */
const asks = ['unknown', 'public', 'signed-in', 'role'];

function weakened(before: readonly Access[], after: readonly Access[]): Difference['weaker'] {
  const earlier = new Map(before.map(({ endpoint, intended }) => [endpoint, intended]));
  return after.flatMap(({ endpoint, intended: to }) => {
    const from = earlier.get(endpoint);
    const guarded = from === 'signed-in' || from === 'role';
    return guarded && to !== undefined && asks.indexOf(to) < asks.indexOf(from) ? [{ endpoint, from, to }] : [];
  });
}

function findingChanges(before: readonly KeptFinding[], after: readonly KeptFinding[]): Difference['findings'] {
  const fails = (all: readonly KeptFinding[]) =>
    new Map(all.filter(({ status }) => status === 'fail').map((one) => [one.fingerprint, one]));
  const [earlier, later] = [fails(before), fails(after)];
  const open = new Set(after.filter(({ status }) => status === 'unknown').map(({ check }) => check));
  return {
    added: [...later.values()].filter(({ fingerprint }) => !earlier.has(fingerprint)),
    gone: [...earlier.values()]
      .filter(({ fingerprint }) => !later.has(fingerprint))
      .map((finding) => ({ finding, open: open.has(finding.check) })),
    worse: [...later.values()].flatMap((finding) => {
      const was = earlier.get(finding.fingerprint)?.severity;
      return was !== undefined && severities.indexOf(finding.severity) < severities.indexOf(was) ? [{ finding, was }] : [];
    }),
  };
}

function changes(before: readonly (readonly [string, string])[], after: readonly (readonly [string, string])[]) {
  const earlier = new Map(before);
  return after.flatMap(([key, to]) => {
    const from = earlier.get(key);
    return from !== undefined && from !== to ? [{ key, from, to }] : [];
  });
}

function notesOn(before: AuditState, after: AuditState): string[] {
  const [one, other] = before.ran ? ['earlier', 'later'] : ['later', 'earlier'];
  return [
    ...(before.ran !== after.ran
      ? [`Only the ${one} audit ran the application; what experiments show, the ${other} one could not see.`]
      : []),
    ...(before.tool.version !== after.tool.version
      ? [`Seaworthy was ${before.tool.version} then and ${after.tool.version} later: it may see more, not the application do more.`]
      : []),
    ...(before.profile !== after.profile ? [`It was judged as ${before.profile} then, and as ${after.profile} later.`] : []),
    ...(after.bounds.focus.length > 0 && before.bounds.focus.length === 0 ? ['The later audit kept to some endpoints (--focus).'] : []),
  ];
}
