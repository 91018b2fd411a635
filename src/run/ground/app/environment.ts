import { createHmac } from 'node:crypto';

export interface EnvironmentWish {
  /** Variables that the app reads. */
  readonly read: readonly { readonly name: string; readonly fallback: boolean }[];
  /** `.env.example`, parsed. */
  readonly example: Readonly<Record<string, string>>;
  /** Set by the owner in `seaworthy.json`; wins. */
  readonly configured: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly port: number;
  /** The app is made for SQLite alone: it is not led to Postgres. */
  readonly sqlite?: boolean;
  /** Host and port of the wire. */
  readonly wire: { readonly host: string; readonly port: number };
  /** Directories on PATH, in order. */
  readonly path: readonly string[];
  readonly home: string;
}

export interface Environment {
  readonly values: Record<string, string>;
  readonly invented: { name: string; shape: string }[];
}

/** Names that mean the same in every app and need no guess. */
const fixed: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  TZ: 'UTC',
  LOG_LEVEL: 'info',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  REGION: 'us-east-1',
  DEFAULT_LOCALE: 'en',
  LOCALE: 'en',
  CURRENCY: 'usd',
  OPENAI_MODEL: 'gpt-4o-mini',
  JWT_EXPIRES_IN: '1h',
  JWT_EXPIRATION: '1h',
};

/** What providers put before a test key, so that clients that look at it are content. First match wins. */
const prefixes: readonly (readonly [RegExp, string])[] = [
  [/STRIPE.*WEBHOOK|WEBHOOK.*STRIPE/, 'whsec_'],
  [/STRIPE.*(PUBLISHABLE|PUBLIC|PK)/, 'pk_test_'],
  [/STRIPE.*PRICE/, 'price_'],
  [/STRIPE/, 'sk_test_'],
  [/OPENAI/, 'sk-proj-'],
  [/ANTHROPIC|CLAUDE/, 'sk-ant-api03-'],
  [/SENDGRID/, 'SG.'],
  [/RESEND/, 're_'],
  [/GITHUB.*TOKEN/, 'ghp_'],
  [/SLACK.*TOKEN/, 'xoxb-'],
  [/CLERK.*(PUBLISHABLE|PUBLIC)/, 'pk_test_'],
  [/CLERK/, 'sk_test_'],
  [/AWS_ACCESS_KEY_ID|ACCESS_KEY_ID/, 'AKIA'],
  [/TWILIO.*SID/, 'AC'],
  [/GROQ/, 'gsk_'],
  [/GEMINI|GOOGLE.*API_KEY/, 'AIza'],
];
const databaseUrl =
  /^(DATABASE|POSTGRES|POSTGRESQL|PG|DB|DIRECT|SUPABASE_DB|NEON)(_PRISMA|_DATABASE|_DB|_DIRECT|_CONNECTION|_POOLER|_NON_POOLING)*_?(URL|URI|DSN|CONNECTION_STRING|STRING)(_NON_POOLING|_UNPOOLED)?$/;
const databasePart =
  /^(?:DATABASE|POSTGRES|POSTGRESQL|PG|DB|TYPEORM|RDS)_?(HOST|HOSTNAME|SERVER|PORT|USER|USERNAME|PASSWORD|PASS|PWD|NAME|DATABASE|DB|SSL|SSLMODE|SSL_MODE|DIALECT|CLIENT|TYPE|SCHEMA)$/;
/** Set by shells, runtimes, test runners and hosting platforms: an app that finds one believes to be there, and may not listen at all. */
const ofPlatform =
  /^(?:npm_.*|CI|PWD|USER|SHELL|NODE_(?:OPTIONS|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)|SSL_CERT_FILE|NEXT_(?:RUNTIME|PHASE)|VITEST|JEST_WORKER_ID|GITHUB_ACTIONS|VERCEL|VERCEL_(?:ENV|URL|REGION|GIT_.*)|NETLIFY|CF_PAGES|RENDER|DYNO|FLY_APP_NAME|RAILWAY_ENVIRONMENT|K_SERVICE|KUBERNETES_SERVICE_HOST|AWS_EXECUTION_ENV|(?:AWS_)?LAMBDA_(?:FUNCTION_NAME|TASK_ROOT))$/;
const secret =
  /SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|SALT|PEPPER|PRIVATE|CREDENTIAL|SIGNING|ENCRYPTION|(^|_)(KEY|DSN)(_|$)|APIKEY|(^|_)(JWT|AUTH|SESSION|COOKIE)S?$/;

/** Names of addresses that an app gives as its own, where its sample leads to this machine. */
const ofItself = /(?:^|_)(?:APP|BASE|SITE|FRONTEND|BACKEND|CLIENT|WEB|PUBLIC|CORS|ORIGINS?)(?:_|$)/;

