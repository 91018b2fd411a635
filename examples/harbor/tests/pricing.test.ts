import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { cartTotal, slugify } from '../src/lib/pricing.js';

describe('pricing', () => {
  it('adds up the cart', () => {
    assert.equal(cartTotal([{ productId: 1, quantity: 2, price: 10 }]), 20);
  });

  it('handles several items', () => {
    const total = cartTotal([
      { productId: 1, quantity: 1, price: 4.5 },
      { productId: 2, quantity: 3, price: 2 },
    ]);
    console.log('total', total);
  });

  it('makes a slug', () => {
    assert.ok(slugify('Demo Trading'));
  });
});
