import { describe, expect, it } from 'vitest';
import type { JudgedCell, RawCell } from './access-judgement.ts';
import { cellOf, changeOf, rowOf } from './cells.testing.ts';
import { judgeByIntent } from './intent-judgement.ts';
import { playedOf } from '../ground/play/played.testing.ts';
import { rowKey } from './owners.ts';

const ann = { by: 'Ann Lee', on: '2026-03-01' };
const rule = (endpoint: string, allow: string[], confirmed: typeof ann | null = ann) => ({ endpoint, allow, why: null, confirmed });
const intent = { tenants: true, roles: ['admin', 'member'], roleOf: () => 'member', made: new Set<string>() };

type Said = [JudgedCell['outcome'], string];
/** The outcome of the last cell, and whether the rule speaks of it. */
function judged(
  rules: ReturnType<typeof rule>[],
  cells: readonly (readonly [RawCell, JudgedCell['outcome']])[],
  rest: Partial<typeof intent> = {},
): Said {
  const all = cells.map(([raw, outcome]) => ({ raw, outcome, reason: 'before' }));
  const last = judgeByIntent(all, { ...intent, ...rest, rules }).at(-1);
  return [last?.outcome ?? 'unknown', last?.reason ?? ''];
}

/** A request that caused these changes, whoever's rows they are. */
const causing = (status: number, ...changes: RawCell['changed']) => ({
  ...playedOf({ status }),
  changes: changes.map((change) => ({ ...change, transaction: '1' })),
});

const get = 'GET /api/orders/:id';
const order = rowOf('public.orders', 'total');
const own = [cellOf(get, 'owner', 'owner', { read: [order] }), 'own'] as const;
const member = (facts: Partial<RawCell> = {}) => cellOf(get, 'role:member', 'role', { read: [order], ...facts });
const stranger = (facts: Partial<RawCell> = {}) => cellOf(get, 'stranger', 'stranger', { read: [order], ...facts });

