import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { audit } from '../index.ts';
import type { Report } from '../index.ts';
import { matrixToCsv } from '../report/csv.ts';
import { writers } from '../report/formats.ts';
import { toText, toVerdicts } from '../report/text.ts';
import { answer } from '../report/words.ts';
import { ownFolder, sinceCheckpoint } from './chain.ts';
import { defaultSeed } from './options.ts';
import type { Options } from './options.ts';
import type { Terminal } from './terminal.ts';
import { progressOn } from './progress.ts';

/** Audits a folder, writes the report and prints it; the exit code follows the verdicts that concern this audit. */
export async function auditCommand(options: Options, terminal: Terminal): Promise<number> {
  const dir = resolve(terminal.cwd, options.arguments[0] ?? '.');
  const run = options.run ?? terminal.interactive;
  const progress = progressOn(terminal);
  const report = await audit({
    ...engineOptions(options, terminal),
    dir,
    run,
    whyNot:
      options.run === false
        ? 'not asked for (--no-run)'
        : 'running executes the code of the application, so without a terminal it takes --run',
    listen: progress.listen,
  })
    .finally(progress.end)
    .catch((thrown: unknown) => {
      if (progress.kept.length > 0)
        terminal.err(`Kept for seven days: ${progress.kept.join(', ')}; the same command goes on from there.\n`);
      throw thrown;
    });
  progress.done();
  const out = options.out === null ? await ownFolder(dir) : resolve(terminal.cwd, options.out);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'report.json'), writers.json(report));
  await writeFile(join(out, 'report.html'), writers.html(report));
  await writeFile(join(out, 'matrix.csv'), matrixToCsv(report));
  const place = relative(terminal.cwd, join(out, 'report.html'));
  terminal.out(
    options.format === 'text'
      ? options.quiet
        ? toVerdicts(report, terminal.style)
        : toText(report, {
            style: terminal.style,
            written: place.startsWith('..') ? join(out, 'report.html') : place,
            since: sinceCheckpoint(report, dir),
          })
      : writers[options.format](report),
  );
  return exitCode(report);
}

/** 0 when the answer to "can I launch?" is go or conditional, over the verdicts that concern this audit. */
export function exitCode(report: Report): number {
  return ['go', 'conditional'].includes(answer(report).decision) ? 0 : 1;
}

/** What audit and replay hand to the engine alike. */
export function engineOptions(options: Options, terminal: Terminal) {
  return {
    for: options.for,
    profile: options.profile,
    seed: options.seed ?? defaultSeed,
    ...(options.focus.length > 0 ? { focus: { endpoints: options.focus } } : {}),
    unsealed: options.unsealed,
    install: options.install,
    online: options.online,
    budget: options.budget,
    fresh: options.fresh,
    jobs: terminal.processors,
    now: terminal.now,
    clock: terminal.clock,
    signal: terminal.signal,
  };
}
