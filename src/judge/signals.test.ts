import { describe, expect, it } from 'vitest';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { schemaColumn, schemaTable } from '../model/evidence/schema.testing.ts';
import { decidedByFacts, signalsOf } from './signals.ts';
import { dataClassOf, wordsOf } from './words.ts';

function schema(tables: Record<string, string[]>): EvidenceValue<'schema'> {
  return {
    database: 'postgres',
    from: 'migrations',
    tables: Object.entries(tables).map(([name, columns]) =>
      schemaTable(
        `public.${name}`,
        columns.map((column) => schemaColumn(column)),
      ),
    ),
  };
}

function dependencies(...names: string[]): EvidenceValue<'dependencies'> {
  return {
    units: [
      {
        dir: '.',
        manifest: 'package.json',
        lockfile: null,
        locked: null,
        imports: [],
        lookalikes: [],
        unused: [],
        declared: names.map((name) => ({ name, range: '*', kind: 'runtime' as const })),
      },
    ],
  };
}

describe('signalsOf', () => {
  it('sees money in packages, tables, columns and paths', () => {
    const { money } = signalsOf({
      schema: schema({ wallets: ['id'], bookings: ['priceCents'] }),
      dependencies: dependencies('stripe', 'express'),
      endpoints: [{ id: 'POST /checkout', path: '/checkout' }],
    });
    expect(money.map((place) => place.name)).toEqual(['stripe', 'wallets', 'bookings.priceCents', 'POST /checkout']);
  });

  it('does not take flour for money, nor a product name for a person', () => {
    const signals = signalsOf({
      schema: schema({ ingredients: ['name', 'amount', 'sort_order'], products: ['name'] }),
      dependencies: dependencies('express'),
      endpoints: [],
      calls: { calls: [] },
    });
    expect(signals).toMatchObject({ money: [], personal: [], modelCalls: false });
    expect(decidedByFacts('compliance/card-data', signals)).toBeDefined();
  });

  it('sees people in columns, and in plain names of tables of people', () => {
    const { personal } = signalsOf({ schema: schema({ users: ['email', 'name', 'created_at'], visits: ['diagnosis'] }), endpoints: [] });
    expect(personal.map((place) => place.name)).toEqual(['users.email', 'users.name', 'visits.diagnosis']);
  });

  it('decides nothing about what it could not see', () => {
    const signals = signalsOf({ endpoints: [] });
    expect(signals.modelCalls).toBeNull();
    expect(decidedByFacts('ai/cost-ceiling', signals)).toBeUndefined();
    expect(decidedByFacts('compliance/card-data', signals)).toBeUndefined();
    expect(signalsOf({ endpoints: [], dependencies: dependencies('@anthropic-ai/sdk') }).modelCalls).toBe(true);
  });
});

describe('words', () => {
  it('takes names apart, and takes the worst class', () => {
    expect(wordsOf('users.passwordHash')).toEqual(['users', 'password', 'hash', 'userspassword', 'passwordhash']);
    expect(dataClassOf(['public.api_key'])).toBe('secrets');
    expect(dataClassOf(['public.invoices', 'public.customers'])).toBe('personal');
    expect(dataClassOf(['public.invoices'])).toBe('money');
    expect(dataClassOf(['public.notes'])).toBe('other');
  });

  it('knows a model call by its address, and says nothing where calls were not read', () => {
    const dependencies = { units: [] };
    const call = {
      symbol: 'global:fetch',
      means: 'outbound',
      args: [
        {
          kind: 'template' as const,
          parts: ['', '/chat/completions'],
          holes: [{ kind: 'environment' as const, name: 'BASE', fallback: null }],
        },
      ],
      where: { file: 'a.ts', line: 1, endLine: 1 },
      within: 'a.ts:1',
      routes: [],
      awaited: true,
      inTry: false,
      inLoop: false,
      inTransaction: false,
    };
    expect(signalsOf({ dependencies, endpoints: [], calls: { calls: [call] } }).modelCalls).toBe(true);
    expect(signalsOf({ dependencies, endpoints: [], calls: { calls: [] } }).modelCalls).toBe(false);
    expect(signalsOf({ dependencies, endpoints: [] }).modelCalls).toBeNull();
  });
});