describe('a confirmed rule', () => {
  it('makes of what it allows what is intended, and says by whom', () => {
    expect(judged([rule('* /api/*', ['tenant'])], [own, [member(), 'allowed']])).toEqual([
      'intended',
      'before, as Ann Lee confirmed on 2026-03-01',
    ]);
  });

  it('makes a leak of what it keeps out and rows show', () => {
    const rules = [rule(get, ['admin'])];
    expect(judged(rules, [own, [member(), 'allowed']])).toEqual([
      'leak',
      'shows orders; only admin may, as Ann Lee confirmed on 2026-03-01',
    ]);
    expect(judged(rules, [own, [stranger(), 'unknown']])[0]).toBe('leak');
    expect(judged(rules, [own, [cellOf(get, 'anonymous', 'anonymous', { read: [order] }), 'unknown']])[0]).toBe('leak');
  });

  it('accuses nobody without rows, or by an unguessable link', () => {
    const rules = [rule(get, ['admin'])];
    expect(judged(rules, [own, [member({ read: [] }), 'allowed']])).toEqual(['refused', "answered 200, but with nothing of the owner's"]);
    const blind = [cellOf(get, 'owner', 'owner'), 'own'] as const;
    expect(judged(rules, [blind, [member({ read: [] }), 'allowed']])[0]).toBe('unknown');
    expect(judged(rules, [own, [member({ status: 403, success: false, read: [] }), 'refused']])).toEqual(['refused', 'before']);
    expect(judged(rules, [own, [stranger({ capability: true }), 'shared']])[0]).toBe('shared');
  });

  it('counts changes, but not what the application writes down of its own accord', () => {
    const patch = 'PATCH /api/orders/:id';
    const rules = [rule(patch, ['admin'])];
    const changing = (...changed: RawCell['changed']) => cellOf(patch, 'role:member', 'role', { changed });
    expect(judged(rules, [[changing(changeOf('public.orders', 'update', 'total')), 'allowed']])[1]).toMatch(
      /^changes orders; only admin may/,
    );
    expect(judged(rules, [[changing(changeOf('public.orders', 'update', 'view_count')), 'allowed']])[0]).toBe('unknown');
    const log = changeOf('public.log', 'insert', 'at');
    const refused = cellOf(patch, 'role:guest', 'role', { status: 403, success: false, played: causing(403, log) });
    expect(judged(rules, [[changing(log), 'allowed']])[0]).toBe('leak');
    expect(
      judged(rules, [
        [refused, 'refused'],
        [changing(log), 'allowed'],
      ])[0],
    ).toBe('unknown');
  });

  it('counts what a role adds for itself where the one who may adds the same', () => {
    const post = 'POST /api/products';
    const added = causing(200, changeOf('public.products', 'insert', 'name'));
    const control = [cellOf(post, 'owner', 'owner', { played: added }), 'own'] as const;
    const adding = cellOf(post, 'role:member', 'role', { played: added });
    expect(judged([rule(post, ['admin'])], [control, [adding, 'allowed']])[1]).toMatch(/^adds products; only admin may/);
    // Who makes something new is its owner.
    expect(judged([rule(post, ['admin', 'owner'])], [control, [adding, 'allowed']])[0]).not.toBe('leak');
  });

  it('lets members of a tenant do with their own what owners may', () => {
    const rules = [rule(get, ['owner', 'admin'])];
    expect(judged(rules, [own, [member(), 'allowed']])[0]).toBe('refused');
    expect(judged(rules, [own, [member(), 'allowed']], { made: new Set([rowKey(order)]) })[0]).toBe('leak');
  });

  it('says nothing of roles that the application does not know', () => {
    expect(judged([rule(get, ['Administrator'])], [own, [member(), 'allowed']])).toEqual(['allowed', 'before']);
  });

  it('tells what is meant to work and does not', () => {
    expect(judged([rule(get, ['tenant'])], [own, [member({ status: 403, success: false, read: [] }), 'refused']])).toEqual([
      'refused',
      'answered 403, though it is meant to work, as Ann Lee confirmed on 2026-03-01',
    ]);
    // What works for nobody wants something else: a signature, perhaps.
    const nobody = [cellOf(get, 'owner', 'owner', { status: 401, success: false }), 'unknown'] as const;
    expect(judged([rule(get, ['tenant'])], [nobody, [member({ status: 401, success: false, read: [] }), 'refused']])[1]).toBe('before');
  });
});

describe('sharing by design', () => {
  const leak = [own, [stranger(), 'leak']] as const;

  it('is believed of an endpoint that is named, for reading', () => {
    expect(judged([rule(get, ['signed-in'])], leak)).toEqual(['intended', 'shared by design, as Ann Lee confirmed on 2026-03-01: before']);
  });

  it('is not believed of a whole path, of credentials, or of what changes', () => {
    expect(judged([rule('GET /api/*', ['signed-in'])], leak)[0]).toBe('leak');
    expect(judged([rule(get, ['signed-in'])], [own, [stranger({ read: [rowOf('public.users', 'password_hash')] }), 'leak']])[0]).toBe(
      'leak',
    );
    const patch = 'PATCH /api/orders/:id';
    const changing = cellOf(patch, 'stranger', 'stranger', { changed: [changeOf('public.orders', 'update', 'total')] });
    expect(judged([rule(patch, ['signed-in'])], [[changing, 'leak']])[0]).toBe('leak');
  });

  it('within a tenant is for a person to say, against what the application refuses elsewhere', () => {
    expect(judged([rule(get, ['tenant'])], [own, [member(), 'leak']])[0]).toBe('intended');
    expect(judged([rule('* /api/*', ['tenant'])], [own, [member(), 'leak']])[0]).toBe('leak');
  });
});

describe('a draft', () => {
  it('settles nothing, and hides no confirmed rule', () => {
    expect(judged([rule(get, ['tenant'], null)], [own, [member(), 'allowed']])).toEqual(['allowed', 'before']);
    expect(judged([rule(get, ['tenant'], null), rule('* /api/*', ['admin'])], [own, [member(), 'allowed']])[0]).toBe('leak');
  });
});
