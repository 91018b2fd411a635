import type { Finding } from '../model/finding.ts';
import type { GateResult } from '../model/gate.ts';
import type { Report } from '../model/report.ts';
import { code, words } from './markdown.ts';
import { commandFor } from './prompt.ts';
import { escapeHtml } from './safe-html.ts';
import { toSarif } from './sarif.ts';
import type { Style } from './text.ts';
import { oneLine } from './visible.ts';
import { classLabel, count, headline } from './words.ts';
import { wrap } from './wrap.ts';

/** A gate's answer with the report that it was read from. */
export interface Gated {
  readonly result: GateResult;
  readonly report: Report;
}

/** The comment on a pull request begins with it; by it the comment is found again and written anew. */
export const commentMark = '<!-- seaworthy gate -->';
const mostShown = 25;

/** The findings and questions by which the gate fails, the worst first, each with what is worse about it. */
function blocking({ result, report }: Gated): { finding: Finding; worse: string }[] {
  const byId = new Map(report.findings.map((finding) => [finding.id, finding]));
  const found = (id: string, worse: string) => {
    const finding = byId.get(id);
    return finding ? [{ finding, worse }] : [];
  };
  return [
    ...result.fresh.flatMap(({ id, blocks, worse }) => (blocks ? found(id, worse) : [])),
    ...result.questions.flatMap((id) => found(id, '')),
  ];
}

/** What is said first; of a question, whom it is about. */
function firstOf(finding: Finding): string {
  return finding.status === 'fail' ? headline(finding) : `${finding.subject.name}: ${finding.message}`;
}

/** How bad it is and how that is known; a question is neither. */
function grade({ status, severity, class: evidence, subject }: Finding): string {
  if (status === 'fail') return `${severity}, ${classLabel[evidence]}`;
  return `not known; if it is meant: seaworthy access --confirm "${subject.name}" --allow <who> --by "<name>"`;
}

function remedyOf({ status, remedy }: Finding): string {
  return status === 'fail' ? remedy : 'Ask who is calling, or say in seaworthy.json ("access") whom it is meant for.';
}

/** Whether it passes, and why, alone. */
export function gateAnswer({ result }: Gated, style: Style): string {
  return `${answerLines(result, style).join('\n')}\n`;
}

function answerLines({ passed, says }: GateResult, style: Style): string[] {
  return [style('bold', style(passed ? 'green' : 'red', passed ? 'The gate is open.' : 'The gate is shut.')), ...wrap(says, '')];
}

/** For a terminal, in at most 80 columns: does it pass, and if not, what first? */
export function gateToText(gated: Gated, style: Style): string {
  const { result } = gated;
  const items = blocking(gated);
  const lines = [
    ...answerLines(result, style),
    ...items
      .slice(0, mostShown)
      .flatMap(({ finding, worse }, index) => [
        '',
        ...wrap(firstOf(finding), '    ', `${String(index + 1).padStart(2)}. `),
        ...wrap(`${grade(finding)}${worse === '' ? '' : `. ${worse}`}`, '    '),
        `    ${oneLine([finding.subject.name, placeOf(finding)].filter((text) => text !== '').join('  '))}`,
        ...wrap(`What to do: ${remedyOf(finding)}`, '    '),
        `    ${style('cyan', oneLine(commandFor(finding)))}`,
      ]),
    ...(items.length > mostShown ? ['', `and ${items.length - mostShown} more in gate.json`] : []),
    ...section('Worse than before', style, othersOf(result)),
    ...section('Look at this yourself', style, result.gateTouched),
    ...section(
      'Let through until a day',
      style,
      result.waived.map(({ id, owner, reason, expires }) => `${id} until ${expires}, ${owner}: ${reason}`),
    ),
    '',
    ...wrap(tally(result), ''),
    ...section('Left out', style, result.leftOut),
  ];
  return `${lines.join('\n')}\n`;
}

