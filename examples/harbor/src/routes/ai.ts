import { Router } from 'express';
import { query } from '../db.js';
import { askModel } from '../lib/ai.js';
import { asyncHandler } from '../lib/async-handler.js';

const router = Router();

// Summarise an order with its notes
router.post('/orders/:id/summary', asyncHandler(async (req, res) => {
  const order = await query(
    'SELECT id, customer_name, status, total FROM orders WHERE id = $1 AND organisation_id = $2',
    [req.params.id, req.user.organisationId]
  );
  if (!order.rows[0]) {
    return res.status(404).json({ error: 'Order not found' });
  }
  const notes = await query('SELECT author_name, body FROM order_notes WHERE order_id = $1 ORDER BY id', [
    req.params.id,
  ]);
  const { customer_name, status, total } = order.rows[0];
  const summary = await askModel(
    `You are a helpful assistant. Summarise this order in two sentences.
Customer: ${customer_name}, status: ${status}, total: ${total} EUR.
Notes:
${notes.rows.map((note) => `${note.author_name}: ${note.body}`).join('\n')}`
  );
  res.json({ summary });
}));

// Ask the assistant about the orders; it can also change the status of an order
router.post('/ask', asyncHandler(async (req, res) => {
  const orders = await query(
    'SELECT id, customer_name, status, total FROM orders WHERE organisation_id = $1 ORDER BY id DESC LIMIT 50',
    [req.user.organisationId]
  );
  const notes = await query('SELECT order_id, body FROM order_notes ORDER BY id DESC LIMIT 50');
  const reply = await askModel(
    `You are the assistant of a trading company. Answer as JSON {"answer": "...", "action": null}.
To change an order use "action": {"orderId": 1, "status": "shipped"}.
Orders: ${JSON.stringify(orders.rows)}
Notes: ${JSON.stringify(notes.rows)}
Question: ${req.body.question}`
  );

  let result: any = { answer: reply };
  try {
    result = JSON.parse(reply);
  } catch {}
  if (result.action) {
    await query('UPDATE orders SET status = $1 WHERE id = $2', [result.action.status, result.action.orderId]);
  }
  res.json(result);
}));

export default router;
