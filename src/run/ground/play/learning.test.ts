import { beforeAll, describe, expect, it } from 'vitest';
import { schemaColumn, schemaTable } from '../../../model/evidence/schema.testing.ts';
import type { Ground } from '../types.ts';
import type { Statement } from '../wire/types.ts';
import { learn } from './learning.ts';
import { playedOf, routeOf, statementOf } from './played.testing.ts';
import { newPlayer } from './players.ts';
import type { Json } from './players.ts';
import { tablesOf } from './provenance.ts';
import { parserReady } from './statement.ts';
import { knowledgeOf } from './synthesis.ts';
import type { Knowledge, Synthesis } from './synthesis.ts';

beforeAll(() => parserReady);

const orders = schemaTable(
  'public.orders',
  ['id', 'status', 'customer_name'].map((name) => schemaColumn(name)),
  { oid: 100 },
);
const owner = newPlayer('owner', 'owner', null, 'seed');

interface Exchange {
  readonly id?: string;
  readonly sent?: { [key: string]: Json };
  readonly path?: string;
  readonly status?: number;
  readonly answer?: unknown;
  readonly statements?: readonly Pick<Statement, 'text' | 'binds' | 'error'>[];
}

/** What one exchange teaches about its route. */
function learned({ id = 'POST /orders', sent = {}, path, status = 400, answer = {}, statements = [] }: Exchange): Knowledge {
  const [method = '', template = ''] = id.split(' ');
  const route = routeOf(id);
  const synthesis: Synthesis = {
    // Learning asks the ground for nothing: what it needs stands in the exchange.
    lab: { ground: {} as Ground, tables: tablesOf([orders]), players: new Map([['owner', owner]]), saved: new Map() },
    pool: [],
    forms: false,
    knowledge: new Map(),
    made: 1,
  };
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
  return knowledgeOf(synthesis, route);
}
const values = (exchange: Exchange): Record<string, Json> => Object.fromEntries(learned(exchange).values);
const asked = (exchange: Exchange): string[] => [...learned(exchange).extra.keys()];

describe('an answer that lists what it wants', () => {
  it.each([
    ['status must be one of pending, paid, sent', 'pending'],
    ['status must be one of [pending, paid]', 'pending'],
    ['"status" should be either pending or paid', 'pending'],
    ["status must be one of 'pending' | 'paid'", 'pending'],
    ['status has to be one of: pending/paid', 'pending'],
  ])('%s', (error, first) => {
    expect(values({ sent: { status: 'x' }, answer: { error } })).toEqual({ 'body:status': first });
  });

  it('is understood in the forms of zod, by path or by the value that was sent', () => {
    const message = 'Invalid option: expected one of "pending"|"paid"';
    expect(values({ sent: { status: 'x' }, answer: { issues: [{ path: ['status'], message }] } })).toMatchObject({
      'body:status': 'pending',
    });
    const old = "Invalid enum value. Expected 'pending' | 'paid', received 'swx'";
    expect(values({ sent: { name: 'n', status: 'swx' }, answer: { error: old } })).toEqual({ 'body:status': 'pending' });
  });

  it('is only believed when the request was refused for what it held', () => {
    const answer = { error: 'status must be one of pending, paid' };
    expect(values({ status: 500, answer })).toEqual({});
    expect(values({ status: 200, answer })).toEqual({});
    expect(values({ id: 'GET /orders', answer })).toEqual({});
    expect(values({ status: 422, answer })).toEqual({ 'body:status': 'pending' });
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

  it('teach nothing by values too short to be told apart', () => {
    const text = 'SELECT status FROM orders WHERE id = $1 AND status = $2';
    const statements = [{ text, binds: ['7', 'true'], error: null }];
    expect(learned({ status: 200, sent: { quantity: 7, paid: true }, statements }).columns.size).toBe(0);
  });
});
