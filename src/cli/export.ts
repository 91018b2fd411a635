import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isCheckpoint, SeaworthyError } from '../index.ts';
import { writers } from '../report/formats.ts';
import { toSummaryHtml } from '../report/html.ts';
import { withoutSource } from '../report/without-source.ts';
import type { Options } from './options.ts';
import { readReport } from './saved.ts';
import type { Terminal } from './terminal.ts';
import { verified } from './verify.ts';

/** Writes the last report without anything of the source: a page (`--out FILE` says where), or `--format` on standard output. */
export async function exportCommand(options: Options, terminal: Terminal): Promise<number> {
  const dir = resolve(terminal.cwd, options.arguments[0] ?? '.');
  const report = await readReport(resolve(terminal.cwd, options.report ?? join(dir, '.seaworthy', 'report.json')));
  if (options.format !== 'text' && options.format !== 'html') {
    if (options.format === 'sarif') throw new SeaworthyError('usage', 'SARIF is about places in the source, which an export leaves out.');
    terminal.out(writers[options.format](withoutSource(report)));
    return 0;
  }
  const place = { folder: join(dir, '.seaworthy', 'checkpoints'), app: dir };
  const { chain, verification } = await verified(place, options, terminal);
  const last = chain.entries.findLast(isCheckpoint)?.payload.audit;
  const page = toSummaryHtml(report, {
    verification,
    same: last?.startedAt === report.startedAt && last.tree.digest === report.target.tree?.digest,
    on: terminal.now().toISOString().slice(0, 10),
  });
  if (options.format === 'html' && options.out === null) {
    terminal.out(page);
    return 0;
  }
  const file = options.out === null ? join(dir, '.seaworthy', 'summary.html') : resolve(terminal.cwd, options.out);
  await writeFile(file, page);
  terminal.out(options.quiet ? `${file}\n` : `Written without source, requests, statements and names of files: ${file}\n`);
  return 0;
}
