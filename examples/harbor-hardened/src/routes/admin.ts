import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { pool, transaction } from '../db.js';
import { found } from '../errors.js';
import { email, text } from '../input.js';
import { requireRole, signedIn } from '../middleware/auth.js';
import { fromCents } from '../money.js';

const router = Router();

router.get('/stats', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const result = await pool.query<{ orders: number; revenue_cents: number; members: number; products: number }>(
    `SELECT (SELECT count(*) FROM orders WHERE organisation_id = $1) AS orders,
            (SELECT COALESCE(sum(total_cents), 0)::bigint FROM orders
             WHERE organisation_id = $1 AND status <> 'cancelled') AS revenue_cents,
            (SELECT count(*) FROM users WHERE organisation_id = $1) AS members,
            (SELECT count(*) FROM products WHERE organisation_id = $1 AND archived_at IS NULL) AS products`,
    [signedIn(req).organisationId]
  );
  const { revenue_cents, ...stats } = found(result.rows[0], 'Organisation');
  res.json({ ...stats, revenue: fromCents(revenue_cents) });
}));

router.get('/settings', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const result = await pool.query(
    'SELECT invoice_prefix, low_stock_threshold, support_email FROM organisation_settings WHERE organisation_id = $1',
    [signedIn(req).organisationId]
  );
  res.json(found(result.rows[0], 'Settings'));
}));

const newSettings = z.object({
  invoicePrefix: text(10).pipe(z.string().regex(/^[A-Za-z0-9-]+$/)),
  lowStockThreshold: z.number().int().min(0).max(1_000_000),
  supportEmail: email.nullish(),
});

router.put('/settings', requireRole('owner'), asyncHandler(async (req, res) => {
  const input = newSettings.parse(req.body);
  const saved = await transaction(async (db) => {
    const result = await db.query(
      `UPDATE organisation_settings SET invoice_prefix = $2, low_stock_threshold = $3, support_email = $4
       WHERE organisation_id = $1 RETURNING invoice_prefix, low_stock_threshold, support_email`,
      [signedIn(req).organisationId, input.invoicePrefix, input.lowStockThreshold, input.supportEmail ?? null]
    );
    await audit(db, req, 'settings.changed', null, { invoicePrefix: input.invoicePrefix });
    return found(result.rows[0], 'Settings');
  });
  res.json(saved);
}));

router.get('/low-stock', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const result = await pool.query(
    `SELECT p.id, p.name, p.stock FROM products p
     JOIN organisation_settings s ON s.organisation_id = p.organisation_id
     WHERE p.organisation_id = $1 AND p.archived_at IS NULL AND p.stock <= s.low_stock_threshold
     ORDER BY p.stock, p.id LIMIT 100`,
    [signedIn(req).organisationId]
  );
  res.json(result.rows);
}));

export default router;
