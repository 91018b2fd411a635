import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';

const router = Router();

// My profile
router.get('/', asyncHandler(async (req, res) => {
  const result = await query(
    'SELECT id, organisation_id, name, email, role, created_at FROM users WHERE id = $1',
    [req.user.id]
  );
  res.json(result.rows[0]);
}));

// Update my profile
router.patch('/', asyncHandler(async (req, res) => {
  const fields = Object.keys(req.body);
  if (fields.length === 0) {
    return res.status(400).json({ error: 'Nothing to update' });
  }
  const assignments = fields.map((field, i) => `${field} = $${i + 1}`).join(', ');
  const result = await query(
    `UPDATE users SET ${assignments} WHERE id = $${fields.length + 1} RETURNING *`,
    [...Object.values(req.body), req.user.id]
  );
  res.json(result.rows[0]);
}));

// Close my account
router.delete('/', asyncHandler(async (req, res) => {
  await query('UPDATE users SET is_active = false WHERE id = $1', [req.user.id]);
  res.json({ message: 'Your account has been deleted' });
}));

export default router;
