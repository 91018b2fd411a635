import { describe, expect, it } from 'vitest';
import { ids, read } from '../program.testing.ts';
import { guarded, inputs } from './told.testing.ts';

const verify = `import jwt from 'jsonwebtoken';\n`;

describe('Hono', () => {
  const hono = (body: string, more: Record<string, string> = {}) =>
    read({ 'src/app.ts': `import { Hono } from 'hono';\nconst app = new Hono();\n${body}\nexport default app;`, ...more });
  const bearer = `
import { createMiddleware } from 'hono/factory';
import { HTTPException } from 'hono/http-exception';
import { verify } from 'hono/jwt';
export const auth = createMiddleware(async (c, next) => {
  const token = c.req.header('Authorization')?.slice(7);
  if (!token) return c.json({ error: 'no token' }, 401);
  const payload = await verify(token, process.env.SECRET);
  c.set('user', payload);
  await next();
});
export const only = (...roles) => createMiddleware(async (c, next) => {
  if (!roles.includes(c.get('user').role)) throw new HTTPException(403);
  await next();
});`;

  const cases: [string, string, Record<string, string>, string[]][] = [
    ['verbs and chains', `app.get('/a', (c) => c.text('x')).post('/b', (c) => c.text('x'));`, {}, ['GET /a', 'POST /b']],
    ['several methods', `app.on(['PUT', 'DELETE'], '/x/:id{[0-9]+}', (c) => c.text('x'));`, {}, ['DELETE /x/:id', 'PUT /x/:id']],
    [
      'another application under a path',
      `import { notes } from './notes'; app.route('/notes', notes);`,
      { 'src/notes.ts': `import { Hono } from 'hono'; export const notes = new Hono(); notes.get('/:id', (c) => c.json({}));` },
      ['GET /notes/:id'],
    ],
    [
      'a base path',
      `const api = app.basePath('/api'); api.get('/x', (c) => c.text('x')); app.get('/y', (c) => c.text('y'));`,
      {},
      ['GET /api/x', 'GET /y'],
    ],
    [
      'routes that are described',
      `import { OpenAPIHono, createRoute } from '@hono/zod-openapi'; const api = new OpenAPIHono();
       api.openapi(createRoute({ method: 'get', path: '/pets/{id}', responses: {} }), (c) => c.json({})); app.route('/v1', api);`,
      {},
      ['GET /v1/pets/:id'],
    ],
  ];
  it.each(cases)('%s', async (_, body, more, expected) => expect(ids(await hono(body, more))).toEqual(expected));

  it('reads guards by what they do', async () => {
    const program = await hono(
      `import { auth, only } from './auth'; app.get('/open', (c) => c.text('x'));
       app.use('/api/*', auth); app.get('/api/me', (c) => c.json(c.get('user')));
       app.delete('/api/users/:id', only('admin'), (c) => c.json({}));
       app.get('/api/inline', (c) => { if (c.get('user').role !== 'admin') return c.json({}, 403); return c.json({}); });`,
      { 'src/auth.ts': bearer },
    );
    expect(guarded(program)).toEqual([
      'GET /api/inline: authentication, role(admin)',
      'GET /api/me: authentication',
      'DELETE /api/users/:id: authentication, role(admin)',
      'GET /open: -',
    ]);
  });

  it('sees a middleware that only lets through', async () => {
    const program = await hono(
      `app.use(async (c, next) => { console.log(c.req.path); await next(); }); app.get('/x', (c) => c.text('x'));`,
    );
    expect(guarded(program)).toEqual(['GET /x: -']);
  });

  it('reads the fields that a handler takes, and what validators say of them', async () => {
    const program = await hono(`
      import { z } from 'zod'; import { zValidator } from '@hono/zod-validator';
      app.post('/a/:id', async (c) => { const { title } = await c.req.json(); return c.json([c.req.param('id'), c.req.query('page'), title]); });
      app.post('/b', zValidator('json', z.object({ amount: z.number().min(1), note: z.string().optional() })), (c) => c.json(c.req.valid('json')));`);
    expect(inputs(program)).toEqual([
      'body.title:unknown',
      'params.id:unknown!',
      'query.page:unknown',
      'body.amount:number!',
      'body.note:string',
    ]);
    expect(program.routes[1]).toMatchObject({
      framework: 'hono',
      validated: true,
      inputs: [{ name: 'amount', minimum: 1 }, { name: 'note' }],
    });
  });

  it('follows the caller into the statement', async () => {
    const program = await hono(
      `import pg from 'pg'; import { auth } from './auth'; const pool = new pg.Pool(); app.use(auth);
       app.get('/mine', async (c) => c.json((await pool.query('SELECT * FROM notes WHERE user_id = $1', [c.var.user.id])).rows));
       app.get('/any/:id', async (c) => c.json((await pool.query('SELECT * FROM notes WHERE id = $1', [c.req.param('id')])).rows));`,
      { 'src/auth.ts': bearer },
    );
    expect(program.queries.map(({ routes, filters }) => [routes, filters.map(({ value }) => value.kind)])).toEqual([
      [['GET /mine'], ['session']],
      [['GET /any/:id'], ['input']],
    ]);
  });
});

