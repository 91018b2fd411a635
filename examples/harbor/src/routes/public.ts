import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';

const router = Router();

// Public catalogue of an organisation, no sign-in needed
router.get('/catalog/:slug', asyncHandler(async (req, res) => {
  const org = await query('SELECT id, name, slug FROM organisations WHERE slug = $1', [req.params.slug]);
  if (!org.rows[0]) {
    return res.status(404).json({ error: 'Catalogue not found' });
  }
  const products = await query(
    `SELECT id, name, sku, description, price, stock > 0 AS available
     FROM products WHERE organisation_id = $1 AND is_public = true ORDER BY name LIMIT 200`,
    [org.rows[0].id]
  );
  res.json({ organisation: { name: org.rows[0].name, slug: org.rows[0].slug }, products: products.rows });
}));

// One order behind its share link, for customers and partners
router.get('/orders/:token', asyncHandler(async (req, res) => {
  const order = await query(
    'SELECT id, customer_name, status, total, created_at FROM orders WHERE share_token = $1',
    [req.params.token]
  );
  if (!order.rows[0]) {
    return res.status(404).json({ error: 'Order not found' });
  }
  const items = await query(
    `SELECT p.name, i.quantity, i.price FROM order_items i
     JOIN products p ON p.id = i.product_id WHERE i.order_id = $1 ORDER BY i.id LIMIT 200`,
    [order.rows[0].id]
  );
  res.json({ ...order.rows[0], items: items.rows });
}));

export default router;
