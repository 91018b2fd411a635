import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { pool, transaction } from '../db.js';
import { found } from '../errors.js';
import { id, paging, text } from '../input.js';
import { signedIn } from '../middleware/auth.js';

// Mounted below an order; `authenticate` stands before the orders.
const router = Router({ mergeParams: true });

const orderParams = z.object({ orderId: id });

router.get('/', asyncHandler(async (req, res) => {
  const { orderId } = orderParams.parse(req.params);
  const { limit, page } = paging.parse(req.query);
  const { organisationId } = signedIn(req);
  const order = await pool.query('SELECT 1 FROM orders WHERE id = $1 AND organisation_id = $2', [orderId, organisationId]);
  found(order.rows[0], 'Order');
  const notes = await pool.query(
    `SELECT n.id, n.author_id, COALESCE(u.name, 'former member') AS author_name, n.body, n.created_at
     FROM order_notes n LEFT JOIN users u ON u.id = n.author_id
     WHERE n.order_id = $1 AND n.organisation_id = $2 ORDER BY n.id LIMIT $3 OFFSET $4`,
    [orderId, organisationId, limit, (page - 1) * limit]
  );
  res.json(notes.rows);
}));

const newNote = z.object({ body: text(2000) });

router.post('/', asyncHandler(async (req, res) => {
  const { orderId } = orderParams.parse(req.params);
  const input = newNote.parse(req.body);
  const user = signedIn(req);
  const result = await pool.query<{ id: number; author_id: number; body: string; created_at: Date }>(
    `INSERT INTO order_notes (organisation_id, order_id, author_id, body)
     SELECT organisation_id, id, $3, $4 FROM orders WHERE id = $1 AND organisation_id = $2
     RETURNING id, author_id, body, created_at`,
    [orderId, user.organisationId, user.id, input.body]
  );
  res.status(201).json({ ...found(result.rows[0], 'Order'), author_name: user.name });
}));

const noteParams = z.object({ orderId: id, noteId: id });

// Authors delete their own notes; owners and managers delete any note of their organisation.
router.delete('/:noteId', asyncHandler(async (req, res) => {
  const { orderId, noteId } = noteParams.parse(req.params);
  const user = signedIn(req);
  await transaction(async (db) => {
    const deleted = await db.query(
      `DELETE FROM order_notes
       WHERE id = $1 AND order_id = $2 AND organisation_id = $3 AND (author_id = $4 OR $5) RETURNING id`,
      [noteId, orderId, user.organisationId, user.id, user.role !== 'member']
    );
    found(deleted.rows[0], 'Note');
    await audit(db, req, 'note.deleted', `note:${noteId}`, { orderId });
  });
  res.json({ message: 'Note deleted' });
}));

export default router;
