import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collected } from './collectors.testing.ts';
import secrets from './secrets.ts';
import { byName, inEnvironmentFile } from './secrets/assignments.ts';
import { byProvider } from './secrets/providers.ts';

// Right in shape and never real: made here, so that no file of this repository looks like a leak.
let state = 7;
const characters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const draw = (length: number): string =>
  Array.from({ length }, () => characters[(state = (state * 1103515245 + 12345) % 2 ** 31) % characters.length]).join('');
const token = (claims: object): string =>
  ['eyJhbGciOiJIUzI1NiJ9', Buffer.from(JSON.stringify(claims)).toString('base64url'), draw(43)].join('.');

describe('secrets', () => {
  const found = async (path: string, text: string, more: Record<string, string> = {}) =>
    (await collected(secrets, { [path]: text, ...more })).secrets.map(
      ({ type, certain, context }) => `${type} ${certain ? 'certain' : 'likely'} ${context}`,
    );

  it.each([
    [`const key = 'sk_live_${draw(24)}';`, 'stripe-live-key certain source'],
    [`const key = 'sk_test_${draw(24)}';`, 'stripe-test-key likely source'],
    [`new OpenAI({ apiKey: 'sk-proj-${draw(60)}' })`, 'openai-key certain source'],
    [`const anthropic = 'sk-ant-api03-${draw(93)}AA';`, 'anthropic-key certain source'],
    [`sendgrid.setApiKey('SG.${draw(22)}.${draw(43)}')`, 'sendgrid-key certain source'],
    [`new Resend('re_${draw(8)}_${draw(24)}')`, 'resend-key certain source'],
    [`createClient(url, '${token({ iss: 'supabase', role: 'service_role' })}')`, 'supabase-service-role-key certain source'],
    [`const bearer = '${token({ sub: 'u1', role: 'admin' })}';`, 'json-web-token likely source'],
    [`const github = 'ghp_${draw(36)}';`, 'github-token certain source'],
    [
      `new Pool({ connectionString: 'postgres://app:${draw(12)}@db.abcdefghijkl.supabase.co:5432/app' })`,
      'database-address certain source',
    ],
    [`const uri = 'mongodb://app:${draw(12)}@mongo.acme.io/app';`, 'database-address likely source'],
    [`const pem = \`-----BEGIN PRIVATE KEY-----\n${draw(64)}\n${draw(64)}\n-----END PRIVATE KEY-----\`;`, 'private-key certain source'],
    [`{ accessKeyId: 'x', secretAccessKey: '${draw(40)}' }`, 'aws-secret-access-key certain source'],
    [`const JWT_SECRET = process.env.JWT_SECRET || '${draw(32)}';`, 'signing-secret likely source'],
    [`const JWT_SECRET = process.env.JWT_SECRET ?? 'dev-secret';`, 'guessable-signing-secret likely source'],
    [`app.use(session({ secret: 'keyboard cat', resave: false }));`, 'guessable-signing-secret likely source'],
    [`jwt.sign({ id: user.id }, 'shhh-shop', { expiresIn: '1h' })`, 'guessable-signing-secret likely source'],
    [`if (password === 'letmein2024') grant();`, 'password likely source'],
    [`const apiKey: string = "${draw(32)}";`, 'secret-value likely source'],
    [
      `const pem = \`-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n${draw(64)}\n-----END OPENSSH PRIVATE KEY-----\`;`,
      'private-key certain source',
    ],
  ])('%s', async (text, expected) => {
    expect(await found('server.js', text)).toEqual([expected]);
  });

  it.each([
    ["const key = 'sk_live_xxxxxxxxxxxxxxxxxxxxxxxx';"],
    ["const key = process.env.STRIPE_SECRET_KEY ?? 'your-stripe-secret-key-here';"],
    ["const id = 'AKIAIOSFODNN7EXAMPLE';"],
    ["const previewToken = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIn0.signature';"],
    [`const anon = '${token({ iss: 'supabase', role: 'anon' })}';`],
    [`const demo = '${token({ iss: 'supabase-demo', role: 'service_role' })}';`],
    ["const url = 'postgres://postgres:postgres@localhost:5432/app';"],
    // eslint-disable-next-line no-template-curly-in-string
    ['const url = `postgres://app:${process.env.DB_PASSWORD}@db.acme.io/app`;'],
    ["const TOKEN_KEY = 'auth_token_storage';"],
    ["const apiKey = 'key-1-key-1-key-1-key-1';"],
    ["const messages = { password: 'Password must have 8 characters', secret: 'Secret' };"],
    ["const routes = { resetPassword: '/reset-password-2', apiKeyHeader: 'x-api-key-v2-header' };"],
    ["const kind = ok ? 'jwt-secret' : 'no-secret-here';"],
    ["const hash = { password: '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy' };"],
    ["const integrity = 'sha512-abcABC0123456789abcABC0123456789abcABC0123456789abcABC0123456789==';"],
    ['const secret = config.get("JWT_SECRET"); const password = req.body.password1;'],
    ["<input name='password' type='password' placeholder='Passwort123' />"],
  ])('nothing in %s', async (text) => {
    expect(await found('server.js', text)).toEqual([]);
  });

  it('knows where a secret stands', async () => {
    const text = `const key = 'sk_live_${draw(24)}';`;
    const vite = { 'package.json': '{ "devDependencies": { "vite": "^7" } }' };
    for (const [path, context, more] of [
      ['src/pay.js', 'source', {}],
      ['src/pay.js', 'client', vite],
      ['public/pay.js', 'client', {}],
      ['src/pay.test.js', 'test', {}],
      ['apps/api/vitest.config.ts', 'test', {}],
      ['jest.setup.js', 'test', {}],
      ['docs/pay.md', 'documentation', {}],
      ['.env.example', 'example', {}],
      ['docker-compose.yml', 'configuration', {}],
    ] as const)
      expect(await found(path, text, more), path).toEqual([`stripe-live-key certain ${context}`]);
  });

  it('reads UTF-16, in which a secret would otherwise hide', async () => {
    const text = Buffer.from(`\uFEFFconst key = 'sk_live_${draw(24)}';`, 'utf16le');
    expect((await collected(secrets, { 'a.js': text })).secrets).toHaveLength(1);
  });

  it('shows no value, and tells two values apart', async () => {
    const [one, two] = [draw(32), draw(32)];
    const text = JSON.stringify(await collected(secrets, { 'a.js': `const apiKey = '${one}';\nconst apiSecret = '${two}';` }));
    for (const value of [one, two]) for (let at = 0; at + 6 <= value.length; at++) expect(text).not.toContain(value.slice(at, at + 6));
    expect(new Set(text.match(/"hash":"[0-9a-f]{12}"/g)).size).toBe(2);
  });

  it('takes only real-looking values of secret names from environment files', () => {
    const lines = [
      'PORT=3000',
      'SESSION_SECRET=change-me',
      `API_KEY="${draw(24)}"`,
      'DB_PASSWORD=hunter2hunter',
      'PUBLIC_URL=https://x.io/a1b2c3d4e5f6g7h8i9',
      'TOKEN_EXPIRES=3600',
      'JWT_SECRET=shop',
    ];
    expect([...inEnvironmentFile(lines.join('\n'))].map(({ type }) => type)).toEqual([
      'secret-value',
      'password',
      'guessable-signing-secret',
    ]);
  });

  it('reports offsets at which the value stands, on any text', () => {
    const pieces = fc.constantFrom(
      'password',
      ' = ',
      ": '",
      "'",
      '"',
      '||',
      '\n',
      'JWT_SECRET',
      'eyJ',
      '.',
      '://',
      'a1B2c3D4e5F6g7H8',
      '@',
      '-----BEGIN PRIVATE KEY-----',
      '\\',
      '`',
      '{',
      'ü',
      '  ',
      'sk_live_',
      'secretAccessKey',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        for (const { start, value } of [...byProvider(text), ...byName(text, false), ...byName(text, true), ...inEnvironmentFile(text)])
          expect(text.slice(start, start + value.length)).toBe(value);
      }),
    );
  });
});
