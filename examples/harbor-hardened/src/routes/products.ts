import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { pool, transaction } from '../db.js';
import { found } from '../errors.js';
import { idParams, paging, priceCents, text } from '../input.js';
import { requireRole, signedIn } from '../middleware/auth.js';
import { fromCents } from '../money.js';

const router = Router();

interface ProductRow {
  id: number;
  name: string;
  sku: string | null;
  description: string | null;
  price_cents: number;
  stock: number;
  is_public: boolean;
}

function shown({ price_cents, ...product }: ProductRow) {
  return { ...product, price: fromCents(price_cents) };
}

// Whole statements per order, so that no part of the request becomes SQL.
const lists = {
  name: `SELECT id, name, sku, description, price_cents, stock, is_public FROM products
         WHERE organisation_id = $1 AND archived_at IS NULL ORDER BY name, id LIMIT $2 OFFSET $3`,
  price: `SELECT id, name, sku, description, price_cents, stock, is_public FROM products
          WHERE organisation_id = $1 AND archived_at IS NULL ORDER BY price_cents, id LIMIT $2 OFFSET $3`,
  stock: `SELECT id, name, sku, description, price_cents, stock, is_public FROM products
          WHERE organisation_id = $1 AND archived_at IS NULL ORDER BY stock, id LIMIT $2 OFFSET $3`,
};
const listQuery = paging.extend({ sort: z.enum(['name', 'price', 'stock']).default('name') });

router.get('/', asyncHandler(async (req, res) => {
  const { sort, limit, page } = listQuery.parse(req.query);
  const result = await pool.query<ProductRow>(lists[sort], [signedIn(req).organisationId, limit, (page - 1) * limit]);
  res.json(result.rows.map(shown));
}));

router.get('/:id', asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const result = await pool.query<ProductRow & { created_at: Date }>(
    `SELECT id, name, sku, description, price_cents, stock, is_public, created_at
     FROM products WHERE id = $1 AND organisation_id = $2 AND archived_at IS NULL`,
    [id, signedIn(req).organisationId]
  );
  res.json(shown(found(result.rows[0], 'Product')));
}));

const stock = z.number().int().min(0).max(1_000_000_000);
const newProduct = z.object({
  name: text(200),
  sku: text(60).nullish(),
  description: text(2000).nullish(),
  price: priceCents,
  stock: stock.default(0),
  isPublic: z.boolean().default(true),
});

router.post('/', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const input = newProduct.parse(req.body);
  const product = await transaction(async (db) => {
    const result = await db.query<ProductRow>(
      `INSERT INTO products (organisation_id, name, sku, description, price_cents, stock, is_public)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       RETURNING id, name, sku, description, price_cents, stock, is_public`,
      [
        signedIn(req).organisationId,
        input.name,
        input.sku ?? null,
        input.description ?? null,
        input.price,
        input.stock,
        input.isPublic,
      ]
    );
    const row = found(result.rows[0], 'Product');
    await audit(db, req, 'product.created', `product:${row.id}`, { priceCents: row.price_cents });
    return row;
  });
  res.status(201).json(shown(product));
}));

const productChange = z.object({
  name: text(200).optional(),
  description: text(2000).optional(),
  price: priceCents.optional(),
  stock: stock.optional(),
  isPublic: z.boolean().optional(),
});

router.patch('/:id', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const input = productChange.parse(req.body);
  const product = await transaction(async (db) => {
    const result = await db.query<ProductRow>(
      `UPDATE products SET
         name = COALESCE($3, name),
         description = COALESCE($4, description),
         price_cents = COALESCE($5, price_cents),
         stock = COALESCE($6, stock),
         is_public = COALESCE($7, is_public)
       WHERE id = $1 AND organisation_id = $2 AND archived_at IS NULL
       RETURNING id, name, sku, description, price_cents, stock, is_public`,
      [
        id,
        signedIn(req).organisationId,
        input.name ?? null,
        input.description ?? null,
        input.price ?? null,
        input.stock ?? null,
        input.isPublic ?? null,
      ]
    );
    const row = found(result.rows[0], 'Product');
    await audit(db, req, 'product.changed', `product:${id}`, { priceCents: row.price_cents, stock: row.stock });
    return row;
  });
  res.json(shown(product));
}));

// Orders keep referring to the product, so it is taken out of sight and not out of the table.
router.delete('/:id', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  await transaction(async (db) => {
    const result = await db.query(
      'UPDATE products SET archived_at = now() WHERE id = $1 AND organisation_id = $2 AND archived_at IS NULL RETURNING id',
      [id, signedIn(req).organisationId]
    );
    found(result.rows[0], 'Product');
    await audit(db, req, 'product.deleted', `product:${id}`);
  });
  res.json({ message: 'Product deleted' });
}));

export default router;
