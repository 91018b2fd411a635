import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';

const router = Router({ mergeParams: true });

// List the notes of an order
router.get('/', asyncHandler(async (req, res) => {
  const result = await query(
    `SELECT n.id, n.author_id, n.author_name, n.body, n.created_at
     FROM order_notes n JOIN orders o ON o.id = n.order_id
     WHERE n.order_id = $1 AND o.organisation_id = $2 ORDER BY n.id LIMIT 100`,
    [(req.params as any).orderId, req.user.organisationId]
  );
  res.json(result.rows);
}));

// Add a note
router.post('/', asyncHandler(async (req, res) => {
  if (!req.body.body) {
    return res.status(400).json({ error: 'body is required' });
  }
  const result = await query(
    `INSERT INTO order_notes (order_id, author_id, author_name, body)
     SELECT o.id, $2, $3, $4 FROM orders o WHERE o.id = $1 AND o.organisation_id = $5
     RETURNING id, author_id, author_name, body, created_at`,
    [(req.params as any).orderId, req.user.id, req.user.name, req.body.body, req.user.organisationId]
  );
  if (!result.rows[0]) {
    return res.status(404).json({ error: 'Order not found' });
  }
  res.status(201).json(result.rows[0]);
}));

// Delete a note
router.delete('/:noteId', asyncHandler(async (req, res) => {
  const result = await query('DELETE FROM order_notes WHERE id = $1', [req.params.noteId]);
  if (result.rowCount === 0) {
    return res.status(404).json({ error: 'Note not found' });
  }
  res.json({ message: 'Note deleted' });
}));

export default router;
