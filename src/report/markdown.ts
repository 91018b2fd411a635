import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { commandFor } from './prompt.ts';
import { oneLine } from './visible.ts';
import {
  answer,
  binLabel,
  classLabel,
  concerned,
  count,
  decisionLabel,
  failures,
  headline,
  openQuestions,
  profileLabel,
  questionsOf,
  triggerLabel,
} from './words.ts';

const bins = ['before-launch', 'before-scaling', 'can-wait'] as const;
/** Longer texts are refused by the places where Markdown is pasted; the full report has everything. */
const mostFindings = 60;

/** The report as GitHub-flavoured Markdown: for a pull request, an issue, a wiki. */
export function toMarkdown(report: Report): string {
  const open = openQuestions(report).length;
  const all = concerned(report);
  const failing = failures(report);
  return `${[
    `# ${words(answer(report).sentence)}`,
    '',
    `Launch report for **${words(report.target.name)}**${report.target.commit ? `, commit ${code(report.target.commit.slice(0, 10))}` : ''}, ${report.startedAt.slice(0, 10)}, judged as ${profileLabel[report.profile]}.${report.ran.done ? '' : ` The application was not run${report.ran.reason ? `: ${words(report.ran.reason)}` : '.'}`}`,
    '',
    ...(all.length === 0
      ? []
      : [
          '| Moment | Verdict | In the way | Not proven | To confirm |',
          '|---|---|--:|--:|--:|',
          ...all.map(
            ({ trigger, verdict }) =>
              `| ${triggerLabel[trigger]} | **${decisionLabel[verdict.decision]}** | ${verdict.blockers.length} | ${verdict.unproven.length} | ${verdict.open.length} |`,
          ),
          '',
        ]),
    ...bins.flatMap((bin) => binLines(bin, failing)),
    ...(failing.length > mostFindings
      ? [`${count(failing.length - mostFindings, 'further finding stands', 'further findings stand')} in the full report.`, '']
      : []),
    '## Six questions',
    '',
    '| Question | Required points that hold |',
    '|---|--:|',
    ...questionsOf(report).map(
      ({ label, score: { passed, of } }) => `| ${label} | ${of === 0 ? 'nothing required' : `${passed} of ${of}`} |`,
    ),
    '',
    ...(report.works
      ? [`${report.works.operations} of ${count(report.works.of, 'operation')} answered the person that they are for.`, '']
      : []),
    ...(open === 0
      ? []
      : [`${count(open, 'statement')} could not be judged either way; the full report says why, and what would settle each.`, '']),
    `Seaworthy ${report.tool.version}, seed ${code(report.seed)}.`,
  ].join('\n')}\n`;
}

function binLines(bin: Finding['bin'], failing: readonly Finding[]): string[] {
  const mine = failing.slice(0, mostFindings).filter((finding) => finding.bin === bin);
  if (mine.length === 0) return [];
  return [`## ${binLabel[bin]} (${failing.filter((finding) => finding.bin === bin).length})`, '', ...mine.flatMap(findingLines), ''];
}

function findingLines(finding: Finding): string[] {
  const place = finding.where ? `, ${code(`${finding.where.file}:${finding.where.line}`)}` : '';
  return [
    `- **${words(headline(finding))}**  `,
    `  ${finding.severity}, ${classLabel[finding.class]}: ${code(finding.subject.name)}${place}  `,
    ...(headline(finding) === finding.message ? [] : [`  ${words(finding.message)}  `]),
    `  What to do: ${words(finding.remedy)} See it: ${code(commandFor(finding))}`,
  ];
}

/** Our sentence, in which pairs of backticks are code; everything else that Markdown or GitHub would act on is escaped. */
export function words(text: string): string {
  const parts = oneLine(text).split('`');
  if (parts.length % 2 === 0) return escaped(oneLine(text));
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : escaped(part))).join('');
}

/** Also mentions (`@somebody`), references to issues (`#1`) and bare addresses, which become links by themselves. */
function escaped(text: string): string {
  return text
    .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? character)
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replace(/@/g, '&#64;')
    .replace(/#(?=\d)/g, '&#35;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\bwww\./gi, 'www&#46;');
}

/** A code span with a fence longer than any inside; a bar would end a table's cell. */
export function code(text: string): string {
  const line = oneLine(text).replaceAll('|', '¦');
  if (line === '') return '';
  const fence = '`'.repeat(Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}
