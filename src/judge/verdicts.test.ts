import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decision, profiles, severities, triggers } from '../model/words.ts';
import type { Trigger } from '../model/words.ts';
import { blockingSet, controls as catalogue } from './catalogue/index.ts';
import { judgeControls } from './controls.ts';
import type { ControlInput } from './controls.ts';
import { scores } from './scores.ts';
import { checksOf, found, passed, quiet } from './testdata/parts.ts';
import type { SettledFinding, Signals } from './types.ts';
import { applying, verdicts } from './verdicts.ts';

function judge(input: Partial<ControlInput>, signals: Signals = quiet, chosen: Trigger[] = []) {
  const all: ControlInput = { checks: checksOf(), findings: [], passes: [], notApplicable: [], profile: 'public', ...input };
  const controls = judgeControls({ ...all, signals });
  return {
    controls,
    verdicts: verdicts({ controls, findings: all.findings, signals, for: chosen }),
    scores: scores(controls, signals.modelCalls === true),
  };
}

const everything = catalogue.flatMap((control) =>
  control.planned.map((check) => passed(check, control.mode.includes('ran') ? 'ran' : 'read')),
);
const withoutWords = everything.filter((entry) => entry.check !== 'operability/runbook');

describe('verdicts', () => {
  it('are unproven without evidence', () => {
    for (const trigger of triggers) expect(judge({}).verdicts[trigger].decision).toBe('unproven');
  });

  it('are go when all that is required holds, conditional while only a word is missing', () => {
    const all = judge({ passes: withoutWords });
    expect(all.verdicts['sensitive-data'].decision).toBe('go');
    expect(all.verdicts.payments).toMatchObject({ decision: 'conditional', open: ['operability/runbooks-and-recovery-plan'] });
  });

  it('are no-go when one required control fails, and name the finding', () => {
    const fault = found('security/sql-injection', 'security/sql-injection', { severity: 'medium' });
    const all = judge({ passes: withoutWords, findings: [fault] });
    expect(all.verdicts.payments).toMatchObject({ decision: 'no-go', blockers: [fault.id, 'security/sql-injection'] });
    expect(all.verdicts.scale.decision).toBe('conditional');
  });

  it('are no-go everywhere for a critical that was seen in an experiment', () => {
    const fault = found('security/open-redirect', 'security/open-redirect', { severity: 'critical' });
    const all = judge({ passes: withoutWords, findings: [fault], profile: 'prototype' });
    for (const trigger of triggers) expect(all.verdicts[trigger]).toMatchObject({ decision: 'no-go', blockers: [fault.id] });
  });

  it('apply where money or personal data is, or where they are chosen', () => {
    const signals: Signals = { ...quiet, money: [{ name: 'stripe', because: 'a payment package' }] };
    expect(applying(judge({}, signals).verdicts)).toEqual(['payments']);
    expect(judge({}, signals).verdicts.payments.why).toContain('`stripe`');
    expect(applying(judge({}, signals, ['funding']).verdicts)).toEqual(['funding']);
    expect(applying(judge({}).verdicts)).toEqual([]);
  });

  it('never improve, nor does any score, when a failing finding is added', () => {
    const control = fc.constantFrom(...catalogue);
    const evidence = fc.constantFrom('ran' as const, 'read' as const);
    const subject = fc.constantFrom('GET /a', 'GET /b', 'GET /c').map((name) => ({ kind: 'endpoint' as const, name }));
    const finding = (status: fc.Arbitrary<'fail' | 'unknown'>): fc.Arbitrary<SettledFinding> =>
      fc
        .record({ control, status, severity: fc.constantFrom(...severities), class: evidence, subject, nth: fc.nat(5) })
        .map(({ control: one, nth, ...rest }) => found(one.planned[nth % one.planned.length] ?? '', one.id, rest));
    // Most of the catalogue passes, so that there is something to lose.
    const passes = fc.subarray(withoutWords, { minLength: withoutWords.length - 6 });
    const notApplicable = fc.array(
      control.map((one) => ({ check: one.planned[0] ?? '', reason: 'nothing to examine' })),
      { maxLength: 5 },
    );
    const modelCalls = fc.constantFrom(true, false, null);
    fc.assert(
      fc.property(
        passes,
        notApplicable,
        fc.array(finding(fc.constantFrom('fail', 'unknown')), { maxLength: 4 }),
        finding(fc.constant('fail')),
        fc.constantFrom(...profiles),
        modelCalls,
        (passing, nothing, findings, added, profile, models) => {
          const signals = { ...quiet, modelCalls: models };
          const input = { passes: passing, notApplicable: nothing, profile };
          const before = judge({ ...input, findings }, signals);
          const after = judge({ ...input, findings: [...findings, added] }, signals);
          for (const trigger of triggers) {
            expect(decision.options.indexOf(after.verdicts[trigger].decision)).toBeGreaterThanOrEqual(
              decision.options.indexOf(before.verdicts[trigger].decision),
            );
          }
          for (const [id, score] of Object.entries(after.scores)) {
            const old = before.scores[id] ?? { passed: 0, of: 0 };
            expect(score.passed).toBeLessThanOrEqual(old.passed);
            expect(score.passed * old.of).toBeLessThanOrEqual(old.passed * score.of);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('scores', () => {
  it('put every blocking control under exactly one of six questions', () => {
    const { scores: all } = judge({ passes: withoutWords });
    const blocking = new Set(triggers.flatMap((trigger) => [...blockingSet(trigger, false).blocks]));
    expect(Object.keys(all)).toHaveLength(6);
    expect(Object.values(all).reduce((sum, score) => sum + score.of, 0)).toBe(blocking.size);
  });
});
