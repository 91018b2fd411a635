import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { pool, transaction } from '../db.js';
import { found, HttpError } from '../errors.js';
import { email, text } from '../input.js';
import { signedIn } from '../middleware/auth.js';
import { confirmLimits } from '../middleware/limits.js';
import { checkPassword } from '../passwords.js';

const router = Router();

router.get('/', asyncHandler(async (req, res) => {
  const result = await pool.query(
    'SELECT id, organisation_id, name, email, role, created_at FROM users WHERE id = $1',
    [signedIn(req).id]
  );
  res.json(found(result.rows[0], 'User'));
}));

// Name and address only; anything else in the body is not read.
const profile = z
  .object({ name: text(120).optional(), email: email.optional() })
  .refine((input) => input.name !== undefined || input.email !== undefined, 'name or email is required');

router.patch('/', asyncHandler(async (req, res) => {
  const input = profile.parse(req.body);
  const user = signedIn(req);
  const row = await transaction(async (db) => {
    const result = await db.query(
      `UPDATE users SET name = COALESCE($2, name), email = COALESCE($3, email) WHERE id = $1
       RETURNING id, organisation_id, name, email, role, created_at`,
      [user.id, input.name ?? null, input.email ?? null]
    );
    await audit(db, req, 'user.profile-changed', `user:${user.id}`, { email: input.email !== undefined });
    return found(result.rows[0], 'User');
  });
  res.json(row);
}));

const confirmation = z.object({ password: z.string().max(1000) });

/**
 * Deletes the person. What they did for the organisation stays without their name. The last person closes the
 * organisation with everything in it; an owner with colleagues hands over first.
 */
router.delete('/', confirmLimits, asyncHandler(async (req, res) => {
  const input = confirmation.parse(req.body);
  const user = signedIn(req);
  const stored = await pool.query<{ password_hash: string }>('SELECT password_hash FROM users WHERE id = $1', [user.id]);
  if (!(await checkPassword(input.password, stored.rows[0]?.password_hash))) throw new HttpError(403, 'The password is wrong');

  await transaction(async (db) => {
    // Locks the organisation, so that two owners cannot leave at the same time.
    await db.query('SELECT id FROM organisations WHERE id = $1 FOR UPDATE', [user.organisationId]);
    const others = await db.query<{ people: number; owners: number }>(
      `SELECT count(*)::int AS people, (count(*) FILTER (WHERE role = 'owner'))::int AS owners
       FROM users WHERE organisation_id = $1 AND id <> $2`,
      [user.organisationId, user.id]
    );
    const { people, owners } = found(others.rows[0], 'Organisation');
    if (people > 0 && owners === 0 && user.role === 'owner') {
      throw new HttpError(409, 'Make somebody else an owner before you leave');
    }
    await audit(db, req, 'user.erased', `user:${user.id}`);
    if (people > 0) {
      await db.query('DELETE FROM users WHERE id = $1', [user.id]);
      return;
    }
    const closed = await db.query(
      `DELETE FROM organisations o WHERE o.id = $1
       AND NOT EXISTS (SELECT 1 FROM wallets w WHERE w.organisation_id = o.id AND w.balance_cents > 0)`,
      [user.organisationId]
    );
    if (closed.rowCount === 0) throw new HttpError(409, 'Pay out the money in the wallet before you close the organisation');
  });
  res.json({ message: 'Your account has been deleted' });
}));

export default router;
