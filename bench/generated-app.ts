/**
 * A multi-tenant Express + Postgres app, generated from a seed: so many endpoints over so many resources, so many roles, guards of
 * many kinds, and on wish exactly one of them taken away.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { confidential, nested, personalOnly, scoped, shared, type GuardKind, type Plan, type Resource } from './generated-resources.ts';

/** What to generate. */
export interface AppWish {
  readonly seed: string;
  /** Number of endpoints, at least 12. */
  readonly endpoints: number;
  /** Number of roles, at least 3. */
  readonly roles: number;
  /** Chooses the guard that is left out; null leaves none out. */
  readonly mutant: string | null;
  /** Kind of guard to leave out; chosen like the guard when absent. */
  readonly kind?: GuardKind;
}

/** A guard of the app: taking it away opens its endpoint. */
export interface Guard {
  readonly endpoint: string;
  readonly kind: GuardKind;
}

/** A generated app. */
export interface GeneratedApp {
  /** Text by path. */
  readonly files: Readonly<Record<string, string>>;
  /** `METHOD /path`, in the order in which they are registered. */
  readonly endpoints: readonly string[];
  readonly guards: readonly Guard[];
  /** The guard that was left out. */
  readonly removed: Guard | null;
}

const nouns =
  'projects invoices drafts contacts expenses shipments quotes payslips bookmarks suppliers timesheets vehicles campaigns contracts sketches leads budgets warehouses deals refunds reminders assets forecasts surveys milestones claims wishes tickets bonuses inspections proposals grants recipes samples appraisals courses estimates pensions diaries rooms'.split(
    ' ',
  );
const personalColumns = ['contact_email', 'phone', 'home_address', 'recipient_email', 'mobile'];
const roleNames =
  'admin manager accountant editor viewer auditor support sales marketing operator planner buyer trainer contractor guest analyst curator dispatcher'.split(
    ' ',
  );
/** Endpoints that every generated app has: sign-up, log-in, health and the caller's own account. */
const fixed = ['POST /api/auth/signup', 'POST /api/auth/login', 'GET /api/me', 'GET /health'];

/** Writes the app as texts; the same wish gives the same bytes. */
export function generateApp(wish: AppWish): GeneratedApp {
  const random = randomFrom(`${wish.seed}:${wish.endpoints}:${wish.roles}`);
  const roles = Array.from({ length: wish.roles }, (_, index) => roleNames[index] ?? `role${index}`);
  const resources = plannedResources(wish, roles, random);
  const guards = resources.flatMap((resource) =>
    resource.endpoints.flatMap((endpoint) => endpoint.guards.map((kind) => ({ endpoint: idOf(resource, endpoint), kind }))),
  );
  const removed = wish.mutant === null ? null : chosen(guards, randomFrom(`${wish.seed}:mutant:${wish.mutant}`), wish.kind);
  const files: Record<string, string> = {
    'package.json': `${JSON.stringify({ name: 'generated', private: true, type: 'module', scripts: { start: 'node src/server.js', migrate: 'node src/migrate.js' }, dependencies: { express: '^4.21.2', jsonwebtoken: '^9.0.2', pg: '^8.13.1' } }, null, 2)}\n`,
    '.env.example': 'DATABASE_URL=postgres://postgres@localhost:5432/generated\nJWT_SECRET=\nPORT=3000\n',
    'migrations/001_people.sql': people(roles),
    'migrations/002_resources.sql': resources.map((resource) => resource.tables).join('\n'),
    'migrations/003_permissions.sql': permissions(
      resources.flatMap((resource) => resource.actions),
      roles,
      random,
    ),
    'src/migrate.js': migrate,
    'src/db.js': db,
    'src/guards.js': guardsFile,
    'src/account.js': account,
    'src/server.js': server(resources),
  };
  for (const resource of resources) files[`src/routes/${resource.name}.js`] = router(resource, removed);
  const endpoints = [...fixed, ...resources.flatMap((resource) => resource.endpoints.map((endpoint) => idOf(resource, endpoint)))];
  return { files, endpoints, guards, removed };
}

