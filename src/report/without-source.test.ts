import { describe, expect, it } from 'vitest';
import { report as reportSchema } from '../model/report.ts';
import { toSummaryHtml } from './html.ts';
import { sampleSigned } from './testdata/signed.ts';
import { toJson } from './json.ts';
import { hostile, suffixed } from './testdata/hostile.ts';
import { sampleReport } from './testdata/sample.ts';
import { withoutSource } from './without-source.ts';
import { failures } from './words.ts';

const open = {
  ...sampleReport,
  excerpts: [{ file: 'src/routes/invoices.ts', line: 38, of: 38, lines: ["router.get('/:id', async (req, res) => {"] }],
};

describe('withoutSource', () => {
  it('holds no code, no file, no request and no statement of the report that it was made of', () => {
    const [before, after] = [toJson(open), toJson(withoutSource(open)) + toSummaryHtml(open, sampleSigned)];
    for (const telling of ['src/routes/', 'router.get', 'SELECT ', '"statements"', '"exchanges"']) {
      expect(before.includes(telling), telling).toBe(true);
      expect(after.replaceAll('"proof": null', '').includes(telling), telling).toBe(false);
    }
  });

  it('is still a report, with every finding, verdict and control', () => {
    const closed = reportSchema.parse(withoutSource(open));
    expect(closed.findings.map(({ id, status, severity }) => [id, status, severity])).toEqual(
      open.findings.map(({ id, status, severity }) => [id, status, severity]),
    );
    expect([closed.verdicts, closed.scores]).toEqual([open.verdicts, open.scores]);
    expect(closed.controls.map(({ id, status }) => [id, status])).toEqual(open.controls.map(({ id, status }) => [id, status]));
    expect(toSummaryHtml(open, sampleSigned).match(/<tr id="finding-/g)).toHaveLength(failures(open).length);
  });

  it('escapes what a hostile application says', () => {
    expect(toSummaryHtml(suffixed(hostile), sampleSigned)).not.toMatch(/<script>alert|<img src=x/);
  });
});
