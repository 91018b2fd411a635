import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { pool } from '../db.js';
import { found } from '../errors.js';
import { idParams, text } from '../input.js';
import { signedIn } from '../middleware/auth.js';
import { assistantLimits } from '../middleware/limits.js';
import { askModel } from '../model.js';
import { fromCents } from '../money.js';
import { buildPrompt, readReply } from '../prompts.js';

const router = Router();

router.use(assistantLimits);

interface OrderRow {
  id: number;
  customer_name: string;
  status: string;
  total_cents: number;
}

function forModel({ customer_name, total_cents, ...order }: OrderRow) {
  return { ...order, customer: customer_name, totalInEuro: fromCents(total_cents) };
}

router.post('/orders/:id/summary', asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const user = signedIn(req);
  const orders = await pool.query<OrderRow>(
    'SELECT id, customer_name, status, total_cents FROM orders WHERE id = $1 AND organisation_id = $2',
    [id, user.organisationId]
  );
  const order = found(orders.rows[0], 'Order');
  const notes = await pool.query<{ body: string }>(
    'SELECT left(body, 500) AS body FROM order_notes WHERE order_id = $1 AND organisation_id = $2 ORDER BY id DESC LIMIT 20',
    [id, user.organisationId]
  );
  const prompt = buildPrompt('Summarise the order and its notes in two plain sentences.', {
    order: forModel(order),
    notes: notes.rows.map((note) => note.body),
  });
  res.json({ summary: await askModel(user, 'summary', prompt) });
}));

const question = z.object({ question: text(1000) });

// The model may propose a change of status. It is shown to the person, who makes it (or not) with their own rights.
router.post('/ask', asyncHandler(async (req, res) => {
  const input = question.parse(req.body);
  const user = signedIn(req);
  const orders = await pool.query<OrderRow>(
    'SELECT id, customer_name, status, total_cents FROM orders WHERE organisation_id = $1 ORDER BY id DESC LIMIT 30',
    [user.organisationId]
  );
  const notes = await pool.query<{ order_id: number; body: string }>(
    'SELECT order_id, left(body, 300) AS body FROM order_notes WHERE organisation_id = $1 ORDER BY id DESC LIMIT 30',
    [user.organisationId]
  );
  const prompt = buildPrompt(
    `You answer a question about orders, as JSON {"answer": "...", "action": null}.
When the question asks to change the status of an order, propose it as "action": {"orderId": 1, "status": "shipped"}.`,
    { question: input.question, orders: orders.rows.map(forModel), notes: notes.rows }
  );
  const reply = readReply(await askModel(user, 'ask', prompt));
  const known = orders.rows.some((order) => order.id === reply.action?.orderId);
  const action = reply.action && known && user.role !== 'member' ? { ...reply.action, needsConfirmation: true } : null;
  res.json({ answer: reply.answer, action });
}));

export default router;
