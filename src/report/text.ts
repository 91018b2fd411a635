import type { Finding } from '../model/finding.ts';
import type { MatrixCell } from '../model/matrix.ts';
import type { Report } from '../model/report.ts';
import type { SinceCheckpoint } from '../model/verification.ts';
import { triggers } from '../model/words.ts';
import { shown, tallied, tallyOf, turnedAway } from './matrix.ts';
import type { Shown } from './matrix.ts';
import { commandFor } from './prompt.ts';
import { oneLine } from './visible.ts';
import {
  answer,
  classLabel,
  concerned,
  count,
  failures,
  headline,
  judgedBy,
  openQuestions,
  profileLabel,
  settling,
  unexamined,
  verdictSentence,
} from './words.ts';
import { sinceLines } from './since.ts';
import { row, wrap } from './wrap.ts';

/** Paints text, or leaves it as it is; the names are those of `styleText`. */
export type Style = (format: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

const mostShown = 5;
const paint = { 'no-go': 'red', unproven: 'yellow', conditional: 'yellow', go: 'green' } as const;
const plain: Style = (_format, text) => text;

export interface TextOptions {
  readonly style?: Style;
  /** Where the full report was written, when it was. */
  readonly written?: string;
  /** What was stepped up since the last checkpoint. */
  readonly since?: SinceCheckpoint | null;
}

/** The report for a terminal: can I launch, and what first? At most 80 columns but for what cannot be broken. */
export function toText(report: Report, options: TextOptions = {}): string {
  const style = options.style ?? plain;
  const lines = [
    ...verdictLines(report, style),
    ...firstLines(report, style),
    ...countLines(report, style),
    ...actorLines(report, style),
    ...matrixLines(report, style, options.written !== undefined),
    ...liveLines(report, style),
    ...unprovenLines(report, style),
    ...sinceLines(options.since ?? null, style),
  ];
  const where = options.written ? ['', `Full report: ${oneLine(options.written)}`] : [];
  return `${[...lines, ...where, ...footLines(report, style)].join('\n')}\n`;
}

/** The answer alone: one line for each trigger that this concerns. */
export function toVerdicts(report: Report, style: Style = plain): string {
  const all = concerned(report);
  const lines =
    all.length === 0
      ? [{ sentence: answer(report).sentence, decision: answer(report).decision }]
      : all.map(({ trigger, verdict }) => ({ sentence: verdictSentence(trigger, verdict.decision), decision: verdict.decision }));
  return `${lines.map(({ sentence, decision }) => style(paint[decision], sentence)).join('\n')}\n`;
}

function verdictLines(report: Report, style: Style): string[] {
  const all = concerned(report);
  const top = answer(report);
  const lines = all.length === 0 ? wrap(top.sentence, '').map((line) => style('bold', style(paint[top.decision], line))) : [];
  for (const { trigger, verdict } of all) {
    const controls = verdict.blockers.filter((id) => !id.includes('#')).length;
    const counts = [
      ...(verdict.decision === 'no-go' ? [`${count(verdict.blockers.length - controls, 'finding')} in the way`] : []),
      ...(verdict.unproven.length > 0 ? [`${count(verdict.unproven.length, 'control')} not proven`] : []),
      ...(verdict.open.length > 0 ? [`${verdict.open.length} for a person to confirm`] : []),
    ];
    lines.push(style('bold', style(paint[verdict.decision], verdictSentence(trigger, verdict.decision))));
    if (counts.length > 0) lines.push(...wrap(counts.join(', '), '  '));
    lines.push(...wrap(verdict.why, '  ').map((line) => style('dim', line)));
  }
  const others = triggers.filter((trigger) => !all.some((one) => one.trigger === trigger));
  if (others.length > 0) lines.push(...wrap(`Not asked: ${others.join(', ')} (choose with --for).`, '').map((line) => style('dim', line)));
  return lines;
}

function firstLines(report: Report, style: Style): string[] {
  const top = failures(report).slice(0, mostShown);
  if (top.length === 0) return [];
  return ['', style('bold', 'What to mend first'), ...top.flatMap((finding, index) => findingLines(finding, index + 1, style))];
}

function findingLines(finding: Finding, number: number, style: Style): string[] {
  const grave = finding.severity === 'critical' || finding.severity === 'high';
  const severity = style(grave ? 'red' : 'yellow', finding.severity);
  const where = finding.where ? `${finding.where.file}:${finding.where.line}` : '';
  const place = [oneLine(finding.subject.name), oneLine(where)].filter((text) => text !== '').join('  ');
  const label = `${String(number).padStart(2)}. `;
  const [first = '', ...rest] = wrap(headline(finding), '    ');
  return [
    label + style('bold', first.trimStart()),
    ...rest.map((line) => style('bold', line)),
    `    ${severity}, ${classLabel[finding.class]}`,
    `    ${style('dim', place)}`,
    `    ${style('cyan', oneLine(commandFor(finding)))}`,
  ];
}

function countLines(report: Report, style: Style): string[] {
  const bins = { 'before-launch': 0, 'before-scaling': 0, 'can-wait': 0, fine: 0 };
  for (const finding of failures(report)) bins[finding.bin] += 1;
  const fine = new Set(report.passes.flatMap((entry) => entry.subjects.map((subject) => `${entry.check} ${subject}`))).size;
  return [
    '',
    style('bold', 'All findings'),
    ...row('before launch', String(bins['before-launch'])),
    ...row('before scaling', String(bins['before-scaling'])),
    ...row('can wait', String(bins['can-wait'])),
    ...row('fine as it is', `${count(fine, 'statement')} examined and true`),
    ...(report.works ? row('it works', `${report.works.operations} of ${count(report.works.of, 'operation')} answered their owner`) : []),
  ];
}

/** Who was let in, and who could not be used and why. */
function actorLines({ actors }: Report, style: Style): string[] {
  if (actors.length === 0) return [];
  const [used, lost] = [actors.filter(({ healthy }) => healthy), actors.filter(({ healthy }) => !healthy)];
  return [
    '',
    style('bold', 'Who acted'),
    ...row('let in', used.map(({ name }) => oneLine(name)).join(', ') || 'nobody'),
    ...lost.slice(0, mostShown).flatMap(({ name, reason }) => row('not used', oneLine(`${name}: ${reason || 'no way in was found'}`))),
    ...(lost.length > mostShown ? row('', `and ${lost.length - mostShown} more`) : []),
  ];
}

/** Who can reach what: the leaks, what stays open and why, and the rest in one line. */
function matrixLines({ matrix, intended }: Report, style: Style, written: boolean): string[] {
  if (matrix.cells.length === 0) return [];
  const of = (kind: Shown) => matrix.cells.filter((cell) => shown(cell) === kind);
  const places = (cells: readonly MatrixCell[]) =>
    `${cells.length} at ${count(new Set(cells.map((cell) => cell.endpoint)).size, 'endpoint')}`;
  const [refused, questions] = [turnedAway(matrix).length, intended?.questions.length ?? 0];
  const [leaks, open, untried] = [of('leak'), of('unknown'), of('untried')];
  const size = `${count(matrix.rows.length, 'endpoint')} x ${count(matrix.actors.length, 'actor')}: ${count(matrix.cells.length, 'cell')}`;
  const leaking = leaks.length === 0 ? 'none seen' : `${places(leaks)}, to ${mostFrequent(leaks, (cell) => cell.actor, 4)}`;
  return [
    '',
    style('bold', 'Who can reach what'),
    ...wrap(written ? `${size}, all in matrix.csv beside the report` : size, '  '),
    ...row('leaks', leaking).map((line) => (leaks.length > 0 ? style('red', line) : line)),
    ...(open.length > 0 ? row('not proven', `${places(open)}: ${mostFrequent(open, (cell) => cell.reason, 2)}`) : []),
    ...(untried.length > 0 ? row('not tried', places(untried)) : []),
    ...[...new Set(untried.map((cell) => cell.settle ?? ''))].flatMap((command) => row('', command).map((line) => style('cyan', line))),
    ...(refused > 0 ? row('meant to work', `${count(refused, 'cell')} refused that somebody confirmed`) : []),
    ...(questions > 0 ? row('to answer', `${count(questions, 'question')} that only the owner can: seaworthy access`) : []),
    ...row('otherwise', tallied(tallyOf(matrix.cells), ['allowed', 'intended', 'shared', 'own', 'refused']) || 'nothing'),
  ];
}

/** Live connections: at which somebody hears or changes what is not theirs, and which stay open. */
function liveLines({ live }: Report, style: Style): string[] {
  if (live.length === 0) return [];
  const leaking = live.filter(({ cells, foreign }) => cells.some(({ outcome }) => outcome === 'leak') || foreign?.outcome === 'heard');
  const open = live.filter(({ cells }) => cells.length === 0 || cells.some(({ outcome }) => outcome === 'unknown')).length;
  const named = leaking.length === 0 ? 'none seen' : `at ${leaking.map(({ endpoint }) => oneLine(endpoint)).join(', ')}`;
  return [
    '',
    style('bold', 'Live connections'),
    ...wrap(count(live.length, 'endpoint'), '  '),
    ...row('leaks', named).map((line) => (leaking.length > 0 ? style('red', line) : line)),
    ...(open > 0 ? row('not proven', `${open}`) : []),
  ];
}

/** `stranger (4), guest (2) and 3 more`: what stands most often, at most so many. */
function mostFrequent(cells: readonly MatrixCell[], by: (cell: MatrixCell) => string, most: number): string {
  const all = [...Map.groupBy(cells, by)].toSorted(([, a], [, b]) => b.length - a.length);
  const named = all.slice(0, most).map(([name, some]) => `${name} (${some.length})`);
  return `${named.join(', ')}${all.length > most ? ` and ${all.length - most} more` : ''}`;
}

function unprovenLines(report: Report, style: Style): string[] {
  const unproven = report.controls.filter((control) => control.status === 'unproven');
  const open = openQuestions(report);
  if (unproven.length === 0 && open.length === 0) return [];
  const commands = settling(report).slice(0, 3);
  return [
    '',
    style('bold', 'Not proven'),
    ...wrap(
      `${unproven.length} of ${count(report.controls.length, 'control')}${open.length > 0 ? `, ${count(open.length, 'open question')}` : ''}. ${unexamined(report)}`,
      '  ',
    ),
    ...(report.ran.done ? [] : wrap(`The application was not run${report.ran.reason ? `: ${report.ran.reason}` : '.'}`, '  ')),
    ...report.coverage.gaps.filter((gap) => gap.settle !== undefined).flatMap((gap) => wrap(`${gap.reason}.`, '  ')),
    ...commands.flatMap(({ command, settles }) => wrap(`would settle ${settles}: ${command}`, '  ').map((line) => style('cyan', line))),
  ];
}

/** How well the application was kept apart from this machine. */
const sealWords: Readonly<Record<string, string>> = {
  full: 'fully sealed in: no network, no files but a copy of its own',
  namespace: 'without network, but able to read and write the files of its user',
  none: 'unsealed, as any other program of its user',
};

function footLines(report: Report, style: Style): string[] {
  const commit = report.target.commit ? `, commit ${report.target.commit.slice(0, 10)}` : '';
  const seconds = Math.max(1, Math.round(report.durationMs / 1000));
  const seal = report.ran.done && report.ran.seal ? ` It ran ${sealWords[report.ran.seal] ?? report.ran.seal}.` : '';
  const judged = report.ran.oracle ? ` ${judgedBy(report)}` : '';
  const before = report.ran.resumed;
  const resumed = before ? ` It went on with an audit that was interrupted after ${before.finished.join(', ')} (${before.keptAt}).` : '';
  const text = `${report.target.name}${commit}, judged as ${profileLabel[report.profile]} in ${count(seconds, 'second')} with seed ${report.seed} by seaworthy ${report.tool.version}.${seal}${judged}${resumed}`;
  return ['', ...wrap(text, '').map((line) => style('dim', line))];
}
