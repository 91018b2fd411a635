import { describe, expect, it } from 'vitest';
import { ids, read } from '../program.testing.ts';
import { guarded, inputs } from './told.testing.ts';

type Files = Readonly<Record<string, string>>;

describe('React Router and Remix', () => {
  const remix = (files: Files) => read({ 'app/entry.server.tsx': `import '@react-router/node';`, ...files });
  const loader = 'export const loader = async () => ({ ok: true });';

  const cases: [string, Files, string[]][] = [
    [
      'flat files',
      { 'app/routes/_index.tsx': loader, 'app/routes/notes.$noteId_.edit.tsx': loader, 'app/routes/_auth.login.tsx': loader },
      ['GET /', 'GET /login', 'GET /notes/:noteId/edit'],
    ],
    [
      'folders',
      {
        'app/routes/users.$id/route.tsx': loader,
        'app/routes/users.$id/form.tsx': 'export const form = 1;',
        'app/routes/admin/cache/$key.ts': loader,
      },
      ['GET /admin/cache/:key', 'GET /users/:id'],
    ],
    [
      'hybrid folders',
      { 'app/routes/_auth+/login.tsx': loader, 'app/routes/resources+/theme.tsx': loader },
      ['GET /login', 'GET /resources/theme'],
    ],
    [
      'escapes, options and the rest of a path',
      { 'app/routes/sitemap[.]xml.ts': loader, 'app/routes/($lang).about.tsx': loader, 'app/routes/files.$.tsx': loader },
      ['GET /:lang/about', 'GET /files/:splat*', 'GET /sitemap.xml'],
    ],
    [
      'loader and action',
      { 'app/routes/notes.tsx': `${loader} export async function action() { return null; }` },
      ['GET /notes', 'POST /notes'],
    ],
    [
      'methods of an action',
      {
        'app/routes/notes.tsx': `export async function action({ request }) { switch (request.method) { case 'PUT': return { put: 1 }; case 'DELETE': return { del: 1 }; default: return new Response(null, { status: 405 }); } }`,
      },
      ['DELETE /notes', 'PUT /notes'],
    ],
    ['a page without data', { 'app/routes/about.tsx': 'export default function About() { return <p>x</p>; }' }, []],
    [
      'routes that are written down',
      {
        'app/routes.ts': `import { index, layout, prefix, route } from '@react-router/dev/routes';
          export default [index('./home.tsx'), layout('./shell.tsx', [route('users/:id', './users/detail.tsx', [route('edit', 'users/edit.tsx')])]), ...prefix('admin', [route('jobs', './jobs.tsx')])];`,
        'app/home.tsx': loader,
        'app/shell.tsx': loader,
        'app/users/detail.tsx': loader,
        'app/users/edit.tsx': loader,
        'app/jobs.tsx': loader,
      },
      ['GET /', 'GET /admin/jobs', 'GET /users/:id', 'GET /users/:id/edit'],
    ],
  ];
  it.each(cases)('%s', async (_, files, expected) => expect(ids(await remix(files))).toEqual(expected));

  it('reads guards and fields', async () => {
    const program = await remix({
      'app/session.server.ts': `import { createCookieSessionStorage, redirect } from 'react-router'; const storage = createCookieSessionStorage({});
        export async function requireUserId(request) { const session = await storage.getSession(request.headers.get('Cookie')); const id = session.get('userId');
          if (!id) throw redirect('/login'); return id; }
        export async function requireAnonymous(request) { const session = await storage.getSession(request.headers.get('Cookie')); if (session.get('userId')) throw redirect('/'); }`,
      'app/routes/notes.$noteId.tsx': `import { data, redirect } from 'react-router'; import { requireUserId } from '../session.server';
        export async function loader({ request, params }) { const page = new URL(request.url).searchParams.get('page'); return { id: params.noteId, page }; }
        export async function action({ request, params }) { await requireUserId(request); const form = await request.formData(); const title = form.get('title'); return redirect('/' + title); }`,
      'app/routes/login.tsx': `import { requireAnonymous } from '../session.server'; export async function loader({ request }) { await requireAnonymous(request); return null; }`,
      'app/routes/admin.tsx': `import { data } from 'react-router'; export async function loader({ context }) { if (context.user?.role !== 'admin') throw data(null, { status: 403 }); return null; }`,
    });
    expect(guarded(program)).toEqual([
      'GET /admin: role(admin)',
      'GET /login: -',
      'GET /notes/:noteId: -',
      'POST /notes/:noteId: authentication',
    ]);
    expect(inputs(program).filter((one) => !one.startsWith('headers'))).toEqual([
      'params.noteId:unknown!',
      'query.page:unknown',
      'body.title:unknown',
      'params.noteId:unknown!',
    ]);
  });

  it('middleware of the route and of those around it', async () => {
    const program = await remix({
      'app/routes.ts': `import { layout, route } from '@react-router/dev/routes'; export default [route('open', './open.tsx'), layout('./kept.tsx', [route('kept', './inner.tsx')])];`,
      'app/open.tsx': loader,
      'app/inner.tsx': loader,
      'app/kept.tsx': `import { redirect } from 'react-router'; async function signedIn({ context }, next) { if (!context.user) throw redirect('/login'); return next(); } export const middleware = [signedIn];`,
    });
    expect(guarded(program)).toEqual(['GET /kept: authentication', 'GET /open: -']);
  });
});

