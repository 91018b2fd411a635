import { describe, expect, it } from 'vitest';
import { pairs } from '../../../test/corpus/flows/pairs.ts';
import type { Pair } from '../../../test/corpus/flows/pairs.ts';
import { app } from './program.testing.ts';

const imports = `import { exec } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import mongoose from 'mongoose';
import escapeHtml from 'escape-html';
import { quote } from 'shell-quote';
`;

/** Pairs of which one side is judged wrongly; what is mended leaves the list. */
const knownWrong: readonly string[] = [];

/** Whether a value of a caller is told to reach the pair's sink. */
async function reaches(pair: Pair, side: 'tainted' | 'safe'): Promise<boolean> {
  const { flows } = await app(imports + pair[side], { ...pair.more, ...(side === 'safe' ? pair.moreSafe : pair.moreTainted) });
  return flows.some(({ sink, verdict }) => sink === pair.sink && verdict === 'input');
}

describe('the corpus of flows', () => {
  it('holds at least sixty pairs', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(60);
    expect(new Set(pairs.map(({ name }) => name)).size).toBe(pairs.length);
  });

  it('is judged rightly on both sides of at least 95 of 100 pairs, and wrongly where it is known', async () => {
    const wrong: string[] = [];
    for (const pair of pairs) {
      if (!(await reaches(pair, 'tainted'))) wrong.push(`${pair.name}: missed`);
      if (await reaches(pair, 'safe')) wrong.push(`${pair.name}: told of the safe side`);
    }
    expect(wrong).toEqual(knownWrong);
    expect(wrong.length).toBeLessThanOrEqual(pairs.length * 0.05);
  });
});
