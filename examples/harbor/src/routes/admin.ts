import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';
import { authenticate, requireRole } from '../middleware/auth.js';

const router = Router();

// Numbers for the dashboard
router.get('/stats', asyncHandler(async (req, res) => {
  const result = await query(
    `SELECT (SELECT count(*)::int FROM orders) AS orders,
            (SELECT coalesce(sum(total), 0) FROM orders) AS revenue,
            (SELECT count(*)::int FROM users) AS members,
            (SELECT count(*)::int FROM products) AS products`
  );
  res.json(result.rows[0]);
}));

router.use(authenticate);

// Settings of the organisation
router.get('/settings', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const result = await query(
    'SELECT invoice_prefix, low_stock_threshold, support_email FROM organisation_settings WHERE organisation_id = $1',
    [req.user.organisationId]
  );
  res.json(result.rows[0]);
}));

// Save the settings
router.put('/settings', asyncHandler(async (req, res) => {
  const { invoicePrefix, lowStockThreshold, supportEmail } = req.body;
  const result = await query(
    `UPDATE organisation_settings SET invoice_prefix = $1, low_stock_threshold = $2, support_email = $3
     WHERE organisation_id = $4 RETURNING invoice_prefix, low_stock_threshold, support_email`,
    [invoicePrefix, lowStockThreshold, supportEmail, req.user.organisationId]
  );
  res.json(result.rows[0]);
}));

// Products that are running low
router.get('/low-stock', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const result = await query(
    `SELECT p.id, p.name, p.stock FROM products p
     JOIN organisation_settings s ON s.organisation_id = p.organisation_id
     WHERE p.organisation_id = $1 AND p.stock <= s.low_stock_threshold ORDER BY p.stock LIMIT 100`,
    [req.user.organisationId]
  );
  res.json(result.rows);
}));

export default router;
