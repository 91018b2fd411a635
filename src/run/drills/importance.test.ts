import { describe, expect, it } from 'vitest';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { schemaColumn, schemaTable } from '../../model/evidence/schema.testing.ts';
import { routeOf } from '../ground/play/played.testing.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { byImportance, importanceOf } from './importance.ts';
import { blankQuery } from '../../model/evidence/query.testing.ts';

const where = { file: 'app.js', line: 1, endLine: 1 };

function route(id: string, guarded = false): Route {
  const guard = { name: 'requireSession', symbol: null, does: ['authentication' as const], refuses: true, roles: [], where };
  return { ...routeOf(id), guards: guarded ? [guard] : [] };
}

const table = (name: string, ...columns: string[]) =>
  schemaTable(
    `public.${name}`,
    columns.map((column) => schemaColumn(column)),
  );

const tables = [table('users', 'id', 'email'), table('notes', 'id', 'user_id', 'body'), table('plans', 'id', 'title')];
const link = { from: 'public.notes', column: 'user_id', to: 'public.users', key: 'id' };
const ownership: EvidenceValue<'ownership'> = {
  users: { table: 'public.users', key: 'id', password: null, role: null },
  tenants: null,
  roles: [],
  tables: [
    { table: 'public.users', user: [], tenant: null },
    { table: 'public.notes', user: [link], tenant: null },
    { table: 'public.plans', user: null, tenant: null },
  ],
};
const queriesOn = (...pairs: [table: string, ...routes: string[]][]): EvidenceValue<'queries'> => ({
  queries: pairs.map(([name, ...routes]) => ({ ...blankQuery, tables: [name], routes })),
  declared: [],
  rowSecurity: false,
});

describe('importance', () => {
  const routes = ['GET /', 'GET /plans', 'GET /things/:id', 'GET /notes', 'GET /me'].map((id) => route(id, id === 'GET /me'));
  const queries = queriesOn(['plans', 'GET /plans'], ['notes', 'GET /notes'], ['users', 'GET /me']);

  it('puts owned personal data before other owned data, that before what picks an object, and public pages last', () => {
    const known = { routes, tables, ownership, queries };
    expect(byImportance(routes, known).map(({ id }) => id)).toEqual(['GET /me', 'GET /notes', 'GET /things/:id', 'GET /', 'GET /plans']);
  });

  it('does not take the statement that looks every caller up for what an endpoint is about', () => {
    const lookUp = queriesOn(['users', ...routes.map(({ id }) => id)]);
    expect(routes.map(importanceOf({ routes, tables, ownership, queries: lookUp }))).toEqual([0, 0, 1, 0, 1]);
  });

  it('learns from the rows that the access experiment saw', () => {
    const cell = {
      endpoint: 'GET /plans',
      actor: 'owner',
      outcome: 'own' as const,
      reason: '',
      status: 200,
      changed: [],
      byId: false,
      columns: [],
      proof: null,
      read: [{ table: 'public.notes', key: { id: '1' } }],
    };
    expect(routes.map(importanceOf({ routes, tables, ownership, access: { cells: [cell] } }))).toEqual([0, 2, 1, 0, 1]);
  });

  it('goes by the path where no statement is known, but not for public pages', () => {
    const named = [route('POST /api/payments'), route('GET /members', true), route('GET /orders'), route('POST /api/ideas')];
    expect(named.map(importanceOf({ routes: named, tables, ownership }))).toEqual([3, 3, 0, 1]);
  });
});
