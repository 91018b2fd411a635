import { randomBytes, scryptSync } from 'node:crypto';
import express from 'express';
import pg from 'pg';

// A small booking service of our own that refuses without a word: only who has seen a request of its screen, of its collection or
// of its specification knows what it takes.

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const one = async (text, values) => (await pool.query(text, values)).rows[0];
const hashOf = (password, email) => scryptSync(String(password), String(email), 32).toString('hex');

const app = express();
app.use(express.json());
app.use(express.static('public'));
const route = (handle) => (req, res, next) => handle(req, res).catch(next);

async function requireUser(req, res, next) {
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  req.user = token && (await one('SELECT id, email FROM people WHERE token = $1', [token]));
  if (!req.user) return res.status(401).json({});
  next();
}

app.post('/api/register', route(async (req, res) => {
  const { email, password } = req.body;
  if (!email || !password) return res.status(400).json({ error: 'email and password are required' });
  const { id } = await one('INSERT INTO people (email, password) VALUES ($1, $2) RETURNING id', [email, hashOf(password, email)]);
  res.status(201).json({ id, email });
}));

app.post('/api/login', route(async (req, res) => {
  const { email, password } = req.body;
  const token = randomBytes(16).toString('hex');
  const person = await one('UPDATE people SET token = $3 WHERE email = $1 AND password = $2 RETURNING id', [email, hashOf(password, email), token]);
  if (!person) return res.status(401).json({});
  res.json({ token });
}));

app.get('/api/me', requireUser, (req, res) => res.json(req.user));

/** What a handler takes stands in a table, words backwards: nobody who reads the code for values to send finds them. */
const backwards = (value) => [...String(value)].toReversed().join('');
const rules = {
  berth: { deck: (value) => ['polro', 'taob'].includes(backwards(value)), nights: (value) => Number.isInteger(value) && value >= 2 && value <= 14, wishes: (value) => typeof value === 'string' },
  meal: { berthId: (value) => Number.isInteger(value), diet: (value) => ['rehsok', 'nagev'].includes(backwards(value)) },
};
const fits = (rule, body) => Object.entries(rule).every(([name, takes]) => takes(body[name]));

app.post('/api/berths', requireUser, route(async (req, res) => {
  const wanted = req.body;
  if (!fits(rules.berth, wanted)) return res.status(400).end();
  const row = await one('INSERT INTO berths (person_id, deck, nights, wishes) VALUES ($1, $2, $3, $4) RETURNING *', [req.user.id, wanted['deck'], wanted['nights'], wanted['wishes']]);
  res.status(201).json(row);
}));

app.post('/api/meals', requireUser, route(async (req, res) => {
  const wanted = req.body;
  if (!fits(rules.meal, wanted)) return res.status(400).end();
  const berth = await one('SELECT id FROM berths WHERE id = $1 AND person_id = $2', [wanted['berthId'], req.user.id]);
  if (!berth) return res.status(404).end();
  const row = await one('INSERT INTO meals (person_id, berth_id, diet) VALUES ($1, $2, $3) RETURNING *', [req.user.id, berth.id, wanted['diet']]);
  res.status(201).json(row);
}));

app.get('/api/berths/by/:order', requireUser, route(async (req, res) => {
  if (!['deck', 'length'].includes(req.params.order)) return res.status(400).end();
  const { rows } = await pool.query('SELECT id, deck FROM berths WHERE person_id = $1', [req.user.id]);
  res.json(rows);
}));

app.listen(process.env.PORT ?? 3000);
