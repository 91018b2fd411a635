import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { commandFor } from './prompt.ts';
import { escapeHtml } from './safe-html.ts';
import { oneLine } from './visible.ts';
import { headline } from './words.ts';

interface Case {
  readonly name: string;
  readonly finding: Finding | null;
}

/**
 * The report as JUnit XML, for CI systems that show tests: a suite for each check, a test case for each subject. What fails is a
 * failure, what could not be judged is skipped with its reason (it is no pass), what was examined and holds is a plain case.
 */
export function toJunit(report: Report): string {
  const suites = new Map<string, { title: string; cases: Case[] }>();
  const suite = (check: string, title: string) => {
    const found = suites.get(check) ?? { title, cases: [] };
    suites.set(check, found);
    return found.cases;
  };
  for (const finding of report.findings)
    suite(finding.check, finding.title).push({
      name: finding.status === 'unknown' ? finding.subject.name : `${finding.subject.name} (${finding.id})`,
      finding,
    });
  for (const { check, title, subjects } of report.passes) suite(check, title).push(...subjects.map((name) => ({ name, finding: null })));
  const all = [...suites].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const seconds = (report.durationMs / 1000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="seaworthy" ${tallyOf(all.flatMap(([, { cases }]) => cases))} time="${seconds}">`,
    ...all.flatMap(([check, { title, cases }]) => [
      `  <testsuite name="${text(check)}" ${tallyOf(cases)} timestamp="${text(report.startedAt.slice(0, 19))}">`,
      `    <properties><property name="title" value="${text(title)}"/></properties>`,
      ...cases.flatMap((one) => caseLines(check, one)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function tallyOf(cases: readonly Case[]): string {
  const failing = cases.filter(({ finding }) => finding?.status === 'fail' && finding.bin !== 'fine').length;
  const passing = cases.filter(({ finding }) => finding === null).length;
  return `tests="${cases.length}" failures="${failing}" errors="0" skipped="${cases.length - failing - passing}"`;
}

function caseLines(check: string, { name, finding }: Case): string[] {
  const place = finding?.where ? ` file="${text(finding.where.file)}" line="${finding.where.line}"` : '';
  const open = `    <testcase classname="${text(check)}" name="${text(name)}"${place}`;
  if (finding === null) return [`${open}/>`];
  if (finding.bin === 'fine')
    return [`${open}>`, `      <skipped message="${text(`A reviewer says that it is no fault: ${finding.message}`)}"/>`, '    </testcase>'];
  if (finding.status === 'unknown') return [`${open}>`, `      <skipped message="${text(finding.message)}"/>`, '    </testcase>'];
  const body = [
    finding.message,
    ...(finding.proof ? [`Seen: ${finding.proof.observed}`] : []),
    `What to do: ${finding.remedy}`,
    `See it: ${commandFor(finding)}`,
  ];
  return [
    `${open}>`,
    `      <failure message="${text(headline(finding))}" type="${finding.severity}">${body.map(text).join('\n')}</failure>`,
    '    </testcase>',
  ];
}

/** Text on one line, as XML 1.0 may hold it: what it forbids is shown as `\u{…}`. */
function text(value: string): string {
  return escapeHtml(oneLine(value).replace(/[\uFFFE\uFFFF]/g, '\uFFFD'));
}
