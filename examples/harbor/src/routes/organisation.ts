import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';
import membersRouter from './members.js';

const router = Router();

// My organisation
router.get('/', asyncHandler(async (req, res) => {
  const result = await query('SELECT id, name, slug, plan, created_at FROM organisations WHERE id = $1', [
    req.user.organisationId,
  ]);
  res.json(result.rows[0]);
}));

router.use('/members', membersRouter);

export default router;
