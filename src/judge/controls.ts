import type { CheckMeta } from '../model/check.ts';
import type { ControlResult } from '../model/control.ts';
import { atLeast, severities } from '../model/words.ts';
import type { EvidenceClass, Profile } from '../model/words.ts';
import { controls } from './catalogue/index.ts';
import type { CatalogueControl } from './catalogue/index.ts';
import { failPolicy } from './policy.ts';
import { profilePolicies } from './profiles.ts';
import { decidedByFacts } from './signals.ts';
import type { Attestation, NotApplicable, Passed, SettledFinding, Signals } from './types.ts';

export interface ControlInput {
  readonly checks: Readonly<Record<string, CheckMeta>>;
  readonly findings: readonly SettledFinding[];
  /** Findings that a reviewer, with a reason, says are no faults. */
  readonly dismissed?: readonly SettledFinding[];
  readonly passes: readonly Passed[];
  readonly notApplicable: readonly NotApplicable[];
  readonly profile: Profile;
  readonly stated?: readonly Attestation[];
  /** Whether the application was run. */
  readonly ran?: boolean;
  /** Facts that decide by themselves that a control has nothing to look at. */
  readonly signals?: Signals;
  /** The day of the judgement, ISO; attestations that ended before it do not count. */
  readonly now?: string;
}

/** Everything that speaks about one control. */
interface Case {
  readonly control: CatalogueControl;
  readonly checks: readonly string[];
  readonly missing: readonly string[];
  /** Fails that count under the control's policy. */
  readonly failing: readonly SettledFinding[];
  /** Fails too mild to count. */
  readonly mild: readonly SettledFinding[];
  readonly unknown: readonly SettledFinding[];
  readonly dismissed: readonly SettledFinding[];
  readonly passes: readonly Passed[];
  readonly notApplicable: readonly NotApplicable[];
  readonly passed: number;
  readonly of: number;
}

/** The state of every control of the catalogue, in its order. Precedence: fail, unknown, open statement, pass. */
export function judgeControls(input: ControlInput): ControlResult[] {
  return controls.map((control) => judge(caseOf(control, input), input));
}

function caseOf(control: CatalogueControl, input: ControlInput): Case {
  const checks = Object.keys(input.checks)
    .filter((id) => input.checks[id]?.control === control.id)
    .toSorted();
  const mine = new Set(checks);
  const findings = input.findings.filter((finding) => finding.control === control.id);
  const fails = findings.filter((finding) => finding.status === 'fail');
  const policy = failPolicy(control.id);
  const leftOut = profilePolicies[input.profile].leavesOut.includes(control.id);
  const bar = leftOut ? stricter(profilePolicies[input.profile].unless, policy.severity) : policy.severity;
  const counted = fails.filter((finding) => atLeast(finding.severity, bar) || isProvenCritical(finding));
  const passes = input.passes.filter((entry) => mine.has(entry.check));
  const passed = new Set(passes.flatMap((entry) => entry.subjects.map((name) => `${entry.check}\n${name}`)));
  const failed = new Set(counted.map((finding) => `${finding.check}\n${finding.subject.name}`));
  const examined = passed.union(failed).size;
  const failing = failed.size > policy.share * examined || counted.some(isProvenCritical) ? counted : [];
  return {
    control,
    checks,
    missing: control.planned.filter((id) => !mine.has(id)),
    failing,
    mild: fails.filter((finding) => !failing.includes(finding)),
    unknown: findings.filter((finding) => finding.status === 'unknown'),
    dismissed: (input.dismissed ?? []).filter((finding) => finding.control === control.id),
    passes,
    notApplicable: input.notApplicable.filter((entry) => mine.has(entry.check)),
    passed: passed.difference(failed).size,
    of: examined,
  };
}

/** A critical that was observed in an experiment stops every launch, whatever a policy says. */
export function isProvenCritical(finding: SettledFinding): boolean {
  return finding.status === 'fail' && finding.severity === 'critical' && finding.class === 'ran';
}

function stricter(a: (typeof severities)[number], b: (typeof severities)[number]): (typeof severities)[number] {
  return atLeast(a, b) ? a : b;
}

