import { all, library } from './types.ts';
import type { Library } from './types.ts';

const session = { means: 'session-read', result: 'session' as const };
const verifies = { means: 'token-verify', result: 'session' as const, throws: true as const };

/** Packages of Python that know who is calling: sessions, tokens, passwords, limits. */
export default [
  // A decorator or dependency that could not be followed.
  library(['py:guarded'], { '': { means: 'guard:other' } }),
  library(['py:flask_login', 'py:flask_security'], {
    ...all('guard:authentication', 'login_required fresh_login_required auth_required decorators.auth_required'),
    ...all('guard:role', 'roles_required roles_accepted permissions_required'),
  }),
  library(['py:flask_jwt_extended'], {
    ...all('guard:authentication', 'jwt_required fresh_jwt_required'),
    verify_jwt_in_request: { means: 'token-verify', throws: true },
    get_jwt_identity: session,
    get_jwt: session,
    get_current_user: session,
    ...all('token-sign', 'create_access_token create_refresh_token'),
  }),
  library(['py:flask_httpauth'], {
    HTTPBasicAuth: { returns: 'Auth' },
    HTTPTokenAuth: { returns: 'Auth' },
    HTTPDigestAuth: { returns: 'Auth' },
    MultiAuth: { returns: 'Auth' },
    'Auth.login_required': { means: 'guard:authentication' },
    'Auth.current_user': session,
  }),
  library(['py:fastapi_users'], { FastAPIUsers: { returns: 'Users' }, 'Users.current_user': { means: 'guard:authentication' } }),
  library(['py:jwt', 'py:authlib'], {
    decode: verifies,
    encode: { means: 'token-sign' },
    decode_unverified: { means: 'token-decode', result: 'argument' },
  }),
  library(['py:jose'], {
    'jwt.decode': verifies,
    'jwt.encode': { means: 'token-sign' },
    'jwt.get_unverified_claims': { means: 'token-decode', result: 'argument' },
  }),
  library(['py:itsdangerous'], {
    ...Object.fromEntries(
      'URLSafeTimedSerializer URLSafeSerializer TimestampSigner Signer'.split(' ').map((name) => [name, { returns: 'Serializer' }]),
    ),
    'Serializer.loads': verifies,
    'Serializer.unsign': verifies,
    'Serializer.dumps': { means: 'token-sign' },
  }),
  library(['py:firebase_admin'], { 'auth.verify_id_token': verifies, 'auth.verify_session_cookie': verifies }),
  library(['py:google'], { 'oauth2.id_token.verify_oauth2_token': verifies, 'oauth2.id_token.verify_firebase_token': verifies }),
  library(['py:bcrypt'], { ...all('password-hash', 'hashpw'), ...all('password-verify', 'checkpw'), ...all('password-salt', 'gensalt') }),
  library(['py:flask_bcrypt'], {
    Bcrypt: { returns: 'Bcrypt' },
    ...all('password-hash', 'Bcrypt.generate_password_hash generate_password_hash'),
    ...all('password-verify', 'Bcrypt.check_password_hash check_password_hash'),
  }),
  library(['py:passlib', 'py:pwdlib', 'py:argon2'], {
    'context.CryptContext': { returns: 'Context' },
    PasswordHash: { returns: 'Context' },
    'PasswordHash.recommended': { returns: 'Context' },
    PasswordHasher: { returns: 'Context' },
    ...all('password-hash', 'Context.hash Context.encrypt'),
    ...all('password-verify', 'Context.verify Context.verify_and_update'),
  }),
  library(['py:hmac', 'py:secrets'], { ...all('constant-time-compare', 'compare_digest'), new: { means: 'hmac' } }),
  library(['py:stripe'], { 'Webhook.construct_event': { means: 'webhook-verify', throws: true } }),
  library(['py:flask_limiter', 'py:slowapi', 'py:django_ratelimit', 'py:ratelimit', 'py:fastapi_limiter'], {
    Limiter: { returns: 'Limiter' },
    ...all('guard:rate-limit', 'Limiter.limit Limiter.shared_limit decorators.ratelimit depends.RateLimiter limits'),
  }),
  library(['py:flask_talisman', 'py:secure', 'py:flask_seasurf'], {
    Talisman: { means: 'security-headers' },
    Secure: { means: 'security-headers' },
    SeaSurf: { means: 'guard:csrf' },
  }),
] satisfies Library;
