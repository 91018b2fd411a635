import { beforeAll, describe, expect, it } from 'vitest';
import { schemaColumn, schemaTable } from '../../../../model/evidence/schema.testing.ts';
import type { Want } from '../../../../model/want.ts';
import type { Ground } from '../../types.ts';
import type { Statement } from '../../wire/types.ts';
import { learn } from './learning.ts';
import { playedOf, routeOf, statementOf } from '../played.testing.ts';
import { newPlayer } from '../people/players.ts';
import type { Json } from '../people/players.ts';
import { tablesOf } from '../provenance.ts';
import { parserReady } from '../statement.ts';
import { knowledgeOf } from './synthesis.ts';
import type { Knowledge, Synthesis } from './synthesis.ts';

beforeAll(() => parserReady);

const orders = schemaTable(
  'public.orders',
  [
    schemaColumn('id'),
    schemaColumn('status', 'order_status', { values: ['pending', 'paid'] }),
    schemaColumn('customer_name'),
    schemaColumn('total', 'integer'),
  ],
  { oid: 100, checks: [{ name: 'orders_total_check', definition: 'CHECK ((total > 0))' }] },
);
const lines = schemaTable('public.lines', [schemaColumn('id'), schemaColumn('order_id', 'integer'), schemaColumn('quantity', 'integer')], {
  oid: 101,
  foreignKeys: [{ name: 'lines_order_id_fkey', columns: ['order_id'], table: 'public.orders', references: ['id'], onDelete: 'no action' }],
});
const owner = newPlayer('owner', 'owner', null, 'seed');

interface Exchange {
  readonly id?: string;
  readonly sent?: { [key: string]: Json };
  readonly path?: string;
  readonly status?: number;
  readonly answer?: unknown;
  readonly statements?: readonly Pick<Statement, 'text' | 'binds' | 'error'>[];
}

/** What exchanges teach about their route, the last of them latest. */
function learned(...exchanges: Exchange[]): Knowledge {
  const synthesis: Synthesis = {
    // Learning asks the ground for nothing: what it needs stands in the exchange.
    lab: { ground: {} as Ground, tables: tablesOf([orders, lines]), players: new Map([['owner', owner]]), saved: new Map() },
    pool: [],
    knowledge: new Map(),
    made: 1,
    forms: false,
  };
  const routes = exchanges.map(({ id = 'POST /orders', sent = {}, path, status = 400, answer = {}, statements = [] }) => {
    const [method = '', template = ''] = id.split(' ');
    const route = routeOf(id);
    const played = playedOf({
      method,
      path: template,
      status,
      body: typeof answer === 'string' ? answer : JSON.stringify(answer),
      statements: statements.map((one, index) => statementOf({ ...one, seq: index + 1 })),
      sent: { path: path ?? template, body: JSON.stringify(sent) },
    });
    const step = { do: 'request' as const, as: 'owner', method, path: template, body: sent };
    learn(synthesis, route, { step, objects: [], missing: [] }, played);
    return route;
  });
  return knowledgeOf(synthesis, routes.at(-1) ?? routeOf('POST /orders'));
}
const wanted = (...exchanges: Exchange[]): Record<string, Want[]> => Object.fromEntries(learned(...exchanges).wants);
const pending: Want = { kind: 'one-of', values: ['pending', 'paid'] };
const asked = (exchange: Exchange): string[] => [...learned(exchange).extra.keys()];

describe('an answer that says what it wants', () => {
  it('is remembered by the field that it names', () => {
    expect(wanted({ sent: { status: 'x' }, answer: { error: 'status must be one of pending, paid' } })).toEqual({
      'body:status': [pending],
    });
    expect(wanted({ id: 'GET /orders', path: '/orders?status=x', answer: { error: 'status must be one of pending, paid' } })).toEqual({
      'query:status': [pending],
    });
    expect(wanted({ id: 'GET /orders/:id', path: '/orders/7', answer: { message: 'Validation failed (uuid is expected)' } })).toEqual({
      'params:id': [{ kind: 'format', format: 'uuid' }],
    });
  });

  it('is only believed when the request was refused for what it held', () => {
    const answer = { error: 'status must be one of pending, paid' };
    for (const status of [200, 401, 403, 404, 429, 503]) expect(wanted({ status, sent: { status: 'x' }, answer })).toEqual({});
    expect(wanted({ status: 422, sent: { status: 'x' }, answer })).toEqual({ 'body:status': [pending] });
  });

  it('is looked up in the catalogue where Postgres names a type or a constraint', () => {
    const error = 'new row for relation "orders" violates check constraint "orders_total_check"';
    expect(wanted({ status: 500, sent: { total: 0 }, answer: { error } })).toEqual({
      'body:total': [{ kind: 'minimum', limit: 0, exclusive: true }],
    });
    const of = 'invalid input value for enum order_status: "x"';
    expect(wanted({ sent: { status: 'x', note: 'y' }, answer: { error: of } })).toEqual({ 'body:status': [pending] });
  });

  it('is not believed against a request that succeeded: then it tells of the state of things', () => {
    const worked = { status: 201, sent: { total: 4211, status: 'paid' } };
    const limit = (error: string): Exchange => ({ sent: { total: 4260, status: 'x' }, answer: { error } });
    expect(wanted(worked, limit('total cannot exceed 100'))).toEqual({});
    expect(wanted(worked, limit('note is required'))).toEqual({});
    expect(wanted(worked, limit('total must be a string'))).toEqual({});
    expect(wanted(worked, limit('status must be one of pending, paid'))).toEqual({ 'body:status': [pending] });
  });

  it('replaces what an earlier answer said of the same, and gives up a field that no value can please', () => {
    const first = { issues: [{ code: 'invalid_type', expected: 'date', path: ['due'], message: 'Expected date, received string' }] };
    expect(wanted({ sent: { due: 'soon' }, answer: first })).toEqual({ 'body:due': [{ kind: 'type', type: 'date' }] });
    expect(wanted({ sent: { due: '2031-01-06' }, answer: first })).toEqual({ 'body:due': [{ kind: 'absence' }] });
  });
});

