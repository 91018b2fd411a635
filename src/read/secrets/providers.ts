import type { Candidate } from './candidate.ts';
import { entropy, isPlaceholder } from './plausible.ts';

interface Provider {
  readonly type: string;
  /** A literal part of every match; the pattern is tried only where it occurs. */
  readonly hint: string;
  readonly pattern: RegExp;
  readonly certain: boolean;
  /** How many characters name the kind and may be shown. */
  readonly show: number;
}

const provider = (type: string, hint: string, pattern: RegExp, certain: boolean, show = hint.length): Provider => ({
  type,
  hint,
  pattern,
  certain,
  show,
});

/**
 * Credentials that applications built with AI tools leak most, by their providers' formats.
 * What secretlint's preset knows well (GitHub, GitLab, npm, Slack, Hugging Face, Vercel ...) is left to it.
 */
const providers: readonly Provider[] = [
  provider('stripe-live-key', '_live_', /\b[sr]k_live_[A-Za-z0-9]{16,247}\b/g, true, 8),
  provider('stripe-test-key', '_test_', /\b[sr]k_test_[A-Za-z0-9]{16,247}\b/g, false, 8),
  provider('webhook-signing-secret', 'whsec_', /\bwhsec_[A-Za-z0-9+/]{24,64}/g, false),
  provider('openai-key', 'sk-', /\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}/g, true, 8),
  provider('openai-key', 'T3BlbkFJ', /\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b/g, true, 3),
  provider('anthropic-key', 'sk-ant-', /\bsk-ant-[a-z]{3,6}\d\d-[A-Za-z0-9_-]{60,140}/g, true, 12),
  provider('openrouter-key', 'sk-or-', /\bsk-or-v1-[0-9a-f]{64}\b/g, true, 9),
  provider('model-provider-key', 'sk-', /\bsk-[A-Za-z0-9]{32,64}\b/g, false, 3),
  provider('xai-key', 'xai-', /\bxai-[A-Za-z0-9]{70,90}\b/g, true),
  provider('perplexity-key', 'pplx-', /\bpplx-[A-Za-z0-9]{40,56}\b/g, true),
  provider('replicate-token', 'r8_', /\br8_[A-Za-z0-9]{37}\b/g, true),
  provider('aws-access-key-id', 'A', /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g, false, 4),
  provider('google-api-key', 'AIza', /\bAIza[0-9A-Za-z_-]{35}(?![\w-])/g, false),
  provider('google-client-secret', 'GOCSPX-', /\bGOCSPX-[A-Za-z0-9_-]{28}(?![\w-])/g, true),
  provider('sendgrid-key', 'SG.', /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![\w-])/g, true),
  provider('resend-key', 're_', /\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}\b/g, true),
  provider('mailgun-key', 'key-', /\bkey-[0-9a-f]{32}\b/g, false),
  provider('supabase-secret-key', 'sb_secret_', /\bsb_secret_[A-Za-z0-9_-]{20,60}/g, true),
  provider('supabase-access-token', 'sbp_', /\bsbp_[0-9a-f]{40}\b/g, true),
  provider('digitalocean-token', 'dop_v1_', /\bdop_v1_[0-9a-f]{64}\b/g, true),
  provider('planetscale-token', 'pscale_tkn_', /\bpscale_tkn_[A-Za-z0-9_-]{32,64}/g, true),
  provider('pinecone-key', 'pcsk_', /\bpcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{50,70}\b/g, true),
  provider('telegram-bot-token', ':AA', /\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![\w-])/g, true, 0),
  provider(
    'discord-webhook',
    '/api/webhooks/',
    /https:\/\/discord(?:app)?\.com\/api\/webhooks\/\d{15,21}\/[A-Za-z0-9_-]{60,75}/g,
    true,
    33,
  ),
];

/** Values that providers print in their own documentation. */
const published = new Set([
  'sk_test_4eC39HqLyjWDarjtT1zdp7dc',
  'sk_test_BQokikJOvBiI2HlWgH4olfQ2',
  'rk_test_4eC39HqLyjWDarjtT1zdp7dc',
  'AKIAIOSFODNN7EXAMPLE',
  'AKIAI44QH8DHBEXAMPLE',
]);

/** Credentials that their provider's prefix gives away. */
export function* byProvider(text: string): Iterable<Candidate> {
  for (const { type, hint, pattern, certain, show } of providers) {
    if (!text.includes(hint)) continue;
    for (const { 0: value, index } of text.matchAll(pattern)) {
      const body = value.slice(show);
      if (published.has(value) || isPlaceholder(body) || entropy(body) < 3) continue;
      // Clerk took over Stripe's prefix.
      const clerk = type.startsWith('stripe-') && /clerk/i.test(text.slice(Math.max(0, index - 60), index));
      yield { type: clerk ? type.replace('stripe', 'clerk') : type, start: index, value, certain, show: value.slice(0, show) };
    }
  }
  yield* privateKeys(text);
  yield* webTokens(text);
  yield* addresses(text);
  yield* awsSecrets(text);
}

