import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import { openBooted } from '../../ground.testing.ts';
import type { Ground } from '../../index.ts';
import type { Lab, RequestStep, SqlStep } from '../interpreter.ts';
import { newPlayer } from '../people/players.ts';
import { plantRows } from './planting.ts';
import { tablesOf } from '../provenance.ts';
import type { Synthesis } from './synthesis.ts';

const temporary = mkdtempSync(join(tmpdir(), 'planting-test-'));
process.env['TMPDIR'] = temporary;

let ground: Ground;
beforeAll(async () => {
  ground = await openBooted(join(import.meta.dirname, '..', '..', 'testdata', 'bank'));
}, 60_000);
afterAll(async () => {
  await ground.close();
  rmSync(temporary, { recursive: true, force: true });
});

test('plants what leads to the owner, parents first, and leaves the rest', async () => {
  const owner = newPlayer('owner', 'owner', null, 'test');
  await ground.sql('INSERT INTO users (email, password) VALUES ($1, $2)', [`${owner.tag}@example.com`, 'x']);
  owner.values.set('users.id', 1);
  const lab: Lab = { ground, tables: tablesOf((await ground.schema()).tables), players: new Map([['owner', owner]]), saved: new Map() };
  const person = { table: 'public.users', name: 'owner.users', key: { id: '1' }, values: { id: '1' }, by: 'owner' };
  const synthesis: Synthesis = { lab, pool: [person], knowledge: new Map(), made: 0, forms: false };
  const link = (from: string, column: string, to: string) => ({ from: `public.${from}`, column, to: `public.${to}`, key: 'id' });
  const ownership: EvidenceValue<'ownership'> = {
    users: { table: 'public.users', key: 'id', password: 'password', role: null },
    tenants: null,
    roles: [],
    tables: [
      {
        table: 'public.account_holds',
        user: [link('account_holds', 'wallet_id', 'wallets'), link('wallets', 'user_id', 'users')],
        tenant: null,
      },
      { table: 'public.audit_logs', user: [link('audit_logs', 'user_id', 'users')], tenant: null },
      { table: 'public.countries', user: null, tenant: null },
      { table: 'public.riddles', user: [link('riddles', 'user_id', 'users')], tenant: null },
      { table: 'public.users', user: [], tenant: null },
      { table: 'public.wallets', user: [link('wallets', 'user_id', 'users')], tenant: null },
    ],
  };
  const steps: (RequestStep | SqlStep)[] = [];
  expect(await plantRows({ synthesis, ownership, owner, open: false, steps })).toBe(2);
  expect(synthesis.pool.slice(1).map(({ table, name }) => [table, name])).toEqual([
    ['public.wallets', 's1.wallets'],
    ['public.account_holds', 's2.account_holds'],
  ]);
  const [wallet] = await ground.sql('SELECT * FROM wallets');
  expect(wallet).toMatchObject({ user_id: '1', kind: 'savings', state: 'open', credit_limit: '90000.00', labels: '{}' });
  expect(Number(wallet?.['balance'])).toBeGreaterThan(0);
  const [held] = await ground.sql('SELECT * FROM account_holds');
  expect(held).toMatchObject({ wallet_id: wallet?.['id'], api_token: null });
  expect(held?.['reason']).toContain(owner.tag);
  expect(await ground.sql('SELECT * FROM countries UNION ALL SELECT id, entry FROM audit_logs')).toEqual([]);
  // The steps plant the same again elsewhere: they name their rows by templates.
  expect(steps.flatMap((step) => (step.do === 'sql' ? (step.parameters ?? []) : []))).toEqual(
    expect.arrayContaining(['{{owner.users.id}}', '{{s1.wallets.id}}']),
  );
  expect(await plantRows({ synthesis, ownership, owner, open: false, steps })).toBe(0);
});
