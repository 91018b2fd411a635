import { describe, expect, it } from 'vitest';
import { allows, covers, isExact, ruleFor, rulesOf } from './access-rule.ts';

const who = (endpoint: string, ...patterns: string[]) =>
  ruleFor(
    patterns.map((pattern) => ({ endpoint: pattern })),
    endpoint,
  )?.endpoint;
const caller = (part: string, role: string | null = null) => ({ part, role });

describe('ruleFor', () => {
  it('takes the rule that says most', () => {
    const patterns = ['* /*', '* /api/admin/*', 'GET /api/admin/*', 'GET /api/admin/users/:id', '* /api/admin/users/*'];
    expect(who('GET /api/admin/users/:id', ...patterns)).toBe('GET /api/admin/users/:id');
    expect(who('PUT /api/admin/users/:id', ...patterns)).toBe('* /api/admin/users/*');
    expect(who('GET /api/admin/logs', ...patterns)).toBe('GET /api/admin/*');
    expect(who('DELETE /api/admin', ...patterns)).toBe('* /api/admin/*');
    expect(who('GET /api/administrators', ...patterns)).toBe('* /*');
    expect(who('GET /a', 'POST /a', 'GET /a/b')).toBeUndefined();
  });

  it('does not care what parameters are called, and takes none for a word', () => {
    expect(covers('GET /orders/:id', 'GET /orders/:orderId')).toBe(true);
    expect(covers('GET /orders/:id', 'GET /orders/export')).toBe(false);
    expect(covers('GET /orders/export', 'GET /orders/:id')).toBe(false);
  });

  it('knows a rule for one endpoint from one for many, also where the route has a star of its own', () => {
    expect(isExact('GET /orders/:id', 'GET /orders/:orderId')).toBe(true);
    expect(isExact('* /orders/:id', 'GET /orders/:id')).toBe(false);
    expect(isExact('GET /orders/*', 'GET /orders/:id')).toBe(false);
    expect(isExact('GET /files/*', 'GET /files/*')).toBe(true);
  });
});

describe('allows', () => {
  it('widens from nobody to anyone', () => {
    const callers = [caller('anonymous'), caller('stranger', 'member'), caller('role', 'member'), caller('owner', 'member')];
    const told = (...allow: string[]) => callers.map((one) => allows(allow, one, true));
    expect(told('anyone')).toEqual([true, true, true, true]);
    expect(told('signed-in')).toEqual([false, true, true, true]);
    expect(told('tenant')).toEqual([false, false, true, true]);
    expect(told('owner')).toEqual([false, false, false, true]);
    expect(told('Member')).toEqual([false, null, true, true]);
    expect(told('admin')).toEqual([false, false, false, false]);
    expect(told('nobody')).toEqual([false, false, false, false]);
  });

  it('does not tell where it does not know', () => {
    expect(allows(['tenant'], caller('role', 'member'), false)).toBeNull();
    expect(allows(['admin'], caller('stranger'), true)).toBeNull();
    expect(allows(['admin'], caller('owner'), true)).toBeNull();
  });

  it('tells a role that is called owner from whoever an object belongs to', () => {
    expect(allows(['owner'], caller('role', 'owner'), true)).toBe(false);
    expect(allows(['role:owner'], caller('role', 'owner'), true)).toBe(true);
  });
});

describe('rulesOf', () => {
  it('puts the roles for the names of groups', () => {
    const rules = [{ endpoint: 'GET /a', allow: ['staff', 'owner', 'admin'] }];
    expect(rulesOf({ groups: { staff: ['admin', 'manager'] }, rules })).toEqual([
      { endpoint: 'GET /a', allow: ['admin', 'manager', 'owner'] },
    ]);
  });
});
