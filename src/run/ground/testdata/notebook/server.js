import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import express from 'express';

// A small application of our own that keeps its data in a SQLite file. One endpoint shows other people's notes and one changes them.

mkdirSync('data', { recursive: true });
const db = new DatabaseSync('data/notebook.db');
db.exec(`
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT NOT NULL, created_at DATETIME DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
  CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), title TEXT NOT NULL, body TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT 'plain' CHECK (kind IN ('plain', 'secret')), edited_at DATETIME);
  CREATE TRIGGER IF NOT EXISTS edited AFTER UPDATE OF title, body ON notes BEGIN UPDATE notes SET edited_at = CURRENT_TIMESTAMP WHERE id = new.id; END;`);

function hashOf(password, salt = randomBytes(16).toString('hex')) {
  return `scrypt$${salt}$${scryptSync(password, salt, 32).toString('hex')}`;
}

function fits(password, stored) {
  const [, salt] = stored.split('$');
  return timingSafeEqual(Buffer.from(hashOf(password, salt)), Buffer.from(stored));
}

function sessionFor(user) {
  const token = randomBytes(24).toString('hex');
  db.prepare('INSERT INTO sessions (token, user_id) VALUES (?, ?)').run(token, user.id);
  return { token, user: { id: user.id, email: user.email, name: user.name } };
}

function requireUser(req, res, next) {
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  const user = token && db.prepare('SELECT users.* FROM sessions JOIN users ON users.id = user_id WHERE token = ?').get(token);
  if (!user) return res.status(401).json({ error: 'sign in first' });
  req.user = user;
  next();
}

const app = express();
app.use(express.json());

app.post('/api/auth/register', (req, res) => {
  const { email, name, password } = req.body;
  if (!email || !name || !password) return res.status(400).json({ error: 'email, name and password are required' });
  if (db.prepare('SELECT 1 FROM users WHERE email = ?').get(email)) return res.status(409).json({ error: 'this address is taken' });
  const { lastInsertRowid } = db.prepare('INSERT INTO users (email, name, password_hash) VALUES (?, ?, ?)').run(email, name, hashOf(password));
  res.status(201).json(sessionFor({ id: Number(lastInsertRowid), email, name }));
});

app.post('/api/auth/login', (req, res) => {
  const { email, password } = req.body;
  const user = db.prepare('SELECT * FROM users WHERE email = ?').get(String(email));
  if (!user || !fits(String(password), user.password_hash)) return res.status(401).json({ error: 'wrong address or password' });
  res.json(sessionFor(user));
});

app.get('/api/me', requireUser, (req, res) => {
  res.json({ id: req.user.id, email: req.user.email, name: req.user.name });
});

app.get('/api/notes', requireUser, (req, res) => {
  res.json(db.prepare('SELECT * FROM notes WHERE user_id = ? ORDER BY id').all(req.user.id));
});

app.post('/api/notes', requireUser, (req, res) => {
  const { title, body } = req.body;
  if (!title) return res.status(400).json({ error: 'title is required' });
  const { lastInsertRowid } = db.prepare('INSERT INTO notes (user_id, title, body) VALUES (?, ?, ?)').run(req.user.id, title, body ?? '');
  res.status(201).json(db.prepare('SELECT * FROM notes WHERE id = ?').get(lastInsertRowid));
});

app.get('/api/notes/:id', requireUser, (req, res) => {
  const note = db.prepare('SELECT * FROM notes WHERE id = ?').get(req.params.id);
  if (!note) return res.status(404).json({ error: 'no such note' });
  res.json(note);
});

app.put('/api/notes/:id', requireUser, (req, res) => {
  const { title, body } = req.body;
  const { changes } = db.prepare('UPDATE notes SET title = ?, body = ? WHERE id = ?').run(title, body ?? '', req.params.id);
  if (changes === 0) return res.status(404).json({ error: 'no such note' });
  res.json({ ok: true });
});

app.delete('/api/notes/:id', requireUser, (req, res) => {
  const { changes } = db.prepare('DELETE FROM notes WHERE id = ? AND user_id = ?').run(req.params.id, req.user.id);
  if (changes === 0) return res.status(404).json({ error: 'no such note' });
  res.status(204).end();
});

app.listen(process.env.PORT ?? 3000);
