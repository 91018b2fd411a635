import { library } from './types.ts';
import type { Library } from './types.ts';

const jsonwebtoken = library(['jsonwebtoken'], {
  sign: { means: 'token-sign' },
  verify: { means: 'token-verify', result: 'session', throws: true },
  decode: { means: 'token-decode', result: 'argument' },
});
const jose = library(['jose'], {
  SignJWT: { means: 'token-sign' },
  jwtVerify: { means: 'token-verify', result: 'session', throws: true },
  jwtDecrypt: { means: 'token-verify', result: 'session', throws: true },
  decodeJwt: { means: 'token-decode', result: 'argument' },
});
const middleware = library(
  [
    'express-jwt',
    'express-oauth2-jwt-bearer',
    '@clerk/express',
    '@clerk/clerk-sdk-node',
    'express-openid-connect',
    'firebase-admin',
    'firebase-admin/auth',
  ],
  {
    expressjwt: { means: 'guard:authentication' },
    default: { means: 'guard:authentication' },
    auth: { means: 'guard:authentication' },
    requireAuth: { means: 'guard:authentication' },
    requiresAuth: { means: 'guard:authentication' },
    getAuth: { means: 'session-read', result: 'session' },
    ClerkExpressRequireAuth: { means: 'guard:authentication' },
  },
  { verifyIdToken: { means: 'token-verify', result: 'session', throws: true } },
);
const supabase = library(
  ['@supabase/auth-js', '@supabase/supabase-js', '@supabase/ssr'],
  {},
  { getUser: { means: 'token-verify', result: 'session' }, getClaims: { means: 'token-verify', result: 'session' } },
);

/** Tokens and the middleware that verifies them. */
export default [jsonwebtoken, jose, middleware, supabase] satisfies Library;
