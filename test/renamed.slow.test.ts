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

/**
 * Whose account, what a role is and what is charged are known to readers by their names alone, so these are medium at most; and
 * the copies have no history.
 */
const byName =
  /^(?:architecture\/hotspots|security\/secrets-in-history|compliance\/erasure fail read|correctness\/trusted-values fail read|security\/self-promotion \w+ read) /;
const but = (lines: readonly string[], without: RegExp): string[] => lines.filter((line) => !without.test(line));

describe('harbor under other names', () => {
  it.each([
    ['plausible', 11],
    ['meaningless', 12],
  ] as const)('reads the same under %s names', async (vocabulary, seed) => {
    const names = renaming(seed, vocabulary);
    const dir = join(work, `read-${vocabulary}`);
    writeRenamed(harbor, dir, names);
    expect(but(told(await audited(dir, false), names.from), byName)).toEqual(but(told(await audited(harbor, false)), byName));
  });

  it('runs the same under meaningless names', async () => {
    const names = renaming(13, 'meaningless');
    const dir = join(work, 'run');
    writeRenamed(harbor, dir, names);
    const [original, renamed] = [await audited(harbor, true), await audited(dir, true)];
    expect(original.ran.done, original.ran.reason ?? '').toBe(true);
    // A link to share is known by its name; under another its value is asked about, and nobody is accused.
    const asked = /^security\/response-fields unknown ran  endpoint /;
    const other = new RegExp(`${byName.source}|${asked.source}`);
    expect(but(told(renamed, names.from), other)).toEqual(but(told(original), other));
  });
});