function* privateKeys(text: string): Iterable<Candidate> {
  for (const { 0: value, 1: kind = '', 2: body = '', index } of text.matchAll(
    /-----BEGIN ((?:[A-Z0-9]+ ){0,2})PRIVATE KEY(?: BLOCK)?-----((?:[A-Za-z0-9+/=\s\\:,-]|\\n){60,20000}?)-----END /g,
  )) {
    const base64 = body.replace(/\\[nr]|[\s\\]/g, '');
    // The head of OpenSSH's format is full of zeros, which are long rows of one letter: what stands for a key to be filled in is told by its words.
    if (base64.length < 60 || /your|example|placeholder|dummy|(.)\1{24}/i.test(base64.slice(0, 400)) || entropy(base64.slice(0, 400)) < 4)
      continue;
    yield {
      type: 'private-key',
      start: index,
      value,
      certain: kind !== 'ENCRYPTED ' && !body.includes('ENCRYPTED'),
      show: `-----BEGIN ${kind}PRIVATE KEY-----`,
    };
  }
}

function* webTokens(text: string): Iterable<Candidate> {
  if (!text.includes('eyJ')) return;
  for (const { 0: value, 1: payload = '', index } of text.matchAll(
    /\beyJ[A-Za-z0-9_-]{10,2000}\.(eyJ[A-Za-z0-9_-]{10,8000})\.[A-Za-z0-9_-]{20,700}(?![\w-])/g,
  )) {
    const claims = decoded(payload);
    // The tutorial's John Doe, the demo keys of a local Supabase, and the key that Supabase means to be public.
    if (
      claims === null ||
      claims['sub'] === '1234567890' ||
      claims['name'] === 'John Doe' ||
      claims['iss'] === 'supabase-demo' ||
      claims['role'] === 'anon'
    )
      continue;
    const service = claims['role'] === 'service_role';
    yield { type: service ? 'supabase-service-role-key' : 'json-web-token', start: index, value, certain: service, show: 'eyJ' };
  }
}

function decoded(payload: string): Record<string, unknown> | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const databases =
  /\b((?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|sqlserver|clickhouse|smtps?|https?):\/\/)([^\s:/@"'`<>]{0,100}):([^\s@/"'`<>]{3,200})@([\w.-]{2,200})/g;
const hosted =
  /\.(neon\.tech|supabase\.(co|com)|rds\.amazonaws\.com|mongodb\.net|railway\.app|rlwy\.net|render\.com|upstash\.io|psdb\.cloud|aivencloud\.com|ondigitalocean\.com|cockroachlabs\.cloud|redis-cloud\.com|redislabs\.com|cloudamqp\.com|database\.azure\.com|elephantsql\.com|timescale\.com|prisma-data\.net|heroku\w*\.com)$/;
const local = /^(localhost|127\.|0\.0\.0\.0|::1|host\.docker\.internal|(\w+\.)?example\.(com|org|net)|host(name)?$)/;

function* addresses(text: string): Iterable<Candidate> {
  if (!text.includes('://')) return;
  for (const { 0: value, 1: scheme = '', 2: user = '', 3: password = '', 4: host = '', index } of text.matchAll(databases)) {
    const web = scheme.startsWith('http');
    if (
      local.test(host) ||
      isPlaceholder(password) ||
      /[${}%]{2}|^\$|^:|^\[/.test(password) ||
      /^(pass(word)?\d*|pwd|secret|user(name)?|root|admin|postgres|guest)$/i.test(password) ||
      password === user
    )
      continue;
    const atProvider = hosted.test(host);
    // A name without a dot is a service of a compose file; its password counts only when somebody drew it.
    if (!atProvider && (!host.includes('.') || web) && (password.length < 8 || entropy(password) < 3)) continue;
    yield { type: web ? 'password-in-address' : 'database-address', start: index, value, certain: atProvider, show: scheme };
  }
}

function* awsSecrets(text: string): Iterable<Candidate> {
  if (!/secret_?access_?key/i.test(text)) return;
  for (const match of text.matchAll(
    /secret_?access_?key["'\]]?\s{0,5}(?::|=>?|\|\||\?\?)\s{0,5}["'`]?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
  )) {
    const value = match[1] ?? '';
    if (isPlaceholder(value) || entropy(value) < 4) continue;
    yield { type: 'aws-secret-access-key', start: match.index + match[0].length - value.length, value, certain: true, show: '' };
  }
}
