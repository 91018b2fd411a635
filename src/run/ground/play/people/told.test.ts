import { expect, test } from 'vitest';
import { newPlayer } from './players.ts';
import { knownBy, madeAt, pathOf } from './told.ts';

const id = { table: 'public.orders', column: 'id', value: '7' };

test.each([
  ['the bare id of what was made', { id: 7, name: 'x' }, true, 'id'],
  ['the id inside what wraps it', { data: { id: 7 } }, true, 'data.id'],
  ['the id of an object that bears the name of the table', { ok: true, order: { id: 7 } }, false, 'order.id'],
  ['a field that bears both names', { orderId: 7 }, false, 'orderId'],
  ['nothing where another object has the same short number', { product: { id: 7 } }, true, null],
  ['nothing where a count happens to be the same', { total: 7 }, true, null],
  ['nothing where something else was made', { id: 7 }, false, null],
])('finds %s', (_what, answer, made, path) => {
  expect(pathOf(answer, { ...id, made })).toBe(path);
});

test('takes an unguessable value wherever it stands, and a reference by its own name', () => {
  const value = '0b0d6a3e-3c1c-4a5e-9d5c-5a5b5a5d5e5f';
  expect(pathOf({ links: [{ self: value }] }, { ...id, value, made: false })).toBe('links.0.self');
  expect(pathOf({ user: { organisationId: 3 } }, { table: 'public.users', column: 'organisation_id', value: '3', made: false })).toBe(
    'user.organisationId',
  );
});

test('knows what a path makes', () => {
  expect(madeAt('/api/orders/{{s3.orders.id}}/notes?x=1', 'public.order_notes')).toBe(true);
  expect(madeAt('/api/orders/{{s3.orders.id}}/pay', 'public.orders')).toBe(false);
});

test('names a row by what its maker wrote into it alone', () => {
  const owner = newPlayer('owner', 'owner', null, 'seed');
  owner.values.set('users.name', `${owner.tag} name 11`);
  const row = { id: '7', author_name: `${owner.tag} name 11`, body: `${owner.tag} body 380` };
  expect(knownBy(row, owner)).toEqual({ body: '{{owner.tag}} body 380' });
  expect(knownBy({ id: '7', total: '12' }, owner)).toEqual({});
});
