import { describe, expect, it } from 'vitest';
import type { Ownership } from '../../model/evidence/derived.ts';
import { schemaColumn, schemaTable } from '../../model/evidence/schema.testing.ts';
import { secrecyOf } from './data-names.ts';
import { protectionOf } from './protected-columns.ts';

const key = (table: string, columns: string[], to: string) => ({
  name: `${table}_fk`,
  columns,
  table: to,
  references: ['id'],
  onDelete: 'NO ACTION',
});
const users = schemaTable(
  'public.users',
  [
    schemaColumn('id', 'integer'),
    schemaColumn('organisation_id', 'integer'),
    schemaColumn('name'),
    schemaColumn('bio'),
    schemaColumn('city'),
    schemaColumn('state'),
    schemaColumn('medical_license_id'),
    schemaColumn('kind', 'text', { values: ['member', 'admin'] }),
    schemaColumn('isAdmin', 'boolean'),
    schemaColumn('password_hash'),
    schemaColumn('reset_token'),
    schemaColumn('credits', 'integer'),
    schemaColumn('plan'),
    schemaColumn('email_verified', 'boolean'),
    schemaColumn('is_active', 'boolean'),
    schemaColumn('created_at', 'timestamp without time zone'),
    schemaColumn('last_seen_at', 'timestamp without time zone'),
  ],
  { foreignKeys: [key('users', ['organisation_id'], 'public.organisations')] },
);
const tasks = schemaTable(
  'public.tasks',
  [
    schemaColumn('id', 'integer'),
    schemaColumn('user_id', 'integer'),
    schemaColumn('assignee_id', 'integer'),
    schemaColumn('status', 'text', { values: ['todo', 'done'] }),
    schemaColumn('role'),
    schemaColumn('is_active', 'boolean'),
    schemaColumn('total_count', 'text'),
  ],
  { foreignKeys: [key('tasks', ['user_id'], 'public.users'), key('tasks', ['assignee_id'], 'public.users')] },
);
const invoices = schemaTable('public.invoices', [
  schemaColumn('id', 'integer'),
  schemaColumn('status', 'text', { values: ['open', 'paid'] }),
  schemaColumn('amountDue', 'numeric(10,2)'),
]);
const link = (from: string, column: string, to: string) => [{ from, column, to, key: 'id' }];
const ownership: Ownership = {
  users: { table: 'public.users', key: 'id', password: 'password_hash', role: 'kind' },
  tenants: { table: 'public.organisations', key: 'id' },
  roles: ['member', 'admin'],
  tables: [
    { table: 'public.users', user: [], tenant: link('public.users', 'organisation_id', 'public.organisations') },
    { table: 'public.tasks', user: link('public.tasks', 'user_id', 'public.users'), tenant: null },
  ],
};

function protectedIn(table: typeof users): Record<string, string> {
  return Object.fromEntries(
    table.columns.flatMap((column) => {
      const protects = protectionOf(table, column, ownership);
      return protects === null ? [] : [[column.name, protects]];
    }),
  );
}

describe('what hangs on a column', () => {
  it('of people: who they are to the application, not what they say of themselves', () => {
    expect(protectedIn(users)).toEqual({
      id: 'key',
      organisation_id: 'owner',
      kind: 'role',
      isAdmin: 'role',
      password_hash: 'credential',
      reset_token: 'credential',
      credits: 'balance',
      plan: 'balance',
      email_verified: 'verification',
      is_active: 'verification',
      created_at: 'time',
    });
  });

  it('of things: whose they are; how far along they are is for their owner to say, unless money hangs on it', () => {
    expect(protectedIn(tasks)).toEqual({ id: 'key', user_id: 'owner' });
    expect(protectedIn(invoices)).toEqual({ id: 'key', status: 'status', amountDue: 'price' });
  });
});

describe('a secret', () => {
  it.each([
    ['password', 'password'],
    ['passwordHash', 'password'],
    ['pwd', 'password'],
    ['reset_password_token', 'recovery'],
    ['confirmation_code', null],
    ['two_factor_secret', 'secret'],
    ['recovery_codes', 'secret'],
    ['totp_secret', 'secret'],
    ['card_cvv', 'secret'],
    ['apikey', 'key'],
    ['refresh_token', 'key'],
    ['token', 'key'],
    ['share_token', null],
    ['fcm_device_token', null],
    ['invite_token', null],
    ['password_changed_at', null],
    ['reset_token_expires', null],
    ['max_tokens', null],
    ['passport_number', null],
    ['content_hash', null],
  ])('%s is of the kind %s', (name, kind) => {
    expect(secrecyOf('public.things', schemaColumn(name), ownership)).toBe(kind);
  });

  it('is a code that opens an account, not one that confirms a booking', () => {
    for (const name of ['emailVerificationToken', 'otp', 'two_factor_code', 'confirmation_code'])
      expect([name, secrecyOf('public.users', schemaColumn(name), ownership)]).toEqual([name, 'recovery']);
  });

  it('is text', () => {
    expect(secrecyOf('public.things', schemaColumn('token', 'integer'), ownership)).toBeNull();
  });
});
