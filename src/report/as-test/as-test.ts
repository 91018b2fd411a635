import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import { oneLine } from '../visible.ts';
import type { Refusal } from './acts.ts';
import type { Habits } from './habits.ts';
import { javascript } from './javascript.ts';
import { planOf } from './plan.ts';
import { python } from './python.ts';

/** A finding as a test that needs no proving ground. */
export interface WrittenTest {
  /** Relative to the repository, after the application's habits. */
  readonly path: string;
  readonly text: string;
  /** Variables without which the test is skipped. */
  readonly needs: readonly string[];
}

/** The folder of the application that a finding is about, relative to the repository. */
export function unitOf(report: Report, finding: Finding): string {
  const own = report.endpoints.find(
    (one) => one.method === finding.endpoint?.method && one.path === finding.endpoint.path && finding.endpoint !== null,
  );
  return own?.unit ?? '.';
}

/** The test of a finding in the application's own runner, or why it cannot be told as one. */
export function asTest(report: Report, finding: Finding, habits: Habits): WrittenTest | Refusal {
  const plan = planOf(finding);
  if ('refused' in plan) return plan;
  if (plan.database && habits.language === 'javascript' && habits.driver === null)
    return { refused: 'it needs a look into the database, and the application has no driver that a test could use for that' };
  const path = `${habits.place.folder}/${habits.place.prefix}${slugOf(finding, habits)}${habits.place.suffix}`;
  const needs = [...(plan.database ? ['DATABASE_URL'] : []), ...plan.secrets];
  const preface = [
    `Written by Seaworthy ${report.tool.version} from ${finding.id}.`,
    ...wrapped(`Fails while this is so: ${oneLine(finding.message)}`),
    '',
    ...wrapped(
      `Needs the application running at BASE_URL (http://localhost:${habits.port} where nothing is said)${needs.length > 0 ? `, and ${needs.join(', ')} as the application has ${needs.length === 1 ? 'it' : 'them'}; without, the test is skipped` : ''}. Use a database for tests: what is made here stays there.`,
    ),
    `Run: ${habits.runner.run(path, habits.loader)}`,
  ];
  const text = habits.language === 'python' ? python(plan, habits.port, preface) : javascript(plan, habits, preface);
  return { path, text, needs };
}

/** A file name that says which check and which finding. */
function slugOf({ id, endpoint }: Finding, { language }: Habits): string {
  const [check = '', hash = ''] = id.split('#');
  const words = [check.split('/').at(-1) ?? '', endpoint?.method ?? '', endpoint?.path ?? '', hash].join(' ');
  const slug = words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const short = slug.length > 80 ? `${slug.slice(0, 70).replace(/-$/, '')}-${hash}` : slug;
  return language === 'python' ? short.replaceAll('-', '_') : short;
}

const width = 96;

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
