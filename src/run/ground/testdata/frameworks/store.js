import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const derive = promisify(scrypt);

const rows = async (text, values) => (await pool.query(text, values)).rows;

async function opened(id) {
  const [session] = await rows('INSERT INTO sessions (user_id) VALUES ($1) RETURNING token', [id]);
  return session.token;
}

export async function signUp(email, password) {
  const salt = randomBytes(16).toString('hex');
  const hash = (await derive(password, salt, 32)).toString('hex');
  const [user] = await rows('INSERT INTO users (email, password_hash) VALUES ($1, $2) RETURNING id, email', [email, `$scrypt$${salt}$${hash}`]);
  return { user, token: await opened(user.id) };
}

export async function logIn(email, password) {
  const [user] = await rows('SELECT id, password_hash FROM users WHERE email = $1', [email]);
  if (!user) return null;
  const [, , salt, hash] = user.password_hash.split('$');
  const same = (await derive(password, salt, 32)).toString('hex') === hash;
  return same ? { token: await opened(user.id) } : null;
}

export async function callerOf(header) {
  const token = /^Bearer ([0-9a-f-]{36})$/.exec(header ?? '')?.[1];
  if (!token) return null;
  const [user] = await rows('SELECT u.id, u.email, u.role FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token = $1', [token]);
  return user ?? null;
}

export const people = () => rows('SELECT id, email, role FROM users ORDER BY id', []);
export const notesOf = (user) => rows('SELECT * FROM notes WHERE user_id = $1', [user]);
export const written = async (user, title, body) =>
  (await rows('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3) RETURNING *', [user, title, body]))[0];
export const dropped = (id, user) => rows('DELETE FROM notes WHERE id = $1 AND user_id = $2 RETURNING id', [id, user]);

/** The fault: whoever knows the id reads the note. */
export const noteFor = async (id, user) =>
  process.env.MENDED === 'yes'
    ? (await rows('SELECT * FROM notes WHERE id = $1 AND user_id = $2', [id, user]))[0]
    : (await rows('SELECT * FROM notes WHERE id = $1', [id]))[0];
