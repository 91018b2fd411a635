import { describe, expect, it } from 'vitest';
import { report as reportSchema } from '../model/report.ts';
import { sampleInput } from '../report/testdata/sample.ts';
import { buildReport } from './report.ts';

const report = buildReport(sampleInput);

describe('buildReport', () => {
  it('gives a report of schema 1', () => {
    expect(reportSchema.parse(report)).toEqual(report);
    expect(report.controls).toHaveLength(113);
  });

  it('concerns the triggers that it detects, or those that were chosen', () => {
    expect(report.for).toEqual(['payments', 'sensitive-data']);
    expect(buildReport({ ...sampleInput, for: ['funding'] }).for).toEqual(['funding']);
  });

  it('joins leaking cells to their findings', () => {
    const leak = report.matrix.cells.find((cell) => cell.endpoint === 'GET /api/invoices/:id' && cell.actor === 'stranger');
    expect(report.findings.find((finding) => finding.id === leak?.finding)?.check).toBe('security/object-authorization');
    expect(report.matrix.cells.filter((cell) => cell.outcome !== 'leak' && cell.finding !== null)).toEqual([]);
  });

  it('plans every fault that cannot wait, once, in the order of the work', () => {
    const planned = report.plan.flatMap((step) => step.findings);
    const pressing = report.findings.filter(
      (finding) => finding.status === 'fail' && (finding.bin === 'before-launch' || finding.bin === 'before-scaling'),
    );
    expect(planned.filter((id) => pressing.some((finding) => finding.id === id)).toSorted()).toEqual(
      pressing.map((finding) => finding.id).toSorted(),
    );
    expect(report.plan.map((step) => step.title)).toEqual([
      'Review what could not be proven',
      'Close the gaps that let someone harm people or money',
      'Make failure visible',
      'Harden performance under real load',
    ]);
  });

  it('hardens where faults are named, and says unproven elsewhere', () => {
    expect(report.modules.map(({ path, verdict }) => [path, verdict])).toEqual([
      ['src', 'unproven'],
      ['src/routes', 'harden'],
      ['web/src', 'unproven'],
      ['web/src/pages', 'unproven'],
    ]);
  });

  it('keeps thirty modules at most', () => {
    const files = Array.from({ length: 90 }, (_, index) => ({
      path: `src/f${index}/a.ts`,
      bytes: 1,
      lines: 1,
      hash: '',
      language: 'typescript',
    }));
    const flat = files.map((file, index) => ({ ...file, path: `f${index}/a.ts` }));
    for (const some of [files, flat]) {
      const modules = buildReport({ ...sampleInput, values: { files: { root: '', commit: null, files: some } } }).modules;
      expect(modules.length).toBeLessThanOrEqual(30);
      expect(modules.reduce((sum, one) => sum + Number(one.factors['files']), 0)).toBe(90);
    }
  });

  it('does not crash on an application of which nothing is known', () => {
    const empty = buildReport({
      ...sampleInput,
      values: {},
      evidence: {},
      findings: [],
      passes: [],
      notApplicable: [],
      ran: { asked: false, done: false, seal: null, reason: 'not asked' },
    });
    expect(reportSchema.parse(empty)).toEqual(empty);
    expect(empty).toMatchObject({ for: [], works: null, plan: [], modules: [] });
  });
});

describe('profiles', () => {
  it('list less for fewer people, and count what they leave out', () => {
    const [open, colleagues, shown] = (['public', 'internal', 'prototype'] as const).map((profile) =>
      buildReport({ ...sampleInput, profile }),
    );
    expect(open?.coverage.unlisted).toBe(0);
    expect(colleagues?.findings.length).toBeLessThan(open?.findings.length ?? 0);
    expect(shown?.findings.length).toBeLessThanOrEqual(colleagues?.findings.length ?? 0);
    for (const one of [colleagues, shown]) expect((one?.findings.length ?? 0) + (one?.coverage.unlisted ?? 0)).toBe(open?.findings.length);
    // What is grave is said to everybody.
    const grave = open?.findings
      .filter(({ severity, status }) => status === 'fail' && (severity === 'critical' || severity === 'high'))
      .map(({ id }) => id);
    expect(shown?.findings.map(({ id }) => id)).toEqual(expect.arrayContaining(grave ?? ['none']));
  });
});
