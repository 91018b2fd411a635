import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { pool, transaction } from '../db.js';
import { found, HttpError } from '../errors.js';
import { id as idSchema, idParams, paging } from '../input.js';
import { settleInvoice } from '../invoices.js';
import { requireRole, signedIn } from '../middleware/auth.js';
import { fromCents } from '../money.js';
import { OutboundError } from '../outbound.js';
import { chargeCard } from '../payments.js';

const router = Router();

interface InvoiceRow {
  id: number;
  number: string;
  amount_cents: number;
  status: string;
  order_id: number;
}

function shown<Row extends { amount_cents: number }>({ amount_cents, ...invoice }: Row) {
  return { ...invoice, amount: fromCents(amount_cents) };
}

router.get('/', asyncHandler(async (req, res) => {
  const { limit, page } = paging.parse(req.query);
  const result = await pool.query<InvoiceRow>(
    `SELECT i.id, i.number, i.amount_cents, i.status, i.order_id, o.customer_name, i.created_at, i.paid_at
     FROM invoices i JOIN orders o ON o.id = i.order_id
     WHERE i.organisation_id = $1 ORDER BY i.id DESC LIMIT $2 OFFSET $3`,
    [signedIn(req).organisationId, limit, (page - 1) * limit]
  );
  res.json(result.rows.map(shown));
}));

const newInvoice = z.object({ orderId: idSchema });

router.post('/', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { orderId } = newInvoice.parse(req.body);
  const { organisationId } = signedIn(req);
  const invoice = await transaction(async (db) => {
    const orders = await db.query<{ total_cents: number; status: string }>(
      'SELECT total_cents, status FROM orders WHERE id = $1 AND organisation_id = $2 FOR UPDATE',
      [orderId, organisationId]
    );
    const order = found(orders.rows[0], 'Order');
    if (order.status === 'cancelled') throw new HttpError(409, 'This order is cancelled');
    const numbers = await db.query<{ invoice_prefix: string; number: number }>(
      `UPDATE organisation_settings SET next_invoice_number = next_invoice_number + 1
       WHERE organisation_id = $1 RETURNING invoice_prefix, next_invoice_number - 1 AS number`,
      [organisationId]
    );
    const { invoice_prefix, number } = found(numbers.rows[0], 'Organisation');
    const created = await db.query<InvoiceRow>(
      `INSERT INTO invoices (organisation_id, order_id, number, amount_cents) VALUES ($1, $2, $3, $4)
       ON CONFLICT (order_id) DO NOTHING RETURNING id, number, amount_cents, status, order_id`,
      [organisationId, orderId, `${invoice_prefix}-${String(number).padStart(5, '0')}`, order.total_cents]
    );
    const row = created.rows[0];
    if (!row) throw new HttpError(409, 'This order has an invoice already');
    await audit(db, req, 'invoice.created', `invoice:${row.id}`, { amountCents: row.amount_cents });
    return row;
  });
  res.status(201).json(shown(invoice));
}));

router.get('/:id', asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const result = await pool.query<InvoiceRow>(
    `SELECT i.id, i.number, i.amount_cents, i.status, i.order_id, o.customer_name, o.customer_email, i.created_at, i.paid_at
     FROM invoices i JOIN orders o ON o.id = i.order_id
     WHERE i.id = $1 AND o.organisation_id = $2`,
    [id, signedIn(req).organisationId]
  );
  res.json(shown(found(result.rows[0], 'Invoice')));
}));

const payment = z.object({ method: z.enum(['transfer', 'card']).default('transfer') });

/**
 * Collects the payment into the wallet. A card is charged between two transactions, under the idempotency key of the
 * invoice: when the provider does not answer, the invoice stays in `processing`, and the provider's event or another
 * try settles it without charging twice.
 */
router.post('/:id/pay', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const { method } = payment.parse(req.body ?? {});
  const user = signedIn(req);
  const result = await pool.query<InvoiceRow>(
    'SELECT id, number, amount_cents, status, order_id FROM invoices WHERE id = $1 AND organisation_id = $2',
    [id, user.organisationId]
  );
  const invoice = found(result.rows[0], 'Invoice');
  if (invoice.status === 'paid') throw new HttpError(409, 'This invoice is already paid');

  if (method === 'card') {
    await pool.query(
      "UPDATE invoices SET status = 'processing' WHERE id = $1 AND organisation_id = $2 AND status = 'open'",
      [id, user.organisationId]
    );
    try {
      await chargeCard(invoice.amount_cents, `Invoice ${invoice.number}`, `harbor-invoice-${id}`);
    } catch (cause) {
      const declined = cause instanceof OutboundError && cause.status !== undefined && cause.status >= 400 && cause.status < 500;
      if (!declined) throw new HttpError(502, 'The payment provider did not answer; the payment is being clarified', { cause });
      await pool.query(
        "UPDATE invoices SET status = 'open' WHERE id = $1 AND organisation_id = $2 AND status = 'processing'",
        [id, user.organisationId]
      );
      throw new HttpError(402, 'The card was declined', { cause });
    }
  }

  await transaction(async (db) => {
    if (!(await settleInvoice(db, { id, organisationId: user.organisationId }, user.id))) {
      throw new HttpError(409, 'This invoice is already paid');
    }
    await audit(db, req, 'invoice.paid', `invoice:${id}`, { method, amountCents: invoice.amount_cents });
  });
  res.json({ id, status: 'paid', amount: fromCents(invoice.amount_cents) });
}));

export default router;
