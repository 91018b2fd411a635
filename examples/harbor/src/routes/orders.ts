import crypto from 'node:crypto';
import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';
import { cartTotal } from '../lib/pricing.js';
import { requireRole } from '../middleware/auth.js';
import notesRouter from './notes.js';

const router = Router();

// List orders with their items
router.get('/', asyncHandler(async (req, res) => {
  const orders = await query('SELECT * FROM orders WHERE organisation_id = $1 ORDER BY created_at DESC', [
    req.user.organisationId,
  ]);
  for (const order of orders.rows) {
    const items = await query('SELECT * FROM order_items WHERE order_id = $1', [order.id]);
    order.items = items.rows;
  }
  res.json(orders.rows);
}));

// Place an order
router.post('/', async (req, res) => {
  try {
    const { customerName, customerEmail, items } = req.body;
    if (!customerName || !items || items.length === 0) {
      return res.status(400).json({ error: 'customerName and items are required' });
    }

    // Check the stock
    for (const item of items) {
      const product = await query('SELECT stock FROM products WHERE id = $1 AND organisation_id = $2', [
        item.productId,
        req.user.organisationId,
      ]);
      if (!product.rows[0]) {
        return res.status(404).json({ error: `Product ${item.productId} not found` });
      }
      if (product.rows[0].stock < item.quantity) {
        return res.status(409).json({ error: `Not enough stock for product ${item.productId}` });
      }
    }

    // Create the order
    const order = await query(
      `INSERT INTO orders (organisation_id, created_by, customer_name, customer_email, total)
       VALUES ($1, $2, $3, $4, $5) RETURNING id, customer_name, customer_email, status, total, created_at`,
      [req.user.organisationId, req.user.id, customerName, customerEmail, cartTotal(items)]
    );

    // Add the items and reduce the stock
    for (const item of items) {
      await query('INSERT INTO order_items (order_id, product_id, quantity, price) VALUES ($1, $2, $3, $4)', [
        order.rows[0].id,
        item.productId,
        item.quantity,
        item.price,
      ]);
      await query('UPDATE products SET stock = stock - $1 WHERE id = $2', [item.quantity, item.productId]);
    }

    res.status(201).json({ ...order.rows[0], items });
  } catch (err: any) {
    console.error('Order failed', err);
    res.status(500).json({ error: 'Could not place the order: ' + err.message });
  }
});

// Get one order
router.get('/:id', asyncHandler(async (req, res) => {
  const order = await query(
    'SELECT id, customer_name, customer_email, status, total, created_by, created_at FROM orders WHERE id = $1',
    [req.params.id]
  );
  if (!order.rows[0]) {
    return res.status(404).json({ error: 'Order not found' });
  }
  const items = await query(
    `SELECT i.id, i.product_id, p.name, i.quantity, i.price FROM order_items i
     JOIN products p ON p.id = i.product_id WHERE i.order_id = $1 ORDER BY i.id`,
    [req.params.id]
  );
  res.json({ ...order.rows[0], items: items.rows });
}));

// Change the status of an order
router.patch('/:id/status', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const allowed = ['pending', 'confirmed', 'shipped', 'delivered'];
  if (!allowed.includes(req.body.status)) {
    return res.status(400).json({ error: `status must be one of ${allowed.join(', ')}` });
  }
  const result = await query(
    'UPDATE orders SET status = $1 WHERE id = $2 AND organisation_id = $3 RETURNING id, status',
    [req.body.status, req.params.id, req.user.organisationId]
  );
  if (!result.rows[0]) {
    return res.status(404).json({ error: 'Order not found' });
  }
  res.json(result.rows[0]);
}));

// Cancel an order and put the items back into stock
router.post('/:id/cancel', asyncHandler(async (req, res) => {
  const order = await query('SELECT id, status FROM orders WHERE id = $1 AND organisation_id = $2', [
    req.params.id,
    req.user.organisationId,
  ]);
  if (!order.rows[0]) {
    return res.status(404).json({ error: 'Order not found' });
  }
  if (order.rows[0].status === 'cancelled') {
    return res.status(409).json({ error: 'This order is already cancelled' });
  }
  try {
    const items = await query('SELECT product_id, quantity FROM order_items WHERE order_id = $1', [req.params.id]);
    for (const item of items.rows) {
      await query('UPDATE products SET stock = stock + $1 WHERE id = $2', [item.quantity, item.product_id]);
    }
    await query("UPDATE orders SET status = 'cancelled' WHERE id = $1", [req.params.id]);
  } catch (err) {
    console.log('Cancel failed', err);
  }
  res.json({ id: order.rows[0].id, status: 'cancelled' });
}));

// Create a share link for the customer
router.post('/:id/share', asyncHandler(async (req, res) => {
  const token = crypto.randomBytes(24).toString('base64url');
  const result = await query(
    'UPDATE orders SET share_token = COALESCE(share_token, $1) WHERE id = $2 AND organisation_id = $3 RETURNING share_token',
    [token, req.params.id, req.user.organisationId]
  );
  if (!result.rows[0]) {
    return res.status(404).json({ error: 'Order not found' });
  }
  res.status(201).json({ token: result.rows[0].share_token, path: `/api/public/orders/${result.rows[0].share_token}` });
}));

// Notes of an order
router.use('/:orderId/notes', notesRouter);

export default router;
