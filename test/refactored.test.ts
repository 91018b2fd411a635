import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/index.ts';
import { audited, harbor } from './support/audited.ts';
import { writeRefactored } from './support/refactored.ts';

/*
 * A finding is the same finding after its code was moved, its variables were renamed and its file was formatted: its fingerprint,
 * by which the gate and code scanning know it, does not change.
 */

const work = mkdtempSync(join(tmpdir(), 'seaworthy-refactored-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The copies have no history; and how dense escapes from the types are is counted in lines, which formatting makes more or fewer. */
const apart = /^(?:architecture\/hotspots|security\/secrets-in-history|architecture\/types)#/;
const prints = ({ findings }: Report) =>
  findings
    .map(({ id, fingerprint, status }) => `${id} ${fingerprint} ${status}`)
    .filter((text) => !apart.test(text))
    .toSorted();

let original: string[];
beforeAll(async () => {
  original = prints(await audited(harbor, false));
  expect(original.length).toBeGreaterThan(100);
});

describe('fingerprints of the flawed example', () => {
  it.each(Array.from({ length: 20 }, (_, index) => index + 1))('are the same after refactoring %i', async (seed) => {
    const dir = join(work, String(seed));
    await writeRefactored(harbor, dir, seed);
    expect(prints(await audited(dir, false))).toEqual(original);
  });
});
