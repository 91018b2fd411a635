import { Router } from 'express';
import { asyncHandler } from '../async-handler.js';
import { pool } from '../db.js';
import { found } from '../errors.js';
import { signedIn } from '../middleware/auth.js';
import membersRouter from './members.js';

const router = Router();

router.get('/', asyncHandler(async (req, res) => {
  const result = await pool.query('SELECT id, name, slug, plan, created_at FROM organisations WHERE id = $1', [
    signedIn(req).organisationId,
  ]);
  res.json(found(result.rows[0], 'Organisation'));
}));

router.use('/members', membersRouter);

export default router;
