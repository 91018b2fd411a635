import { describe, expect, it } from 'vitest';
import type { SchemaTable } from '../model/evidence/run.ts';
import { schemaColumn, schemaTable } from '../model/evidence/schema.testing.ts';
import { ownershipOf } from './ownership.ts';
import { blankQuery } from '../model/evidence/query.testing.ts';
import type { Query } from '../model/evidence/query.testing.ts';

function table(name: string, columns: Record<string, string>, references: Record<string, string> = {}): SchemaTable {
  return schemaTable(
    `public.${name}`,
    Object.entries({ id: 'integer', ...columns }).map(([column, type]) =>
      schemaColumn(column, type, { nullable: true, values: column === 'role' ? ['owner', 'member'] : [] }),
    ),
    {
      foreignKeys: Object.entries(references).map(([column, to]) => ({
        name: column,
        columns: [column],
        table: `public.${to}`,
        references: ['id'],
        onDelete: 'NO ACTION',
      })),
    },
  );
}

const users = table(
  'users',
  { email: 'text', password_hash: 'text', role: 'text', organisation_id: 'integer' },
  { organisation_id: 'organisations' },
);

const code = { queries: [], roles: [], doors: [] };

function query(on: string, column: string, value: Query['filters'][number]['value']): Query {
  return { ...blankQuery, routes: ['POST /enter'], tables: [on], filters: [{ table: on, column, value, of: [] }] };
}

describe('ownershipOf', () => {
  it('finds users, tenants, roles and the way to them', () => {
    const found = ownershipOf([
      users,
      table('organisations', { name: 'text' }),
      table('orders', { organisation_id: 'integer' }, { organisation_id: 'organisations' }),
      table('items', { order_id: 'integer' }, { order_id: 'orders' }),
    ]);
    expect(found.users).toEqual({ table: 'public.users', key: 'id', password: 'password_hash', role: 'role' });
    expect(found.tenants).toEqual({ table: 'public.organisations', key: 'id' });
    expect(found.roles).toEqual(['owner', 'member']);
    expect(found.tables.find(({ table: name }) => name === 'public.items')?.tenant?.map(({ to }) => to)).toEqual([
      'public.orders',
      'public.organisations',
    ]);
  });

  it('follows references that only the name declares', () => {
    const found = ownershipOf([users, table('organisations', { name: 'text' }), table('orders', { organisation_id: 'integer' })]);
    expect(found.tables.find(({ table: name }) => name === 'public.orders')?.tenant?.[0]).toMatchObject({
      column: 'organisation_id',
      to: 'public.organisations',
    });
  });

  it('does not take a child of users for their tenant', () => {
    const found = ownershipOf([
      table('users', { email: 'text', password: 'text' }),
      table('posts', { user_id: 'integer' }, { user_id: 'users' }),
    ]);
    expect(found.tenants).toBeNull();
    expect(found.tables.find(({ table: name }) => name === 'public.posts')?.user).toHaveLength(1);
  });

  it('takes passwords that stand beside people for no people', () => {
    const person = table('user', { email: 'text' });
    const account = table('account', { password: 'text', user_id: 'integer' }, { user_id: 'user' });
    expect(ownershipOf([account, person], code).users).toEqual({ table: 'public.user', key: 'id', password: null, role: null });
  });

  it('knows tenants under any name by the statements that the session divides', () => {
    const tables = [
      table('users', { email: 'text', password_hash: 'text', saffron_id: 'integer', country_id: 'integer' }, { saffron_id: 'saffrons' }),
      table('saffrons', { name: 'text' }),
      table('countries', { name: 'text' }),
      table('lanterns', { saffron_id: 'integer', country_id: 'integer' }),
      table('pebbles', { saffron_id: 'integer', country_id: 'integer' }),
    ];
    const divided = [
      query('lanterns', 'saffron_id', { kind: 'session', name: 'saffronId' }),
      query('pebbles', 'saffron_id', { kind: 'session', name: 'saffronId' }),
    ];
    expect(ownershipOf(tables, { ...code, queries: divided }).tenants).toEqual({ table: 'public.saffrons', key: 'id' });
    expect(ownershipOf(tables, { ...code, queries: divided.slice(1) }).tenants).toBeNull();
  });

  it('knows people by where the door looks them up', () => {
    const tables = [table('folks', { contact: 'text' }), table('pebbles', { folk_id: 'integer' }, { folk_id: 'folks' })];
    const queries = [query('folks', 'contact', { kind: 'input', from: 'body', name: 'contact' })];
    expect(ownershipOf(tables, { ...code, queries, doors: ['POST /enter'] }).users?.table).toBe('public.folks');
    expect(ownershipOf(tables, { ...code, queries, doors: ['POST /leave'] }).users).toBeNull();
  });

  it('knows the role by what guards ask for, whatever its column is called', () => {
    const folks = schemaTable('public.users', [
      schemaColumn('id', 'integer', { nullable: false, values: [] }),
      schemaColumn('email', 'text', { nullable: true, values: [] }),
      schemaColumn('mood', 'text', { nullable: true, values: ['calm', 'cross'] }),
      schemaColumn('heron', 'text', { nullable: true, values: ['captain', 'crew'] }),
    ]);
    expect(ownershipOf([folks], { ...code, roles: ['captain'] }).users?.role).toBe('heron');
    expect(ownershipOf([folks], { ...code, roles: ['admin'] }).users?.role).toBeNull();
  });

  it('owns nothing where there are no people', () => {
    expect(ownershipOf([table('countries', { name: 'text' })]).users).toBeNull();
  });
});
