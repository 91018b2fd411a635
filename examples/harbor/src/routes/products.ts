import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';
import { requireRole } from '../middleware/auth.js';

const router = Router();

// List products
router.get('/', asyncHandler(async (req, res) => {
  const sort = req.query.sort || 'name';
  const result = await query(
    `SELECT id, name, sku, description, price, stock, is_public FROM products
     WHERE organisation_id = $1 ORDER BY ${sort}`,
    [req.user.organisationId]
  );
  res.json(result.rows);
}));

// Get one product
router.get('/:id', asyncHandler(async (req, res) => {
  const result = await query(
    `SELECT id, name, sku, description, price, stock, is_public, created_at
     FROM products WHERE id = $1 AND organisation_id = $2`,
    [req.params.id, req.user.organisationId]
  );
  if (!result.rows[0]) {
    return res.status(404).json({ error: 'Product not found' });
  }
  res.json(result.rows[0]);
}));

// Create a product
router.post('/', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { name, sku, description, price, stock, isPublic } = req.body;
  const result = await query(
    `INSERT INTO products (organisation_id, name, sku, description, price, stock, is_public)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     RETURNING id, name, sku, description, price, stock, is_public`,
    [req.user.organisationId, name, sku, description, price, stock || 0, isPublic ?? true]
  );
  res.status(201).json(result.rows[0]);
}));

// Update a product
router.patch('/:id', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { name, description, price, stock, isPublic } = req.body;
  const result = await query(
    `UPDATE products SET
       name = COALESCE($1, name),
       description = COALESCE($2, description),
       price = COALESCE($3, price),
       stock = COALESCE($4, stock),
       is_public = COALESCE($5, is_public)
     WHERE id = $6
     RETURNING id, name, sku, description, price, stock, is_public`,
    [name, description, price, stock, isPublic, req.params.id]
  );
  if (!result.rows[0]) {
    return res.status(404).json({ error: 'Product not found' });
  }
  res.json(result.rows[0]);
}));

// Delete a product
router.delete('/:id', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const result = await query('DELETE FROM products WHERE id = $1 AND organisation_id = $2', [
    req.params.id,
    req.user.organisationId,
  ]);
  if (result.rowCount === 0) {
    return res.status(404).json({ error: 'Product not found' });
  }
  res.json({ message: 'Product deleted' });
}));

export default router;
