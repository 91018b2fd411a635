import { basename, dirname, join, resolve } from 'node:path';
import { replay, SeaworthyError } from '../index.ts';
import type { Finding, Replayed } from '../index.ts';
import { shownTable } from '../model/words.ts';
import { visible } from '../report/visible.ts';
import { asTestCommand } from './as-test.ts';
import { engineOptions } from './audit.ts';
import type { Options } from './options.ts';
import { progressOn } from './progress.ts';
import { findingOf, readReport } from './saved.ts';
import type { Terminal } from './terminal.ts';

/** Runs the experiment of one finding of the last report again, or writes it as a test. */
export async function replayCommand(options: Options, terminal: Terminal): Promise<number> {
  const [id] = options.arguments;
  if (id === undefined)
    throw new SeaworthyError('usage', 'replay takes the id of a finding, such as security/object-authorization#1a2b3c4d.');
  const file = resolve(terminal.cwd, options.report ?? join('.seaworthy', 'report.json'));
  const report = await readReport(file);
  const finding = findingOf(report, id);
  const dir = resolve(terminal.cwd, options.arguments[1] ?? appOf(file, id));
  if (options.asTest) return asTestCommand(report, finding, dir, options, terminal);
  const progress = progressOn(terminal);
  const replayed = await replay(finding, {
    ...engineOptions(options, terminal),
    dir,
    seed: report.seed,
    run: true,
    listen: progress.listen,
  }).finally(progress.end);
  terminal.out(
    options.format === 'json'
      ? `${JSON.stringify({ finding: finding.id, ...replayed }, null, 2)}\n`
      : described(finding, replayed, terminal),
  );
  return replayed.reproduced === 'no' ? 0 : 1;
}

/** The app that a report is about, by where an audit leaves it. Throws where it was written elsewhere: the wrong app must not be tried. */
function appOf(file: string, id: string): string {
  const folder = dirname(file);
  if (basename(folder) === '.seaworthy') return dirname(folder);
  throw new SeaworthyError('usage', `Which app is this report about? Name its folder: seaworthy replay ${id} <folder> --report ${file}`);
}

function described(finding: Finding, replayed: Replayed, { style }: Terminal): string {
  const verdict = {
    yes: style('red', 'It shows again.'),
    no: style('green', 'It no longer shows.'),
    'not-staged': style('yellow', 'It could not be staged.'),
  }[replayed.reproduced];
  const lines = [style('bold', finding.id), visible(finding.message), ''];
  for (const { actor, request, response, failure } of replayed.exchanges) {
    lines.push(`  ${actor}: ${visible(`${request.method} ${request.path}`)} -> ${response?.status ?? failure ?? 'no answer'}`);
  }
  for (const statement of replayed.statements.slice(0, 6))
    lines.push(
      style('dim', `    ${visible(statement.text.replace(/\s+/g, ' ').slice(0, 160))}`),
      style('dim', `      ${statement.error ?? `${statement.rows} rows`}`),
    );
  for (const row of replayed.rows)
    lines.push(
      `  row: ${shownTable(row.table)} ${Object.entries(row.key)
        .map(([column, value]) => `${column}=${value}`)
        .join(', ')}`,
    );
  return `${[...lines, '', `${verdict} ${replayed.reason}`].join('\n')}\n`;
}
