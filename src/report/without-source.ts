import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';

/** Something that looks like a file with source in it, with or without a line. */
const anyFile =
  /(?:[\w@.()[\]$~-]+\/)*[\w@.()[\]$~-]+\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|sql|prisma|ya?ml|toml|env(?:\.\w+)?|html?|ejs|hbs|pug)\b(?::\d+)?/g;
/** What stands for it. */
const somewhere = '(a file)';

/**
 * The report as it may be given to somebody who must not see the source: no code, no places in it, no requests, statements and rows of
 * the experiments, no names of files, tables and columns. What was found, how sure it is, what was judged and what was not examined all stay.
 */
export function withoutSource(report: Report): Report {
  const files = filesOf(report);
  const { surface: _names, ...kept } = report;
  const closed: Report = {
    ...kept,
    findings: report.findings.map((finding) => ({
      ...sourceless(finding),
      where: null,
      proof: null,
      settle: null,
      subject: {
        ...finding.subject,
        name:
          finding.subject.kind === 'endpoint' || finding.subject.kind === 'package'
            ? finding.subject.name
            : somewhereOf(finding.subject.kind),
      },
    })),
    excerpts: [],
    passes: report.passes.map((entry) => ({ ...entry, subjects: entry.subjects.map((_, index) => `${index + 1}`), disagreements: [] })),
    endpoints: report.endpoints.map((endpoint) => ({ ...endpoint, file: '', line: 0, guards: [], tables: [] })),
    matrix: {
      ...report.matrix,
      rows: report.matrix.rows.map((row) => ({ ...row, file: null, line: null })),
      cells: report.matrix.cells.map((cell) => ({ ...cell, reason: '' })),
    },
    intended: null,
    guardStyles: null,
    live: [],
    ran: { ...report.ran, reason: report.ran.reason === null ? null : (report.ran.reason.split('\n', 1)[0] ?? '') },
  };
  // Names of packages look like files (`chart.js`) and are none.
  return { ...(told(closed, files) as Report), ...(report.components ? { components: report.components } : {}) };
}

function sourceless({ also: _also, marks: _marks, ...finding }: Finding): Finding {
  return finding;
}

/** Takes out of a sentence every file that the report names, and whatever else looks like one. */
export function withoutFiles(report: Report): (sentence: string) => string {
  const files = filesOf(report);
  return (sentence) => toldText(sentence, files);
}

function somewhereOf(kind: string): string {
  return kind === 'application' ? kind : `a ${kind}`;
}

/** Every file that the report names, the longest first, so that no name is cut by another that it contains. */
function filesOf(report: Report): string[] {
  const names = new Set<string>();
  for (const { where } of report.findings) if (where) names.add(where.file);
  for (const { file } of [...report.endpoints, ...report.excerpts]) names.add(file);
  for (const { file } of report.coverage.gaps) if (file !== null) names.add(file);
  return [...names].filter((name) => name !== '').toSorted((a, b) => b.length - a.length);
}

/** The names of our own that look like files: where the report lies, what is configured. */
const ours = new Set(['seaworthy.json', 'report.json', 'report.html', 'matrix.csv']);

function told(value: unknown, files: readonly string[]): unknown {
  if (typeof value === 'string') return toldText(value, files);
  if (Array.isArray(value)) return value.map((one) => told(one, files));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, told(one, files)]));
}

function toldText(text: string, files: readonly string[]): string {
  const named = files.reduce((left, file) => left.replaceAll(file, somewhere), text);
  return named.replace(anyFile, (found) => (ours.has(found) ? found : somewhere));
}
