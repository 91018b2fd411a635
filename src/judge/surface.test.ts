import { describe, expect, it } from 'vitest';
import { schemaColumn, schemaTable } from '../model/evidence/schema.testing.ts';
import type { AbstractValue } from '../model/evidence/read.ts';
import type { JudgedEvidence } from './report.ts';
import { surfaceOf } from './surface.ts';

const where = { file: 'a.ts', line: 1, endLine: 1 };
const size = { endpoints: 2, lines: 10 };
const call = (means: string, symbol: string, ...args: AbstractValue[]): NonNullable<JudgedEvidence['calls']>['calls'][number] => ({
  symbol,
  means,
  args,
  where,
  within: 'a.ts:0',
  routes: [],
  awaited: true,
  inTry: false,
  inLoop: false,
  inTransaction: false,
});
const literal = (value: string): AbstractValue => ({ kind: 'literal', value });

describe('surfaceOf', () => {
  it('says null where nobody looked, and keeps the size', () => {
    expect(surfaceOf({}, size)).toEqual({ roles: null, moneyTables: null, personalColumns: null, services: null, ...size });
  });

  it('names tables and columns as people do, from the database and the code alike', () => {
    const { moneyTables, personalColumns } = surfaceOf(
      {
        schema: { database: 'postgres', tables: [schemaTable('public.users', [schemaColumn('id'), schemaColumn('email')])] } as never,
        'declared-columns': {
          columns: [
            { table: 'users', column: 'email', type: 'text', source: 'sql', where },
            { table: 'orders', column: 'price_cents', type: 'int', source: 'sql', where },
            { table: 'notes', column: 'text', type: 'text', source: 'sql', where },
          ],
        },
      },
      size,
    );
    expect(moneyTables).toEqual(['orders']);
    expect(personalColumns).toEqual(['users.email']);
  });

  it('tells services from the own machine and from what is asked of it', () => {
    const { services } = surfaceOf(
      {
        calls: {
          calls: [
            call('outbound-payment', 'npm:stripe#default.paymentIntents.create'),
            call('outbound', 'global:fetch', literal('https://API.acme-maps.io/v1')),
            call('outbound', 'global:fetch', { kind: 'template', parts: ['https://hooks.slack.com/', ''], holes: [{ kind: 'unknown' }] }),
            call('outbound', 'global:fetch', literal('http://localhost:3000/x')),
            call('outbound', 'global:fetch', literal('/api/me')),
            call('outbound', 'global:fetch', { kind: 'unknown' }),
            call('mail', 'npm:@sendgrid/mail#default.send'),
            call('log', 'npm:pino#default'),
          ],
        },
      },
      size,
    );
    expect(services).toEqual([
      { name: '@sendgrid/mail', kind: 'mail' },
      { name: 'api.acme-maps.io', kind: 'other' },
      { name: 'hooks.slack.com', kind: 'other' },
      { name: 'stripe', kind: 'payments' },
    ]);
  });
});
