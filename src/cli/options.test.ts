import { describe, expect, it } from 'vitest';
import { parse, usage } from './options.ts';

describe('the command line', () => {
  it('takes a time for experimenting, and says nothing when none was given', () => {
    expect(parse(['audit', '--budget', '90s']).budget).toBe(90_000);
    expect(parse(['audit', '--budget', 'full']).budget).toBe('full');
    expect(parse(['audit'])).toMatchObject({ budget: null, fresh: false });
    expect(parse(['audit', '--fresh']).fresh).toBe(true);
  });

  it.each(['', '5', 'soon', '-1m'])('refuses the time "%s" with a sentence', (text) => {
    expect(() => parse(['audit', `--budget=${text}`])).toThrow(`--budget takes a time such as 5m or 90s, or full, not "${text}".`);
  });

  it('explains every option in no more than 80 columns', () => {
    for (const option of ['--budget', '--fresh', '--focus', '--seed']) expect(usage).toContain(`  ${option} `);
    expect(usage.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
