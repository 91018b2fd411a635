import { describe, expect, it } from 'vitest';
import { ids } from '../program.testing.ts';
import { guarded, inputs, nextApplication as next } from './told.testing.ts';
import type { Files } from './told.testing.ts';

const handler = 'export async function GET() { return Response.json([]); }';

describe('paths of Next.js', () => {
  const cases: [string, Files, string[]][] = [
    ['a route handler', { 'app/api/users/route.ts': handler }, ['GET /api/users']],
    ['below src', { 'src/app/api/users/route.js': handler }, ['GET /api/users']],
    ['parameters, groups and slots', { 'app/(shop)/@modal/items/[itemId]/route.ts': handler }, ['GET /items/:itemId']],
    [
      'the rest of a path',
      { 'app/files/[...path]/route.ts': handler, 'app/docs/[[...slug]]/route.ts': handler },
      ['GET /docs/:slug*', 'GET /files/:path*'],
    ],
    ['a folder that is called test', { 'app/api/test/route.ts': handler, 'tests/app/api/x/route.ts': handler }, ['GET /api/test']],
    [
      'a unit of a monorepo',
      { 'apps/web/package.json': '{}', 'apps/web/src/app/x/route.ts': `import 'next/server';\n${handler}` },
      ['GET /x'],
    ],
    [
      'several methods',
      { 'app/x/route.ts': 'export const POST = async () => new Response();\nexport const DELETE = POST;' },
      ['DELETE /x', 'POST /x'],
    ],
    [
      're-exported',
      { 'app/x/route.ts': `export { list as GET } from '../../lib/x';`, 'lib/x.ts': `export const list = () => Response.json([]);` },
      ['GET /x'],
    ],
    [
      'exported under two names',
      { 'app/x/route.ts': 'const handler = () => new Response();\nexport { handler as GET, handler as POST };' },
      ['GET /x', 'POST /x'],
    ],
    ['no framework of ours', { 'next-env.ts': '', 'app/x/route.ts': handler }, []],
    ['a page', { 'app/x/page.tsx': 'export default function Page() { return <p>x</p>; }' }, []],
    [
      'pages/api',
      {
        'pages/api/index.ts': 'export default (req, res) => res.json([]);',
        'src/pages/api/users/[id].ts': 'export default (req, res) => res.json([]);',
      },
      ['ALL /api', 'ALL /api/users/:id'],
    ],
  ];
  it.each(cases)('%s', async (_, files, expected) => expect(ids(await next(files))).toEqual(expected));
});

describe('methods in pages/api', () => {
  const cases: [string, string, string[]][] = [
    ['none asked for', 'res.json([]);', ['ALL /api/x']],
    ['one that is wanted', `if (req.method !== 'POST') return res.status(405).end(); res.json([]);`, ['POST /api/x']],
    [
      'a switch',
      `const { method } = req; try { switch (method) { case 'GET': case 'HEAD': await list(req, res); break; case 'DELETE': await remove(req, res); break;
       default: res.setHeader('Allow', 'GET'); res.status(405).json({}); } } catch (error) { res.status(500).json({}); }`,
      ['DELETE /api/x', 'GET /api/x', 'HEAD /api/x'],
    ],
    ['one and the rest', `if (req.method === 'POST') return res.status(201).json({}); return res.json([]);`, ['GET /api/x', 'POST /api/x']],
    [
      'a table',
      `const to = { GET: list, PUT: remove }[req.method]; if (!to) return res.status(405).end(); return to(req, res);`,
      ['GET /api/x', 'PUT /api/x'],
    ],
    ['nothing for others', `if (req.method === 'PATCH') { res.json({}); }`, ['PATCH /api/x']],
  ];
  it.each(cases)('%s', async (_, body, expected) => {
    const program = await next({
      'pages/api/x.ts': `async function list(req, res) { res.json([]); } async function remove(req, res) { res.status(204).end(); }
        export default async function handler(req, res) { ${body} }`,
    });
    expect(ids(program)).toEqual(expected);
  });

  it('next-connect', async () => {
    const program = await next({
      'pages/api/x.ts': `import nc from 'next-connect'; import { getServerSession } from 'next-auth';
        const guard = async (req, res, go) => { if (!(await getServerSession(req, res))) return res.status(401).end(); go(); };
        const handler = nc(); handler.get((req, res) => res.json([])); handler.use(guard).post((req, res) => res.json({})); export default handler;`,
    });
    expect(guarded(program)).toEqual(['GET /api/x: -', 'POST /api/x: authentication']);
  });

  it('asks for each method what it asks alone', async () => {
    const program = await next({
      'pages/api/x/[id].ts': `import { getServerSession } from 'next-auth';
        export default async function handler(req, res) {
          if (req.method === 'GET') return res.json({ id: req.query.id, page: req.query.page });
          const session = await getServerSession(req, res);
          if (!session) return res.status(401).end();
          if (req.method === 'PUT') return res.json({ title: req.body.title });
          return res.status(405).end();
        }`,
    });
    expect(guarded(program)).toEqual(['GET /api/x/:id: -', 'PUT /api/x/:id: authentication']);
    expect(inputs(program)).toEqual(['params.id:unknown!', 'query.page:unknown', 'body.title:unknown', 'params.id:unknown!']);
  });
});

