import { describe, expect, it } from 'vitest';
import type { JudgedCell, RawCell } from './access-judgement.ts';
import { cellOf, rowOf } from './cells.testing.ts';
import { judgeFigures, judgeRoles, rolesLetThrough } from './figure-judgement.ts';
import type { Dependence } from './figure-judgement.ts';

type Facts = Partial<RawCell>;
const cell = (id: string, part: RawCell['part'], facts: Facts = {}): RawCell => cellOf(id, facts.actor ?? part, part, facts);
const order = rowOf('orders', 'customer_name');

/** Orders are kept from everybody outside their tenant; the figures stand in a folder of two guarded endpoints. */
const kept = (other: RawCell['part']): RawCell[] => [
  cell('GET /api/orders', 'owner', { read: [order] }),
  cell('GET /api/orders', other, { status: other === 'anonymous' ? 401 : 200 }),
];
const folder = (part: RawCell['part'], status: number, facts: Facts = {}): RawCell[] => [
  cell('GET /api/admin/settings', part, { ...facts, status }),
  cell('GET /api/admin/stock', part, { ...facts, status }),
];

const dependence = (facts: Partial<Dependence> = {}): Dependence => ({
  tables: ['orders'],
  ofValues: true,
  figure: '"revenue"',
  proof: { scenario: null, observed: '', exchanges: [], statements: [], changes: [] },
  ...facts,
});

function outcomes(cells: readonly RawCell[], found: Map<RawCell, Dependence>, tenants = true, unseen = 0): Record<string, string> {
  const judged = cells.map((raw): JudgedCell => ({ raw, outcome: 'allowed', reason: '' }));
  return Object.fromEntries(
    judgeFigures(judged, found, { tenants, unseen }).map(({ raw, outcome }) => [`${raw.actor} ${raw.route.path}`, outcome]),
  );
}

describe('figures made of the rows of another tenant', () => {
  const mine = cell('GET /api/admin/stats', 'stranger');
  const found = new Map([[mine, dependence({ ofValues: false })]]);
  const signedIn = cell('GET /api/admin/stats', 'anonymous', { status: 401 });

  it('are a leak where the endpoint asks who is calling and such rows are shown to nobody else', () => {
    expect(outcomes([mine, signedIn, ...kept('stranger')], found)['stranger /api/admin/stats']).toBe('leak');
  });

  it.each([
    ['the endpoint asks nobody who they are', [cell('GET /api/admin/stats', 'anonymous'), ...kept('stranger')], true, 0],
    [
      'such rows are shown to other tenants',
      [signedIn, cell('GET /api/orders', 'owner', { read: [order] }), cell('GET /api/orders', 'stranger', { read: [order] })],
      true,
      0,
    ],
    ['there are no tenants', [signedIn, ...kept('stranger')], false, 0],
    ['endpoints were left untried', [signedIn, ...kept('stranger')], true, 2],
  ] as const)('are asked about where %s', (_, others, tenants, unseen) => {
    expect(outcomes([mine, ...others], found, tenants, unseen)['stranger /api/admin/stats']).toBe('unknown');
  });
});

describe('figures that callers without a session see', () => {
  const mine = cell('GET /api/admin/stats', 'anonymous');
  const found = new Map([[mine, dependence()]]);

  it('are a leak where everything beside them is refused and they tell what stands in rows that are kept', () => {
    expect(outcomes([mine, ...folder('anonymous', 401), ...kept('anonymous')], found)['anonymous /api/admin/stats']).toBe('leak');
  });

  it.each([
    ['they only count', new Map([[mine, dependence({ ofValues: false })]]), folder('anonymous', 401)],
    ['something beside them is open too', found, [...folder('anonymous', 401), cell('GET /api/admin/news', 'anonymous')]],
    ['nothing stands beside them', found, []],
  ])('are asked about where %s', (_, dependences, beside) => {
    expect(outcomes([mine, ...beside, ...kept('anonymous')], dependences)['anonymous /api/admin/stats']).toBe('unknown');
  });
});

describe('figures that a role sees', () => {
  const bare = cell('GET /api/admin/stats', 'anonymous');
  const member = cell('GET /api/admin/stats', 'role', { actor: 'role:member' });
  const judged = (cells: RawCell[]) => cells.map((raw): JudgedCell => ({ raw, outcome: 'allowed', reason: '' }));

  it('are a leak only where the guard is missing altogether and would refuse the role, as beside it', () => {
    const refused = judged([member, ...folder('role', 403, { actor: 'role:member' })]);
    expect(rolesLetThrough(refused, [bare])).toEqual([member]);
    expect(rolesLetThrough(refused, [])).toEqual([]);
    expect(rolesLetThrough(judged([member, ...folder('role', 200, { actor: 'role:member' })]), [bare])).toEqual([]);
    expect(judgeRoles(refused, new Map([[member, dependence()]]))[0]?.outcome).toBe('leak');
  });
});
