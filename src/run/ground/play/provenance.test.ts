import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { schemaColumn, schemaTable } from '../../../model/evidence/schema.testing.ts';
import type { Statement } from '../wire/types.ts';
import { playedOf, statementOf } from './played.testing.ts';
import { carriedColumns, carries, rowsRead, tablesOf } from './provenance.ts';
import type { ReadRow } from './provenance.ts';
import { parserReady } from './statement.ts';

beforeAll(() => parserReady);

const orders = schemaTable(
  'public.orders',
  [schemaColumn('id', 'integer'), schemaColumn('total', 'integer'), schemaColumn('note'), schemaColumn('email')],
  { oid: 100 },
);
const tables = tablesOf([{ ...orders, name: 'audit.orders', oid: 200 }, orders]);

function statement(text: string, binds: (string | null)[], columns: [string, number, number][], rows: (string | null)[][]): Statement {
  return statementOf({
    text,
    binds,
    columns: columns.map(([name, table, attribute]) => ({ name, table, attribute, type: 25, format: 0 })),
    rows,
    rowCount: rows.length,
    tag: `SELECT ${rows.length}`,
  });
}

const answered = (body: string, sent: { path?: string; body?: string } = {}) =>
  playedOf({ actor: 'stranger', body, sent: { path: '/orders', ...sent } });
const row = (values: ReadRow['values']): ReadRow => ({ table: 'public.orders', key: { id: '1' }, values, where: {} });

describe('tablesOf', () => {
  it('prefers the public schema for a bare name, and gives integers as numbers', () => {
    expect(tables.byRelation('orders')?.name).toBe('public.orders');
    expect(tables.byRelation('nothing')).toBeUndefined();
    expect(tables.json('public.orders', 'id', '17')).toBe(17);
    expect(tables.json('public.orders', 'id', '99999999999999999999')).toBe('99999999999999999999');
    expect(tables.json('public.orders', 'note', '17')).toBe('17');
    expect(tables.json('public.orders', 'id', null)).toBeNull();
  });
});

describe('rowsRead', () => {
  it('names table, key and what was asked for', () => {
    const read = rowsRead(tables, {
      statements: [
        statement(
          'SELECT id, note AS n, now() FROM orders WHERE id = $1',
          ['7'],
          [
            ['id', 100, 1],
            ['n', 100, 3],
            ['now', 0, 0],
          ],
          [['7', 'hello', 'today']],
        ),
      ],
    });
    expect(read).toEqual([{ table: 'public.orders', key: { id: '7' }, values: { id: '7', note: 'hello' }, where: { id: '7' } }]);
  });

  it('asks what picked the row, not what was put into it', () => {
    const text = 'UPDATE orders SET note = $1 WHERE id = $2 RETURNING id';
    const [read] = rowsRead(tables, { statements: [statement(text, ['new', '7'], [['id', 100, 1]], [['7']])] });
    expect(read?.where).toEqual({ id: '7' });
  });

  it('has no key where the statement did not select it, and no row for the empty side of an outer join', () => {
    const columns: [string, number, number][] = [['note', 100, 3]];
    expect(rowsRead(tables, { statements: [statement('SELECT note FROM orders', [], columns, [['hello'], [null]])] })).toEqual([
      { table: 'public.orders', key: {}, values: { note: 'hello' }, where: {} },
    ]);
  });

  it('skips tables that the catalogue does not know', () => {
    expect(rowsRead(tables, { statements: [statement('SELECT a FROM b', [], [['a', 999, 1]], [['x']])] })).toEqual([]);
  });
});

describe('carries', () => {
  it.each([
    ['a canary', 'swabcdefgh note 3', true],
    ['long text', 'twelve chars', true],
    ['short text', 'pending', false],
    ['a date, which many rows share', '2031-01-06 09:00:00', false],
    ['a number of four digits', '4211', true],
    ['a round number', '5000', false],
    ['a small number', '17', false],
    ['a uuid', '5ea30047-0000-4000-8000-000000000007', true],
  ])('%s', (_, value, shown) => {
    expect(carries(answered(JSON.stringify({ value })), row({ note: value }))).toBe(shown);
  });

  it('is not fooled by an echo of the request, in its body or encoded in its path', () => {
    const note = 'swabcdefgh note 3';
    const body = JSON.stringify({ note });
    expect(carries(answered(body, { body }), row({ note }))).toBe(false);
    expect(carries(answered(body, { path: `/orders?q=${encodeURIComponent(note)}` }), row({ note }))).toBe(false);
    expect(carries(answered(body, { path: '/orders?q=100%' }), row({ note }))).toBe(true);
  });

  it('finds numbers as numbers, not inside longer ones', () => {
    expect(carries(answered('{"total":4211}'), row({ total: '4211' }))).toBe(true);
    expect(carries(answered('{"total":14211}'), row({ total: '4211' }))).toBe(false);
    expect(carries(answered('{"before":14211,"total":4211}'), row({ total: '4211' }))).toBe(true);
    expect(carries(answered('{"total":42113}'), row({ total: '4211' }))).toBe(false);
    expect(carries(answered('{"total":0.4211}'), row({ total: '4211' }))).toBe(false);
    expect(carries(answered('{"total":42.15}'), row({ total: '42.1500' }))).toBe(true);
  });

  it('finds text as JSON escapes it', () => {
    const note = 'swabcdefgh "quoted"\nline';
    expect(carries(answered(JSON.stringify({ note })), row({ note }))).toBe(true);
  });

  it('names the columns that show, and none where there was no answer', () => {
    const values = { id: '1', email: 'swabcdefgh7@example.com', note: 'swabcdefgh note', total: null };
    expect(carriedColumns(answered('[{"email":"swabcdefgh7@example.com"}]'), row(values))).toEqual(['email']);
    const silent = answered('');
    expect(carriedColumns({ ...silent, exchange: { ...silent.exchange, response: null } }, row(values))).toEqual([]);
  });

  it('names long texts too where something unique gives the row away, and not without it', () => {
    const values = { note: 'swabcdefgh note', phone: '+14155552345', state: 'open' };
    const { note, phone, state } = values;
    expect(carriedColumns(answered(JSON.stringify({ note, phone, state })), row(values))).toEqual(['note', 'phone']);
    expect(carriedColumns(answered(JSON.stringify({ phone, state })), row(values))).toEqual([]);
  });

  it('finds every canary that an answer holds, and never one that was sent', () => {
    const canary = fc
      .tuple(fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 8, maxLength: 8 }), fc.string())
      .map(([letters, rest]) => `sw${letters}${rest}`);
    fc.assert(
      fc.property(canary, fc.jsonValue(), (note, beside) => {
        const body = JSON.stringify({ beside, note });
        expect(carries(answered(body), row({ note }))).toBe(true);
        expect(carries(answered(body, { body: JSON.stringify([note]) }), row({ note }))).toBe(false);
      }),
    );
  });
});
