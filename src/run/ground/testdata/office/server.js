import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import express from 'express';
import pg from 'pg';

// Companies with an administrator and members, of our own. Every member may delete projects, unless MENDED says otherwise; offers are there for all companies.

const mended = process.env.MENDED === 'yes';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const rows = async (text, values) => (await pool.query(text, values)).rows;

function hashOf(password, salt = randomBytes(16).toString('hex')) {
  return `$scrypt$${salt}$${scryptSync(password, salt, 32).toString('hex')}`;
}

const app = express();
app.use(express.json());
const route = (handle) => (req, res, next) => handle(req, res).catch(next);

async function requireUser(req, res, next) {
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  const [user] = token ? await rows('SELECT users.* FROM sessions JOIN users ON users.id = user_id WHERE token = $1', [token]) : [];
  if (!user) return res.status(401).json({ error: 'sign in first' });
  req.user = user;
  next();
}

function requireAdmin(req, res, next) {
  if (mended && req.user.role !== 'admin') return res.status(403).json({ error: 'only administrators' });
  next();
}

app.post('/api/register', route(async (req, res) => {
  const { company, email, password } = req.body;
  if (!company || !email || !password) return res.status(400).json({ error: 'company, email and password are required' });
  const [{ id }] = await rows('INSERT INTO companies (name) VALUES ($1) RETURNING id', [company]);
  const [user] = await rows('INSERT INTO users (company_id, email, password_hash) VALUES ($1, $2, $3) RETURNING id, email', [id, email, hashOf(password)]);
  res.status(201).json(user);
}));

app.post('/api/login', route(async (req, res) => {
  const { email, password } = req.body;
  const [user] = await rows('SELECT * FROM users WHERE email = $1', [email]);
  const stored = user?.password_hash ?? hashOf('nobody');
  if (!timingSafeEqual(Buffer.from(hashOf(String(password), stored.split('$')[2])), Buffer.from(stored))) return res.status(401).json({ error: 'wrong' });
  const [{ token }] = await rows('INSERT INTO sessions (token, user_id) VALUES ($1, $2) RETURNING token', [randomBytes(24).toString('hex'), user.id]);
  res.json({ token });
}));

app.use('/api', requireUser);

app.get('/api/projects', route(async (req, res) => {
  res.json(await rows('SELECT * FROM projects WHERE company_id = $1', [req.user.company_id]));
}));

app.post('/api/projects', route(async (req, res) => {
  const { title, notes } = req.body;
  if (!title) return res.status(400).json({ error: 'title is required' });
  const [project] = await rows('INSERT INTO projects (company_id, title, notes) VALUES ($1, $2, $3) RETURNING *', [req.user.company_id, title, notes ?? '']);
  res.status(201).json(project);
}));

app.get('/api/projects/:id', route(async (req, res) => {
  const [project] = await rows('SELECT * FROM projects WHERE id = $1 AND company_id = $2', [req.params.id, req.user.company_id]);
  return project ? res.json(project) : res.status(404).json({ error: 'not found' });
}));

app.delete('/api/projects/:id', requireAdmin, route(async (req, res) => {
  const [project] = await rows('DELETE FROM projects WHERE id = $1 AND company_id = $2 RETURNING id', [req.params.id, req.user.company_id]);
  return project ? res.json(project) : res.status(404).json({ error: 'not found' });
}));

app.post('/api/offers', route(async (req, res) => {
  const { headline } = req.body;
  if (!headline) return res.status(400).json({ error: 'headline is required' });
  const [offer] = await rows('INSERT INTO offers (company_id, headline) VALUES ($1, $2) RETURNING *', [req.user.company_id, headline]);
  res.status(201).json(offer);
}));

app.get('/api/offers', route(async (_req, res) => {
  res.json(await rows('SELECT * FROM offers ORDER BY id'));
}));

app.listen(Number(process.env.PORT ?? 3000));
