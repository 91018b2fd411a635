import type { Finding } from '../model/finding.ts';
import type { Baseline, GatePolicy, GateResult, KnownFinding, Waiver } from '../model/gate.ts';
import type { Report } from '../model/report.ts';
import { atLeast } from '../model/words.ts';
import { failing, knownOf, leaksOf, openQuestions } from './baseline.ts';

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
  const met = meet(input);
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

interface Fresh {
  readonly finding: Finding;
  /** Empty for one that is new as a whole. */
  readonly worse: string;
}

interface Met {
  readonly fresh: readonly Fresh[];
  readonly known: number;
  readonly mended: string[];
  readonly leftOut: readonly string[];
}

/**
 * Findings of now against those of the baseline: there is one of each check and subject. What is left on both sides is met again by
 * what the code says at its places, for code moves.
 */
function meet({ report, baseline, renamed }: GateInput): Met {
  const now = failing(report);
  if (baseline === null) return { fresh: now.map((finding) => ({ finding, worse: '' })), known: 0, mended: [], leftOut: [] };
  const overruled = new Set(report.ran.done ? [] : baseline.overruled.map(({ check, subject }) => `${check} ${subject}`));
  const taken = now.filter((finding) => !overruled.has(`${finding.check} ${finding.subject.name}`));
  const before = new Map(baseline.findings.map((known) => [keyOf(known), known]));
  const pairs = new Map<Finding, KnownFinding>();
  for (const finding of taken) {
    const known = before.get(keyOf(finding)) ?? before.get(keyOf({ ...finding, subject: underOldNames(finding.subject, renamed) }));
    if (known === undefined) continue;
    pairs.set(finding, known);
    before.delete(keyOf(known));
  }
  // Marks that the baseline has and nothing of now stands for: code that moved away from there.
  const free = spare([...before.values()], pairs);
  const leaksBefore = new Set(baseline.leaks);
  const leaksNow = leaksOf(report).filter(({ name }) => !leaksBefore.has(name));
  // One finding can stand for a table that several endpoints give away.
  const leaked = (id: string): string => {
    const more = leaksNow.filter(({ finding }) => finding === id);
    return more.length === 0
      ? ''
      : `It shows in ${more.length} more ${more.length === 1 ? 'place' : 'places'}: ${more
          .slice(0, 3)
          .map(({ name }) => name)
          .join(', ')}.`;
  };
  const fresh: Fresh[] = [];
  let known = 0;
  const moved = new Set<KnownFinding>();
  for (const finding of taken) {
    const old = pairs.get(finding);
    if (old === undefined) {
      const from = takeAll(
        finding,
        free,
        [...before.values()].filter((one) => !moved.has(one)),
      );
      if (from === null) fresh.push({ finding, worse: '' });
      else {
        known++;
        for (const one of from) moved.add(one);
      }
      continue;
    }
    const worse = worseThan(finding, old, free) || leaked(finding.id);
    if (worse === '') known++;
    else fresh.push({ finding, worse });
  }
  const subjects = new Set(report.findings.map((finding) => keyOf(finding)));
  const mended = [...before.values()]
    .filter((one) => !moved.has(one) && !subjects.has(keyOf(one)) && looked(one, report))
    .map(({ id }) => id);
  const unseen = [...before.values()].filter((one) => !looked(one, report)).length;
  return {
    fresh,
    known,
    mended: mended.toSorted(),
    leftOut: [
      ...(now.length > taken.length
        ? [
            `${now.length - taken.length} statements of reading that an experiment overruled when the baseline was made; it was not repeated`,
          ]
        : []),
      ...(unseen > 0
        ? [`${unseen} findings of the baseline that only running shows, or only endpoints that this change does not touch`]
        : []),
    ],
  };
}

function keyOf({ check, subject }: Pick<KnownFinding, 'check' | 'subject'>): string {
  return `${check} ${subject.kind} ${subject.name}`;
}

/** The subject with the names that its files had before. */
function underOldNames(subject: KnownFinding['subject'], renamed: ReadonlyMap<string, string>): KnownFinding['subject'] {
  let { name } = subject;
  for (const [now, before] of renamed) name = name.replaceAll(now, before);
  return { ...subject, name };
}

/** Whether this audit could have seen the finding again. */
function looked(known: KnownFinding, { ran }: Report): boolean {
  if (known.class !== 'ran') return true;
  return ran.done && (ran.focus === undefined || (known.subject.kind === 'endpoint' && ran.focus.includes(known.subject.name)));
}

/** By check: how often each mark is there to be taken. */
type Spare = Map<string, Map<string, number>>;

function spare(gone: readonly KnownFinding[], pairs: ReadonlyMap<Finding, KnownFinding>): Spare {
  const found: Spare = new Map();
  const add = (check: string, marks: readonly string[]) => {
    const of = found.get(check) ?? new Map<string, number>();
    found.set(check, of);
    for (const mark of marks) of.set(mark, (of.get(mark) ?? 0) + 1);
  };
  for (const known of gone) add(known.check, known.marks);
  for (const [finding, known] of pairs) add(known.check, minus(known.marks, finding.marks ?? []));
  return found;
}

/** What the first list has more often than the second. */
function minus(a: readonly string[], b: readonly string[]): string[] {
  const left = [...b];
  return a.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Takes every mark from those that are there, or none of them. */
function take(check: string, marks: readonly string[], free: Spare): boolean {
  const of = free.get(check) ?? new Map<string, number>();
  const wanted = Map.groupBy(marks, (mark) => mark);
  if (marks.length === 0 || wanted.entries().some(([mark, all]) => (of.get(mark) ?? 0) < all.length)) return false;
  for (const [mark, all] of wanted) of.set(mark, (of.get(mark) ?? 0) - all.length);
  return true;
}

/** The findings of the baseline that a new one is, moved; null where its code is not there. */
function takeAll(finding: Finding, free: Spare, gone: readonly KnownFinding[]): KnownFinding[] | null {
  const marks = finding.marks ?? [];
  const milder = gone.some(
    ({ check, severity, marks: old }) =>
      check === finding.check && !atLeast(severity, finding.severity) && marks.some((mark) => old.includes(mark)),
  );
  if (milder || !take(finding.check, marks, free)) return null;
  return gone.filter(
    (known) => known.check === finding.check && known.marks.length > 0 && known.marks.every((mark) => marks.includes(mark)),
  );
}

/** What a finding that was known has more than it had; empty where it is the same or less. */
function worseThan(finding: Finding, known: KnownFinding, free: Spare): string {
  if (finding.severity !== known.severity && atLeast(finding.severity, known.severity))
    return `It is ${finding.severity} now and was ${known.severity}.`;
  if (finding.class === 'ran' && known.class === 'ran' && finding.fingerprint !== known.fingerprint)
    return 'Somebody else gets through, or something else comes of it.';
  const { marks } = knownOf(finding);
  const more = marks.length - known.marks.length;
  if (more <= 0 || known.marks.length === 0 || take(finding.check, minus(marks, known.marks), free)) return '';
  return `It stands in ${marks.length} places now and stood in ${known.marks.length}.`;
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
