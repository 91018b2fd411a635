import { describe, expect, it } from 'vitest';
import { limitOf, spoken } from './duration.ts';

describe('limitOf', () => {
  it.each([
    ['5m', 300_000],
    ['90s', 90_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['0s', 0],
    ['full', 'full'],
  ])('reads %s', (text, limit) => {
    expect(limitOf(text)).toBe(limit);
  });

  it.each(['', '5', 'm', '5 m', '-5m', '5m3s', '5min', 'FULL', '1e3s', '99999999s'])('refuses "%s"', (text) => {
    expect(limitOf(text)).toBeNull();
  });
});

describe('spoken', () => {
  it.each([
    [40, '0 s'],
    [120, '0.1 s'],
    [4_100, '4.1 s'],
    [5_000, '5 s'],
    [9_960, '10 s'],
    [59_700, '1 min'],
    [90_000, '1 min 30 s'],
    [300_000, '5 min'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
  ])('says %i ms as %s', (milliseconds, words) => {
    expect(spoken(milliseconds)).toBe(words);
  });
});
