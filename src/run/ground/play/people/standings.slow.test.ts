import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import { openBooted } from '../../ground.testing.ts';
import { castActors } from './casting.ts';
import { play } from '../interpreter.ts';
import type { Lab } from '../interpreter.ts';
import { routeOf } from '../played.testing.ts';
import { tablesOf } from '../provenance.ts';
import { bodyField } from './sign-up.ts';
import { parserReady } from '../statement.ts';
import type { Route, Synthesis } from '../asking/synthesis.ts';

const temporary = mkdtempSync(join(tmpdir(), 'standings-test-'));
process.env['TMPDIR'] = temporary;
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const link = (from: string, column: string, to: string) => [{ from, column, to, key: 'id' }];
const ownership: EvidenceValue<'ownership'> = {
  users: { table: 'public.users', key: 'id', password: 'password_hash', role: null },
  tenants: { table: 'public.organisations', key: 'id' },
  roles: [],
  tables: [
    { table: 'public.users', user: [], tenant: null },
    { table: 'public.user_roles', user: link('public.user_roles', 'user_id', 'public.users'), tenant: null },
    {
      table: 'public.memberships',
      user: link('public.memberships', 'user_id', 'public.users'),
      tenant: link('public.memberships', 'organisation_id', 'public.organisations'),
    },
  ],
};
const asks: Route['inline'] = [
  { does: ['authentication'], roles: [], refuses: true, name: 'who', where: { file: 'app.js', line: 1, endLine: 1 } },
];
const guardedRead = (id: string): Route => ({ ...routeOf(id), inline: asks });
const entrance = (id: string): Route => ({ ...routeOf(id), inputs: [bodyField('email'), bodyField('password')] });
const entrances = [entrance('POST /register'), entrance('POST /login'), guardedRead('GET /me')];

/** Who can act in the app that says so much of people, with what `path` answers them. */
async function castAt(kind: string, given: typeof ownership, routes: readonly Route[], path: string) {
  await parserReady;
  const ground = await openBooted(join(import.meta.dirname, '..', '..', 'testdata', 'standings'), { config: { env: { STANDINGS: kind } } });
  try {
    const lab: Lab = { ground, tables: tablesOf((await ground.schema()).tables), players: new Map(), saved: new Map() };
    const synthesis: Synthesis = { lab, pool: [], knowledge: new Map(), made: 0, forms: false };
    const { notes, roles } = await castActors(synthesis, [...entrances, ...routes], given, 'test');
    const told: Record<string, unknown> = {};
    for (const name of ['owner', 'stranger', ...roles.map((player) => player.name)]) {
      const { exchange } = await play(lab, { do: 'request', as: name, method: 'GET', path });
      told[name] = exchange.response?.status === 200 ? JSON.parse(exchange.response.body) : exchange.response?.status;
    }
    return { notes, told };
  } finally {
    await ground.close();
  }
}

test('makes members of the tenant of the owner, one for each role, and uses only whom the application takes for them', async () => {
  const { notes, told } = await castAt('roles', ownership, [guardedRead('GET /projects')], '/projects');
  expect(told).toEqual({
    owner: { organisation: 1, role: 'owner', projects: [] },
    stranger: { organisation: 2, role: 'owner', projects: [] },
    'role:owner': { organisation: 1, role: 'owner', projects: [] },
    'role:admin': { organisation: 1, role: 'admin', projects: [] },
    'role:viewer': { organisation: 1, role: 'viewer', projects: [] },
  });
  expect(notes.get('role:admin')).toEqual({
    part: 'role',
    healthy: true,
    obtained: 'signed up; logged in (POST /login); given the role by SQL',
    reason: 'GET /me refuses anonymous callers and answers this actor; the application read that they are admin to answer GET /projects',
  });
  expect(notes.get('role:gold')).toMatchObject({
    healthy: false,
    reason: expect.stringContaining('nothing shows that the application takes them for gold'),
  });
});

test('makes one colleague where members have no roles', async () => {
  const { notes, told } = await castAt('members', ownership, [guardedRead('GET /projects')], '/projects');
  expect(told).toEqual({
    owner: { organisation: 1, projects: [] },
    stranger: { organisation: 2, projects: [] },
    colleague: { organisation: 1, projects: [] },
  });
  expect(notes.get('colleague')?.reason).toContain(
    "the application read that they are a member of the owner's tenant to answer GET /projects",
  );
});

test('finds roles in lists, flags and tables that are joined', async () => {
  const { told } = await castAt('beside', { ...ownership, tenants: null }, [guardedRead('GET /books')], '/me');
  expect(told).toMatchObject({
    'role:auditor': { roles: ['auditor'], is_admin: false },
    'role:editor': { roles: ['editor'], is_admin: false },
    'role:admin': { roles: [], is_admin: true },
    'role:treasurer': { roles: [], is_admin: false },
  });
});
