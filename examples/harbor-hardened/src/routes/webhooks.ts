import { Router, type Request } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { transaction } from '../db.js';
import { found, HttpError } from '../errors.js';
import { amountCents, id } from '../input.js';
import { settleInvoice } from '../invoices.js';
import { settings } from '../settings.js';
import { isSignedBy } from '../webhook-signature.js';

const router = Router();

const envelope = z.object({ id: z.string().min(1).max(200), type: z.string().min(1).max(100), data: z.unknown() });
const paymentSucceeded = z.object({ invoiceId: id, amount: amountCents });

/** The event in a signed body; refuses everything else. */
function readEvent(req: Request) {
  const body: unknown = req.body;
  const signed =
    Buffer.isBuffer(body) &&
    isSignedBy(settings.WEBHOOK_SECRET, body, req.get('x-webhook-signature'), Math.floor(Date.now() / 1000));
  if (!signed) throw new HttpError(401, 'The signature is not valid');
  try {
    return envelope.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw new HttpError(400, 'The event cannot be read', { cause });
  }
}

// Events of the payment provider. An error makes the provider send the event again.
router.post('/payments', asyncHandler(async (req, res) => {
  const event = readEvent(req);
  await transaction(async (db) => {
    const first = await db.query('INSERT INTO webhook_events (id, type) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      event.id,
      event.type,
    ]);
    if (first.rowCount === 0 || event.type !== 'payment.succeeded') return;

    const payment = paymentSucceeded.parse(event.data);
    const invoices = await db.query<{ organisation_id: number; amount_cents: number }>(
      'SELECT organisation_id, amount_cents FROM invoices WHERE id = $1',
      [payment.invoiceId]
    );
    const invoice = found(invoices.rows[0], 'Invoice');
    if (invoice.amount_cents !== payment.amount) throw new HttpError(422, 'The amount is not that of the invoice');
    const settled = await settleInvoice(db, { id: payment.invoiceId, organisationId: invoice.organisation_id }, null);
    await audit(
      db,
      req,
      settled ? 'invoice.paid' : 'invoice.paid-again',
      `invoice:${payment.invoiceId}`,
      { method: 'webhook', amountCents: payment.amount },
      { id: null, organisationId: invoice.organisation_id }
    );
  });
  res.json({ received: true });
}));

export default router;
