import { describe, expect, it } from 'vitest';
import { ids, read } from '../program.testing.ts';
import { guarded, inputs } from './told.testing.ts';

const base = `
import { initTRPC, TRPCError } from '@trpc/server';
import { getServerSession } from 'next-auth';
export const createContext = async ({ req }) => { const session = await getServerSession(req); return { session, db }; };
const t = initTRPC.context<typeof createContext>().create();
export const router = t.router;
export const merge = t.mergeRouters;
const timed = t.middleware(async ({ next, path }) => { const at = Date.now(); const done = await next(); console.log(path, Date.now() - at); return done; });
const signedIn = t.middleware(({ ctx, next }) => {
  if (!ctx.session?.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { session: { ...ctx.session, user: ctx.session.user } } });
});
export const open = t.procedure.use(timed);
export const mine = open.use(signedIn);
export const admin = mine.use(async ({ ctx, next }) => {
  if (ctx.session.user.role !== 'admin') throw new TRPCError({ code: 'FORBIDDEN' });
  return next();
});
export const noticed = t.procedure.use(({ ctx, next }) => { if (!ctx.session) console.warn('nobody'); return next(); });
`;
const fetching = `
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { root } from '../../../../root';
import { createContext } from '../../../../trpc';
const handler = (req) => fetchRequestHandler({ endpoint: '/api/trpc', req, router: root, createContext: () => createContext({ req }) });
export { handler as GET, handler as POST };`;

describe('tRPC', () => {
  it('reads procedures of nested, merged and lazy routers with their middleware', async () => {
    const program = await read({
      'src/trpc.ts': base,
      'src/root.ts': `import { lazy } from '@trpc/server'; import { router, merge, open, noticed } from './trpc'; import { posts } from './posts'; import * as users from './users';
        const health = router({ ping: open.query(() => 'pong'), hush: noticed.query(() => 'x') });
        export const root = merge(router({ posts, users: users.users, late: lazy(() => import('./late')) }), health);`,
      'src/posts.ts': `import { z } from 'zod'; import { open, mine } from './trpc';
        export const posts = {
          byId: open.input(z.object({ id: z.string().uuid() })).query(({ input, ctx }) => ctx.db.find(input.id)),
          add: mine.input(z.object({ title: z.string(), tags: z.array(z.string()).optional() })).mutation(({ input }) => input.title),
          remove: mine.input(z.string()).mutation(async ({ ctx, input }) => {
            const post = await ctx.db.find(input);
            if (post.authorId !== ctx.session.user.id) throw new TRPCError({ code: 'FORBIDDEN' });
          }),
          changes: mine.subscription(async function* () {}),
        };`,
      'src/users.ts': `import { router, admin } from './trpc'; export const users = router({ ban: admin.input((v) => v).mutation(() => {}) });`,
      'src/late.ts': `import { router, open } from './trpc'; export const late = router({ now: open.query(() => 1) });`,
      'src/app/api/trpc/[trpc]/route.ts': fetching,
    });
    expect(guarded(program)).toEqual([
      'GET /api/trpc/hush: -',
      'GET /api/trpc/late.now: -',
      'GET /api/trpc/ping: -',
      'POST /api/trpc/posts.add: authentication',
      'GET /api/trpc/posts.byId: -',
      'GET /api/trpc/posts.changes: authentication',
      'POST /api/trpc/posts.remove: authentication, ownership',
      'POST /api/trpc/users.ban: authentication, role(admin)',
    ]);
    expect(inputs(program)).toEqual(['body.tags:array', 'body.title:string!', 'query.input:object!']);
    expect(program.routes.map(({ validated }) => validated)).toEqual([false, false, false, true, false, false, true, true]);
  });

  it('knows where Express, Fastify and a server of its own have it, and what stands before', async () => {
    const small = `import { initTRPC } from '@trpc/server'; const t = initTRPC.create(); export const root = t.router({ a: t.procedure.query(() => 1) });`;
    const express = await read({
      'root.ts': small,
      'app.ts': `import express from 'express'; import { createExpressMiddleware } from '@trpc/server/adapters/express'; import { root } from './root';
        const app = express(); app.use('/rpc', (req, res, next) => { if (!req.user) return res.sendStatus(401); next(); }, createExpressMiddleware({ router: root })); app.listen(1);`,
    });
    expect(guarded(express)).toEqual(['GET /rpc/a: authentication']);
    const fastify = await read({
      'root.ts': small,
      'app.ts': `import fastify from 'fastify'; import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'; import { root } from './root';
        const app = fastify(); app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router: root } });`,
    });
    expect(ids(fastify)).toEqual(['GET /trpc/a']);
    const alone = await read({
      'root.ts': small,
      'app.ts': `import { createHTTPServer } from '@trpc/server/adapters/standalone'; import { root } from './root'; createHTTPServer({ router: root }).listen(1);`,
    });
    expect(ids(alone)).toEqual(['GET /a']);
  });
});
