import type { Finding } from '../model/finding.ts';
import type { Baseline, GatePolicy, GateResult, KnownFinding, Waiver } from '../model/gate.ts';
import type { Report } from '../model/report.ts';
import { atLeast } from '../model/words.ts';
import { failing, openQuestions } from './baseline.ts';
import { meet, underOldNames } from './known-again.ts';
import type { Fresh } from './known-again.ts';

/** What the gate compares, and what it may go by. */
export interface GateInput {
  readonly report: Report;
  /** Null where there is none yet: then everything is new. */
  readonly baseline: Baseline | null;
  readonly policy: GatePolicy;
  readonly waivers: readonly Waiver[];
  /** What is being changed; null where everything counts as touched. */
  readonly change: GateResult['change'];
  /** The old name of each file under a new one. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly gateTouched: readonly string[];
  /** What was not looked at, known before comparing. */
  readonly leftOut: readonly string[];
  /** The day by which waivers are judged, as YYYY-MM-DD. */
  readonly today: string;
}

/** What is counted over the whole history gets worse with every commit, whatever that does. */
const byHistory = new Set(['architecture/hotspots']);

/** Says whether a change may pass: nothing new, nothing worse, no figure worse, no waiver that does not count. */
export function judgeChange(input: GateInput): GateResult {
  const { baseline } = input;
  const blocks = input.policy.blocks ?? 'medium';
  const met = meet(input.report, input.baseline, input.renamed);
  const { waived, standing, invalid } = waive(met.fresh, input);
  const fresh = standing
    .map(({ finding, worse }) => ({
      id: finding.id,
      severity: finding.severity,
      blocks: atLeast(finding.severity, blocks) && !byHistory.has(finding.check),
      worse,
    }))
    .toSorted((a, b) => Number(b.blocks) - Number(a.blocks));
  const ratchets = ratchetsOf(input, standing, new Set(waived.map(({ id }) => id)));
  const questions = questionsOf(input);
  const told = new Set([...standing.map(({ finding }) => finding), ...questions].map(({ control }) => control));
  const lost = lostOf(input).filter(({ control }) => !told.has(control));
  const stopped = stoppedOf(input);
  const reasons = [
    ...counted(fresh.filter((one) => one.blocks && one.worse === '').length, 'new finding'),
    ...counted(fresh.filter((one) => one.blocks && one.worse !== '').length, 'finding that got worse', 'findings that got worse'),
    ...counted(questions.length, 'new question', 'new questions'),
    ...counted(ratchets.filter(({ kept }) => !kept).length, 'figure that got worse', 'figures that got worse'),
    ...counted(lost.length, 'control that no longer holds', 'controls that no longer hold'),
    ...counted(invalid.length, 'waiver that does not count', 'waivers that do not count'),
  ];
  const passed = reasons.length === 0 && stopped.length === 0;
  return {
    schema: 1,
    passed,
    says: passed
      ? baseline === null
        ? 'Nothing that blocks was found.'
        : 'Nothing is worse than the baseline.'
      : [...stopped.map((text) => text.replace(/\.$/, '')), ...(reasons.length > 0 ? [listed(reasons)] : [])].join('; ').concat('.'),
    baseline: baseline && { made: baseline.made, commit: baseline.commit, ran: baseline.ran, tool: baseline.tool },
    change: input.change,
    fresh,
    questions: questions.map(({ id }) => id),
    ratchets,
    lost,
    waived,
    invalidWaivers: invalid,
    stopped,
    mended: met.mended,
    known: met.known,
    gateTouched: [...input.gateTouched],
    leftOut: [...input.leftOut, ...met.leftOut],
  };
}

interface Waived {
  readonly waived: GateResult['waived'];
  readonly standing: readonly Fresh[];
  readonly invalid: GateResult['invalidWaivers'];
}

