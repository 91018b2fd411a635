import { describe, expect, it } from 'vitest';
import type { ControlResult } from '../model/control.ts';
import { judgeControls } from './controls.ts';
import type { ControlInput } from './controls.ts';
import { checksOf, found, meta, passed } from './testdata/parts.ts';

const nothing: ControlInput = { checks: {}, findings: [], passes: [], notApplicable: [], profile: 'public' };

function judged(control: string, input: Partial<ControlInput>): ControlResult {
  const result = judgeControls({ ...nothing, ...input }).find((one) => one.id === control);
  if (!result) throw new Error(`no control ${control}`);
  return result;
}

const objects = 'security/object-authorization';
const roles = 'security/role-matrix';
const sql = 'security/sql-injection';

describe('judgeControls', () => {
  it('shows all 113 and proves none of them without evidence', () => {
    const results = judgeControls(nothing);
    expect(results).toHaveLength(113);
    expect(new Set(results.map((result) => result.status))).toEqual(new Set(['unproven']));
    expect(judged(objects, {}).reason).toBe('0 of 1 check of this control exists in this version: missing security/object-authorization.');
  });

  it('passes a control when every planned check passed by a class that may pass it', () => {
    expect(judged(objects, { checks: checksOf(objects), passes: [passed(objects)] })).toMatchObject({
      status: 'pass',
      class: 'ran',
      passed: 1,
      of: 1,
    });
  });

  it('does not let reading pass what only running can show', () => {
    const result = judged(objects, { checks: checksOf(objects), passes: [passed(objects, 'read')] });
    expect(result).toMatchObject({ status: 'unproven', settle: 'seaworthy audit --run' });
    expect(judged(objects, { checks: checksOf(objects), passes: [passed(objects, 'read')], ran: true }).settle).toBeNull();
    expect(judged(sql, { checks: checksOf(sql), passes: [passed(sql, 'read')] }).status).toBe('pass');
  });

  it('does not pass a control while planned checks are missing from this version', () => {
    const checks = { 'security/authentication': meta(roles) };
    const result = judged(roles, { checks, passes: [passed('security/authentication')] });
    expect(result.status).toBe('unproven');
    expect(result.reason).toContain('1 of 4 checks of this control exist in this version: missing security/role-authorization');
  });

  it('fails a control by any class, even while checks are missing or doubts are open', () => {
    const checks = { 'security/authentication': meta(roles) };
    const doubt = found('security/authentication', roles, { status: 'unknown', subject: { kind: 'endpoint', name: 'GET /c' } });
    const result = judged(roles, {
      checks,
      findings: [doubt, found('security/authentication', roles, { class: 'read' })],
      passes: [passed('security/authentication')],
    });
    expect(result).toMatchObject({ status: 'fail', class: 'read', passed: 1, of: 2 });
  });

  it('lists what is milder than the policy without failing the control', () => {
    const mild = found(objects, objects, { severity: 'low' });
    expect(judged(objects, { checks: checksOf(objects), findings: [mild], passes: [passed(objects)] })).toMatchObject({ status: 'pass' });
    expect(judged(objects, { checks: checksOf(objects), findings: [mild] }).status).toBe('unproven');
  });

  it('fails a matter of degree only above its share', () => {
    const dead = 'architecture/duplication';
    const many = Array.from({ length: 40 }, (_, index) => `file ${index}`);
    const one = found(dead, dead, { severity: 'medium', class: 'read', subject: { kind: 'file', name: 'x' } });
    expect(judged(dead, { checks: checksOf(dead), findings: [one], passes: [passed(dead, 'read', many)] }).status).toBe('pass');
    expect(judged(dead, { checks: checksOf(dead), findings: [one], passes: [passed(dead, 'read', many.slice(0, 5))] }).status).toBe('fail');
  });

  it('keeps a control open while one subject could not be judged, with the command that settles it', () => {
    const doubt = found(objects, objects, {
      status: 'unknown',
      severity: 'info',
      message: 'Too few rows',
      settle: 'seaworthy audit --budget full',
    });
    expect(judged(objects, { checks: checksOf(objects), findings: [doubt], passes: [passed(objects)] })).toMatchObject({
      status: 'unproven',
      reason: 'Too few rows. 1 others hold.',
      settle: 'seaworthy audit --budget full',
    });
  });

  it('takes a word only where the catalogue lets a person speak, and only until its end', () => {
    const by = { by: 'Ada', statement: 'Restored last week.', on: '2026-11-01', until: '2026-12-01' };
    const stated = [
      { control: 'operability/backup-and-restore', ...by },
      { control: objects, ...by },
    ];
    expect(judged('operability/backup-and-restore', { stated, now: '2026-11-21T00:00:00Z' })).toMatchObject({
      status: 'stated',
      class: 'stated',
    });
    expect(judged('operability/backup-and-restore', { stated, now: '2026-12-02T00:00:00Z' }).status).toBe('unproven');
    expect(judged(objects, { stated, now: '2026-11-21T00:00:00Z' }).status).toBe('unproven');
  });

  it('calls a control not applicable only when all its checks exist and say so, or a fact decides', () => {
    const notApplicable = [{ check: 'security/uploads', reason: 'No endpoint accepts a file' }];
    expect(judged('security/uploads', { checks: checksOf('security/uploads'), notApplicable })).toMatchObject({
      status: 'not-applicable',
      reason: 'No endpoint accepts a file.',
    });
    expect(
      judged(roles, {
        checks: { 'security/authentication': meta(roles) },
        notApplicable: [{ check: 'security/authentication', reason: 'x' }],
      }).status,
    ).toBe('unproven');
    const signals = { money: [], personal: [], modelCalls: false, sawTables: true, sawPackages: true };
    expect(judged('ai/cost-ceiling', { signals }).status).toBe('not-applicable');
    expect(judged('ai/cost-ceiling', { signals: { ...signals, modelCalls: null } }).status).toBe('unproven');
  });

  it('does not nag a prototype, but tells it of what is grave', () => {
    const traces = 'observability/traces';
    expect(judged(traces, { profile: 'prototype', findings: [found(traces, traces, { severity: 'medium' })] }).status).toBe(
      'not-applicable',
    );
    expect(judged(traces, { profile: 'prototype', findings: [found(traces, traces, { severity: 'high' })] }).status).toBe('fail');
  });
});
