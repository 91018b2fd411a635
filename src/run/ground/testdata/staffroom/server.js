import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import express from 'express';
import jwt from 'jsonwebtoken';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const app = express();
app.use(express.json());

const tokenFor = (user) => jwt.sign({ id: user.id, role: user.role }, process.env.JWT_SECRET, { expiresIn: '1h' });
const hashed = (password, salt = randomBytes(16).toString('hex')) => `${salt}:${scryptSync(password, salt, 32).toString('hex')}`;
const matches = (password, stored) => timingSafeEqual(Buffer.from(hashed(password, stored.split(':')[0])), Buffer.from(stored));

function authenticate(req, res, next) {
  try {
    req.user = jwt.verify((req.headers.authorization ?? '').replace('Bearer ', ''), process.env.JWT_SECRET);
  } catch {
    return res.status(401).json({ error: 'sign in first' });
  }
  next();
}

const requireRole = (...roles) => async (req, res, next) => {
  const { rows } = await pool.query('SELECT role FROM users WHERE id = $1', [req.user.id]);
  if (!rows[0] || !roles.includes(rows[0].role)) return res.status(403).json({ error: 'not for you' });
  next();
};

app.post('/api/signup', async (req, res) => {
  const { email, name, password } = req.body;
  if (!email || !name || !password) return res.status(400).json({ error: 'email, name and password are required' });
  const { rows } = await pool.query('INSERT INTO users (email, name, password_hash) VALUES ($1, $2, $3) RETURNING id, email, name, role', [email, name, hashed(password)]);
  res.status(201).json({ token: tokenFor(rows[0]), user: rows[0] });
});

app.post('/api/login', async (req, res) => {
  const { email, password } = req.body;
  const { rows } = await pool.query('SELECT * FROM users WHERE email = $1', [email]);
  if (!rows[0] || !matches(password, rows[0].password_hash)) return res.status(401).json({ error: 'wrong address or password' });
  res.json({ token: tokenFor(rows[0]) });
});

app.get('/api/me', authenticate, async (req, res) => {
  const { rows } = await pool.query('SELECT id, email, name, role FROM users WHERE id = $1', [req.user.id]);
  res.json(rows[0]);
});

app.get('/api/posts', authenticate, async (_req, res) => {
  const { rows } = await pool.query('SELECT posts.id, title, body, users.name AS author FROM posts JOIN users ON users.id = author_id ORDER BY posts.id');
  res.json(rows);
});

app.post('/api/posts', authenticate, async (req, res) => {
  const { title, body } = req.body;
  if (!title) return res.status(400).json({ error: 'title is required' });
  const { rows } = await pool.query('INSERT INTO posts (author_id, title, body) VALUES ($1, $2, $3) RETURNING *', [req.user.id, title, body ?? '']);
  res.status(201).json(rows[0]);
});

app.put('/api/posts/:id', authenticate, async (req, res) => {
  const { title, body } = req.body;
  if (!title) return res.status(400).json({ error: 'title is required' });
  const { rows } = await pool.query('UPDATE posts SET title = $1, body = $2 WHERE id = $3 AND author_id = $4 RETURNING *', [title, body ?? '', req.params.id, req.user.id]);
  if (!rows[0]) return res.status(404).json({ error: 'no such post' });
  res.json(rows[0]);
});

app.delete('/api/posts/:id', authenticate, async (req, res) => {
  const { rowCount } = await pool.query('DELETE FROM posts WHERE id = $1', [req.params.id]);
  if (rowCount === 0) return res.status(404).json({ error: 'no such post' });
  res.status(204).end();
});

app.get('/api/admin/members', authenticate, async (_req, res) => {
  const { rows } = await pool.query('SELECT id, name, email, role FROM users ORDER BY id');
  res.json(rows);
});

app.post('/api/announcements', authenticate, async (req, res) => {
  const { text } = req.body;
  if (!text) return res.status(400).json({ error: 'text is required' });
  const { rows } = await pool.query('INSERT INTO announcements (text) VALUES ($1) RETURNING *', [text]);
  res.status(201).json(rows[0]);
});

app.get('/api/announcements', authenticate, async (_req, res) => {
  const { rows } = await pool.query('SELECT * FROM announcements ORDER BY id');
  res.json(rows);
});

app.listen(process.env.PORT);
