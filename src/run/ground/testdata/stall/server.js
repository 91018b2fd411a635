import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import express from 'express';
import pg from 'pg';

// A small shop of our own. Its sign-up, its profile and its basket write what they should not, and three answers tell too much, unless MENDED says otherwise.

/** Set, all of it is mended. */
const mended = process.env.MENDED === 'yes';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const one = async (text, values) => (await pool.query(text, values)).rows[0];

function hashOf(password, salt = randomBytes(16).toString('hex')) {
  return `$scrypt$${salt}$${scryptSync(password, salt, 32).toString('hex')}`;
}

function fits(password, stored) {
  return timingSafeEqual(Buffer.from(hashOf(password, stored.split('$')[2])), Buffer.from(stored));
}

/** `resetCode` -> `reset_code`. */
const column = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

async function updateUser(id, fields) {
  const entries = Object.entries(fields).filter(([name]) => /^[a-z_]+$/.test(name));
  const sets = entries.map(([name], index) => `${name} = $${index + 2}`);
  return one(`UPDATE users SET ${sets.join(', ')} WHERE id = $1 RETURNING name, bio`, [id, ...entries.map(([, value]) => value)]);
}

async function insertUser(fields) {
  const names = Object.keys(fields).map((name) => `"${column(name)}"`);
  return one(`INSERT INTO users (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')}) RETURNING *`, Object.values(fields));
}

const app = express();
app.use(express.json());
const route = (handle) => (req, res, next) => handle(req, res).catch(next);

async function requireUser(req, res, next) {
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  req.user = token && (await one('SELECT users.* FROM sessions JOIN users ON users.id = user_id WHERE token = $1', [token]));
  if (!req.user) return res.status(401).json({ error: 'sign in first' });
  next();
}

app.post('/api/register', route(async (req, res) => {
  const { password, ...others } = req.body;
  const rest = mended ? { email: others.email, name: others.name } : others;
  if (!req.body.email || !req.body.name || !password) return res.status(400).json({ error: 'email, name and password are required' });
  const user = await insertUser({ ...rest, passwordHash: hashOf(password) });
  res.status(201).json({ id: user.id, email: user.email, name: user.name });
}));

app.post('/api/login', route(async (req, res) => {
  const { email, password } = req.body;
  const user = await one('SELECT * FROM users WHERE email = $1', [email]);
  if (!user || !fits(String(password), user.password_hash)) return res.status(401).json({ error: 'wrong address or password' });
  const { token } = await one('INSERT INTO sessions (token, user_id) VALUES ($1, $2) RETURNING token', [randomBytes(24).toString('hex'), user.id]);
  res.json({ token });
}));

app.post('/api/forgot-password', route(async (req, res) => {
  const { email } = req.body;
  const { reset_code: code } = (await one('UPDATE users SET reset_code = $1 WHERE email = $2 RETURNING reset_code', [randomBytes(12).toString('hex'), email])) ?? {};
  res.json(mended ? { message: 'look into your mailbox' } : { message: 'look into your mailbox', code });
}));

app.get('/api/me', requireUser, route(async (req, res) => {
  const { id, email, name } = req.user;
  res.json(mended ? { id, email, name } : req.user);
}));

app.put('/api/me', requireUser, route(async (req, res) => {
  const { name } = req.body.user ?? {};
  if (!name) return res.status(400).json({ error: 'user.name is required' });
  res.json({ user: await updateUser(req.user.id, mended ? { name } : req.body.user) });
}));

app.get('/api/sellers', requireUser, route(async (req, res) => {
  const { rows } = await pool.query(`SELECT id, name${mended ? '' : ', password_hash'} FROM users ORDER BY id`);
  res.json(rows);
}));

app.get('/api/products', route(async (req, res) => {
  res.json((await pool.query('SELECT id, name, price FROM products ORDER BY id')).rows);
}));

app.post('/api/baskets', requireUser, route(async (req, res) => {
  const { note, items } = req.body;
  if (!Array.isArray(items) || items.length === 0) return res.status(400).json({ error: 'items is required' });
  const basket = await one('INSERT INTO baskets (user_id, note) VALUES ($1, $2) RETURNING id, note', [req.user.id, note ?? null]);
  for (const item of items) {
    const product = await one('SELECT price FROM products WHERE id = $1', [item.productId]);
    const line = mended ? { ...item, price: product.price } : { price: product.price, ...item };
    await pool.query('INSERT INTO basket_lines (basket_id, product_id, quantity, price) VALUES ($1, $2, $3, $4)', [basket.id, line.productId, line.quantity, line.price]);
  }
  res.status(201).json(basket);
}));

app.post('/api/keys', requireUser, route(async (req, res) => {
  const { label } = req.body;
  if (!label) return res.status(400).json({ error: 'label is required' });
  res.status(201).json(await one('INSERT INTO api_keys (user_id, label, api_key) VALUES ($1, $2, $3) RETURNING id, label, api_key', [req.user.id, label, randomBytes(20).toString('hex')]));
}));

app.get('/api/keys', requireUser, route(async (req, res) => {
  res.json((await pool.query('SELECT id, label FROM api_keys WHERE user_id = $1 ORDER BY id', [req.user.id])).rows);
}));

app.use((error, _req, res, _next) => res.status(500).json({ error: 'this went wrong' }));
app.listen(process.env.PORT ?? 3000);
