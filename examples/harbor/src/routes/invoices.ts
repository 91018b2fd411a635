import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';
import { chargeCard } from '../lib/payments.js';
import { requireRole } from '../middleware/auth.js';

const router = Router();

// List invoices, newest first
router.get('/', asyncHandler(async (req, res) => {
  const page = Math.max(1, Math.floor(Number(req.query.page)) || 1);
  const result = await query(
    `SELECT i.id, i.number, i.amount, i.status, i.order_id, o.customer_name, i.created_at, i.paid_at
     FROM invoices i JOIN orders o ON o.id = i.order_id
     WHERE o.organisation_id = $1 ORDER BY i.id DESC LIMIT 50 OFFSET $2`,
    [req.user.organisationId, (page - 1) * 50]
  );
  res.json(result.rows);
}));

// Create the invoice of an order
router.post('/', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { orderId } = req.body;
  const order = await query('SELECT id, total FROM orders WHERE id = $1 AND organisation_id = $2', [
    orderId,
    req.user.organisationId,
  ]);
  if (!order.rows[0]) {
    return res.status(404).json({ error: 'Order not found' });
  }
  const settings = await query('SELECT invoice_prefix FROM organisation_settings WHERE organisation_id = $1', [
    req.user.organisationId,
  ]);
  const count = await query(
    'SELECT count(*)::int AS n FROM invoices i JOIN orders o ON o.id = i.order_id WHERE o.organisation_id = $1',
    [req.user.organisationId]
  );
  const number = `${settings.rows[0].invoice_prefix}-${String(count.rows[0].n + 1).padStart(5, '0')}`;
  const result = await query(
    'INSERT INTO invoices (order_id, number, amount) VALUES ($1, $2, $3) RETURNING id, number, amount, status, order_id',
    [order.rows[0].id, number, order.rows[0].total]
  );
  res.status(201).json(result.rows[0]);
}));

// Get one invoice
router.get('/:id', asyncHandler(async (req, res) => {
  const result = await query(
    `SELECT i.id, i.number, i.amount, i.status, i.order_id, o.customer_name, o.customer_email, i.created_at, i.paid_at
     FROM invoices i JOIN orders o ON o.id = i.order_id
     WHERE i.id = $1 AND o.organisation_id = $2`,
    [req.params.id, req.user.organisationId]
  );
  if (!result.rows[0]) {
    return res.status(404).json({ error: 'Invoice not found' });
  }
  res.json(result.rows[0]);
}));

// Collect the payment of an invoice into the wallet
router.post('/:id/pay', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { method, amount } = req.body;
  const result = await query('SELECT id, number, amount, status FROM invoices WHERE id = $1', [req.params.id]);
  const invoice = result.rows[0];
  if (!invoice) {
    return res.status(404).json({ error: 'Invoice not found' });
  }
  if (invoice.status === 'paid') {
    return res.status(409).json({ error: 'This invoice is already paid' });
  }
  const paid = amount ?? invoice.amount;
  if (method === 'card') {
    await chargeCard(paid, `Invoice ${invoice.number}`);
  }
  await query("UPDATE invoices SET status = 'paid', paid_at = now() WHERE id = $1", [invoice.id]);
  await query('UPDATE wallets SET balance = balance + $1 WHERE organisation_id = $2', [paid, req.user.organisationId]);
  res.json({ id: invoice.id, status: 'paid', amount: paid });
}));

export default router;