/** The environment that the app is started with: the wire as database, canaries for what it misses, nothing of the user's own. */
export function inventEnvironment(wish: EnvironmentWish): Environment {
  const { host, port } = wish.wire;
  const url = `postgres://app:app@${host}:${port}/app`;
  const parts: Record<string, string> = {
    HOST: host,
    HOSTNAME: host,
    SERVER: host,
    PORT: String(port),
    USER: 'app',
    USERNAME: 'app',
    PASSWORD: 'app',
    PASS: 'app',
    PWD: 'app',
    NAME: 'app',
    DATABASE: 'app',
    DB: 'app',
    SSL: 'false',
    SSLMODE: 'disable',
    SSL_MODE: 'disable',
    DIALECT: 'postgres',
    CLIENT: 'pg',
    TYPE: 'postgres',
    SCHEMA: 'public',
  };
  const postgres = {
    DATABASE_URL: url,
    POSTGRES_URL: url,
    POSTGRES_HOST: host,
    POSTGRES_PORT: String(port),
    POSTGRES_USER: 'app',
    POSTGRES_PASSWORD: 'app',
    POSTGRES_DB: 'app',
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: 'app',
    PGPASSWORD: 'app',
    PGDATABASE: 'app',
    PGSSLMODE: 'disable',
  };
  const values: Record<string, string> = {
    NODE_ENV: 'production',
    PORT: String(wish.port),
    HOST: '127.0.0.1',
    PATH: wish.path.join(':'),
    HOME: wish.home,
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    CI: '1',
    NO_COLOR: '1',
    ...(wish.sqlite === true ? {} : postgres),
  };
  const invented: { name: string; shape: string }[] = [];
  const wanted = new Map(wish.read.map(({ name, fallback }) => [name, fallback]));
  for (const name of Object.keys(wish.example)) if (!wanted.has(name)) wanted.set(name, false);
  for (const [name, fallback] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const part = databasePart.exec(name)?.[1];
    const file = name in wish.configured ? null : sqliteValue(name, part, fallback, wish);
    if (file !== null) {
      if (file !== unset) values[name] = file;
      continue;
    }
    if (name in values || name in wish.configured || ofPlatform.test(name)) continue;
    if (databaseUrl.test(name)) values[name] = url;
    else if (part !== undefined) values[name] = parts[part] ?? 'app';
    // A default that the app brings is part of the app. Secrets are set all the same: tokens are minted with a known one.
    else if (fallback && !secret.test(name)) continue;
    else {
      const made = invent(name, wish);
      values[name] = made.value;
      invented.push({ name, shape: made.shape });
    }
  }
  return { values: { ...values, ...wish.configured }, invented };
}

const unset = Symbol('left unset');
const sqliteExample = /^(?:file:|sqlite|libsql:|better-sqlite)|\.(?:db3?|sqlite3?)$/i;

/** The value of a database variable of an app that keeps its data in a file; null when the variable is none. */
function sqliteValue(name: string, part: string | undefined, fallback: boolean, wish: EnvironmentWish): string | typeof unset | null {
  const names = databaseUrl.test(name) || part === 'DATABASE' || part === 'NAME' || part === 'DB';
  const kind = part === 'DIALECT' || part === 'CLIENT' || part === 'TYPE';
  if (!names && !kind) return null;
  const example = wish.example[name] ?? '';
  const says = sqliteExample.test(example);
  if (!says && wish.sqlite !== true) return null;
  // A file on somebody's server, or in a directory that only the owner has, is not for us.
  if (says && !/^libsql:\/\/|^(?:file:|sqlite:)?\/{1,2}[^/]/.test(example)) return example;
  if (fallback) return unset;
  return kind ? 'sqlite' : databaseUrl.test(name) ? 'file:./seaworthy.db' : 'seaworthy.db';
}

