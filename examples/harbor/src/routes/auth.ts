import { Router } from 'express';
import bcrypt from 'bcryptjs';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';
import { resetLink, sendMail } from '../lib/mail.js';
import { checkPassword, hashPassword } from '../lib/passwords.js';
import { slugify } from '../lib/pricing.js';
import { createToken } from '../lib/tokens.js';

const router = Router();

function publicUser(user: any) {
  return { id: user.id, organisationId: user.organisation_id, name: user.name, email: user.email, role: user.role };
}

// Create an organisation and its owner
router.post('/signup', asyncHandler(async (req, res) => {
  const { organisation, name, email, password } = req.body;
  if (!organisation || !name || !email || !password) {
    return res.status(400).json({ error: 'organisation, name, email and password are required' });
  }

  const existing = await query('SELECT id FROM users WHERE email = $1', [email]);
  if (existing.rows.length > 0) {
    return res.status(409).json({ error: 'This e-mail address is already registered' });
  }

  const passwordHash = await bcrypt.hash(password, 10);
  const slug = `${slugify(organisation)}-${Date.now().toString(36)}`;
  const org = await query('INSERT INTO organisations (name, slug) VALUES ($1, $2) RETURNING id', [organisation, slug]);
  const organisationId = org.rows[0].id;
  const user = await query(
    `INSERT INTO users (organisation_id, name, email, password_hash, role)
     VALUES ($1, $2, $3, $4, 'owner') RETURNING id, organisation_id, name, email, role`,
    [organisationId, name, email, passwordHash]
  );
  await query('INSERT INTO wallets (organisation_id) VALUES ($1)', [organisationId]);
  await query('INSERT INTO organisation_settings (organisation_id) VALUES ($1)', [organisationId]);

  res.status(201).json({ token: createToken(user.rows[0]), user: publicUser(user.rows[0]) });
}));

// Log in
router.post('/login', asyncHandler(async (req, res) => {
  console.log('Login attempt', req.body);
  const { email, password } = req.body;
  const result = await query('SELECT * FROM users WHERE email = $1 AND is_active = true', [email]);
  const user = result.rows[0];
  if (!user) {
    return res.status(401).json({ error: 'No account with this e-mail address' });
  }
  const ok = await checkPassword(String(password), user.password_hash);
  if (!ok) {
    return res.status(401).json({ error: 'Wrong password' });
  }
  res.json({ token: createToken(user), user: publicUser(user) });
}));

// Send a password reset link
router.post('/forgot-password', asyncHandler(async (req, res) => {
  const { email } = req.body;
  const result = await query('SELECT id, email FROM users WHERE email = $1', [email]);
  const user = result.rows[0];
  if (!user) {
    return res.status(404).json({ error: 'No account with this e-mail address' });
  }

  const token = Math.random().toString(36).substring(2, 12);
  await query('UPDATE users SET reset_token = $1 WHERE id = $2', [token, user.id]);
  try {
    await sendMail(user.email, 'Reset your Harbor password', `Click here to reset your password: ${resetLink(token)}`);
  } catch {}

  res.json({ message: 'We have sent you an e-mail with a reset link' });
}));

// Set a new password with the token from the e-mail
router.post('/reset-password', asyncHandler(async (req, res) => {
  const { token, password } = req.body;
  const result = await query('SELECT id FROM users WHERE reset_token = $1', [token]);
  if (!result.rows[0]) {
    return res.status(400).json({ error: 'This reset link is not valid' });
  }
  await query('UPDATE users SET password_hash = $1 WHERE id = $2', [hashPassword(String(password)), result.rows[0].id]);
  res.json({ message: 'Your password has been changed' });
}));

export default router;