describe('SvelteKit', () => {
  it('endpoints, loads and actions', async () => {
    const program = await read({
      'src/routes/api/items/[id=integer]/+server.ts': `import { json } from '@sveltejs/kit'; export const GET = () => json([]); export const DELETE = () => new Response(null, { status: 204 });`,
      'src/routes/(app)/notes/+page.server.ts': `import { fail, redirect } from '@sveltejs/kit';
        export const load = async ({ locals, url }) => { if (!locals.user) redirect(303, '/login'); return { page: url.searchParams.get('page') }; };
        export const actions = { create: async ({ request, locals }) => { if (!locals.user) return fail(401); const data = await request.formData(); return { title: data.get('title') }; } };`,
      'src/routes/login/+page.server.ts': `export const actions = { default: async ({ request, cookies }) => { const { mail } = Object.fromEntries(await request.formData()); cookies.set('a', mail); } };`,
      'src/routes/[[lang]]/files/[...path]/+server.ts': 'export const fallback = () => new Response();',
    });
    expect(guarded(program)).toEqual([
      'ALL /:lang/files/:path*: -',
      'DELETE /api/items/:id: -',
      'GET /api/items/:id: -',
      'POST /login: -',
      'GET /notes: authentication',
      'POST /notes?/create: authentication',
    ]);
    expect(inputs(program).filter((one) => !one.startsWith('params'))).toEqual([
      'body.mail:unknown',
      'query.page:unknown',
      'body.title:unknown',
    ]);
  });

  it('the hook in front of them, and what it keeps for them', async () => {
    const program = await read({
      'src/lib/server/auth.ts': `import { Lucia } from 'lucia'; export const lucia = new Lucia({}, {});`,
      'src/hooks.server.ts': `import { redirect } from '@sveltejs/kit'; import { sequence } from '@sveltejs/kit/hooks'; import { lucia } from '$lib/server/auth';
        const known = async ({ event, resolve }) => { const id = event.cookies.get('auth'); const { user } = await lucia.validateSession(id); event.locals.user = user; return resolve(event); };
        const kept = async ({ event, resolve }) => { if (event.url.pathname.startsWith('/api/admin') && !event.locals.user) return new Response('no', { status: 401 }); return resolve(event); };
        export const handle = sequence(known, kept);`,
      'src/routes/api/admin/users/+server.ts': 'export const GET = () => new Response();',
      'src/routes/api/open/+server.ts': 'export const GET = () => new Response();',
    });
    expect(guarded(program)).toEqual(['GET /api/admin/users: authentication', 'GET /api/open: -']);
  });
});

describe('Nuxt and Nitro', () => {
  const nuxt = (files: Files) => read({ 'nuxt.config.ts': 'export default {};', ...files });
  const handler = 'export default defineEventHandler(() => []);';

  it('paths and methods', async () => {
    const program = await nuxt({
      'server/api/users/index.get.ts': handler,
      'server/api/users/[id].patch.ts': handler,
      'server/api/stats.ts': handler,
      'server/api/files/[...path].ts': handler,
      'server/routes/feed.xml.ts': handler,
      'server/api/notes.ts': `export default defineEventHandler((event) => { if (event.method === 'POST') return 1; if (event.method === 'DELETE') return 2; throw createError({ statusCode: 405 }); });`,
      'server/utils/db.ts': 'export default {};',
    });
    expect(ids(program)).toEqual([
      'ALL /api/files/:path*',
      'DELETE /api/notes',
      'POST /api/notes',
      'ALL /api/stats',
      'GET /api/users',
      'PATCH /api/users/:id',
      'ALL /feed.xml',
    ]);
  });

  it('leaves folders of the same name elsewhere alone', async () => {
    expect(
      ids(await read({ 'server/api/users.ts': 'export default function users() {}', 'server/index.ts': `import express from 'express';` })),
    ).toEqual([]);
  });

  it('guards, also of functions that need no import, and fields', async () => {
    const program = await nuxt({
      'server/utils/auth.ts': `export async function requireAdmin(event) { const { user } = await getUserSession(event); if (user?.role !== 'admin') throw createError({ statusCode: 403 }); return user; }`,
      'server/api/a/[id].put.ts': `import { z } from 'zod'; export default defineEventHandler(async (event) => { await requireAdmin(event); const body = await readValidatedBody(event, z.object({ title: z.string() }).parse); return [getRouterParam(event, 'id'), body.title]; });`,
      'server/api/b.post.ts': `export default eventHandler(async (event) => { const { user } = await requireUserSession(event); const { text } = await readBody(event); const { page } = getQuery(event); return [user.id, text, page, getCookie(event, 'theme')]; });`,
      'server/api/c.get.ts': `export default defineEventHandler((event) => { if (!event.context.user) throw createError({ statusCode: 401 }); return event.context.params.x; });`,
    });
    expect(guarded(program)).toEqual(['PUT /api/a/:id: role(admin)', 'POST /api/b: authentication', 'GET /api/c: authentication']);
    expect(inputs(program)).toEqual([
      'body.title:string!',
      'params.id:unknown!',
      'body.text:unknown',
      'cookies.theme:unknown',
      'query.page:unknown',
      'params.x:unknown',
    ]);
    expect(program.routes.map(({ validated }) => validated)).toEqual([true, false, false]);
  });

  it('server middleware by the path', async () => {
    const program = await nuxt({
      'server/middleware/auth.ts': `export default defineEventHandler(async (event) => { if (!getRequestURL(event).pathname.startsWith('/api/admin')) return;
        const session = await getUserSession(event); if (!session.user) throw createError({ statusCode: 401 }); });`,
      'server/middleware/log.ts': `export default defineEventHandler((event) => { console.log(event.path); });`,
      'server/api/admin/users.get.ts': handler,
      'server/api/open.get.ts': handler,
    });
    expect(guarded(program)).toEqual(['GET /api/admin/users: authentication', 'GET /api/open: -']);
  });
});
