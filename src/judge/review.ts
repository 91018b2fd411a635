import type { AppliedOverride, Review } from '../model/review.ts';
import { severities } from '../model/words.ts';
import type { SettledFinding } from './types.ts';

/** The findings as they stand after a reviewer was heard. */
export interface Reviewed {
  /** The tool's and the reviewer's own; re-rated where an override counts. */
  readonly findings: readonly SettledFinding[];
  readonly overrides: readonly AppliedOverride[];
  /** Ids of findings that a reviewer, with a reason that counts, says are no faults; they stay in the report and count for nothing. */
  readonly dismissed: ReadonlyMap<string, AppliedOverride>;
}

/**
 * Hears the reviewer. Their own findings count like any other of class `stated`. An override counts on its days and only against what was
 * read: what happened in an experiment happened, and a reason beside it is shown but changes nothing.
 * `fingerprint` is a hash of text (hex); `now` is the day of the judgement, ISO.
 */
export function reviewed(
  findings: readonly SettledFinding[],
  said: Review | undefined,
  now: string,
  fingerprint: (text: string) => string,
): Reviewed {
  const own = (said?.findings ?? []).map((one): SettledFinding => {
    const print = fingerprint(`review\n${one.control}\n${one.title}`);
    const check = `${one.control.split('/')[0]}/review`;
    return {
      id: `${check}#${print.slice(0, 8)}`,
      fingerprint: print,
      check,
      control: one.control,
      status: 'fail',
      severity: one.severity,
      class: 'stated',
      title: one.title.replace(/\.$/, ''),
      subject: one.where ? { kind: 'file', name: one.where.file } : { kind: 'application', name: 'application' },
      message: `${one.message} (${one.by}, ${one.date})`,
      impact: one.impact ?? '',
      remedy: one.remedy,
      where: one.where ? { ...one.where, endLine: one.where.line } : null,
      endpoint: null,
      cwe: [],
      standards: [],
      disagreement: null,
      settle: null,
      proof: null,
    };
  });
  const all = [...findings, ...own.filter(({ id }, index) => own.findIndex((one) => one.id === id) === index)];
  const overrides = (said?.overrides ?? []).map((one): AppliedOverride => {
    const finding = findings.find(({ id }) => id === one.finding);
    const tool = finding ? { status: finding.status, severity: finding.severity, class: finding.class } : null;
    return { ...one, tool, ...standing(one, tool, now.slice(0, 10)) };
  });
  const counting = new Map(overrides.flatMap((one) => (one.counts ? [[one.finding, one] as const] : [])));
  return {
    findings: all.map((finding) => {
      const word = counting.get(finding.id);
      if (word === undefined || word.verdict === 'not-a-fault') return finding;
      return {
        ...finding,
        status: 'fail',
        severity: word.severity ?? finding.severity,
        ...(finding.status === 'unknown' ? { class: 'stated' as const } : {}),
      };
    }),
    overrides,
    dismissed: new Map([...counting].filter(([, { verdict }]) => verdict === 'not-a-fault')),
  };
}

function standing(
  one: Pick<AppliedOverride, 'until' | 'verdict' | 'severity'>,
  tool: AppliedOverride['tool'],
  today: string,
): { counts: boolean; why: string } {
  if (tool === null) return { counts: false, why: 'The tool has no such finding: it was mended, or the id is another one.' };
  if (one.until < today) return { counts: false, why: `It ended on ${one.until}.` };
  const milder = one.severity !== undefined && severities.indexOf(one.severity) > severities.indexOf(tool.severity);
  if (tool.status === 'fail' && tool.class === 'ran' && (one.verdict === 'not-a-fault' || milder))
    return { counts: false, why: 'It was seen happening in an experiment, which a word does not outweigh.' };
  return { counts: true, why: `Until ${one.until}.` };
}
