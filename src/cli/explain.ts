import { resolve, join } from 'node:path';
import { checks, controls, SeaworthyError, triggerPolicies } from '../index.ts';
import type { Finding } from '../index.ts';
import { commandFor, promptFor } from '../report/prompt.ts';
import { visible } from '../report/visible.ts';
import type { Options } from './options.ts';
import { findingOf, readReport } from './saved.ts';
import type { Terminal } from './terminal.ts';

/** Says in plain words what a check, a control, a trigger or a finding of the last report means. Offline. */
export async function explainCommand(options: Options, terminal: Terminal): Promise<number> {
  const [id] = options.arguments;
  if (id === undefined) throw new SeaworthyError('usage', 'explain takes the id of a check, a control, a trigger or a finding.');
  const text = id.includes('#')
    ? aboutFinding(findingOf(await readReport(resolve(terminal.cwd, options.report ?? join('.seaworthy', 'report.json'))), id))
    : (aboutCheck(id) ?? aboutControl(id) ?? aboutTrigger(id));
  if (text === null)
    throw new SeaworthyError('finding-not-found', `"${id}" is no check, control, trigger or finding; ids look like security/cors-origins.`);
  const [title = '', ...lines] = text;
  terminal.out(`${[terminal.style('bold', title), ...lines.flatMap((line) => wrapped(line))].join('\n')}\n`);
  return 0;
}

function aboutCheck(id: string): string[] | null {
  const check = checks[id];
  if (!check) return null;
  const evidence = [...check.needs, ...check.anyOf, ...check.uses].join(', ') || 'nothing';
  const known = `Serves the control ${check.control}; severity when it fails: ${check.severity}; looks at: ${evidence}.`;
  const weakness = check.cwe.length > 0 ? [`Weakness: ${check.cwe.map((number) => `CWE-${number}`).join(', ')}.`] : [];
  return [`${id}: ${check.title}.`, '', check.why, '', `What to do: ${check.remedy}`, '', known, ...weakness];
}

const modes = { ran: 'an experiment', read: 'reading the files', stated: 'a named person' } as const;

function ended(sentence: string): string {
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}

function aboutControl(id: string): string[] | null {
  const control = controls.find((one) => one.id === id);
  if (!control) return null;
  const there = control.planned.filter((check) => checks[check] !== undefined);
  const missing = control.planned.filter((check) => checks[check] === undefined);
  return [
    `${id}: ${control.name}`,
    '',
    `How it is verified: ${ended(control.recipe)}`,
    `What shows it: ${ended(control.evidence)}`,
    `May be passed by ${control.mode.map((mode) => modes[mode]).join(' or ')}.`,
    `Checks: ${there.join(', ') || 'none in this version'}${missing.length > 0 ? ` (not in this version: ${missing.join(', ')})` : ''}.`,
  ];
}

function aboutTrigger(id: string): string[] | null {
  const policy = Object.values(triggerPolicies).find((one) => one.id === id);
  if (!policy) return null;
  return [
    `${id}: ${policy.title}`,
    '',
    `Blocked while any of these fails or is unproven: ${policy.blocks.join(', ')}.`,
    `A named person may confirm: ${policy.stated.join(', ') || 'none'}.`,
    ...(policy.extends ? [`And everything that blocks ${policy.extends}.`] : []),
  ];
}

function aboutFinding(finding: Finding): string[] {
  const place = finding.where ? [`Where: ${visible(finding.where.file)}:${finding.where.line}`] : [];
  return [
    `${finding.id} (${finding.severity}, ${finding.class})`,
    '',
    visible(finding.message),
    ...(finding.impact ? [visible(finding.impact)] : []),
    ...place,
    ...(finding.disagreement ? [visible(finding.disagreement)] : []),
    ...(finding.proof ? [`Seen: ${visible(finding.proof.observed)}`] : []),
    ...(finding.remedy ? ['', `What to do: ${visible(finding.remedy)}`] : []),
    ...(finding.proof?.scenario ? ['', `Again: ${commandFor(finding)}`] : []),
    '',
    'For your coding tool:',
    ...visible(promptFor(finding))
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}

/** Lines of at most 80 columns, broken between words. */
function wrapped(line: string): string[] {
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = '';
  for (const word of line.trim().split(' ')) {
    if (current !== '' && indent.length + current.length + 1 + word.length > 80) {
      lines.push(indent + current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, indent + current];
}
