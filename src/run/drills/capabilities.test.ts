import { expect, it } from 'vitest';
import type { RawCell } from './access-judgement.ts';
import { withKeysAsCapabilities } from './capabilities.ts';
import { cellOf } from './cells.testing.ts';

const key = '0b2f6a4e-7c1d-4f55-9a53-2f8f4f6f1d11';

/** A visitor deletes a cart by its key. */
function deletion(id: string): RawCell {
  const row = { table: 'carts', name: 's1.carts', key: { id }, values: { id }, by: 'owner' };
  const step = { do: 'request' as const, as: 'anonymous', method: 'DELETE', path: '/carts/{{s1.carts.id}}' };
  return cellOf('DELETE /carts/:id', 'anonymous', 'anonymous', {
    request: { step, objects: [{ parameter: 'id', row, column: 'id' }], missing: [] },
  });
}
const listing = (id: string): RawCell =>
  cellOf('GET /carts', 'anonymous', 'anonymous', { read: [{ table: 'carts', key: { id }, columns: ['note'] }] });
const ofDeletion = (cells: readonly RawCell[], open: boolean): boolean | undefined =>
  withKeysAsCapabilities(cells, open).find((cell) => cell.route.method === 'DELETE')?.capability;

it('takes an unguessable key for a permission where nobody signs in', () => {
  expect(ofDeletion([deletion(key)], true)).toBe(true);
});

it('does not where the keys are listed to everybody, can be guessed, or people sign in', () => {
  expect(ofDeletion([deletion(key), listing(key)], true)).toBe(false);
  expect(ofDeletion([deletion('17')], true)).toBe(false);
  expect(ofDeletion([deletion(key)], false)).toBe(false);
});