/** Writes a generated app into a folder; `modules` is a node_modules that holds its dependencies. */
export function layApp(app: GeneratedApp, dir: string, modules: string): void {
  for (const [path, text] of Object.entries(app.files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  symlinkSync(modules, join(dir, 'node_modules'));
}

function idOf(resource: Resource, endpoint: Resource['endpoints'][number]): string {
  return `${endpoint.method.toUpperCase()} ${resource.mount}${endpoint.path === '/' ? '' : endpoint.path}`;
}

/** Numbers in [0, 1) that depend on nothing but the seed. */
function randomFrom(seed: string): () => number {
  let count = 0;
  return () => createHash('sha256').update(`${seed}:${count++}`).digest().readUInt32BE(0) / 2 ** 32;
}

function chosen(guards: readonly Guard[], random: () => number, wanted: GuardKind | undefined): Guard | null {
  const kinds = [...new Set(guards.map((guard) => guard.kind))].toSorted();
  const kind = wanted ?? kinds[Math.floor(random() * kinds.length)];
  const candidates = guards.filter((guard) => guard.kind === kind);
  return candidates[Math.floor(random() * candidates.length)] ?? null;
}

function plannedResources(wish: AppWish, roles: readonly string[], random: () => number): Resource[] {
  const wanted = wish.endpoints - fixed.length;
  const resources: Resource[] = [];
  let count = 0;
  for (let index = 0; count < wanted; index++) {
    const plan: Plan = {
      name: nouns[index] ?? `things${index}`,
      personal: personalColumns[Math.floor(random() * personalColumns.length)] ?? 'phone',
      uuid: random() < 0.3,
      wrapped: random() < 0.4,
      roles: [...new Set(['admin', roles[1 + Math.floor(random() * (roles.length - 1))] ?? 'admin'])],
    };
    const shapes = [shared, confidential, (one: Plan) => personalOnly(one, true), scoped, (one: Plan) => personalOnly(one, false), nested];
    const resource = (shapes[index % shapes.length] ?? shared)(plan);
    const endpoints = resource.endpoints.slice(0, Math.min(wanted - count, Math.max(2, Math.ceil(wanted / shapes.length))));
    const actions = resource.actions.filter((action) => endpoints.some((endpoint) => endpoint.write(() => true).includes(`'${action}'`)));
    count += endpoints.length;
    resources.push({ ...resource, endpoints, actions });
  }
  return resources;
}

/** A router; paths that hold no parameter come first. */
function router(resource: Resource, removed: Guard | null): string {
  const code = resource.endpoints.map((endpoint) =>
    endpoint.write((kind) => !(removed && removed.kind === kind && removed.endpoint === idOf(resource, endpoint))),
  );
  const merge = resource.mount.includes(':') ? '{ mergeParams: true }' : '';
  return `import { Router } from 'express';
import { pool } from '../db.js';
import { handle, requireAuth, requireMember, requirePermission, requireRole, scopeOf, valid } from '../guards.js';

export const router = Router(${merge});
${resource.setUp}
${code.join('\n')}`;
}

const people = (roles: readonly string[]) => `CREATE TABLE organisations (
  id serial PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE users (
  id serial PRIMARY KEY,
  organisation_id integer NOT NULL REFERENCES organisations (id),
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  role text NOT NULL DEFAULT '${roles[0]}' CHECK (role IN (${roles.map((role) => `'${role}'`).join(', ')})),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON users (organisation_id);
`;

/** Who may do what: administrators everything, of the others some. */
function permissions(actions: readonly string[], roles: readonly string[], random: () => number): string {
  const granted = actions.flatMap((action) =>
    roles.filter((_role, index) => index === 0 || random() < 0.25).map((role) => `  ('${role}', '${action}')`),
  );
  const rows = granted.length > 0 ? `INSERT INTO role_permissions (role, action) VALUES\n${granted.join(',\n')};\n` : '';
  return `CREATE TABLE role_permissions (
  role text NOT NULL,
  action text NOT NULL,
  PRIMARY KEY (role, action)
);
${rows}`;
}

const server = (resources: readonly Resource[]) => `import express from 'express';
import { account } from './account.js';
import { attachUser } from './guards.js';
${resources.map(({ name }) => `import { router as ${name} } from './routes/${name}.js';`).join('\n')}

const app = express();
app.use(express.json());
app.get('/health', (req, res) => res.json({ ok: true }));
app.use(attachUser);
app.use('/api', account);
${resources.map(({ name, mount }) => `app.use('${mount}', ${name});`).join('\n')}
app.use((req, res) => res.status(404).json({ error: 'Not found' }));
app.use((error, req, res, next) => {
  console.error(error);
  res.status(500).json({ error: 'Something went wrong' });
});
app.listen(Number(process.env.PORT ?? 3000));
`;

const db = `import pg from 'pg';

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
`;

const migrate = `import { readdirSync, readFileSync } from 'node:fs';
import { pool } from './db.js';

const folder = new URL('../migrations/', import.meta.url);
for (const file of readdirSync(folder).sort()) await pool.query(readFileSync(new URL(file, folder), 'utf8'));
await pool.end();
`;

const guardsFile = `import jwt from 'jsonwebtoken';
import { pool } from './db.js';

/** Passes what an async handler throws to the error handler. */
export const handle = (handler) => (req, res, next) => handler(req, res, next).catch(next);

/** Puts the user of a valid token on the request. */
export async function attachUser(req, res, next) {
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  if (!token) return next();
  try {
    const { sub } = jwt.verify(token, process.env.JWT_SECRET);
    const { rows } = await pool.query('SELECT id, organisation_id, role FROM users WHERE id = $1', [sub]);
    req.user = rows[0];
    next();
  } catch {
    res.status(401).json({ error: 'Please sign in again' });
  }
}

export function requireAuth(req, res, next) {
  if (!req.user) return res.status(401).json({ error: 'Please sign in' });
  next();
}

export const requireRole = (...roles) => (req, res, next) => {
  if (!req.user || !roles.includes(req.user.role)) return res.status(403).json({ error: 'You may not do this' });
  next();
};

/** Asks the table of permissions. */
export const requirePermission = (action) =>
  handle(async (req, res, next) => {
    const { rows } = await pool.query('SELECT action FROM role_permissions WHERE role = $1 AND action = $2', [req.user.role, action]);
    if (!rows[0]) return res.status(403).json({ error: 'You may not do this' });
    next();
  });

/** The organisation in the path must be the caller's. */
export function requireMember(req, res, next) {
  if (String(req.user.organisation_id) !== req.params.organisationId) return res.status(404).json({ error: 'Not found' });
  next();
}

/** What the caller may see, as a condition whose value is the n-th. */
export function scopeOf(req, n) {
  return req.user ? { text: \`organisation_id = $\${n}\`, values: [req.user.organisation_id] } : { text: 'TRUE', values: [] };
}

/** Fields that must be there: a text, a number, or one of several values. */
export const valid = (shape) => (req, res, next) => {
  for (const [field, wanted] of Object.entries(shape)) {
    const value = req.body?.[field];
    if (value === undefined) return res.status(400).json({ error: \`\${field} is required\` });
    if (Array.isArray(wanted) && !wanted.includes(value)) return res.status(400).json({ error: \`\${field} must be one of \${wanted.join(', ')}\` });
    if (wanted === 'number' && typeof value !== 'number') return res.status(400).json({ error: \`\${field} must be a number\` });
    if (wanted === 'text' && typeof value !== 'string') return res.status(400).json({ error: \`\${field} must be a text\` });
  }
  next();
};
`;

const account = `import { randomBytes, scrypt as derive, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Router } from 'express';
import jwt from 'jsonwebtoken';
import { pool } from './db.js';
import { handle, requireAuth, valid } from './guards.js';

const scrypt = promisify(derive);
const hashOf = async (password, salt) => (await scrypt(password, salt, 32)).toString('hex');
const tokenOf = (id) => jwt.sign({ sub: String(id) }, process.env.JWT_SECRET, { expiresIn: '8h' });

export const account = Router();

account.post(
  '/auth/signup',
  valid({ organisation: 'text', name: 'text', email: 'text', password: 'text' }),
  handle(async (req, res) => {
    const { organisation, name, email, password } = req.body;
    const salt = randomBytes(16).toString('hex');
    const hash = \`scrypt$\${salt}$\${await hashOf(password, salt)}\`;
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const made = await client.query('INSERT INTO organisations (name) VALUES ($1) RETURNING id', [organisation]);
      const { rows } = await client.query(
        'INSERT INTO users (organisation_id, name, email, password_hash) VALUES ($1, $2, $3, $4) RETURNING id, name, role',
        [made.rows[0].id, name, email, hash],
      );
      await client.query('COMMIT');
      res.status(201).json({ user: rows[0], token: tokenOf(rows[0].id) });
    } catch (error) {
      await client.query('ROLLBACK');
      if (error.code === '23505') return res.status(409).json({ error: 'Somebody has this address already' });
      throw error;
    } finally {
      client.release();
    }
  }),
);

account.post(
  '/auth/login',
  valid({ email: 'text', password: 'text' }),
  handle(async (req, res) => {
    const { rows } = await pool.query('SELECT id, password_hash FROM users WHERE email = $1', [req.body.email]);
    const [, salt = '', hash = ''] = (rows[0]?.password_hash ?? '').split('$');
    const given = await hashOf(req.body.password, salt);
    if (given.length !== hash.length || !timingSafeEqual(Buffer.from(given), Buffer.from(hash)))
      return res.status(401).json({ error: 'Wrong address or password' });
    res.json({ token: tokenOf(rows[0].id) });
  }),
);

account.get('/me', requireAuth, (req, res) => res.json(req.user));
`;