function judge(about: Case, input: ControlInput): ControlResult {
  const { control } = about;
  const result = (
    status: ControlResult['status'],
    evidence: EvidenceClass | null,
    reason: string,
    settle: string | null = null,
  ): ControlResult => ({
    id: control.id,
    name: control.name,
    status,
    class: evidence,
    checks: [...about.checks],
    reason,
    settle,
    passed: about.passed,
    of: about.of,
  });

  if (about.failing.length > 0) return result('fail', strongest(about.failing), failReason(about));
  if (profilePolicies[input.profile].leavesOut.includes(control.id)) {
    return result('not-applicable', null, `The profile \`${input.profile}\` does not ask for this.`);
  }
  const word = attestation(control, input);
  if (word) return result('stated', 'stated', `${word.by} states on ${word.on}, until ${word.until}: ${word.statement}`);
  const [doubt] = about.unknown;
  if (doubt) return result('unproven', strongest(about.unknown), unknownReason(about, doubt), settleFor(about, input));
  const fact = about.mild.length === 0 && about.passes.length === 0 ? decidedByFacts(control.id, input.signals) : undefined;
  if (fact) return result('not-applicable', 'read', fact);
  if (about.passes.length === 0 && control.mode.every((evidence) => evidence === 'stated')) {
    return result('unproven', null, 'Only a named person can say this, and nobody has.');
  }
  if (about.missing.length > 0) return result('unproven', passClass(about), missingReason(about));

  const undecided = about.checks.filter((check) => !settled(check, about));
  if (undecided.length > 0) return result('unproven', passClass(about), undecidedReason(about, undecided), settleFor(about, input));
  if (about.passes.length === 0) {
    return result('not-applicable', 'read', sentence(about.notApplicable[0]?.reason ?? 'There is nothing to examine'));
  }
  const words = about.passes.filter((entry) => entry.class === 'stated').flatMap((entry) => entry.subjects);
  // Some of it holds only by somebody's word: that is said, and is no pass.
  if (words.length > 0 && !control.mode.includes('stated')) return result('stated', 'stated', wordReason(about, words));
  // A reviewer's word closes a question, and is no pass either.
  if (about.dismissed.length > 0) {
    const faults = about.dismissed.length === 1 ? 'one finding is' : `${about.dismissed.length} findings are`;
    return result('stated', 'stated', `${passReason(about)} A named reviewer says that ${faults} no fault.`);
  }
  return result('pass', passClass(about), passReason(about));
}

function wordReason(about: Case, subjects: readonly string[]): string {
  const named = subjects.toSorted().slice(0, 3).join(', ');
  const more = subjects.length > 3 ? ` and ${subjects.length - 3} more` : '';
  return `${about.passed} of ${about.of} examined hold, ${subjects.length} of them by what a named person confirmed under "access" in seaworthy.json: ${named}${more}.`;
}

/** A check is settled when a class that may pass the control says pass, or it had nothing to examine. */
function settled(check: string, about: Case): boolean {
  const passes = about.passes.filter((entry) => entry.check === check);
  if (passes.length > 0) return passes.some((entry) => about.control.mode.includes(entry.class) || entry.class === 'stated');
  return about.notApplicable.some((entry) => entry.check === check) && !about.mild.some((finding) => finding.check === check);
}

function attestation(control: CatalogueControl, input: ControlInput): Attestation | undefined {
  if (!control.mode.includes('stated')) return undefined;
  const day = input.now?.slice(0, 10) ?? '';
  return input.stated?.find((entry) => entry.control === control.id && entry.until.slice(0, 10) >= day);
}

function strongest(findings: readonly SettledFinding[]): EvidenceClass {
  const has = (evidence: EvidenceClass) => findings.some((finding) => finding.class === evidence);
  return has('ran') ? 'ran' : has('read') ? 'read' : 'stated';
}

function passClass(about: Case): EvidenceClass | null {
  for (const evidence of ['ran', 'read', 'stated'] as const) {
    if (about.passes.some((entry) => entry.class === evidence)) return evidence;
  }
  return null;
}

function failReason(about: Case): string {
  const worst = about.failing.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || (a.id < b.id ? -1 : 1));
  const names = worst.slice(0, 3).map((finding) => finding.id);
  const more = worst.length > names.length ? ` and ${worst.length - names.length} more` : '';
  return `${about.of - about.passed} of ${about.of} examined do not hold: ${names.join(', ')}${more}.`;
}

function unknownReason(about: Case, doubt: SettledFinding): string {
  const rest = about.unknown.length - 1;
  const passed = about.passed > 0 ? ` ${about.passed} others hold.` : '';
  return `${sentence(doubt.message)}${rest > 0 ? ` (${rest} more like it.)` : ''}${passed}`;
}

function missingReason(about: Case): string {
  const planned = about.control.planned.length;
  const exist = planned - about.missing.length;
  const noun = planned === 1 ? 'check of this control exists' : 'checks of this control exist';
  return `${exist} of ${planned} ${noun} in this version: missing ${about.missing.join(', ')}.`;
}

function undecidedReason(about: Case, undecided: readonly string[]): string {
  const weak = undecided.filter((check) => about.passes.some((entry) => entry.check === check));
  if (weak.length === undecided.length) {
    return `Reading the code found nothing wrong, but only ${about.control.mode.map(classWords).join(' or ')} can show that this holds.`;
  }
  const remarks = about.mild.filter((finding) => undecided.includes(finding.check)).length;
  if (remarks > 0)
    return `${remarks} smaller ${remarks === 1 ? 'remark is' : 'remarks are'} listed, and nothing shows that the rest holds.`;
  return `No answer from ${undecided.join(', ')}.`;
}

function classWords(evidence: EvidenceClass): string {
  return { ran: 'running the application', read: 'reading the code', stated: "a named person's word" }[evidence];
}

function passReason(about: Case): string {
  const mild =
    about.mild.length > 0 ? ` ${about.mild.length} smaller ${about.mild.length === 1 ? 'remark is' : 'remarks are'} listed.` : '';
  return `${about.passed} of ${about.of} examined hold.${mild}`;
}

function settleFor(about: Case, input: ControlInput): string | null {
  const named = about.unknown.find((finding) => finding.settle !== null)?.settle;
  if (named) return named;
  return about.control.mode.includes('ran') && !input.ran ? 'seaworthy audit --run' : null;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