describe('an answer that misses a field', () => {
  it('names it in a sentence, or as the path of an issue', () => {
    expect(asked({ answer: { error: 'customerName is required' } })).toEqual(['body:customerName']);
    expect(asked({ answer: { errors: [{ path: ['customerName'], message: 'Invalid input' }] } })).toEqual(['body:customerName']);
  });

  it('teaches nothing about fields that were sent, or words that are no field', () => {
    expect(asked({ sent: { customerName: 'x' }, answer: { error: 'customerName is required' } })).toEqual([]);
    expect(asked({ sent: { customerName: 'x' }, answer: { errors: [{ path: ['customerName'], message: 'Invalid' }] } })).toEqual([]);
    expect(asked({ answer: { error: 'the body is missing' } })).toEqual([]);
  });
});

describe('statements', () => {
  const error = (code: string, message: string, table?: string): Statement['error'] => ({ code, message, ...(table ? { table } : {}) });

  it('show the column that a field reaches; where it is stored counts more than where it is looked up', () => {
    const known = learned({
      status: 201,
      sent: { customerName: '{{me.tag}} x', note: 'y' },
      statements: [
        { text: 'SELECT id FROM orders WHERE customer_name = $1', binds: [`${owner.tag} x`], error: null },
        { text: 'INSERT INTO orders (customer_name) VALUES ($1)', binds: [`${owner.tag} x`], error: null },
      ],
    });
    expect(Object.fromEntries(known.columns)).toEqual({
      'body:customerName': { table: 'public.orders', column: 'customer_name', how: 'stored' },
    });
  });

  it('show the column that a part of the path picks by', () => {
    const known = learned({
      id: 'GET /orders/:id',
      path: '/orders/a%20b?x=1',
      status: 200,
      statements: [{ text: 'SELECT status FROM orders WHERE id = $1', binds: ['a b'], error: null }],
    });
    expect(known.columns.get('params:id')).toEqual({ table: 'public.orders', column: 'id', how: 'compared' });
  });

  it('ask for what may not be null, in a column that exists', () => {
    const text = 'INSERT INTO orders (id) VALUES ($1)';
    const missing = error('23502', 'null value in column "customer_name" of relation "orders" violates not-null constraint', 'orders');
    const known = learned({ status: 500, statements: [{ text, binds: ['1'], error: missing }] });
    expect([...known.extra.keys()]).toEqual(['body:customer_name']);
    expect(known.columns.get('body:customer_name')).toEqual({ table: 'public.orders', column: 'customer_name', how: 'stored' });
    const duplicate = error('23505', 'duplicate key value violates unique constraint on column "customer_name"', 'orders');
    expect(asked({ status: 409, statements: [{ text, binds: ['1'], error: duplicate }] })).toEqual([]);
  });

  it('show the column of a short value, or of one that became no number on its way, where the database refused it', () => {
    const text = 'SELECT status FROM orders WHERE id = $1';
    const refused = (binds: string[], path: string, id: string) =>
      learned({
        id,
        path,
        status: 500,
        statements: [{ text, binds, error: error('22P02', `invalid input syntax for type text: "${binds[0]}"`) }],
      }).columns;
    const picked = { table: 'public.orders', column: 'id', how: 'compared' };
    expect([...refused(['7'], '/orders/7', 'GET /orders/:order')]).toEqual([['params:order', picked]]);
    expect([...refused(['NaN'], '/find?id=abc&note=x', 'GET /find')]).toEqual([['query:id', picked]]);
    expect([...refused(['NaN'], '/find?total=12&note=x', 'GET /find')]).toEqual([]);
    expect([...refused(['8'], '/orders/7', 'GET /orders/:id')]).toEqual([]);
  });

  it('show what kind of row a field names, where the database knows no such row', () => {
    const text = 'INSERT INTO lines (order_id, quantity) VALUES ($1, $2)';
    const missing = error('23503', 'insert or update on table "lines" violates foreign key constraint "lines_order_id_fkey"', 'lines');
    const { columns } = learned({
      status: 500,
      sent: { fromOrder: 3, quantity: 5 },
      statements: [{ text, binds: ['3', '5'], error: missing }],
    });
    expect([...columns]).toEqual([['body:fromOrder', { table: 'public.lines', column: 'order_id', how: 'stored' }]]);
  });

  it('show the column that a part of the query picks by', () => {
    const known = learned({
      id: 'GET /orders',
      path: '/orders?of=a%20b',
      status: 200,
      statements: [{ text: 'SELECT status FROM orders WHERE id = $1', binds: ['a b'], error: null }],
    });
    expect(known.columns.get('query:of')).toEqual({ table: 'public.orders', column: 'id', how: 'compared' });
  });

  it('teach nothing by values too short to be told apart', () => {
    const text = 'SELECT status FROM orders WHERE id = $1 AND status = $2';
    const statements = [{ text, binds: ['7', 'true'], error: null }];
    expect(learned({ status: 200, sent: { quantity: 7, paid: true }, statements }).columns.size).toBe(0);
  });
});
