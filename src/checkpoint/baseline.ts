import type { Baseline, KnownFinding } from '../model/gate.ts';
import { baseline as baselineSchema } from '../model/gate.ts';
import { SeaworthyError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';

/** Where the baseline lies when nothing else is said; it belongs into the repository. */
export const baselineFile = 'seaworthy.baseline.json';

/** What a report says, as the gate remembers it: no code, no messages, only what tells a known finding from a new one. */
export function baselineOf(report: Report): Baseline {
  return {
    schema: 1,
    tool: report.tool.version,
    made: report.startedAt.slice(0, 10),
    commit: report.target.commit,
    ran: report.ran.done,
    profile: report.profile,
    seed: report.seed,
    findings: failing(report)
      .map(knownOf)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    overruled: report.passes
      .flatMap(({ check, subjects, disagreements }) =>
        subjects.filter((subject) => disagreements.some((text) => text.startsWith(`${subject}: `))).map((subject) => ({ check, subject })),
      )
      .toSorted((a, b) => (`${a.check} ${a.subject}` < `${b.check} ${b.subject}` ? -1 : 1)),
    leaks: leaksOf(report)
      .map(({ name }) => name)
      .toSorted(),
    asked: openQuestions(report)
      .map(({ check, subject }) => ({ check, subject: subject.name }))
      .toSorted((a, b) => (`${a.check} ${a.subject}` < `${b.check} ${b.subject}` ? -1 : 1)),
    holds: Object.fromEntries(
      report.controls
        .flatMap((control) => (control.status === 'pass' && control.class !== null ? [[control.id, control.class] as const] : []))
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    figures: Object.fromEntries(Object.entries(report.figures ?? {}).map(([name, { value }]) => [name, value])),
  };
}

/** The faults of a report that no reviewer dismissed. */
export function failing(report: Report): Finding[] {
  return report.findings.filter(({ status, bin }) => status === 'fail' && bin !== 'fine');
}

/** Every cell of the matrix in which somebody got what belongs to others, with the finding that proves it. */
export function leaksOf({ matrix }: Report): { name: string; finding: string | null }[] {
  return matrix.cells.flatMap(({ outcome, endpoint, actor, finding }) =>
    outcome === 'leak' ? [{ name: `${endpoint} as ${actor}`, finding }] : [],
  );
}

/** The questions about the security of single endpoints; those that more time would answer are left out. */
export function openQuestions(report: Report): Finding[] {
  return report.findings.filter(
    ({ status, bin, check, subject, settle }) =>
      status === 'unknown' &&
      bin !== 'fine' &&
      check.startsWith('security/') &&
      subject.kind === 'endpoint' &&
      settle?.includes('--budget') !== true,
  );
}

export function knownOf({ id, fingerprint, check, control, severity, class: evidence, subject, marks }: Finding): KnownFinding {
  return { id, fingerprint, check, control, severity, class: evidence, subject, marks: [...(marks ?? [])] };
}

/** One line for each finding, so that a change of the file can be read in a pull request. */
export function writtenBaseline(baseline: Baseline): string {
  const { findings, ...head } = baseline;
  const lines = findings.map((finding) => `    ${JSON.stringify(finding)}`);
  const open = JSON.stringify(head, null, 2).slice(0, -2);
  return `${open},\n  "findings": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`;
}

/** Reads a baseline. Throws `baseline-unreadable` with what is wrong. */
export function parseBaseline(text: string, file: string): Baseline {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // What is no JSON does not fit the schema either.
  }
  const parsed = baselineSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SeaworthyError(
    'baseline-unreadable',
    `${file} is not a baseline of this version (${issue?.path.join('.') || 'not JSON'}); "seaworthy gate --update" writes a new one.`,
  );
}
