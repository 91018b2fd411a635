import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { HTTPException } from 'hono/http-exception';
import { callerOf, dropped, logIn, noteFor, notesOf, people, signUp, written } from './store.js';

const authenticate = createMiddleware(async (c, next) => {
  const user = await callerOf(c.req.header('Authorization'));
  if (!user) return c.json({ error: 'Sign in first' }, 401);
  c.set('user', user);
  await next();
});
const admin = createMiddleware(async (c, next) => {
  if (c.get('user').role !== 'admin') throw new HTTPException(403, { message: 'For administrators' });
  await next();
});

const api = new Hono().basePath('/api');
api.post('/register', async (c) => {
  const { email, password } = await c.req.json();
  if (!email || !password || password.length < 10) return c.json({ error: 'email and password (10 characters) are required' }, 400);
  return c.json(await signUp(email, password), 201);
});
api.post('/login', async (c) => {
  const { email, password } = await c.req.json();
  const session = await logIn(email, password);
  return session ? c.json(session) : c.json({ error: 'Wrong password' }, 401);
});
api.get('/users', authenticate, admin, async (c) => c.json(await people()));

const notes = new Hono();
notes.use(authenticate);
notes.get('/', async (c) => c.json(await notesOf(c.get('user').id)));
notes.post('/', async (c) => {
  const { title, body } = await c.req.json();
  if (!title || !body) return c.json({ error: 'title and body are required' }, 400);
  return c.json(await written(c.get('user').id, title, body), 201);
});
notes.get('/:id{[0-9]+}', async (c) => {
  const found = await noteFor(Number(c.req.param('id')), c.get('user').id);
  return found ? c.json(found) : c.json({ error: 'No such note' }, 404);
});
notes.delete('/:id{[0-9]+}', async (c) => {
  const gone = await dropped(Number(c.req.param('id')), c.get('user').id);
  return gone.length > 0 ? c.body(null, 204) : c.notFound();
});
api.route('/notes', notes);

serve({ fetch: api.fetch, port: Number(process.env.PORT ?? 3000) });
