import { createServer } from 'node:http';
import bcrypt from 'bcryptjs';
import express from 'express';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';

/* A desk for tickets with live connections of every kind. Each forgets who may hear or do what, unless MENDED is set. */

const mended = process.env.MENDED === 'yes';
const secret = process.env.JWT_SECRET;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const app = express();
app.use(express.json());

const cookieOf = (req) => /(?:^|; )desk=([^;]+)/.exec(req.headers.cookie ?? '')?.[1];

function whoIs(token) {
  try {
    return jwt.verify(token ?? '', secret).sub;
  } catch {
    return null;
  }
}

async function ticketOf(id, person) {
  const { rows } = mended
    ? await pool.query('SELECT * FROM tickets WHERE id = $1 AND person_id = $2', [id, person])
    : await pool.query('SELECT * FROM tickets WHERE id = $1', [id]);
  return rows[0];
}

function authenticate(req, res, next) {
  try {
    req.user = jwt.verify((req.headers.authorization ?? '').replace('Bearer ', ''), secret);
  } catch {
    return res.status(401).json({ error: 'who are you?' });
  }
  next();
}

app.post('/api/register', async (req, res) => {
  const { email, password } = req.body;
  if (!email || !password) return res.status(400).json({ error: 'email and password are required' });
  const { rows } = await pool.query('INSERT INTO people (email, password_hash) VALUES ($1, $2) RETURNING id', [
    email,
    await bcrypt.hash(password, 4),
  ]);
  res.status(201).json({ id: rows[0].id });
});

app.post('/api/login', async (req, res) => {
  const { rows } = await pool.query('SELECT * FROM people WHERE email = $1', [req.body.email ?? '']);
  if (!rows[0] || !(await bcrypt.compare(req.body.password ?? '', rows[0].password_hash))) return res.status(401).json({ error: 'no' });
  const token = jwt.sign({ sub: rows[0].id }, secret, { expiresIn: '1h' });
  res.setHeader('set-cookie', `desk=${token}; Path=/; HttpOnly; Secure; SameSite=None`);
  res.json({ token });
});

app.get('/api/tickets', authenticate, async (req, res) => {
  const { rows } = await pool.query('SELECT * FROM tickets WHERE person_id = $1', [req.user.sub]);
  res.json(rows);
});

app.get('/api/tickets/:id', authenticate, async (req, res) => {
  const { rows } = await pool.query('SELECT * FROM tickets WHERE id = $1 AND person_id = $2', [req.params.id, req.user.sub]);
  if (!rows[0]) return res.status(404).json({ error: 'no such ticket' });
  res.json(rows[0]);
});

app.post('/api/tickets', authenticate, async (req, res) => {
  const { title, body } = req.body;
  if (!title) return res.status(400).json({ error: 'title is required' });
  const { rows } = await pool.query('INSERT INTO tickets (person_id, title, body) VALUES ($1, $2, $3) RETURNING *', [
    req.user.sub,
    title,
    body ?? '',
  ]);
  tell(rows[0]);
  res.status(201).json(rows[0]);
});

app.put('/api/tickets/:id', authenticate, async (req, res) => {
  const { rows } = await pool.query('UPDATE tickets SET title = $1 WHERE id = $2 AND person_id = $3 RETURNING *', [
    req.body.title ?? 'untitled',
    req.params.id,
    req.user.sub,
  ]);
  if (!rows[0]) return res.status(404).json({ error: 'no such ticket' });
  tell(rows[0]);
  res.json(rows[0]);
});

/** Server-sent events: what happens to tickets. */
const streams = new Set();
app.get('/api/events', authenticate, (req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  res.write(': hello\n\n');
  const stream = { res, person: req.user.sub };
  streams.add(stream);
  req.on('close', () => streams.delete(stream));
});

const server = createServer(app);

/** Everybody may know how many tickets there are. */
const board = new WebSocketServer({ noServer: true });
/** News of one's own tickets; the token is in the address. */
const news = new WebSocketServer({ noServer: true });
/** One ticket at a time, by its id; the token comes first. */
const rooms = new WebSocketServer({ noServer: true });
/** News again, for pages: the cookie says who it is. */
const inbox = new WebSocketServer({ noServer: true });

server.on('upgrade', (req, socket, head) => {
  const { pathname, searchParams } = new URL(req.url, 'http://desk');
  const take = (wss, person) =>
    wss.handleUpgrade(req, socket, head, (ws) => {
      ws.person = person;
      wss.emit('connection', ws, req);
    });
  if (pathname === '/board') return take(board, null);
  if (pathname === '/news') {
    const person = whoIs(searchParams.get('token'));
    if (person === null && mended) return socket.destroy();
    return take(news, person);
  }
  if (pathname === '/rooms') return take(rooms, null);
  if (pathname === '/inbox') {
    const person = whoIs(cookieOf(req));
    const foreign = req.headers.origin !== undefined && !/^https?:\/\/localhost(:\d+)?$/.test(req.headers.origin);
    if (person === null || (mended && foreign)) return socket.destroy();
    return take(inbox, person);
  }
  if (!pathname.startsWith('/socket.io')) socket.destroy();
});

rooms.on('connection', (ws) => {
  ws.on('message', async (data) => {
    const message = JSON.parse(data.toString());
    if (message.type === 'auth') {
      ws.person = whoIs(message.token);
      if (ws.person === null) return ws.close(4401, 'unauthorized');
      return ws.send(JSON.stringify({ type: 'ready' }));
    }
    if (ws.person === null) return ws.close(4401, 'unauthorized');
    if (message.type === 'subscribe') {
      if (await ticketOf(message.ticketId, ws.person)) ws.ticket = Number(message.ticketId);
    } else if (message.type === 'rename') {
      if (!(await ticketOf(message.ticketId, ws.person))) return;
      await pool.query('UPDATE tickets SET title = $1 WHERE id = $2', [message.title, message.ticketId]);
    }
  });
});

const io = new Server(server);
io.use((socket, next) => {
  const person = whoIs(socket.handshake.auth.token);
  if (person === null) return next(new Error('unauthorized'));
  socket.data.person = person;
  next();
});
io.on('connection', (socket) => {
  socket.on('open ticket', async (ticketId) => {
    const ticket = await ticketOf(ticketId, socket.data.person);
    if (ticket) socket.emit('ticket', ticket);
  });
});

function tell(ticket) {
  const text = JSON.stringify({ type: 'ticket', ticket });
  const isFor = (person) => !mended || person === ticket.person_id;
  for (const { res, person } of streams) if (isFor(person)) res.write(`event: ticket\ndata: ${text}\n\n`);
  for (const ws of news.clients) if (isFor(ws.person)) ws.send(text);
  for (const ws of inbox.clients) if (ws.person === ticket.person_id) ws.send(text);
  for (const ws of rooms.clients) if (ws.ticket === ticket.id) ws.send(text);
  for (const ws of board.clients) ws.send(JSON.stringify({ type: 'more' }));
}

server.listen(process.env.PORT ?? 3000);
