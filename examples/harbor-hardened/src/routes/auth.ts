import { randomBytes } from 'node:crypto';
import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { inBackground } from '../background.js';
import { pool, transaction } from '../db.js';
import { HttpError } from '../errors.js';
import { email, password, text } from '../input.js';
import { resetLink, sendMail } from '../mail.js';
import type { Role } from '../middleware/auth.js';
import { loginLimits, newPasswordLimits, resetLimits, signupLimits } from '../middleware/limits.js';
import { checkPassword, hashPassword } from '../passwords.js';
import { settings } from '../settings.js';
import { slugify } from '../slug.js';
import { createLinkToken, createSessionToken, hashLinkToken } from '../tokens.js';

const router = Router();

interface UserRow {
  id: number;
  organisation_id: number;
  name: string;
  email: string;
  role: Role;
  session_version: number;
}

function session(user: UserRow) {
  return {
    token: createSessionToken({ id: user.id, sessionVersion: user.session_version }, settings.JWT_SECRET),
    user: { id: user.id, organisationId: user.organisation_id, name: user.name, email: user.email, role: user.role },
  };
}

const signup = z.object({ organisation: text(120), name: text(120), email, password });

router.post('/signup', signupLimits, asyncHandler(async (req, res) => {
  const input = signup.parse(req.body);
  const passwordHash = await hashPassword(input.password);
  const user = await transaction(async (db) => {
    const organisation = await db.query<{ id: number }>('INSERT INTO organisations (name, slug) VALUES ($1, $2) RETURNING id', [
      input.organisation,
      `${slugify(input.organisation)}-${randomBytes(4).toString('hex')}`,
    ]);
    const organisationId = organisation.rows[0]?.id;
    const created = await db.query<UserRow>(
      `INSERT INTO users (organisation_id, name, email, password_hash, role)
       VALUES ($1, $2, $3, $4, 'owner') ON CONFLICT (email) DO NOTHING
       RETURNING id, organisation_id, name, email, role, session_version`,
      [organisationId, input.name, input.email, passwordHash]
    );
    const row = created.rows[0];
    if (!row) throw new HttpError(409, 'This e-mail address is already registered');
    await db.query('INSERT INTO wallets (organisation_id) VALUES ($1)', [organisationId]);
    await db.query('INSERT INTO organisation_settings (organisation_id) VALUES ($1)', [organisationId]);
    await audit(db, req, 'organisation.created', `organisation:${row.organisation_id}`, {}, {
      id: row.id,
      organisationId: row.organisation_id,
    });
    return row;
  });
  res.status(201).json(session(user));
}));

const login = z.object({ email, password: z.string().max(1000) });

router.post('/login', loginLimits, asyncHandler(async (req, res) => {
  const input = login.parse(req.body);
  const result = await pool.query<UserRow & { password_hash: string }>(
    `SELECT id, organisation_id, name, email, role, session_version, password_hash FROM users WHERE email = $1`,
    [input.email]
  );
  const user = result.rows[0];
  if (!(await checkPassword(input.password, user?.password_hash)) || !user) {
    throw new HttpError(401, 'The e-mail address or the password is wrong');
  }
  await audit(pool, req, 'user.signed-in', `user:${user.id}`, {}, { id: user.id, organisationId: user.organisation_id });
  res.json(session(user));
}));

const forgot = z.object({ email });

// The answer comes at once and is the same with and without an account.
router.post('/forgot-password', resetLimits, asyncHandler(async (req, res) => {
  const input = forgot.parse(req.body);
  inBackground('password reset mail', req.id, async () => {
    const { token, hash } = createLinkToken();
    const created = await pool.query(
      `INSERT INTO password_resets (user_id, token_hash, expires_at)
       SELECT id, $2, now() + interval '30 minutes' FROM users WHERE email = $1`,
      [input.email, hash]
    );
    if (created.rowCount === 0) return;
    await sendMail(
      input.email,
      'Reset your Harbor password',
      `Open this link within 30 minutes to choose a new password: ${resetLink(token)}`
    );
  });
  res.status(202).json({ message: 'If this address has an account, a mail with a reset link is on its way' });
}));

const reset = z.object({ token: z.string().min(20).max(100), password });

router.post('/reset-password', newPasswordLimits, asyncHandler(async (req, res) => {
  const input = reset.parse(req.body);
  const passwordHash = await hashPassword(input.password);
  await transaction(async (db) => {
    const used = await db.query<{ user_id: number }>(
      `UPDATE password_resets SET used_at = now()
       WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now() RETURNING user_id`,
      [hashLinkToken(input.token)]
    );
    const userId = used.rows[0]?.user_id;
    if (userId === undefined) throw new HttpError(400, 'This reset link is not valid');
    await db.query('UPDATE password_resets SET used_at = now() WHERE user_id = $1 AND used_at IS NULL', [userId]);
    const user = await db.query<{ organisation_id: number }>(
      'UPDATE users SET password_hash = $2, session_version = session_version + 1 WHERE id = $1 RETURNING organisation_id',
      [userId, passwordHash]
    );
    const organisationId = user.rows[0]?.organisation_id;
    if (organisationId !== undefined) {
      await audit(db, req, 'user.password-reset', `user:${userId}`, {}, { id: userId, organisationId });
    }
  });
  res.json({ message: 'Your password has been changed' });
}));

export default router;
