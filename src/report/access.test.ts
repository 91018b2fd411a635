import { describe, expect, it } from 'vitest';
import { accessText } from './access.ts';
import { hostile, suffixed } from './testdata/hostile.ts';
import { sampleReport } from './testdata/sample.ts';

const plain = (_format: string, text: string) => text;
const { intended } = sampleReport;
if (!intended) throw new Error('the sample has no draft');

describe('accessText', () => {
  it('asks first, then shows the draft with its reasons, then what to type', () => {
    const lines = accessText(sampleReport, intended, plain).split('\n');
    const at = (start: string) => lines.findIndex((line) => line.startsWith(start));
    expect(at(' 1 May a `viewer` change invoices')).toBeGreaterThan(0);
    expect(at('  * /api/admin/* (2 endpoints): admin')).toBeGreaterThan(at(' 1 May'));
    expect(at('  seaworthy access --write')).toBeGreaterThan(at('  * /api/admin/*'));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('counts the questions that it leaves out', () => {
    const questions = Array.from({ length: 23 }, (_, index) => ({
      ask: `May they ${index}?`,
      today: 'yes',
      endpoints: ['GET /a'],
      yes: null,
    }));
    const text = accessText(sampleReport, { ...intended, questions }, plain);
    expect(text).toContain('20 May they 19?');
    expect(text).not.toContain('May they 20?');
    expect(text).toContain('and 3 more: seaworthy access --format json');
  });

  it('shows whatever an application is called without obeying it, and has nobody type it', () => {
    const report = suffixed(hostile);
    const text = accessText(report, report.intended ?? intended, plain);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u200b]/);
    expect(text.split('\n').filter((line) => line.includes('--confirm'))).toEqual([
      '  seaworthy access --confirm "GET /path" --by "Ann"',
      '  seaworthy access --confirm "GET /path" --allow owner --by "Ann"',
    ]);
  });
});
