import { describe, expect, it } from 'vitest';
import type { Program } from '../../code.ts';
import { nextApplication as next } from './told.testing.ts';

const handler = 'export async function GET() { return Response.json([]); }';

describe('middleware of Next.js', () => {
  const routes = {
    'app/api/admin/users/route.ts': handler,
    'app/api/login/route.ts': handler,
    'app/api/notes/[id]/route.ts': handler,
    'app/status/route.ts': handler,
  };
  const paths = ['/api/admin/users', '/api/login', '/api/notes/:id', '/status'];
  const cases: [string, string, string, string[]][] = [
    ['everywhere', 'if (!(await getToken({ req }))) return NextResponse.redirect(new URL("/login", req.url));', '', paths],
    [
      'a matcher',
      'if (!(await getToken({ req }))) return new NextResponse(null, { status: 401 });',
      `export const config = { matcher: '/api/:path*' };`,
      paths.slice(0, 3),
    ],
    [
      'matchers',
      'if (!(await getToken({ req }))) return new NextResponse(null, { status: 401 });',
      `export const config = { matcher: ['/api/admin/:path*', { source: '/api/notes/:id' }] };`,
      ['/api/admin/users', '/api/notes/:id'],
    ],
    [
      'all but some',
      'if (!(await getToken({ req }))) return new NextResponse(null, { status: 401 });',
      `export const config = { matcher: ['/((?!api/login|_next/static|.*\\\\.png$).*)'] };`,
      ['/api/admin/users', '/api/notes/:id', '/status'],
    ],
    [
      'under a condition that callers choose',
      'if (!(await getToken({ req }))) return new NextResponse(null, { status: 401 });',
      `export const config = { matcher: [{ source: '/(.*)', missing: [{ type: 'header', key: 'next-router-prefetch' }] }] };`,
      [],
    ],
    [
      'by the beginning of the path',
      `if (req.nextUrl.pathname.startsWith('/api/admin')) { if (!(await getToken({ req }))) return new NextResponse(null, { status: 401 }); } return NextResponse.next();`,
      '',
      ['/api/admin/users'],
    ],
    [
      'but for a list',
      `const open = ['/api/login', '/status']; if (open.includes(req.nextUrl.pathname)) return NextResponse.next(); const token = await getToken({ req }); if (!token) return NextResponse.redirect('/login');`,
      '',
      ['/api/admin/users', '/api/notes/:id'],
    ],
    [
      'but for a list of beginnings',
      `const open = ['/api/login', '/status']; const isOpen = open.some((one) => req.nextUrl.pathname.startsWith(one)); if (!isOpen && !(await getToken({ req }))) return NextResponse.redirect('/login');`,
      '',
      ['/api/admin/users', '/api/notes/:id'],
    ],
    [
      'by a pattern',
      `const kept = /^\\/api\\/(admin|notes)/.test(new URL(req.url).pathname); const token = await getToken({ req }); if (kept && !token) return NextResponse.redirect('/login');`,
      '',
      ['/api/admin/users', '/api/notes/:id'],
    ],
    [
      'by globs',
      `if (micromatch.isMatch(req.nextUrl.pathname, ['/api/login', '/st*'])) return NextResponse.next(); if (!(await getToken({ req }))) return NextResponse.redirect('/login');`,
      '',
      ['/api/admin/users', '/api/notes/:id'],
    ],
    [
      'that only looks',
      `const token = await getToken({ req }); return NextResponse.next({ headers: { 'x-user': token?.sub ?? '' } });`,
      '',
      [],
    ],
    ['that only asks whether a cookie is there', `if (!req.cookies.get('session')) return NextResponse.redirect('/login');`, '', []],
  ];
  it.each(cases)('%s', async (_, body, config, expected) => {
    const program = await next({
      ...routes,
      'middleware.ts': `import { NextResponse } from 'next/server'; import { getToken } from 'next-auth/jwt'; import micromatch from 'micromatch';
        export async function middleware(req) { ${body} }\n${config}`,
    });
    expect(asking(program)).toEqual(expected);
  });

  const libraries: [string, string, string[]][] = [
    [
      'Clerk',
      `import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server'; const isKept = createRouteMatcher(['/api/admin(.*)', '/api/notes/:id']);
       export default clerkMiddleware(async (auth, req) => { if (isKept(req)) await auth.protect(); });`,
      ['/api/admin/users', '/api/notes/:id'],
    ],
    [
      'Clerk, but for some',
      `import { authMiddleware } from '@clerk/nextjs'; export default authMiddleware({ publicRoutes: ['/api/login', '/status'] });`,
      ['/api/admin/users', '/api/notes/:id'],
    ],
    ['Clerk that asks nobody', `import { clerkMiddleware } from '@clerk/nextjs/server'; export default clerkMiddleware();`, []],
    [
      'NextAuth',
      `export { default } from 'next-auth/middleware'; export const config = { matcher: ['/api/admin/:path*'] };`,
      ['/api/admin/users'],
    ],
    [
      'NextAuth by a rule',
      `import NextAuth from 'next-auth'; export default NextAuth({ providers: [], callbacks: { authorized({ auth, request: { nextUrl } }) {
         const signedIn = !!auth?.user; if (nextUrl.pathname.startsWith('/api/admin')) { if (signedIn) return true; return false; } return true; } } }).auth;`,
      ['/api/admin/users'],
    ],
    [
      'NextAuth around a function',
      `import { auth } from './auth'; export const proxy = auth((req) => { if (!req.auth && req.nextUrl.pathname !== '/status') return Response.redirect('/login'); });`,
      ['/api/admin/users', '/api/login', '/api/notes/:id'],
    ],
    [
      'Supabase',
      `import { createServerClient } from '@supabase/ssr'; import { NextResponse } from 'next/server'; export async function proxy(request) { return await update(request); }
       async function update(request) { const response = NextResponse.next(); const { data: { user } } = await createServerClient('', '').auth.getUser();
         if (!user && !request.nextUrl.pathname.startsWith('/api/login')) { const url = request.nextUrl.clone(); return NextResponse.redirect(url); } return response; }`,
      ['/api/admin/users', '/api/notes/:id', '/status'],
    ],
  ];
  it.each(libraries)('%s', async (_, middleware, expected) => {
    const program = await next({
      ...routes,
      'src/auth.ts': `import NextAuth from 'next-auth'; export const { auth } = NextAuth({ providers: [] });`,
      'src/proxy.ts': middleware,
    });
    expect(asking(program)).toEqual(expected);
  });
});

function asking(program: Program): string[] {
  return program.routes
    .filter(({ guards }) => guards.some((one) => one.refuses && one.does.includes('authentication')))
    .map(({ path }) => path);
}
