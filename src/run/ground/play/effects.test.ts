import { describe, expect, it } from 'vitest';
import { holds } from './effects.ts';

describe('a column that holds what was sent', () => {
  it.each([
    ['admin', 'admin', true],
    ['admin', 'member', false],
    ['31337.00', '31337', true],
    ['31338', '31337', false],
    ['t', 'true', true],
    ['1', 'true', true],
    ['f', 'false', true],
    ['f', 'true', false],
    ['no', 'false', false],
    ['2001-02-03 13:00:00+01', '2001-02-03T12:00:00.000Z', true],
    ['981201600000', '2001-02-03T12:00:00.000Z', true],
    ['2026-02-03 12:00:00', '2001-02-03T12:00:00.000Z', false],
    ['Hello swabcdefgh bio 7001', 'swabcdefgh bio 7001', true],
    ['swabcdefgh other', 'swabcdefgh bio 7001', false],
    ['', '0', false],
    [null, '', false],
  ])('%s after %s was sent: %s', (stored, sent, expected) => {
    expect(holds(stored, sent)).toBe(expected);
  });
});
