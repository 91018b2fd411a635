import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../model/finding.ts';
import type { Baseline, GateResult } from '../model/gate.ts';
import type { Report } from '../model/report.ts';
import { severities } from '../model/words.ts';
import { baselineOf, parseBaseline, writtenBaseline } from './baseline.ts';
import { judgeChange } from './gate.ts';
import type { GateInput } from './gate.ts';

function finding(check: string, name: string, more: Partial<Finding> = {}): Finding {
  return {
    id: `${check}#${name}`,
    fingerprint: `${check} ${name}`,
    check,
    control: check,
    status: 'fail',
    severity: 'high',
    class: 'read',
    title: '',
    subject: { kind: 'function', name },
    message: '',
    impact: '',
    remedy: '',
    where: null,
    marks: [],
    endpoint: null,
    cwe: [],
    standards: [],
    factors: {},
    disagreement: null,
    settle: null,
    proof: null,
    bin: 'before-launch',
    ...more,
  };
}

type Small = Pick<Report, 'findings' | 'controls' | 'passes' | 'ran'> & Partial<Report>;

/** As much of a report as the gate looks at. */
function report(findings: readonly Finding[], more: Partial<Small> = {}): Report {
  return {
    tool: { name: 'seaworthy', version: '1' },
    target: { dir: '.', name: 'app', commit: null },
    startedAt: '2026-03-01T00:00:00.000Z',
    profile: 'public',
    seed: 's',
    findings: [...findings],
    controls: [],
    passes: [],
    ran: { asked: false, done: false, seal: null, reason: null },
    matrix: { cells: [] },
    figures: {},
    ...more,
  } as unknown as Report;
}

function judged(before: readonly Finding[], now: readonly Finding[], more: Partial<GateInput> = {}): GateResult {
  return judgeChange({
    report: report(now),
    baseline: baselineOf(report(before)),
    policy: {},
    waivers: [],
    change: null,
    renamed: new Map(),
    gateTouched: [],
    leftOut: [],
    today: '2026-03-02',
    ...more,
  });
}