describe('guards in handlers of Next.js', () => {
  const cases: [string, string, string, string][] = [
    ['none', '', 'return NextResponse.json({});', '-'],
    [
      'early return',
      `import { auth } from '@/auth';`,
      `const session = await auth(); if (!session?.user) return NextResponse.json({}, { status: 401 });`,
      'authentication',
    ],
    [
      'getServerSession',
      `import { getServerSession } from 'next-auth';`,
      `if (!(await getServerSession())) return new Response('no', { status: 401 });`,
      'authentication',
    ],
    [
      'Clerk',
      `import { auth } from '@clerk/nextjs/server';`,
      `const { userId } = await auth(); if (!userId) return new NextResponse('no', { status: 401 });`,
      'authentication',
    ],
    ['Clerk, protecting', `import { auth } from '@clerk/nextjs/server';`, `await auth.protect();`, 'authentication'],
    [
      'a redirection',
      `import { redirect } from 'next/navigation'; import { auth } from '@/auth';`,
      `if (!(await auth())) redirect('/login');`,
      'authentication',
    ],
    [
      'who is signed in is sent on',
      `import { redirect } from 'next/navigation'; import { auth } from '@/auth';`,
      `if (await auth()) redirect('/home');`,
      '-',
    ],
    [
      'Supabase',
      `import { createServerClient } from '@supabase/ssr';`,
      `const { data: { user } } = await createServerClient('', '').auth.getUser(); if (!user) return Response.json({}, { status: 401 });`,
      'authentication',
    ],
    [
      'Better Auth',
      `import { betterAuth } from 'better-auth'; import { headers } from 'next/headers'; const auth = betterAuth({});`,
      `const session = await auth.api.getSession({ headers: await headers() }); if (!session) return Response.json({}, { status: 401 });`,
      'authentication',
    ],
    [
      'iron-session',
      `import { getIronSession } from 'iron-session'; import { cookies } from 'next/headers';`,
      `const session = await getIronSession(await cookies(), {}); if (!session.userId) return Response.json({}, { status: 401 });`,
      'authentication',
    ],
    [
      'a role',
      `import { auth } from '@/auth';`,
      `const session = await auth(); if (session?.user.role !== 'admin') return Response.json({}, { status: 403 });`,
      'role(admin)',
    ],
    [
      'own function that answers',
      `import { refuse } from '@/guard';`,
      `const denied = await refuse(); if (denied) return denied;`,
      'authentication',
    ],
    ['own function that redirects', `import { requireUser } from '@/guard';`, `await requireUser();`, 'authentication'],
    ['own function, its answer ignored', `import { refuse } from '@/guard';`, `await refuse();`, 'authentication (never refuses)'],
    [
      'own function that finds the row',
      `import { getUser } from '@/guard';`,
      `const user = await getUser(); if (!user) throw new Error('not signed in');`,
      'authentication',
    ],
    [
      'one or the other',
      `import { auth } from '@/auth';`,
      `const session = await auth(); return session ? Response.json({}) : Response.json({}, { status: 401 });`,
      'authentication',
    ],
    [
      'own function that finds the row, and nobody asks whether it did',
      `import { getUser } from '@/guard';`,
      `const user = await getUser();`,
      '-',
    ],
    [
      'asked only sometimes',
      `import { requireUser } from '@/guard';`,
      `if ((await request.json()).checkout) { await requireUser(); }`,
      '-',
    ],
  ];
  const support = {
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
    'src/auth.ts': `import NextAuth from 'next-auth'; export const { handlers, auth, signIn, signOut } = NextAuth({ providers: [] });`,
    'src/guard.ts': `import { cookies } from 'next/headers'; import { redirect } from 'next/navigation'; import { NextResponse } from 'next/server'; import { jwtVerify } from 'jose';
      import { PrismaClient } from '@prisma/client'; import { cache } from 'react'; import { auth } from './auth'; const db = new PrismaClient();
      export async function refuse() { if (!(await auth())) return NextResponse.json({}, { status: 401 }); return null; }
      export async function requireUser() { const session = await auth(); if (!session) redirect('/login'); return session.user; }
      export const getUser = cache(async () => {
        const token = (await cookies()).get('session')?.value; if (!token) return null;
        const { payload } = await jwtVerify(token, new Uint8Array()); if (!payload.sub) return null;
        return db.user.findUnique({ where: { id: payload.sub } }); });`,
  };
  it.each(cases)('%s', async (_, imports, body, expected) => {
    const program = await next({
      ...support,
      'src/app/api/x/route.ts': `import { NextResponse } from 'next/server'; ${imports}\nexport async function POST(request: Request) { ${body}\n return NextResponse.json({}); }`,
    });
    expect(guarded(program)).toEqual([`POST /api/x: ${expected}`]);
  });

  it('wrapped handlers', async () => {
    const program = await next({
      ...support,
      'src/with.ts': `import { auth } from '@/auth'; export const withUser = (handler) => async (request, context) => {
        const session = await auth(); if (!session) return Response.json({}, { status: 401 }); return handler(request, { ...context, user: session.user }); };`,
      'src/app/a/route.ts': `import { withUser } from '@/with'; export const PUT = withUser(async (request) => { const { title } = await request.json(); return Response.json({ title }); });`,
      'src/app/b/route.ts': `import { auth } from '@/auth'; export const GET = auth((request) => { if (!request.auth) return new Response(null, { status: 401 }); return Response.json({}); });`,
      'src/app/api/auth/[...nextauth]/route.ts': `import { handlers } from '@/auth'; export const { GET, POST } = handlers;`,
    });
    expect(guarded(program)).toEqual([
      'PUT /a: authentication',
      'GET /api/auth/:nextauth*: -',
      'POST /api/auth/:nextauth*: -',
      'GET /b: authentication',
    ]);
    expect(program.routes.map(({ door }) => door ?? false)).toEqual([false, true, true, false]);
  });

  it('a handler that a library wraps by what it made before', async () => {
    const program = await next({
      ...support,
      'src/with.ts': `import { createWrapper } from 'some-logging'; import { auth } from '@/auth'; const logged = createWrapper({});
        export const withUser = (handler) => logged(async (request, context) => { const session = await auth(); if (!session) return new Response(null, { status: 401 }); return handler(request, session); });`,
      'src/app/a/route.ts': `import { withUser } from '@/with'; export const GET = withUser(async () => Response.json([]));`,
    });
    expect(guarded(program)).toEqual(['GET /a: authentication']);
  });

  it('reads what a handler takes', async () => {
    const program = await next({
      'app/x/[id]/route.ts': `import { cookies, headers } from 'next/headers'; import { z } from 'zod';
        export async function PATCH(request, { params }) {
          const { id } = await params; const page = request.nextUrl.searchParams.get('page'); const q = new URL(request.url).searchParams.get('q');
          const theme = (await cookies()).get('theme')?.value; const lang = (await headers()).get('X-Lang');
          const body = z.object({ title: z.string() }).parse(await request.json());
          return Response.json({ id, page, q, theme, lang, title: body.title });
        }
        export async function POST(request) { const form = await request.formData(); return Response.json({ name: form.get('name') }); }`,
    });
    expect(inputs(program)).toEqual([
      'body.title:string!',
      'cookies.theme:unknown',
      'headers.x-lang:unknown',
      'params.id:unknown!',
      'query.page:unknown',
      'query.q:unknown',
      'body.name:unknown',
      'params.id:unknown!',
    ]);
  });
});
