import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { audit, baselineFile, baselineOf, gate, parseBaseline, SeaworthyError, writtenBaseline } from '../index.ts';
import { gateAnswer, gateToJunit, gateToMarkdown, gateToSarif, gateToText } from '../report/gate.ts';
import { sinceLines } from '../report/since.ts';
import type { Gated } from '../report/gate.ts';
import { writers } from '../report/formats.ts';
import { count } from '../report/words.ts';
import { engineOptions } from './audit.ts';
import { asJson } from './json.ts';
import { defaultSeed } from './options.ts';
import { ownFolder, sinceCheckpoint } from './chain.ts';
import type { Options } from './options.ts';
import { progressOn } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** Stops a change that makes something worse than the baseline says; with `--update` what is there today becomes the baseline. */
export async function gateCommand(options: Options, terminal: Terminal): Promise<number> {
  const dir = resolve(terminal.cwd, options.arguments[0] ?? '.');
  const file = options.baseline === null ? join(dir, baselineFile) : resolve(terminal.cwd, options.baseline);
  const printed = options.format === 'html' || options.format === 'cyclonedx' ? null : printers[options.format];
  if (printed === null) throw new SeaworthyError('usage', `gate prints ${Object.keys(printers).join(', ')}, not ${options.format}.`);
  const before = await readBaseline(file);
  if (before === null && options.baseline !== null && !options.update)
    throw new SeaworthyError('usage', `There is no baseline at ${file}; "seaworthy gate --update" writes one.`);
  const progress = progressOn(terminal);
  const asked = {
    ...engineOptions(options, terminal),
    dir,
    // A gate that somebody waits for reads only, unless it is told to run.
    run: options.run ?? (terminal.interactive && before?.ran === true),
    whyNot: options.run === false ? 'not asked for (--no-run)' : 'running executes the code of the application, so it takes --run',
    seed: options.seed ?? before?.seed ?? defaultSeed,
    fresh: true,
    listen: progress.listen,
  };
  if (options.update) {
    const report = await audit(asked).finally(progress.end);
    if (asked.run && !report.ran.done)
      throw new SeaworthyError(
        'boot-failed',
        `The application could not be run, and a baseline of reading alone is another: ${report.ran.reason ?? 'no reason was seen'}. Without --run it is made.`,
      );
    const now = baselineOf(report);
    await writeFile(file, writtenBaseline(now));
    const known = new Set(before?.findings.map(({ id }) => id));
    const fresh = now.findings.filter(({ id }) => !known.has(id)).length;
    terminal.out(
      options.format === 'json'
        ? asJson({ file, findings: now.findings.length, fresh, ran: now.ran })
        : `Written: ${file}\n${count(now.findings.length, 'finding')} ${now.findings.length === 1 ? 'is' : 'are'} known from now on${before === null ? '' : `, ${fresh} of them new`}. Put the file into the repository.\n`,
    );
    return 0;
  }
  const gated = await gate({ ...asked, baseline: before, base: options.base }).finally(progress.end);
  progress.done();
  const out = options.out === null ? await ownFolder(dir) : resolve(terminal.cwd, options.out);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'report.json'), writers.json(gated.report));
  await writeFile(join(out, 'report.html'), writers.html(gated.report));
  await writeFile(join(out, 'gate.json'), printers.json(gated));
  await writeFile(join(out, 'gate.md'), gateToMarkdown(gated));
  await writeFile(join(out, 'gate.sarif'), gateToSarif(gated));
  const since = options.quiet ? [] : sinceLines(sinceCheckpoint(gated.report, dir), terminal.style);
  const inText = options.quiet ? gateAnswer : gateToText;
  terminal.out(options.format === 'text' ? `${inText(gated, terminal.style)}${since.map((line) => `${line}\n`).join('')}` : printed(gated));
  return gated.result.passed ? 0 : 1;
}

const printers = {
  text: (gated: Gated) => gateToText(gated, (_format, text) => text),
  json: ({ result }: Gated) => `${JSON.stringify(result, null, 2)}\n`,
  markdown: gateToMarkdown,
  sarif: gateToSarif,
  junit: gateToJunit,
} as const;

async function readBaseline(file: string) {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return null;
  }
  return parseBaseline(text, file);
}
