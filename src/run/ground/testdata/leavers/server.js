import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import express from 'express';
import pg from 'pg';

// A small application of our own whose login minds suspended accounts, and whose guard does not; nor does it mind when a session ends.

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  CREATE TABLE IF NOT EXISTS users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, password_hash text NOT NULL,
    suspended_at timestamptz, archived boolean NOT NULL DEFAULT false);
  CREATE TABLE IF NOT EXISTS sessions (id text PRIMARY KEY, user_id integer NOT NULL, expires_at timestamptz NOT NULL);
  CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, user_id integer REFERENCES users ON DELETE SET NULL, title text NOT NULL);`);

function hashOf(password, salt = randomBytes(16).toString('hex')) {
  return `scrypt$${salt}$${scryptSync(password, salt, 32).toString('hex')}`;
}

function fits(password, stored) {
  const [, salt] = stored.split('$');
  return timingSafeEqual(Buffer.from(hashOf(password, salt)), Buffer.from(stored));
}

async function requireUser(req, res, next) {
  const id = /sid=(\w+)/.exec(req.headers.cookie ?? '')?.[1] ?? '';
  const { rows } = await pool.query('SELECT user_id FROM sessions WHERE id = $1', [id]);
  if (!rows[0]) return res.status(401).json({ error: 'sign in first' });
  req.user = rows[0].user_id;
  next();
}

const app = express();
app.use(express.json());

app.post('/register', async (req, res) => {
  const { email, password } = req.body ?? {};
  if (!email || !password) return res.status(400).json({ error: 'email and password are required' });
  const { rows } = await pool.query('INSERT INTO users (email, password_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id', [
    email,
    hashOf(String(password)),
  ]);
  if (!rows[0]) return res.status(409).json({ error: 'this address is taken' });
  res.status(201).json(rows[0]);
});

app.post('/login', async (req, res) => {
  const { email, password } = req.body ?? {};
  const { rows } = await pool.query('SELECT * FROM users WHERE email = $1', [String(email)]);
  const [user] = rows;
  if (!user || !fits(String(password), user.password_hash)) return res.status(401).json({ error: 'wrong address or password' });
  if (user.suspended_at !== null) return res.status(403).json({ error: 'this account is suspended' });
  const id = randomBytes(24).toString('hex');
  await pool.query("INSERT INTO sessions VALUES ($1, $2, now() + interval '14 days')", [id, user.id]);
  res.setHeader('set-cookie', `sid=${id}; HttpOnly; Secure; SameSite=Lax`).json({ id: user.id });
});

app.get('/me', requireUser, (req, res) => {
  res.json({ id: req.user });
});

app.get('/notes', requireUser, async (req, res) => {
  const { rows } = await pool.query('SELECT id, title FROM notes WHERE user_id = $1 ORDER BY id', [req.user]);
  res.json(rows);
});

app.post('/notes', requireUser, async (req, res) => {
  const { title } = req.body ?? {};
  if (!title) return res.status(400).json({ error: 'title is required' });
  const { rows } = await pool.query('INSERT INTO notes (user_id, title) VALUES ($1, $2) RETURNING id, title', [req.user, title]);
  res.status(201).json(rows[0]);
});

app.delete('/me', requireUser, async (req, res) => {
  await pool.query('DELETE FROM users WHERE id = $1', [req.user]);
  res.status(204).end();
});

app.listen(process.env.PORT ?? 3000);
