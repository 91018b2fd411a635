import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { pool } from '../db.js';
import { found } from '../errors.js';
import { paging } from '../input.js';
import { fromCents } from '../money.js';
import { hashLinkToken } from '../tokens.js';

const router = Router();

const catalogParams = z.object({ slug: z.string().regex(/^[a-z0-9-]{1,100}$/) });

// Public by design: the products that an organisation shows to everybody.
router.get('/catalog/:slug', asyncHandler(async (req, res) => {
  const { slug } = catalogParams.parse(req.params);
  const { limit, page } = paging.parse(req.query);
  const organisations = await pool.query<{ id: number; name: string; slug: string }>(
    'SELECT id, name, slug FROM organisations WHERE slug = $1',
    [slug]
  );
  const organisation = found(organisations.rows[0], 'Catalogue');
  const products = await pool.query<{
    id: number;
    name: string;
    sku: string | null;
    description: string | null;
    price_cents: number;
    available: boolean;
  }>(
    `SELECT id, name, sku, description, price_cents, stock > 0 AS available
     FROM products WHERE organisation_id = $1 AND is_public AND archived_at IS NULL
     ORDER BY name, id LIMIT $2 OFFSET $3`,
    [organisation.id, limit, (page - 1) * limit]
  );
  res.setHeader('Cache-Control', 'public, max-age=60');
  res.json({
    organisation: { name: organisation.name, slug: organisation.slug },
    products: products.rows.map(({ price_cents, ...product }) => ({ ...product, price: fromCents(price_cents) })),
  });
}));

const shareParams = z.object({ token: z.string().regex(/^[\w-]{20,100}$/) });

// Public by design: whoever holds the share link sees this one order, without contact data.
router.get('/orders/:token', asyncHandler(async (req, res) => {
  const { token } = shareParams.parse(req.params);
  const orders = await pool.query<{ id: number; customer_name: string; status: string; total_cents: number; created_at: Date }>(
    `SELECT o.id, o.customer_name, o.status, o.total_cents, o.created_at
     FROM order_shares s JOIN orders o ON o.id = s.order_id AND o.organisation_id = s.organisation_id
     WHERE s.token_hash = $1 AND s.expires_at > now()`,
    [hashLinkToken(token)]
  );
  const { total_cents, ...order } = found(orders.rows[0], 'Order');
  const items = await pool.query<{ name: string; quantity: number; price_cents: number }>(
    `SELECT p.name, i.quantity, i.price_cents FROM order_items i
     JOIN products p ON p.id = i.product_id WHERE i.order_id = $1 ORDER BY i.id LIMIT 100`,
    [order.id]
  );
  res.setHeader('Cache-Control', 'no-store');
  res.json({
    ...order,
    total: fromCents(total_cents),
    items: items.rows.map(({ price_cents, ...item }) => ({ ...item, price: fromCents(price_cents) })),
  });
}));

export default router;
