import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';

const router = Router();

// Search products and orders
router.get('/', asyncHandler(async (req, res) => {
  const q = String(req.query.q || '');
  const products = await query(
    `SELECT id, name, sku, price FROM products
     WHERE organisation_id = $1 AND (name ILIKE $2 OR sku ILIKE $2) ORDER BY name LIMIT 20`,
    [req.user.organisationId, `%${q}%`]
  );
  const orders = await query(
    `SELECT id, customer_name, status, total FROM orders
     WHERE organisation_id = ${req.user.organisationId} AND customer_name ILIKE '%${q}%' ORDER BY id DESC LIMIT 20`
  );
  res.json({ products: products.rows, orders: orders.rows });
}));

// Search in the notes
router.get('/notes', asyncHandler(async (req, res) => {
  const result = await query(
    'SELECT id, order_id, author_name, body, created_at FROM order_notes WHERE body ILIKE $1 ORDER BY id DESC LIMIT 50',
    [`%${req.query.q || ''}%`]
  );
  res.json(result.rows);
}));

export default router;
