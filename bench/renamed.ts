/**
 * Where Seaworthy leans on names: harbor audited under its own names and under others, and what differs.
 *
 *   node bench/renamed.ts [seeds, default 2] [--read] [--telling | --telling=login,price]
 *
 * Without `--telling` nothing may differ (exit code 1). With it, words go too by which people know what something is for;
 * `--telling` takes them one by one. `--read` leaves out running.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { audited, harbor } from '../test/support/audited.ts';
import { renaming, telling, told, writeRenamed } from '../test/support/renamed.ts';

/** Audits harbor under the names of a seed and prints what is said of it alone, and of the original alone. */
async function compare(label: string, seed: number, words: readonly string[], run: boolean, original: readonly string[]): Promise<boolean> {
  const names = renaming(seed, seed % 2 === 0 ? 'plausible' : 'meaningless', words);
  const dir = mkdtempSync(join(tmpdir(), 'seaworthy-renamed-'));
  try {
    writeRenamed(harbor, dir, names);
    const renamed = told(await audited(dir, run), names.from);
    const lost = original.filter((line) => !renamed.includes(line));
    const added = renamed.filter((line) => !original.includes(line));
    console.log(`${label}: ${lost.length + added.length === 0 ? 'the same' : `${lost.length} lost, ${added.length} new`}`);
    for (const line of lost) console.log(`  - ${line.slice(0, 200)}`);
    for (const line of added) console.log(`  + ${line.slice(0, 200)}`);
    return lost.length + added.length === 0;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

// `--telling` alone means all of them.
const args = process.argv.slice(2).map((arg) => (arg === '--telling' ? `--telling=${telling.join(',')}` : arg));
const { values, positionals } = parseArgs({
  args,
  allowPositionals: true,
  options: { read: { type: 'boolean', default: false }, telling: { type: 'string' } },
});
const run = !values.read;
const original = told(await audited(harbor, run));
if (values.telling !== undefined) {
  for (const word of values.telling.split(',')) await compare(word, 1, [word], run, original);
} else {
  let same = true;
  for (let seed = 1; seed <= Number(positionals[0] ?? 2); seed++) same = (await compare(`seed ${seed}`, seed, [], run, original)) && same;
  process.exitCode = same ? 0 : 1;
}