describe('Koa', () => {
  const koa = (body: string, more: Record<string, string> = {}) =>
    read({
      'src/app.ts': `import Koa from 'koa';\nimport Router from '@koa/router';\nconst app = new Koa();\nconst router = new Router();\n${body}\napp.use(router.routes()).use(router.allowedMethods());\napp.listen(3000);`,
      ...more,
    });

  const cases: [string, string, Record<string, string>, string[]][] = [
    [
      'verbs, names and del',
      `router.get('home', '/', (ctx) => { ctx.body = 1; }); router.del('/x/:id', (ctx) => { ctx.body = 1; });`,
      {},
      ['GET /', 'DELETE /x/:id'],
    ],
    [
      'nested routers with prefixes',
      `import notes from './notes'; router.prefix('/api'); router.use('/v1', notes.routes(), notes.allowedMethods());`,
      {
        'src/notes.ts': `import Router from 'koa-router'; const r = new Router({ prefix: '/notes' }); r.get('/:id', (ctx) => { ctx.body = 1; }); export default r;`,
      },
      ['GET /api/v1/notes/:id'],
    ],
    [
      'mounted applications',
      `import mount from 'koa-mount'; const a = new Koa(); const r = new Router(); r.get('/x', (ctx) => {}); a.use(r.routes()); app.use(mount('/m', a));`,
      {},
      ['GET /m/x'],
    ],
  ];
  it.each(cases)('%s', async (_, body, more, expected) => expect(ids(await koa(body, more))).toEqual(expected));

  it('reads guards by what they do', async () => {
    const program = await koa(
      `${verify}
       const auth = async (ctx, next) => {
         try { ctx.state.user = jwt.verify(ctx.get('Authorization'), process.env.SECRET); } catch { ctx.status = 401; ctx.body = { error: 'no' }; return; }
         await next();
       };
       const admin = async (ctx, next) => { if (ctx.state.user.role !== 'admin') ctx.throw(403, 'no'); await next(); };
       const weak = async (ctx, next) => { if (!ctx.state.user) ctx.status = 401; await next(); };
       router.get('/open', (ctx) => { ctx.body = 1; });
       router.get('/weak', weak, (ctx) => { ctx.body = 1; });
       router.use(auth); router.get('/me', (ctx) => { ctx.body = 1; }); router.post('/users', admin, (ctx) => { ctx.body = 1; });`,
    );
    expect(guarded(program)).toEqual([
      'GET /me: authentication',
      'GET /open: -',
      'POST /users: authentication, role(admin)',
      'GET /weak: authentication (never refuses)',
    ]);
  });

  it('reads the fields that a handler takes', async () => {
    const program = await koa(
      `router.post('/x/:id', (ctx) => { const { title } = ctx.request.body; ctx.body = [title, ctx.params.id, ctx.query.page, ctx.cookies.get('sid'), ctx.get('X-Key')]; });`,
    );
    expect(inputs(program)).toEqual([
      'body.title:unknown',
      'cookies.sid:unknown',
      'headers.x-key:unknown',
      'params.id:unknown!',
      'query.page:unknown',
    ]);
  });
});

