import { all, library } from './types.ts';
import type { Library } from './types.ts';

const session = (names: string) =>
  Object.fromEntries(names.split(' ').map((name) => [name, { means: 'session-read', result: 'session' as const }]));
const authorizing = (names: string) => all('guard:authentication', names);

/** Libraries that know who is signed in to a web application: what reads the session, what demands one, and what signs in. */
export default [
  library(['next-auth', '@auth/nextjs', '@auth/core', '@auth/sveltekit', '@auth/nuxt'], {
    default: { means: 'sign-in-library', returns: 'Auth' },
    SvelteKitAuth: { means: 'sign-in-library', returns: 'Auth' },
    Auth: { means: 'sign-in-library', returns: 'Auth' },
    ...session('Auth.auth getServerSession unstable_getServerSession'),
  }),
  library(['next-auth/next'], {
    default: { means: 'sign-in-library', returns: 'Auth' },
    ...session('getServerSession unstable_getServerSession'),
  }),
  library(['next-auth/react'], session('getSession')),
  library(['next-auth/jwt'], { ...session('getToken'), decode: { means: 'token-verify', result: 'session' } }),
  library(['next-auth/middleware'], authorizing('default withAuth')),
  library(['@clerk/nextjs/server', '@clerk/nextjs', '@clerk/remix/ssr.server', '@clerk/nuxt/server', '@clerk/react-router/ssr.server'], {
    ...session('auth currentUser getAuth'),
    'auth.protect': { means: 'session-require' },
    clerkMiddleware: { means: 'clerk-middleware' },
    'authMiddleware.protect': { means: 'guard:authentication' },
    authMiddleware: { means: 'clerk-authorizing' },
    createRouteMatcher: { means: 'path-pattern' },
  }),
  library(['@auth0/nextjs-auth0', '@auth0/nextjs-auth0/edge', '@auth0/nextjs-auth0/server'], {
    ...session('getSession Auth0Client.getSession'),
    ...authorizing('withApiAuthRequired withPageAuthRequired withMiddlewareAuthRequired'),
    handleAuth: { means: 'sign-in-library' },
    Auth0Client: { means: 'sign-in-library', returns: 'Auth0Client' },
  }),
  library(['@kinde-oss/kinde-auth-nextjs/server'], {
    getKindeServerSession: { means: 'session-client', returns: 'Session' },
    ...session('Session.getUser Session.isAuthenticated Session.getPermission Session.getPermissions'),
    handleAuth: { means: 'sign-in-library' },
    ...authorizing('withAuth'),
  }),
  library(['better-auth', 'better-auth/minimal'], {
    betterAuth: { means: 'sign-in-library', returns: 'Auth' },
    Auth: { means: 'sign-in-library' },
    ...session('Auth.api.getSession'),
    'Auth.handler': { means: 'sign-in-library' },
  }),
  library(['better-auth/next-js', 'better-auth/svelte-kit', 'better-auth/node', 'better-auth/solid-start'], {
    ...all('sign-in-library', 'toNextJsHandler svelteKitHandler toNodeHandler'),
  }),
  library(['better-auth/cookies'], { getSessionCookie: { means: 'request-cookie' } }),
  library(['iron-session', 'iron-session/edge', 'iron-session/next'], {
    ...session('getIronSession unsealData'),
    ...all('session-wrapper', 'withIronSessionApiRoute withIronSessionSsr'),
  }),
  library(['lucia', 'lucia-auth'], {
    Lucia: { means: 'session-client', returns: 'Lucia' },
    lucia: { means: 'session-client', returns: 'Lucia' },
    ...session('Lucia.validateSession Lucia.validateUser'),
    'Lucia.handleRequest': { means: 'session-client', returns: 'Request' },
    ...session('Request.validate Request.validateUser'),
    'Lucia.readSessionCookie': { means: 'request-cookie' },
  }),
  library(['@workos-inc/authkit-nextjs'], {
    ...session('withAuth getUser'),
    authkitMiddleware: { means: 'session-refresh' },
    handleAuth: { means: 'sign-in-library' },
  }),
  library(['@stackframe/stack'], {
    StackServerApp: { means: 'session-client', returns: 'Stack' },
    ...session('Stack.getUser'),
    StackHandler: { means: 'sign-in-library' },
  }),
  library(['@simplewebauthn/server'], all('sign-in-library', 'generateAuthenticationOptions verifyAuthenticationResponse')),
  library(['remix-auth'], {
    Authenticator: { means: 'session-client', returns: 'Authenticator' },
    'Authenticator.isAuthenticated': { means: 'session-read', result: 'session' },
    'Authenticator.authenticate': { means: 'sign-in-library', result: 'session' },
  }),
  library(['@supabase/ssr', '@supabase/auth-helpers-nextjs', '@supabase/auth-helpers-sveltekit', '@supabase/auth-helpers-remix'], {
    ...Object.fromEntries(
      (
        'createServerClient createBrowserClient createServerComponentClient createRouteHandlerClient createServerActionClient ' +
        'createMiddlewareClient createPagesServerClient createServerSupabaseClient createSupabaseServerClient'
      )
        .split(' ')
        .map((name) => [name, { means: 'database', returns: 'Database' }]),
    ),
    ...session('Database.auth.getUser Database.auth.getSession Database.auth.getClaims'),
  }),
] satisfies Library;
