import type { Finding } from '../model/finding.ts';
import type { Baseline, KnownFinding } from '../model/gate.ts';
import type { Report } from '../model/report.ts';
import { atLeast } from '../model/words.ts';
import { failing, knownOf, leaksOf } from './baseline.ts';

/** A finding that the baseline does not know, or knows as less. */
export interface Fresh {
  readonly finding: Finding;
  /** Empty for one that is new as a whole. */
  readonly worse: string;
}

export interface Met {
  readonly fresh: readonly Fresh[];
  readonly known: number;
  readonly mended: string[];
  readonly leftOut: readonly string[];
}

/**
 * Findings of now against those of the baseline: there is one of each check and subject. What is left on both sides is met again by
 * what the code says at its places, for code moves.
 */
export function meet(report: Report, baseline: Baseline | null, renamed: ReadonlyMap<string, string>): Met {
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
    const worse = worseThan(finding, old, free, report.ran.focus === undefined) || leaked(finding.id);
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
export function underOldNames(subject: KnownFinding['subject'], renamed: ReadonlyMap<string, string>): KnownFinding['subject'] {
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

/**
 * What a finding that was known has more than it had; empty where it is the same or less.
 * @param whole every endpoint was experimented with
 */
function worseThan(finding: Finding, known: KnownFinding, free: Spare, whole: boolean): string {
  if (finding.severity !== known.severity && atLeast(finding.severity, known.severity))
    return `It is ${finding.severity} now and was ${known.severity}.`;
  // Of a table that several endpoints give away, a part of them shows a part.
  const same = whole || finding.subject.kind === 'endpoint';
  if (same && finding.class === 'ran' && known.class === 'ran' && finding.fingerprint !== known.fingerprint)
    return 'Somebody else gets through, or something else comes of it.';
  const { marks } = knownOf(finding);
  const more = marks.length - known.marks.length;
  if (more <= 0 || known.marks.length === 0 || take(finding.check, minus(marks, known.marks), free)) return '';
  return `It stands in ${marks.length} places now and stood in ${known.marks.length}.`;
}
