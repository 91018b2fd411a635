import { Router } from 'express';
import { query } from '../db.js';

const router = Router();

// Events of the payment provider
router.post('/payments', async (req, res) => {
  try {
    const event = req.body;
    if (event.type === 'payment.succeeded') {
      const { invoiceId, amount } = event.data;
      const invoice = await query(
        'SELECT i.id, o.organisation_id FROM invoices i JOIN orders o ON o.id = i.order_id WHERE i.id = $1',
        [invoiceId]
      );
      await query("UPDATE invoices SET status = 'paid', paid_at = now() WHERE id = $1", [invoiceId]);
      await query('UPDATE wallets SET balance = balance + $1 WHERE organisation_id = $2', [
        amount,
        invoice.rows[0].organisation_id,
      ]);
    }
  } catch (err) {
    console.log('Webhook error', err);
  }
  res.json({ received: true });
});

export default router;
