import { describe, expect, it } from 'vitest';
import type { Surroundings } from './plan.ts';
import { repaired } from './repair.ts';

const app: Surroundings = {
  cwd: '/',
  port: 3000,
  health: '/',
  env: { LIMIT_A: 'sw-1', LIMIT_AB: 'sw-2' },
  invented: [
    { name: 'LIMIT_A', shape: 'word' },
    { name: 'LIMIT_AB', shape: 'word' },
  ],
  notes: [],
};

describe('repaired', () => {
  it('tries one value after another for the variable that the app names, and no other', () => {
    const tried = new Map<string, number>();
    const words = 'LIMIT_AB: expected number';
    const first = repaired(app, words, tried);
    expect(first?.env).toEqual({ LIMIT_A: 'sw-1' });
    const second = first && repaired(first, words, tried);
    expect(second?.env).toEqual({ LIMIT_A: 'sw-1', LIMIT_AB: '1000' });
    expect(second?.invented).toContainEqual({ name: 'LIMIT_AB', shape: 'number' });
  });

  it('gives up when the words name no invented variable', () => {
    expect(repaired(app, 'SOMETHING_ELSE is missing', new Map())).toBeNull();
  });
});
