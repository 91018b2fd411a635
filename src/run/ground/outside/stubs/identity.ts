import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Person } from '../types.ts';
import { bounded, formOf } from './bodies.ts';
import type { Answer, Call, Stub, Wish } from './types.ts';

const someone: Person = { sub: '100000000000000000001', email: 'someone@outside.test', name: 'Some One', emailVerified: true };
const keyId = 'ground';

/** What was asked for at the authorisation endpoint, to be answered at the token endpoint. */
interface Grant {
  readonly person: Person;
  readonly client: string;
  readonly nonce: string | null;
  /** S256 challenge (RFC 7636) that the verifier must meet; null when none was given. */
  readonly challenge: string | null;
}

/**
 * An identity provider in the manner of Google and GitHub: discovery (OpenID Connect Discovery 1.0), keys (RFC 7517), an
 * authorisation endpoint that agrees at once, tokens (RFC 6749, RS256). Whom it vouches for, a rule can say.
 */
export function openIdentity(): Stub {
  let pair: { privateKey: KeyObject; publicKey: KeyObject } | null = null;
  // Made when it is first needed: RSA keys take their time.
  const keys = () => (pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 }));
  const grants = bounded<Grant>(1_000);
  const holders = bounded<Person>(1_000);

  const token = (claims: object): string => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${part(claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), keys().privateKey).toString('base64url')}`;
  };
  const authorise = (call: Call, person: Person): Answer => {
    const back = call.query.get('redirect_uri');
    if (back === null) return { status: 400, body: failure(400, 'redirect_uri is missing') };
    const challenge = call.query.get('code_challenge_method') === 'plain' ? null : call.query.get('code_challenge');
    grants.set(`code-${call.id}`, { person, client: call.query.get('client_id') ?? '', nonce: call.query.get('nonce'), challenge });
    const to = URL.canParse(back) ? new URL(back) : null;
    if (!to) return { status: 400, body: failure(400, 'redirect_uri is no address') };
    to.searchParams.set('code', `code-${call.id}`);
    const state = call.query.get('state');
    if (state !== null) to.searchParams.set('state', state);
    return { status: 302, headers: { location: to.href }, body: '' };
  };
  const exchange = (call: Call, person: Person): Answer => {
    const form = formOf(call);
    const code = form['code'] ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    const verifier = createHash('sha256')
      .update(form['code_verifier'] ?? '')
      .digest('base64url');
    if (grant?.challenge && grant.challenge !== verifier)
      return { status: 400, body: { error: 'invalid_grant', error_description: 'code_verifier does not match' } };
    const basic =
      Buffer.from(/^Basic (.+)$/i.exec(call.headers['authorization'] ?? '')?.[1] ?? '', 'base64')
        .toString('utf8')
        .split(':')[0] ?? '';
    const who = grant?.person ?? person;
    const access = `ya29.${call.id}`;
    holders.set(access, who);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuerOf(call),
      azp: form['client_id'] ?? basic,
      aud: grant?.client || form['client_id'] || basic,
      ...claimsOf(who),
      ...(grant?.nonce ? { nonce: grant.nonce } : {}),
      iat: now,
      exp: now + 3600,
    };
    const plain = { access_token: access, token_type: call.host === 'github.com' ? 'bearer' : 'Bearer', scope: 'openid email profile' };
    if (call.host !== 'github.com')
      return { status: 200, body: { ...plain, expires_in: 3600, refresh_token: `1//${call.id}`, id_token: token(claims) } };
    if (call.headers['accept']?.includes('json')) return { status: 200, body: plain };
    return { status: 200, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(plain).toString() };
  };
  const github = (path: string, who: Person): Answer => {
    if (path === '/user/emails')
      return { status: 200, body: [{ email: who.email, primary: true, verified: who.emailVerified, visibility: 'private' }] };
    const id = Number.parseInt(createHash('sha256').update(who.sub).digest('hex').slice(0, 7), 16);
    return { status: 200, body: { id, login: who.email.split('@')[0], name: who.name, email: who.email, avatar_url: '', type: 'User' } };
  };

  return {
    provider: 'oidc',
    kind: 'identity',
    hosts:
      /^(accounts\.google\.com|oauth2\.googleapis\.com|openidconnect\.googleapis\.com|(api\.)?github\.com|login\.microsoftonline\.com|appleid\.apple\.com|gitlab\.com|discord\.com)$|(^|\.)(auth0\.com|okta\.com|amazoncognito\.com|clerk\.accounts\.dev|workos\.com|kinde\.com)$/,
    speaks: ({ path }) =>
      /\/\.well-known\/(openid-configuration|jwks\.json|oauth-authorization-server)$|\/oauth2?\/(v\d\/)?(token|authorize|userinfo|certs)$/.test(
        path,
      ),
    answer(call, wish: Wish) {
      const person = wish.vouch ?? someone;
      const { path, host } = call;
      const holder = holders.get(/^(?:bearer|token) (.+)$/i.exec(call.headers['authorization'] ?? '')?.[1] ?? '') ?? person;
      if (/openid-configuration$|oauth-authorization-server$/.test(path)) return { status: 200, body: discovery(call) };
      // Google's older list of keys: https://www.googleapis.com/oauth2/v1/certs.
      if (path === '/oauth2/v1/certs') return { status: 200, body: { [keyId]: keys().publicKey.export({ type: 'spki', format: 'pem' }) } };
      if (/(jwks(\.json)?|\/certs|\/keys)$/.test(path)) {
        return { status: 200, body: { keys: [{ ...keys().publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' }] } };
      }
      if (call.method === 'GET' && /\/(auth|authorize)$/.test(path)) return authorise(call, person);
      if (call.method === 'POST' && /\/(token|access_token)$/.test(path)) return exchange(call, person);
      if (host === 'api.github.com') return github(path, holder);
      if (path.endsWith('tokeninfo')) return { status: 200, body: { aud: call.query.get('aud') ?? '', ...claimsOf(holder) } };
      if (/userinfo$|\/users\/@me$|\/user$/.test(path)) return { status: 200, body: { id: holder.sub, ...claimsOf(holder) } };
      return { status: 200, body: {} };
    },
    failure,
  };
}

function failure(status: number, message: string): unknown {
  return { error: status >= 500 ? 'server_error' : status === 429 ? 'slow_down' : 'invalid_request', error_description: message };
}

function claimsOf(who: Person) {
  return {
    sub: who.sub,
    email: who.email,
    email_verified: who.emailVerified,
    name: who.name,
    given_name: who.name.split(' ')[0] ?? '',
    picture: '',
  };
}

function issuerOf({ scheme, host, port }: Call): string {
  if (host.endsWith('googleapis.com') || host === 'accounts.google.com') return 'https://accounts.google.com';
  const usual = port === 443 || port === 80;
  return `${scheme}://${host}${usual ? '' : `:${port}`}${host.endsWith('auth0.com') ? '/' : ''}`;
}

function discovery(call: Call): unknown {
  const issuer = issuerOf(call);
  const base = issuer.replace(/\/$/, '');
  const google = issuer === 'https://accounts.google.com';
  return {
    issuer,
    authorization_endpoint: google ? `${issuer}/o/oauth2/v2/auth` : `${base}/oauth2/authorize`,
    token_endpoint: google ? 'https://oauth2.googleapis.com/token' : `${base}/oauth2/token`,
    userinfo_endpoint: google ? 'https://openidconnect.googleapis.com/v1/userinfo' : `${base}/oauth2/userinfo`,
    jwks_uri: google ? 'https://www.googleapis.com/oauth2/v3/certs' : `${base}/.well-known/jwks.json`,
    response_types_supported: ['code', 'token', 'id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'none'],
    code_challenge_methods_supported: ['plain', 'S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  };
}
