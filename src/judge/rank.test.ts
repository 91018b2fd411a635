import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../model/scenario.ts';
import { rank } from './rank.ts';
import type { RankContext } from './rank.ts';
import { found } from './testdata/parts.ts';

const context: RankContext = {
  endpoints: [
    { id: 'GET /notes', intended: 'signed-in', tables: ['public.notes'] },
    { id: 'GET /invoices', intended: 'signed-in', tables: ['public.invoices'] },
    { id: 'GET /status', intended: 'public', tables: [] },
  ],
  triggers: ['payments'],
  modelCalls: false,
};

const check = 'security/object-authorization';
const at = (name: string, rest = {}) => found(check, check, { subject: { kind: 'endpoint', name }, ...rest });

describe('rank', () => {
  it('shows every factor and their product', () => {
    const [first] = rank([at('GET /invoices', { severity: 'critical' })], context);
    expect(first?.factors).toEqual({ severity: 16, reachability: 3, data: 2, money: 2, actors: 1, rank: 192 });
  });

  it('puts money before notes, and what anyone can do before what a signed-in user can', () => {
    const scenario: Scenario = {
      id: 's',
      title: 's',
      actors: { nobody: { part: 'anonymous', role: null } },
      steps: [{ do: 'request', as: 'nobody', method: 'GET', path: '/notes' }],
      effect: { shows: 'row-read', table: 'public.notes', key: { id: '1' } },
    };
    const proof = { scenario, observed: '', exchanges: [], statements: [], changes: [] };
    const ranked = rank([at('GET /notes', { id: 'b' }), at('GET /notes', { id: 'a', proof }), at('GET /invoices', { id: 'c' })], context);
    expect(ranked.map((finding) => finding.id)).toEqual(['c', 'a', 'b']);
  });

  it('lets nothing that can wait outrank what must be mended before launch', () => {
    const slow = found('performance/query-count', 'performance/queries', {
      id: 'slow',
      severity: 'medium',
      subject: { kind: 'endpoint', name: 'GET /invoices' },
    });
    expect(
      rank([slow, at('GET /x', { id: 'leak', severity: 'medium', subject: { kind: 'file', name: 'x' } })], context).map(
        (finding) => finding.id,
      ),
    ).toEqual(['leak', 'slow']);
  });

  it('orders the same findings the same way, however they come', () => {
    const all = ['x', 'y', 'z'].flatMap((id) => [
      at('GET /notes', { id }),
      at('GET /status', { id: `${id}${id}`, class: 'read' }),
      at('GET /invoices', { id: `u${id}`, status: 'unknown' }),
    ]);
    const order = rank(all, context).map((finding) => finding.id);
    expect(order.slice(-3)).toEqual(['ux', 'uy', 'uz']);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(rank(shuffled, context).map((finding) => finding.id)).toEqual(order);
      }),
    );
  });

  it('bins by what blocks a trigger that applies, and by what harms at once', () => {
    const bins = rank(
      [
        at('GET /a', { id: 'blocks payments', severity: 'medium' }),
        found('performance/query-count', 'performance/queries', { id: 'breaks with growth', severity: 'medium' }),
        found('architecture/dead-code', 'architecture/dead-code', { id: 'hygiene', severity: 'medium' }),
        at('GET /b', { id: 'mild', severity: 'low' }),
        at('GET /c', { id: 'open', status: 'unknown', severity: 'info' }),
        found('security/lockout', 'security/lockout', { id: 'grave but unasked', severity: 'high' }),
      ],
      context,
    );
    expect(Object.fromEntries(bins.map((finding) => [finding.id, finding.bin]))).toEqual({
      'blocks payments': 'before-launch',
      'breaks with growth': 'before-scaling',
      hygiene: 'can-wait',
      mild: 'can-wait',
      open: 'before-launch',
      'grave but unasked': 'before-launch',
    });
  });
});