/** A value of the shape that the name asks for; unguessable ones are HMACs of the seed. */
export function invent(name: string, wish: Pick<EnvironmentWish, 'seed' | 'example' | 'port'>): { value: string; shape: string } {
  const hex = createHmac('sha256', wish.seed).update(`environment:${name}`).digest('hex');
  const example = wish.example[name] ?? '';
  const known = fixed[name];
  const word = name
    .toLowerCase()
    .replace(/^(next_public|vite|react_app|public)_/, '')
    .replace(/_(api_)?(base_)?(url|uri|endpoint|host|origin|domain)s?$/, '')
    .replaceAll('_', '-');
  // People can only be tried where they may sign up.
  if (
    /SIGN_?UP|REGISTRATION|REGISTER/.test(name) &&
    /^(?:true|false)$|^$/i.test(example) &&
    !/_URL$|_PATH$|TOKEN|SECRET|CODE|LIMIT|MAX/.test(name)
  ) {
    if (/DISALLOW|DISABLE|CLOSE|BLOCK|^NO_|_NO_/.test(name)) return { value: 'false', shape: 'boolean, so that people may sign up' };
    if (/ALLOW|ENABLE|OPEN/.test(name)) return { value: 'true', shape: 'boolean, so that people may sign up' };
  }
  if (known !== undefined) return { value: known, shape: 'word' };
  if (/^(?:APP|API|SERVER|HTTP|BACKEND|NODE|LISTEN|WEB)_PORT$/.test(name)) return { value: String(wish.port), shape: 'number' };
  if (/(?:SMTP|MAIL)\w*_PORT$/.test(name)) return { value: '587', shape: 'number' };
  if (/^\d{1,9}(\.\d+)?$/.test(example)) return { value: example, shape: 'number' };
  if (/^(true|false)$/i.test(example)) return { value: example, shape: 'boolean' };
  if (/^(?:\[\]|\{\})$/.test(example)) return { value: example, shape: 'JSON' };
  if (/(_URL|_URI|_ENDPOINT|_ORIGINS?|_WEBHOOK)$|^(ORIGIN|ALLOWED_ORIGINS)$/.test(name) || /^https?:\/\//.test(example)) {
    if (/REDIS|RABBIT|AMQP|KAFKA|MONGO/.test(name))
      return {
        value: `${/MONGO/.test(name) ? 'mongodb' : /AMQP|RABBIT/.test(name) ? 'amqp' : 'redis'}://${word}.outside.test`,
        shape: 'url',
      };
    if (
      /^(APP|BASE|SITE|PUBLIC|SERVER|BACKEND|API|NEXTAUTH|AUTH|BETTER_AUTH|NEXT_PUBLIC_APP|NEXT_PUBLIC_SITE|NEXT_PUBLIC_BASE)_UR[LI]$/.test(
        name,
      ) ||
      (ofItself.test(name) && /^https?:\/\/(?:localhost|127\.0\.0\.1)\b/.test(example))
    )
      return { value: `http://localhost:${wish.port}`, shape: 'url' };
    return { value: `http://${word}.outside.test`, shape: 'url' };
  }
  if (/SENTRY\w*_DSN$|^DSN$|BUGSNAG\w*_DSN$/.test(name))
    return { value: `https://${hex.slice(0, 32)}@sentry.outside.test/1`, shape: 'url with a key' };
  for (const [pattern, prefix] of prefixes) {
    if (!pattern.test(name) || !(secret.test(name) || /PRICE|SID/.test(name))) continue;
    return { value: prefix + (prefix === 'AKIA' ? hex.slice(0, 16).toUpperCase() : hex.slice(0, 48)), shape: `key ${prefix}` };
  }
  const age = /(EXPIR|TTL|_AGE|LIFETIME|DURATION)/.test(name);
  if (secret.test(name) && !age && !/(_LENGTH|_ROUNDS|_COST|_LIMIT|_ENABLED)$/.test(name)) return { value: hex, shape: '64 hex' };
  if (/E?MAIL(_FROM|_TO|_ADDRESS)?$|^(FROM|REPLY_TO|ADMIN)_|_FROM$/.test(name) && !/(_NAME|_ID)$/.test(name))
    return { value: `${word.slice(0, 20)}@outside.test`, shape: 'e-mail' };
  if (age)
    return {
      value: /_(MS|SECONDS|MINUTES|DAYS|AGE)$/.test(name) ? '3600' : /^\d+[smhd]$/.test(example) ? example : '1h',
      shape: 'duration',
    };
  if (name.endsWith('PORT')) return { value: '8080', shape: 'number' };
  if (/(_HOST|_DOMAIN|HOSTNAME)$/.test(name)) return { value: `${word}.outside.test`, shape: 'host' };
  if (/(_ENABLED?|_DISABLED?|_DEBUG|^DEBUG|^ENABLE_|^DISABLE_|^USE_|^IS_|_SSL|_TLS|_SECURE)/.test(name))
    return { value: 'false', shape: 'boolean' };
  if (/(_LIMIT|_MAX|_MIN|_SIZE|_COUNT|_TIMEOUT|_MS|_SECONDS|_ROUNDS|_COST|_RETRIES|_WORKERS|_CONCURRENCY|_LENGTH|^MAX_|^MIN_)/.test(name))
    return { value: '10', shape: 'number' };
  if (
    /^[A-Za-z][\w-]{0,24}(?:,\s?[A-Za-z][\w-]{0,24}){0,8}$/.test(example) &&
    !/^(?:your|my|change|xxx|replace|secret|todo|insert|enter|add|here|null|undefined)/i.test(example)
  )
    return { value: example, shape: 'word of the example' };
  return { value: `sw-${hex.slice(0, 24)}`, shape: 'word' };
}

/** Names and values of a dotenv file. */
export function parseDotenv(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(line);
    if (!match?.[1]) continue;
    const raw = (match[2] ?? '').trim();
    const quoted = /^(["'`])(.*)\1/.exec(raw);
    values[match[1]] = quoted ? (quoted[2] ?? '') : raw.replace(/\s+#.*$/, '');
  }
  return values;
}
