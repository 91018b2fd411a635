import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { pool, transaction, type Db } from '../db.js';
import { found, HttpError } from '../errors.js';
import { email, idParams, paging, password, role, text } from '../input.js';
import { requireRole, signedIn, type Role } from '../middleware/auth.js';
import { hashPassword } from '../passwords.js';

const router = Router();

router.get('/', asyncHandler(async (req, res) => {
  const { limit, page } = paging.parse(req.query);
  const result = await pool.query(
    'SELECT id, name, email, role, created_at FROM users WHERE organisation_id = $1 ORDER BY id LIMIT $2 OFFSET $3',
    [signedIn(req).organisationId, limit, (page - 1) * limit]
  );
  res.json(result.rows);
}));

const newMember = z.object({ name: text(120), email, password, role: role.default('member') });

router.post('/', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const input = newMember.parse(req.body);
  const user = signedIn(req);
  if (user.role !== 'owner' && input.role !== 'member') throw new HttpError(403, 'Only an owner may give this role');
  const passwordHash = await hashPassword(input.password);
  const member = await transaction(async (db) => {
    const result = await db.query<{ id: number }>(
      `INSERT INTO users (organisation_id, name, email, password_hash, role)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (email) DO NOTHING RETURNING id, name, email, role`,
      [user.organisationId, input.name, input.email, passwordHash, input.role]
    );
    const row = result.rows[0];
    if (!row) throw new HttpError(409, 'This e-mail address is already registered');
    await audit(db, req, 'member.added', `user:${row.id}`, { role: input.role });
    return row;
  });
  res.status(201).json(member);
}));

/** Locks the organisation, so that its last owner cannot be lost to two requests at once. */
async function lockMember(db: Db, organisationId: number, id: number): Promise<{ role: Role; otherOwners: number }> {
  await db.query('SELECT id FROM organisations WHERE id = $1 FOR UPDATE', [organisationId]);
  const result = await db.query<{ role: Role; otherOwners: number }>(
    `SELECT u.role, (SELECT count(*)::int FROM users o
                     WHERE o.organisation_id = $1 AND o.role = 'owner' AND o.id <> u.id) AS "otherOwners"
     FROM users u WHERE u.id = $2 AND u.organisation_id = $1`,
    [organisationId, id]
  );
  return found(result.rows[0], 'Member');
}

const roleChange = z.object({ role });

router.patch('/:id/role', requireRole('owner'), asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const input = roleChange.parse(req.body);
  const { organisationId } = signedIn(req);
  const member = await transaction(async (db) => {
    const before = await lockMember(db, organisationId, id);
    if (before.role === 'owner' && input.role !== 'owner' && before.otherOwners === 0) {
      throw new HttpError(409, 'The organisation needs an owner');
    }
    const result = await db.query(
      `UPDATE users SET role = $3, session_version = session_version + 1
       WHERE id = $1 AND organisation_id = $2 RETURNING id, name, email, role`,
      [id, organisationId, input.role]
    );
    await audit(db, req, 'member.role-changed', `user:${id}`, { from: before.role, to: input.role });
    return result.rows[0];
  });
  res.json(member);
}));

router.delete('/:id', requireRole('owner'), asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const { organisationId } = signedIn(req);
  await transaction(async (db) => {
    const before = await lockMember(db, organisationId, id);
    if (before.role === 'owner' && before.otherOwners === 0) throw new HttpError(409, 'The organisation needs an owner');
    await audit(db, req, 'member.removed', `user:${id}`, { role: before.role });
    await db.query('DELETE FROM users WHERE id = $1 AND organisation_id = $2', [id, organisationId]);
  });
  res.json({ message: 'Member removed' });
}));

export default router;
