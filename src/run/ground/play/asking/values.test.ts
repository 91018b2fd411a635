import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import { schemaColumn } from '../../../../model/evidence/schema.testing.ts';
import { isNumeric, plainField, valueFor } from './values.ts';
import type { FieldContext } from './values.ts';

type Column = SchemaTable['columns'][number];

const column = (type: string, more: Partial<Column> = {}) => schemaColumn('x', type, { nullable: true, ...more });
const value = (field: string | Partial<FieldContext['field']>, more: Partial<FieldContext> = {}) =>
  valueFor({
    field: typeof field === 'string' ? plainField(field) : { ...plainField('x'), ...field },
    column: null,
    attempt: 0,
    serial: 7,
    ...more,
  });

describe('valueFor', () => {
  it.each([
    ['email', '{{me.tag}}7@example.com'],
    ['contactEmail', '{{me.tag}}7@example.com'],
    ['mail', '{{me.tag}}7@example.com'],
    ['password', '{{me.password}}'],
    ['currency', 'USD'],
    ['website', 'https://example.com/{{me.tag}}'],
    ['quantity', 3],
    ['limit', 100],
    ['sort', ''],
    ['isActive', true],
    // What its owner shows to everybody is no leak.
    ['isPublic', false],
    ['title', '{{me.tag}} title 7'],
  ])('%s', (name, expected) => {
    expect(value(name)).toBe(expected);
  });

  it('takes a value that the code or the database allows before any guess', () => {
    expect(value({ name: 'email', values: ['first', 'second'] })).toBe('first');
    expect(value('status', { column: column('text', { values: ['pending', 'paid'] }) })).toBe('pending');
  });

  it('follows the type of the column where the name says nothing', () => {
    expect(value('x', { column: column('boolean') })).toBe(true);
    expect(value('x', { column: column('integer') })).toBe(3);
    expect(value('x', { column: column('uuid') })).toBe('5ea30047-0000-4000-8000-000000000007');
    expect(value('x', { column: column('jsonb') })).toEqual({ note: '{{me.tag}}' });
    expect(value('medicines', { column: column('jsonb') })).toEqual([{ name: '{{me.tag}}', note: '{{me.tag}}' }]);
    expect(value('settings', { column: column('jsonb') })).toEqual({ note: '{{me.tag}}' });
    expect(value({ name: 'recipients', type: 'array' })).toEqual(['{{me.email}}']);
    expect(value('x', { column: column('timestamp with time zone') })).toMatch(/^2031-01-\d\dT09:00:00\.000Z$/);
  });

  it('follows the schema of the field', () => {
    expect(value({ type: 'string', name: 'amount' }, { column: column('numeric(15,2)') })).toBe('4818');
    expect(value({ type: 'array', fields: ['productId', 'quantity'] })).toEqual([{ productId: '{{me.tag}} productId 7', quantity: 3 }]);
    expect(value({ type: 'array' })).toEqual([]);
    expect(value({ type: 'string', name: 'price' })).toMatch(/^\d+$/);
    expect(value({ type: 'integer', minimum: 5, maximum: 9 })).toBe(5);
    expect(value({ type: 'integer', name: 'amount', maximum: 9 })).toBe(9);
  });

  it('sends days where days are wanted, an end after its beginning, and the same in every run', () => {
    expect(value('birth_date')).toBe('2031-01-13');
    expect(String(value('end_date')) > String(value('start_date'))).toBe(true);
    expect(value('starts_at')).toBe(value('starts_at'));
  });

  it('tries plainer values later', () => {
    expect(value('amount', { attempt: 1 })).toBe(1);
    expect(value('amount')).toBeGreaterThan(1000);
  });

  it('fits into a column of any length, with a whole canary or without one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.constantFrom('title', 'email', 'slug', 'website'), (length, name) => {
        const text = String(value(name, { column: column(`character varying(${length})`) })).replace('{{me.tag}}', 'swabcdefgh');
        expect(text.length).toBeLessThanOrEqual(length);
        expect(text.includes('{{')).toBe(false);
      }),
    );
  });

  it('stays inside the bounds of a number, whatever its name', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(1000), fc.constantFrom('price', 'quantity', 'x', 'year'), (minimum, more, name) => {
        const made = value({ name, type: 'integer', minimum, maximum: minimum + more });
        expect(made).toBeGreaterThanOrEqual(minimum);
        expect(made).toBeLessThanOrEqual(minimum + more);
      }),
    );
  });
});

describe('isNumeric', () => {
  it('knows the number types of Postgres', () => {
    expect(['integer', 'numeric(10,2)', 'double precision', 'real', 'bigint'].every(isNumeric)).toBe(true);
    expect(['text', 'interval', 'timestamp', undefined].some(isNumeric)).toBe(false);
  });
});

describe('amounts', () => {
  it('fall from request to request, and differ within one', () => {
    const at = (made: number, index: number): number => Number(value('amount', { serial: made * 10 + index }));
    for (let made = 0; made < 400; made += 20) {
      expect(at(made + 20, 9)).toBeLessThan(at(made, 0) + 9);
      expect(new Set([0, 1, 2].map((index) => at(made, index))).size).toBe(3);
    }
    expect(at(0, 0)).toBeGreaterThan(at(20, 0));
    expect(at(300, 0)).toBeGreaterThan(at(900, 0));
  });
});
