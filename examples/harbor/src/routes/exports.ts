import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';
import { authenticate, requireRole } from '../middleware/auth.js';

const router = Router();

function toCsv(rows: any[]): string {
  if (rows.length === 0) return '';
  const columns = Object.keys(rows[0]);
  const lines = rows.map((row) => columns.map((column) => `"${row[column] ?? ''}"`).join(','));
  return [columns.join(','), ...lines].join('\n');
}

// Products as CSV
router.get('/products.csv', authenticate, asyncHandler(async (req, res) => {
  const result = await query(
    'SELECT id, name, sku, price, stock FROM products WHERE organisation_id = $1 ORDER BY id LIMIT 10000',
    [req.user.organisationId]
  );
  res.type('text/csv').send(toCsv(result.rows));
}));

// Orders as CSV
router.get('/orders.csv', authenticate, requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const result = await query(
    'SELECT id, customer_name, customer_email, status, total, created_at FROM orders ORDER BY id'
  );
  res.type('text/csv').send(toCsv(result.rows));
}));

// Members as CSV
router.get('/members.csv', asyncHandler(async (req, res) => {
  const result = await query('SELECT id, name, email, role FROM users WHERE organisation_id = $1 ORDER BY id', [
    req.query.organisationId,
  ]);
  res.type('text/csv').send(toCsv(result.rows));
}));

export default router;
