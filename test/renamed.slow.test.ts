import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { renaming, told, writeRenamed } from './support/renamed.ts';
import { audited, harbor } from './support/audited.ts';

/*
 * Metamorphic: with routes, tables, columns, functions and files of the flawed example renamed at random, reading and
 * running must say the same, name for name. `bench/renamed.ts` does it for more seeds, and for the words that tell.
 */

const work = mkdtempSync(join(tmpdir(), 'seaworthy-renamed-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('harbor under other names', () => {
  it.each([
    ['plausible', 11],
    ['meaningless', 12],
  ] as const)('reads the same under %s names', async (vocabulary, seed) => {
    const names = renaming(seed, vocabulary);
    const dir = join(work, `read-${vocabulary}`);
    writeRenamed(harbor, dir, names);
    expect(told(await audited(dir, false), names.from)).toEqual(told(await audited(harbor, false)));
  });

  it('runs the same under meaningless names', async () => {
    const names = renaming(13, 'meaningless');
    const dir = join(work, 'run');
    writeRenamed(harbor, dir, names);
    const [original, renamed] = [await audited(harbor, true), await audited(dir, true)];
    expect(original.ran.done, original.ran.reason ?? '').toBe(true);
    // A link to share is known by its name; under another its value is asked about, and nobody is accused.
    const asked = /^security\/response-fields unknown ran  endpoint /;
    const but = (lines: string[]): string[] => lines.filter((line) => !asked.test(line));
    expect(but(told(renamed, names.from))).toEqual(but(told(original)));
  });
});
