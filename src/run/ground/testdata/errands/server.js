import { randomBytes } from 'node:crypto';
import express from 'express';

// A small application of our own that keeps everything in memory. One endpoint shows other people's errands.

const people = new Map();
const sessions = new Map();
const errands = [];

function requirePerson(req, res, next) {
  const person = sessions.get(/^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1]);
  if (!person) return res.status(401).json({ error: 'sign in first' });
  req.person = person;
  next();
}

const app = express();
app.use(express.json());

app.post('/register', (req, res) => {
  const { email, password } = req.body;
  if (!email || !password) return res.status(400).json({ error: 'email and password are required' });
  if (people.has(email)) return res.status(409).json({ error: 'taken' });
  people.set(email, { id: people.size + 1, email, password });
  res.status(201).json({ id: people.size, email });
});

app.post('/login', (req, res) => {
  const person = people.get(req.body.email);
  if (!person || person.password !== req.body.password) return res.status(401).json({ error: 'wrong' });
  const token = randomBytes(24).toString('hex');
  sessions.set(token, person);
  res.json({ token });
});

app.get('/errands', requirePerson, (req, res) => {
  res.json(errands.filter((errand) => errand.person === req.person.id));
});

app.post('/errands', requirePerson, (req, res) => {
  const { title } = req.body;
  if (!title) return res.status(400).json({ error: 'title is required' });
  const errand = { id: errands.length + 1, person: req.person.id, title };
  errands.push(errand);
  res.status(201).json({ errand });
});

app.get('/errands/:id', requirePerson, (req, res) => {
  const errand = errands.find((one) => one.id === Number(req.params.id));
  if (!errand) return res.status(404).json({ error: 'not found' });
  res.json(errand);
});

app.delete('/errands/:id', requirePerson, (req, res) => {
  const at = errands.findIndex((one) => one.id === Number(req.params.id));
  if (at < 0) return res.status(404).json({ error: 'not found' });
  res.json({ done: true });
});

app.listen(process.env.PORT ?? 3000);
