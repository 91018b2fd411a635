import { all, library } from './types.ts';
import type { Library } from './types.ts';

const verbs = 'get post put patch delete options head all';
const application = Object.fromEntries(Object.entries(all('route', verbs)).map(([verb, entry]) => [`Application.${verb}`, entry]));

const guards = (names: readonly string[], means: string, ...exported: readonly string[]) =>
  library(names, Object.fromEntries(exported.map((name) => [name, { means }])));

/** Hono, its own middleware and the usual ones of others. */
export default [
  library(['hono', 'hono/quick', 'hono/tiny', '@hono/zod-openapi'], {
    Hono: { means: 'app', returns: 'Application' },
    OpenAPIHono: { means: 'app', returns: 'Application' },
    ...application,
    'Application.use': { means: 'mount' },
    'Application.on': { means: 'route-on' },
    'Application.route': { means: 'mount-router' },
    'Application.basePath': { means: 'base-path' },
    'Application.openapi': { means: 'route-described' },
    createRoute: { means: 'route-description', result: 'argument' },
  }),
  library(['hono/http-exception'], { HTTPException: { means: 'http-error' } }),
  library(['hono/jwt'], {
    jwt: { means: 'guard:authentication' },
    sign: { means: 'token-sign' },
    verify: { means: 'token-verify', result: 'session', throws: true },
    decode: { means: 'token-decode', result: 'argument' },
  }),
  library(['hono/cookie'], {
    getCookie: { means: 'cookie-read' },
    getSignedCookie: { means: 'cookie-read' },
    setCookie: { means: 'cookie-write' },
    setSignedCookie: { means: 'cookie-write' },
  }),
  guards(
    ['hono/bearer-auth', 'hono/basic-auth', '@hono/oidc-auth'],
    'guard:authentication',
    'bearerAuth',
    'basicAuth',
    'oidcAuthMiddleware',
  ),
  guards(['hono/csrf'], 'guard:csrf', 'csrf'),
  guards(['hono-rate-limiter', '@hono-rate-limiter/cloudflare'], 'guard:rate-limit', 'rateLimiter'),
  guards(['@hono/zod-validator', '@hono/valibot-validator', 'hono/validator'], 'guard:validation', 'zValidator', 'vValidator', 'validator'),
  guards(['hono/cors'], 'cors', 'cors'),
  guards(['hono/secure-headers'], 'security-headers', 'secureHeaders'),
  guards(['hono/logger'], 'request-log', 'logger'),
  library(['@hono/clerk-auth'], { getAuth: { means: 'session-read', result: 'session' } }),
  library(['@hono/node-server'], { serve: { means: 'listen' } }),
] satisfies Library;
