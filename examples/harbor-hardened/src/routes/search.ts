import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { pool } from '../db.js';
import { likePattern, paging } from '../input.js';
import { signedIn } from '../middleware/auth.js';
import { fromCents } from '../money.js';

const router = Router();

const term = z
  .string()
  .trim()
  .max(100)
  .refine((value) => !value.includes('\0'), 'must not hold NUL characters')
  .default('');
const search = z.object({ q: term });

router.get('/', asyncHandler(async (req, res) => {
  const { q } = search.parse(req.query);
  const { organisationId } = signedIn(req);
  const [products, orders] = await Promise.all([
    pool.query<{ id: number; name: string; sku: string | null; price_cents: number }>(
      `SELECT id, name, sku, price_cents FROM products
       WHERE organisation_id = $1 AND archived_at IS NULL AND (name ILIKE $2 OR sku ILIKE $2) ORDER BY name, id LIMIT 20`,
      [organisationId, likePattern(q)]
    ),
    pool.query<{ id: number; customer_name: string; status: string; total_cents: number }>(
      `SELECT id, customer_name, status, total_cents FROM orders
       WHERE organisation_id = $1 AND customer_name ILIKE $2 ORDER BY id DESC LIMIT 20`,
      [organisationId, likePattern(q)]
    ),
  ]);
  res.json({
    products: products.rows.map(({ price_cents, ...product }) => ({ ...product, price: fromCents(price_cents) })),
    orders: orders.rows.map(({ total_cents, ...order }) => ({ ...order, total: fromCents(total_cents) })),
  });
}));

const noteSearch = paging.extend({ q: term });

router.get('/notes', asyncHandler(async (req, res) => {
  const { q, limit, page } = noteSearch.parse(req.query);
  const result = await pool.query(
    `SELECT n.id, n.order_id, COALESCE(u.name, 'former member') AS author_name, n.body, n.created_at
     FROM order_notes n LEFT JOIN users u ON u.id = n.author_id
     WHERE n.organisation_id = $1 AND n.body ILIKE $2 ORDER BY n.id DESC LIMIT $3 OFFSET $4`,
    [signedIn(req).organisationId, likePattern(q), limit, (page - 1) * limit]
  );
  res.json(result.rows);
}));

export default router;