describe('the gate', () => {
  const known = finding('a/x', 'src/a.ts f', { marks: ['one'] });

  it('lets through what the baseline knows, and stops what it does not', () => {
    expect(judged([known], [known])).toMatchObject({ passed: true, known: 1 });
    expect(judged([], [known])).toMatchObject({ passed: false, fresh: [{ id: known.id, blocks: true }] });
    expect(judged([known], [])).toMatchObject({ passed: true, mended: [known.id] });
    expect(judged([], [{ ...known, severity: 'low' }])).toMatchObject({ passed: true, fresh: [{ blocks: false }] });
    expect(judged([], [{ ...known, severity: 'low' }], { policy: { blocks: 'low' } })).toMatchObject({ passed: false });
    // Counted over the whole history, it gets worse with every commit.
    expect(judged([], [finding('architecture/hotspots', 'src/a.ts')])).toMatchObject({ passed: true, fresh: [{ blocks: false }] });
  });

  it('stops one that got worse: graver, for somebody else, in more places', () => {
    expect(judged([{ ...known, severity: 'medium' }], [known]).fresh[0]?.worse).toBe('It is high now and was medium.');
    const ran = finding('a/x', 'GET /a', { class: 'ran', fingerprint: 'member', subject: { kind: 'endpoint', name: 'GET /a' } });
    expect(judged([ran], [{ ...ran, fingerprint: 'anybody' }]).fresh[0]?.worse).toContain('Somebody else');
    const table = { ...ran, subject: { kind: 'table' as const, name: 'orders' } };
    const focused = report([{ ...table, fingerprint: 'anybody' }], {
      ran: { asked: true, done: true, seal: null, reason: null, focus: ['GET /a'] },
    });
    expect(judged([table], [], { report: focused })).toMatchObject({ passed: true, known: 1 });
    expect(judged([known], [{ ...known, marks: ['one', 'two'] }]).fresh[0]?.worse).toContain('2 places');
    expect(judged([{ ...known, marks: ['one', 'two'] }], [known])).toMatchObject({ passed: true });
  });

  it('knows a finding again whose code moved, but not one for another', () => {
    const moved = finding('a/x', 'src/b.ts f', { marks: ['one'] });
    expect(judged([known], [moved])).toMatchObject({ passed: true, known: 1, mended: [] });
    // The first was copied, not moved.
    expect(judged([known], [known, moved])).toMatchObject({ passed: false });
    expect(judged([known], [{ ...moved, marks: ['other'] }])).toMatchObject({ passed: false, mended: [known.id] });
    expect(judged([known], [{ ...moved, marks: ['other'] }], { renamed: new Map([['src/b.ts', 'src/a.ts']]) })).toMatchObject({
      passed: true,
    });
    // What moved into a file that had the same fault.
    const two = finding('a/x', 'src/c.ts f', { marks: ['three'] });
    expect(judged([known, two], [{ ...two, marks: ['one', 'three'] }])).toMatchObject({ passed: true });
  });

  it('counts waivers until their day, and wants none for nothing', () => {
    const waiver = { check: 'a/x', subject: 'src/a.ts f', reason: 'a demo', owner: 'Ann Lee', expires: '2026-03-02' };
    expect(judged([], [known], { waivers: [waiver] })).toMatchObject({ passed: true, waived: [{ id: known.id, owner: 'Ann Lee' }] });
    expect(judged([], [known], { waivers: [waiver], today: '2026-03-03' })).toMatchObject({
      passed: false,
      invalidWaivers: [{ why: 'It ended on 2026-03-02.' }],
    });
    const whole = { ran: { asked: true, done: true, seal: null, reason: null } };
    expect(judged([], [], { waivers: [waiver], report: report([], whole) })).toMatchObject({
      passed: false,
      invalidWaivers: [{ why: expect.stringContaining('no such finding') }],
    });
    // Who only read cannot say that there is nothing.
    expect(judged([], [], { waivers: [waiver] })).toMatchObject({ passed: true });
  });

  it('lets figures get better only', () => {
    const figures = (any: number, tests: number) => ({
      'types/any': { value: any, better: 'less' as const, says: 'any' },
      'tests/asserting': { value: tests, better: 'more' as const, says: 'tests' },
    });
    const baseline = baselineOf(report([], { figures: figures(3, 10) }));
    const now = (any: number, tests: number, policy: GateInput['policy'] = {}) =>
      judged([], [], { baseline, policy, report: report([], { figures: figures(any, tests) }) }).passed;
    expect([now(3, 10), now(2, 11), now(4, 10), now(3, 9), now(4, 9, { ratchets: [] })]).toEqual([true, true, false, false, true]);
  });

  it('fails when the application ran before and does not any more', () => {
    const ran = { asked: true, done: true, seal: null, reason: null };
    const baseline = baselineOf(report([], { ran }));
    expect(judged([], [], { baseline, report: report([], { ran: { ...ran, done: false, reason: 'it exits' } }) })).toMatchObject({
      passed: false,
      stopped: [expect.stringContaining('it exits')],
    });
    expect(judged([], [], { baseline })).toMatchObject({ passed: true });
  });

  it('does not take up again by reading what an experiment showed to be no fault', () => {
    const ran = { asked: true, done: true, seal: null, reason: null };
    const passes = [
      { check: 'a/x', title: '', class: 'ran', subjects: ['src/a.ts f'], disagreements: ['src/a.ts f: Reading says otherwise.'] },
    ];
    const baseline = baselineOf(report([], { ran, passes }));
    expect(judged([], [known], { baseline })).toMatchObject({ passed: true, leftOut: [expect.stringContaining('overruled')] });
    expect(judged([], [known], { baseline, report: report([known], { ran }) })).toMatchObject({ passed: false });
  });

  it('is never opened by one more finding', () => {
    const any = fc.record({
      check: fc.constantFrom('a/x', 'a/y'),
      name: fc.constantFrom('a.ts f', 'b.ts f', 'c.ts f'),
      severity: fc.constantFrom(...severities),
      marks: fc.array(fc.constantFrom('1', '2', '3'), { maxLength: 3 }),
    });
    const list = fc.uniqueArray(any, { maxLength: 5, selector: ({ check, name }) => `${check} ${name}` });
    const found = (all: readonly { check: string; name: string; severity: Finding['severity']; marks: string[] }[]) =>
      all.map(({ check, name, severity, marks }) => finding(check, name, { severity, marks }));
    fc.assert(
      fc.property(list, list, fc.nat(), (before, now, drop) => {
        fc.pre(now.length > 0);
        const fewer = now.toSpliced(drop % now.length, 1);
        if (judged(found(before), found(now)).passed) expect(judged(found(before), found(fewer)).passed).toBe(true);
      }),
    );
  });
});

describe('the baseline', () => {
  it('is read as it was written, one line for each finding', () => {
    const baseline: Baseline = baselineOf(report([finding('a/x', 'one'), finding('a/y', 'two')]));
    const text = writtenBaseline(baseline);
    expect(parseBaseline(text, 'file')).toEqual(baseline);
    expect(text.split('\n').filter((line) => line.includes('"fingerprint"'))).toHaveLength(2);
    expect(parseBaseline(writtenBaseline({ ...baseline, findings: [] }), 'file').findings).toEqual([]);
    expect(() => parseBaseline('{}', 'there.json')).toThrow(/there\.json is not a baseline/);
  });
});
