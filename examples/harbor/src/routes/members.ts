import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';
import { hashPassword } from '../lib/passwords.js';
import { requireRole } from '../middleware/auth.js';

const router = Router();

// List the members of my organisation
router.get('/', asyncHandler(async (req, res) => {
  const result = await query('SELECT * FROM users WHERE organisation_id = $1 ORDER BY id', [req.user.organisationId]);
  res.json(result.rows);
}));

// Add a member
router.post('/', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { name, email, password, role } = req.body;
  if (!name || !email || !password) {
    return res.status(400).json({ error: 'name, email and password are required' });
  }
  const existing = await query('SELECT id FROM users WHERE email = $1', [email]);
  if (existing.rows.length > 0) {
    return res.status(409).json({ error: 'This e-mail address is already registered' });
  }
  const result = await query(
    `INSERT INTO users (organisation_id, name, email, password_hash, role)
     VALUES ($1, $2, $3, $4, $5) RETURNING id, name, email, role`,
    [req.user.organisationId, name, email, hashPassword(password), role || 'member']
  );
  res.status(201).json(result.rows[0]);
}));

// Change the role of a member
router.patch('/:id/role', asyncHandler(async (req, res) => {
  const result = await query(
    'UPDATE users SET role = $1 WHERE id = $2 AND organisation_id = $3 RETURNING id, name, email, role',
    [req.body.role, req.params.id, req.user.organisationId]
  );
  if (!result.rows[0]) {
    return res.status(404).json({ error: 'Member not found' });
  }
  res.json(result.rows[0]);
}));

// Remove a member
router.delete('/:id', requireRole('owner'), asyncHandler(async (req, res) => {
  const result = await query('DELETE FROM users WHERE id = $1', [req.params.id]);
  if (result.rowCount === 0) {
    return res.status(404).json({ error: 'Member not found' });
  }
  res.json({ message: 'Member removed' });
}));

export default router;
