import Router from '@koa/router';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import { callerOf, dropped, logIn, noteFor, notesOf, people, signUp, written } from './store.js';

const authenticate = async (ctx, next) => {
  ctx.state.user = await callerOf(ctx.get('Authorization'));
  if (!ctx.state.user) ctx.throw(401, 'Sign in first');
  await next();
};
const admin = async (ctx, next) => {
  if (ctx.state.user.role !== 'admin') {
    ctx.status = 403;
    ctx.body = { error: 'For administrators' };
    return;
  }
  await next();
};

const notes = new Router({ prefix: '/notes' });
notes.use(authenticate);
notes.get('/', async (ctx) => {
  ctx.body = await notesOf(ctx.state.user.id);
});
notes.post('/', async (ctx) => {
  const { title, body } = ctx.request.body;
  if (!title || !body) ctx.throw(400, 'title and body are required');
  ctx.status = 201;
  ctx.body = await written(ctx.state.user.id, title, body);
});
notes.get('/:id', async (ctx) => {
  const found = await noteFor(Number(ctx.params.id), ctx.state.user.id);
  if (!found) ctx.throw(404, 'No such note');
  ctx.body = found;
});
notes.del('/:id', async (ctx) => {
  const gone = await dropped(Number(ctx.params.id), ctx.state.user.id);
  ctx.status = gone.length > 0 ? 204 : 404;
});

const api = new Router({ prefix: '/api' });
api.post('/register', async (ctx) => {
  const { email, password } = ctx.request.body;
  if (!email || !password || password.length < 10) ctx.throw(400, 'email and password (10 characters) are required');
  ctx.status = 201;
  ctx.body = await signUp(email, password);
});
api.post('/login', async (ctx) => {
  const session = await logIn(ctx.request.body.email, ctx.request.body.password);
  if (!session) ctx.throw(401, 'Wrong password');
  ctx.body = session;
});
api.get('/users', authenticate, admin, async (ctx) => {
  ctx.body = await people();
});
api.use(notes.routes());

const app = new Koa();
app.use(bodyParser());
app.use(api.routes()).use(api.allowedMethods());
app.listen(Number(process.env.PORT ?? 3000));