function waive(fresh: readonly Fresh[], { report, waivers, today }: GateInput): Waived {
  const all = failing(report);
  const invalid: GateResult['invalidWaivers'] = [];
  const valid = waivers.filter(({ check, subject, expires }) => {
    if (expires < today) {
      invalid.push({ check, subject, why: `It ended on ${expires}.` });
      return false;
    }
    const about = all.some((finding) => finding.check === check && finding.subject.name === subject);
    // Where something was not looked at, it cannot be said that there is nothing to waive.
    const unseen =
      !report.ran.done ||
      report.ran.focus !== undefined ||
      report.findings.some((finding) => finding.check === check && finding.status === 'unknown');
    if (!about && !unseen) invalid.push({ check, subject, why: 'There is no such finding any more: take the waiver out.' });
    return about;
  });
  const waived: GateResult['waived'] = [];
  const standing = fresh.filter(({ finding }) => {
    const by = valid.find(({ check, subject }) => check === finding.check && subject === finding.subject.name);
    if (by) waived.push({ id: finding.id, owner: by.owner, reason: by.reason, expires: by.expires });
    return by === undefined;
  });
  return { waived, standing, invalid };
}

/** New questions about endpoints within reach of the change; a waiver answers none, the owner's word in "access" does. */
function questionsOf({ report, baseline, change, renamed }: GateInput): Finding[] {
  if (baseline === null) return [];
  const asked = new Set(baseline.asked.map(({ check, subject }) => `${check} ${subject}`));
  const failed = new Set(baseline.findings.map(({ check, subject }) => `${check} ${subject.name}`));
  const reach = change === null ? null : new Set(change.endpoints);
  return openQuestions(report).filter(({ check, subject }) => {
    const name = `${check} ${underOldNames(subject, renamed).name}`;
    // What runs only now asks what reading alone could not ask.
    return !asked.has(name) && !failed.has(name) && (reach?.has(subject.name) ?? true);
  });
}

function ratchetsOf({ report, baseline, policy }: GateInput, fresh: readonly Fresh[], waived: ReadonlySet<string>): GateResult['ratchets'] {
  if (baseline === null) return [];
  const figures = Object.entries(report.figures ?? {}).flatMap(([name, { value, better, says }]) => {
    const before = baseline.figures[name];
    if (before === undefined || (policy.ratchets !== undefined && !policy.ratchets.includes(name))) return [];
    return [{ name, says, before, now: value, kept: better === 'less' ? value <= before : value >= before }];
  });
  // What was found by reading alone cannot be counted against what was found by running too.
  if (baseline.ran !== report.ran.done || report.ran.focus !== undefined) return figures;
  const counts = (all: readonly Pick<KnownFinding, 'control'>[]) => Map.groupBy(all, ({ control }) => control);
  const before = counts(baseline.findings);
  const told = new Set(fresh.map(({ finding }) => finding.control));
  const controls = [...counts(failing(report).filter(({ id }) => !waived.has(id)))].flatMap(([control, all]) => {
    const was = before.get(control)?.length ?? 0;
    if (told.has(control) || all.length <= was || policy.ratchets?.includes('findings') === false) return [];
    return [{ name: `findings/${control}`, says: `findings of ${control}`, before: was, now: all.length, kept: false }];
  });
  return [...figures, ...controls];
}

/** Controls that held by reading, or by running where all of it ran again, and that nobody can say it of any more. */
function lostOf({ report, baseline }: GateInput): GateResult['lost'] {
  if (baseline === null) return [];
  const whole = report.ran.done && report.ran.focus === undefined;
  return report.controls.flatMap(({ id, status, reason }) => {
    const held = baseline.holds[id];
    if (held === undefined || (held === 'ran' && !whole) || status !== 'unproven') return [];
    return [{ control: id, why: reason }];
  });
}

function stoppedOf({ report, baseline, change }: GateInput): string[] {
  if (baseline?.ran !== true || !report.ran.asked || report.ran.done || change?.endpoints.length === 0) return [];
  return [`The application ran when the baseline was made and does not now: ${report.ran.reason ?? 'no reason was seen'}.`];
}

function counted(count: number, one: string, many = `${one}s`): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
