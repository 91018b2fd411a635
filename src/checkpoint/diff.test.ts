import { describe, expect, it } from 'vitest';
import type { AuditState } from '../model/checkpoint.ts';
import type { Surface } from '../model/surface.ts';
import { buildReport } from '../judge/report.ts';
import { sampleInput } from '../report/testdata/sample.ts';
import { difference } from './diff.ts';
import { expiryOf, stateOf, unknownsOf } from './state.ts';
import { stepsUp } from './steps.ts';

const report = buildReport({ ...sampleInput, target: { ...sampleInput.target, tree: { digest: 'aa', files: 12, settings: 'bb' } } });
const state = stateOf(report, (sentence) => sentence.replaceAll(/\S+\.ts\b/g, '(a file)')) as AuditState;
const access = (endpoint: string, rest: Partial<AuditState['endpoints'][number]>) => ({
  endpoint,
  in: [],
  out: [],
  leaks: [],
  unknown: [],
  ...rest,
});

describe('what a checkpoint keeps of a report', () => {
  it('is the matrix in short, and no place in the source', () => {
    const row = state.endpoints.find(({ endpoint }) => endpoint === 'GET /api/invoices/:id');
    expect(row).toMatchObject({ in: ['accountant', 'admin', 'manager', 'owner'], out: ['anonymous'], leaks: ['stranger', 'viewer'] });
    expect(JSON.stringify(state)).not.toMatch(/src\/|\.ts\b/);
    expect(
      state.findings.every(({ subject }) => ['endpoint', 'table', 'column', 'package'].includes(subject.kind) || subject.name === null),
    ).toBe(true);
  });

  it('is nothing without the code as a hash', () => {
    expect(stateOf(buildReport(sampleInput), String)).toBeNull();
  });

  it('counts from the day of the audit, for as long as was agreed', () => {
    expect(expiryOf(state, { payments: 10 })).toEqual({
      payments: { days: 10, until: '2026-12-01' },
      'sensitive-data': { days: 90, until: '2027-02-19' },
    });
    expect(Object.keys(expiryOf({ ...state, for: [] }, {}))).toHaveLength(5);
    const payments = unknownsOf(state, ['payments']).map(({ control }) => control);
    expect(payments.toSorted()).toEqual(state.verdicts.payments?.unproven.toSorted());
  });
});

describe('the difference of two checkpoints', () => {
  it('is nothing between one and itself', () => {
    const { steps, notes, worse, ...lists } = difference(state, state);
    expect([steps, notes, worse]).toEqual([[], [], false]);
    expect(JSON.stringify(lists).replaceAll(/"\w+":|[[\]{},]/g, '')).toBe('');
  });

  it('says who gets in where they were kept out, the leaks first, and nothing of what is only known now', () => {
    const [before, after] = [
      {
        ...state,
        endpoints: [
          access('GET /a', { out: ['x', 'y'], unknown: ['z', 'w'] }),
          access('GET /b', { in: ['x'], leaks: ['y'] }),
          access('GET /gone', {}),
        ],
      },
      {
        ...state,
        endpoints: [
          access('GET /a', { in: ['x', 'w'], leaks: ['y', 'z'] }),
          access('GET /b', { out: ['x', 'y'] }),
          access('GET /new', { in: ['x'] }),
        ],
      },
    ];
    const found = difference(before, after);
    expect(found.opened).toEqual([
      { endpoint: 'GET /a', actor: 'y', was: 'out', leak: true },
      { endpoint: 'GET /a', actor: 'z', was: 'unknown', leak: true },
      { endpoint: 'GET /a', actor: 'x', was: 'out', leak: false },
    ]);
    expect(found.closed.map(({ actor }) => actor)).toEqual(['x', 'y']);
    expect(found.endpoints).toEqual({ added: ['GET /new'], gone: ['GET /gone'] });
    expect(found.worse).toBe(true);
    expect(difference(after, { ...after, endpoints: before.endpoints.slice(1) }).worse).toBe(true);
  });

  it('says where the code asks less of a caller than before', () => {
    const of = (...intents: (string | undefined)[]) => ({
      ...state,
      endpoints: intents.map((intended, at) => access(`GET /${at}`, intended === undefined ? {} : { intended })),
    });
    const found = difference(
      of('role', 'signed-in', 'signed-in', 'public', undefined),
      of('signed-in', 'unknown', 'role', 'unknown', 'public'),
    );
    expect(found.weaker).toEqual([
      { endpoint: 'GET /0', from: 'role', to: 'signed-in' },
      { endpoint: 'GET /1', from: 'signed-in', to: 'unknown' },
    ]);
    expect(found.worse).toBe(true);
  });

  it('tells faults that are new, graver, gone, and gone without proof', () => {
    const [first, second, ...others] = state.findings.filter(({ status }) => status === 'fail');
    if (!first || !second) throw new Error('the sample has faults');
    const before = { ...state, findings: [{ ...first, severity: 'low' as const }, second, ...others] };
    const after = {
      ...state,
      findings: [
        { ...first, severity: 'high' as const },
        { ...second, fingerprint: 'new' },
        { ...second, fingerprint: 'u', status: 'unknown' as const },
        ...others,
      ],
    };
    const { findings, worse } = difference(before, after);
    expect(findings.added.map(({ fingerprint }) => fingerprint)).toEqual(['new']);
    expect(findings.worse.map(({ was }) => was)).toEqual(['low']);
    expect(findings.gone).toEqual([{ finding: second, open: true }]);
    expect(worse).toBe(true);
    expect(difference(before, { ...before, findings: [] })).toMatchObject({
      worse: false,
      findings: { gone: { length: 2 + others.length } },
    });
  });

  it('says what makes the two hard to compare', () => {
    expect(difference(state, { ...state, ran: false, tool: { ...state.tool, version: '9' } }).notes).toHaveLength(2);
  });
});

describe('steps up in complexity', () => {
  const before: Surface = {
    roles: ['owner'],
    moneyTables: ['orders'],
    personalColumns: ['users.email'],
    services: [{ name: 'stripe', kind: 'payments' }],
    endpoints: 20,
    lines: 4_000,
  };

  it('are new names and growth, each with the audit that it wants', () => {
    const after: Surface = {
      roles: ['owner', 'manager'],
      moneyTables: ['orders', 'wallets'],
      personalColumns: ['users.email', 'users.phone', 'users.dob'],
      services: [
        { name: 'adyen', kind: 'payments' },
        { name: 'api.maps.io', kind: 'other' },
      ],
      endpoints: 25,
      lines: 6_000,
    };
    expect(stepsUp(before, after).map(({ sentence, triggers }) => [sentence, ...triggers])).toEqual([
      ['1 new table with money: wallets', 'payments'],
      ['2 new columns with personal data: users.phone, users.dob', 'sensitive-data'],
      ['1 new role: manager', 'sensitive-data'],
      ['1 new service that takes payments: adyen', 'payments'],
      ['1 new outside service: api.maps.io', 'scale'],
      ['25 endpoints where there were 20', 'sensitive-data'],
      ['6000 lines where there were 4000', 'funding'],
    ]);
  });

  it('are never claimed of what one of the two did not see, nor of a little growth, nor of less', () => {
    expect(stepsUp({ ...before, moneyTables: null, roles: null }, before)).toEqual([]);
    expect(stepsUp(before, { ...before, personalColumns: null, endpoints: 24, lines: 5_900 })).toEqual([]);
    expect(stepsUp(before, { ...before, roles: [], services: [], endpoints: 1, lines: 1 })).toEqual([]);
    expect(stepsUp(null, before)).toEqual([]);
  });
});