/** The comment on a pull request: what blocks and nothing else, and one line of what was not looked at. */
export function gateToMarkdown(gated: Gated): string {
  const { result, report } = gated;
  const items = blocking(gated);
  const others = othersOf(result);
  return `${[
    commentMark,
    `### ${result.passed ? 'Seaworthy: nothing is worse' : 'Seaworthy: this change may not pass'}`,
    '',
    words(result.says),
    '',
    ...items
      .slice(0, mostShown)
      .flatMap(({ finding, worse }) => [
        `- **${words(firstOf(finding))}**  `,
        `  ${words(grade(finding))}: ${code(finding.subject.name)}${placeOf(finding) === '' ? '' : `, ${code(placeOf(finding))}`}${worse === '' ? '' : `. ${words(worse)}`}  `,
        `  What to do: ${words(remedyOf(finding))} See it: ${code(commandFor(finding))}`,
      ]),
    ...(items.length > mostShown ? [`- and ${items.length - mostShown} more`] : []),
    ...others.map((text) => `- ${words(text)}`),
    ...(items.length + others.length > 0 ? [''] : []),
    ...(result.gateTouched.length > 0 ? [`**For a person to look at:** ${result.gateTouched.map(words).join(' ')}`, ''] : []),
    words(`${tally(result)}${result.leftOut.length > 0 ? ` Left out: ${result.leftOut.join('; ')}.` : ''}`),
    '',
    `Seaworthy ${report.tool.version}.`,
  ].join('\n')}\n`;
}

/** The whole report as SARIF, with what is new against the baseline told from what was there. */
export function gateToSarif({ result, report }: Gated): string {
  const fresh = new Set(result.fresh.map(({ id }) => id));
  const waived = new Map(result.waived.map((one) => [one.id, one]));
  return toSarif(report, ({ id }) => {
    const waiver = waived.get(id);
    return {
      ...(result.baseline === null ? {} : { baselineState: fresh.has(id) ? ('new' as const) : ('unchanged' as const) }),
      ...(waiver
        ? {
            suppressions: [
              {
                kind: 'external' as const,
                status: 'accepted' as const,
                justification: `${waiver.owner}, until ${waiver.expires}: ${waiver.reason}`,
              },
            ],
          }
        : {}),
    };
  });
}

/** What blocks as JUnit XML: one test case each, and one that passes where nothing does. */
export function gateToJunit(gated: Gated): string {
  const cases = [
    ...blocking(gated).map(({ finding, worse }) => ({
      name: `${finding.check} ${finding.subject.name}`,
      says: `${firstOf(finding)} ${worse}`.trim(),
      body: `${finding.message} What to do: ${remedyOf(finding)}`,
    })),
    ...othersOf(gated.result).map((text) => ({ name: text, says: text, body: '' })),
  ];
  const shown = (text: string) => escapeHtml(oneLine(text).replace(/[\uFFFE\uFFFF]/g, '\uFFFD'));
  const total = `tests="${Math.max(1, cases.length)}" failures="${cases.length}" errors="0" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="seaworthy gate" ${total}>`,
    `  <testsuite name="gate" ${total}>`,
    ...(cases.length === 0
      ? ['    <testcase classname="gate" name="nothing is worse than the baseline"/>']
      : cases.flatMap(({ name, says, body }) => [
          `    <testcase classname="gate" name="${shown(name)}">`,
          `      <failure message="${shown(says)}">${shown(body)}</failure>`,
          '    </testcase>',
        ])),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function placeOf({ where }: Finding): string {
  return where ? `${where.file}:${where.line}` : '';
}

/** What fails the gate beside findings, each in one sentence. */
function othersOf(result: GateResult): string[] {
  return [
    ...result.stopped,
    ...result.ratchets.filter(({ kept }) => !kept).map(({ says, before, now }) => `${before} before, ${now} now: ${says}.`),
    ...result.lost.map(({ control, why }) => `${control} held and is not shown any more: ${why}`),
    ...result.invalidWaivers.map(({ check, subject, why }) => `The waiver of ${check} for ${subject} does not count. ${why}`),
  ];
}

function tally({ fresh, known, mended, baseline, change }: GateResult): string {
  const mild = fresh.filter(({ blocks }) => !blocks).length;
  return [
    change === null ? '' : `${count(change.files, 'file')} changed; ${count(change.endpoints.length, 'endpoint')} within reach.`,
    baseline === null
      ? 'There is no baseline, so everything counts as new; "seaworthy gate --update" takes up what is there today.'
      : `${count(known, 'finding')} of the baseline of ${baseline.made} still ${known === 1 ? 'stands' : 'stand'}, ${mended.length} ${mended.length === 1 ? 'is' : 'are'} gone${mended.length > 0 ? ' ("seaworthy gate --update" keeps it so)' : ''}.`,
    mild > 0 ? `${count(mild, 'new finding')} too mild to block.` : '',
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function section(title: string, style: Style, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : ['', style('bold', title), ...texts.flatMap((text) => wrap(text, '  '))];
}