describe('Fastify', () => {
  const fastify = (body: string, more: Record<string, string> = {}) =>
    read({
      'src/app.ts': `import Fastify from 'fastify';\nconst app = Fastify({ logger: true });\n${body}\nawait app.listen({ port: 3000 });`,
      ...more,
    });

  const cases: [string, string, Record<string, string>, string[]][] = [
    [
      'verbs',
      `app.get('/a', async () => 1); app.post('/b', { schema: {} }, async () => 1); app.put('/c', { handler: async () => 1 });`,
      {},
      ['GET /a', 'POST /b', 'PUT /c'],
    ],
    [
      'described routes',
      `app.route({ method: ['GET', 'PATCH'], url: '/x/:id', handler: async () => 1 });`,
      {},
      ['GET /x/:id', 'PATCH /x/:id'],
    ],
    [
      'plugins under a prefix, imported and nested',
      `import users from './users.js'; app.register(users, { prefix: '/users' }); app.register(import('./notes.js'), { prefix: '/notes' });`,
      {
        'src/users.ts': `export default async function users(fastify) { fastify.get('/', async () => 1); fastify.register(async (inner) => { inner.get('/deep', async () => 1); }, { prefix: '/in' }); }`,
        'src/notes.ts': `export default async (fastify, opts) => { fastify.get('/:id', async () => 1); };`,
      },
      ['GET /notes/:id', 'GET /users', 'GET /users/in/deep'],
    ],
    [
      'a typed plugin',
      `import { routes } from './routes.js'; app.register(routes);`,
      {
        'src/routes.ts': `import type { FastifyInstance } from 'fastify'; export async function routes(server: FastifyInstance) { server.get('/x', async () => 1); }`,
      },
      ['GET /x'],
    ],
  ];
  it.each(cases)('%s', async (_, body, more, expected) => expect(ids(await fastify(body, more))).toEqual(expected));

  const auth = `import fp from 'fastify-plugin';
export default fp(async (fastify) => {
  fastify.decorate('authenticate', async (request, reply) => { try { await request.jwtVerify(); } catch (error) { reply.send(error); } });
  fastify.decorate('admin', async (request, reply) => { if (request.user.role !== 'admin') return reply.code(403).send({}); });
});`;

  it('reads hooks and decorators, each plugin by itself', async () => {
    const program = await fastify(
      `import auth from './auth.js'; app.register(auth);
       app.get('/open', async () => 1);
       app.get('/me', { onRequest: [app.authenticate] }, async (request) => request.user);
       app.register(async (inner) => {
         inner.get('/early', async () => 1);
         inner.addHook('preHandler', inner.authenticate);
         inner.delete('/users/:id', { preHandler: inner.admin }, async () => 1);
       }, { prefix: '/admin' });`,
      { 'src/auth.ts': auth },
    );
    expect(guarded(program)).toEqual([
      'GET /admin/early: authentication',
      'DELETE /admin/users/:id: authentication, role(admin)',
      'GET /me: authentication',
      'GET /open: -',
    ]);
  });

  it('reads schemas, as JSON Schema and as TypeBox', async () => {
    const program = await fastify(`
      import { Type } from '@sinclair/typebox';
      app.post('/a', { schema: { body: { type: 'object', required: ['title'], properties: { title: { type: 'string' }, size: { type: 'integer', minimum: 2 } } } } }, async () => 1);
      app.get('/b', { schema: { querystring: Type.Object({ kind: Type.Union([Type.Literal('x'), Type.Literal('y')]), page: Type.Optional(Type.Integer()) }) } }, async () => 1);`);
    expect(inputs(program)).toEqual(['body.size:integer', 'body.title:string!', 'query.kind:string!', 'query.page:integer']);
    expect(program.routes.map(({ validated, framework }) => [framework, validated])).toEqual([
      ['fastify', true],
      ['fastify', false],
    ]);
    expect(program.routes[1]?.inputs[0]?.values).toEqual(['x', 'y']);
  });
});
