import { describe, it, mock } from 'node:test';
import assert from 'node:assert/strict';

describe('orders', () => {
  it('creates an order', async () => {
    const createOrder = mock.fn(async () => ({ id: 1, status: 'pending' }));
    const order = await createOrder();
    assert.equal(order.status, 'pending');
  });

  it('refuses an order without stock', async () => {
    try {
      await Promise.resolve({ status: 409 });
    } catch (err) {
      assert.fail('should not throw');
    }
  });

  it('is secure', () => {
    assert.equal(true, true);
  });
});
