import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { openTree, SeaworthyError } from '../index.ts';
import type { Finding, Report } from '../index.ts';
import { asTest, unitOf } from '../report/as-test/as-test.ts';
import { habitsOf, textsWanted } from '../report/as-test/habits.ts';
import { visible } from '../report/visible.ts';
import { asJson } from './json.ts';
import type { Options } from './options.ts';
import type { Terminal } from './terminal.ts';

const largest = 512 * 1024;

/** Writes a finding as a test of the application's own runner. Throws `usage` where it cannot be one, or where a file stands in its way. */
export async function asTestCommand(report: Report, finding: Finding, dir: string, options: Options, terminal: Terminal): Promise<number> {
  const tree = await openTree(dir);
  const unit = unitOf(report, finding);
  const sizes = new Map(tree.files.map(({ path, bytes }) => [path, bytes]));
  const texts = new Map<string, string>();
  for (const path of textsWanted([...sizes.keys()], unit)) {
    if ((sizes.get(path) ?? 0) <= largest) texts.set(path, (await tree.read(path)).toString('utf8'));
  }
  const habits = habitsOf({ files: [...sizes.keys()], text: (path) => texts.get(path) }, unit);
  const written = asTest(report, finding, habits);
  if ('refused' in written)
    throw new SeaworthyError(
      'usage',
      `${finding.id} cannot be written as a plain test: ${written.refused}.${finding.proof?.scenario ? ` "seaworthy replay ${finding.id}" shows it in the proving ground.` : ''}`,
    );
  const file = options.out === null ? join(tree.root, written.path) : resolve(terminal.cwd, options.out);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, written.text, { flag: options.force ? 'w' : 'wx' });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new SeaworthyError('usage', `${file} is there already; --force overwrites it, --out FILE writes another.`, { cause });
    throw cause;
  }
  const shown = relative(tree.root, file).startsWith('..') ? file : relative(tree.root, file);
  const run = habits.runner.run(shown, habits.loader);
  if (options.format === 'json') {
    terminal.out(asJson({ finding: finding.id, file, run, address: `http://localhost:${habits.port}`, needs: [...written.needs] }));
    return 0;
  }
  terminal.out(
    `${[
      'Wrote a test that fails while this is so, and passes once it is mended:',
      `  ${visible(file)}`,
      '',
      `Run it in ${visible(tree.root)}`,
      `while the application runs at http://localhost:${habits.port} (or set BASE_URL):`,
      `  ${visible(run)}`,
      ...(written.needs.length > 0
        ? ['', `It is skipped, and proves nothing, without ${written.needs.join(', ')}`, 'as the application has it.']
        : []),
    ].join('\n')}\n`,
  );
  return 0;
}
