import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import pg from 'pg';

/* What people are, as STANDINGS says: `roles` of memberships, `members` without roles, or all that may stand `beside` the users' rows. */

const kind = process.env.STANDINGS;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', () => {});

const tenants = `
  CREATE TABLE IF NOT EXISTS organisations (id serial PRIMARY KEY, name text NOT NULL);
  CREATE TABLE IF NOT EXISTS projects (id serial PRIMARY KEY, organisation_id integer NOT NULL REFERENCES organisations, name text NOT NULL);`;
const schemas = {
  roles: `
  CREATE TABLE IF NOT EXISTS users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, password_hash text NOT NULL,
    access_level text NOT NULL DEFAULT 'basic' CHECK (access_level IN ('basic', 'gold')));
  ${tenants}
  CREATE TABLE IF NOT EXISTS memberships (user_id integer REFERENCES users, organisation_id integer REFERENCES organisations,
    role text NOT NULL DEFAULT 'viewer' CHECK (role IN ('owner', 'admin', 'viewer')), PRIMARY KEY (user_id, organisation_id));`,
  members: `
  CREATE TABLE IF NOT EXISTS users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, password_hash text NOT NULL);
  ${tenants}
  CREATE TABLE IF NOT EXISTS memberships (user_id integer REFERENCES users, organisation_id integer REFERENCES organisations, UNIQUE (user_id, organisation_id));`,
  beside: `
  CREATE TABLE IF NOT EXISTS users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, password_hash text NOT NULL,
    roles text[] NOT NULL DEFAULT '{}', is_admin boolean NOT NULL DEFAULT false);
  CREATE TABLE IF NOT EXISTS roles (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS user_roles (user_id integer REFERENCES users, role_id integer REFERENCES roles, PRIMARY KEY (user_id, role_id));
  INSERT INTO roles (name) VALUES ('treasurer') ON CONFLICT DO NOTHING;
  INSERT INTO users (email, password_hash, roles) VALUES ('first@example.com', 'none', '{editor,auditor}') ON CONFLICT DO NOTHING;`,
};
await pool.query(`${schemas[kind]} CREATE TABLE IF NOT EXISTS sessions (id text PRIMARY KEY, user_id integer NOT NULL REFERENCES users);`);

const hash = (password) => createHash('sha256').update(password).digest('hex');
const one = async (text, ...values) => (await pool.query(text, values)).rows[0];

const routes = {
  async 'POST /register'({ email, password }) {
    if (!email || !password) return { status: 400, body: { error: 'email and password are required' } };
    const user = await one('INSERT INTO users (email, password_hash) VALUES ($1, $2) RETURNING id', email, hash(password));
    if (kind === 'beside') return { status: 201, body: user };
    const organisation = await one('INSERT INTO organisations (name) VALUES ($1) RETURNING id', email);
    const [columns, values] = kind === 'roles' ? [', role', ", 'owner'"] : ['', ''];
    await pool.query(`INSERT INTO memberships (user_id, organisation_id${columns}) VALUES ($1, $2${values})`, [user.id, organisation.id]);
    return { status: 201, body: user };
  },
  async 'POST /login'({ email, password }) {
    const user = await one('SELECT id FROM users WHERE email = $1 AND password_hash = $2', email, hash(password ?? ''));
    if (!user) return { status: 401 };
    const id = randomBytes(12).toString('hex');
    await pool.query('INSERT INTO sessions VALUES ($1, $2)', [id, user.id]);
    return { cookies: [`sid=${id}; HttpOnly`], body: {} };
  },
  async 'GET /me'(_body, user) {
    if (kind !== 'beside') return { body: { id: user } };
    return { body: await one('SELECT id, email, roles, is_admin FROM users WHERE id = $1', user) };
  },
  async 'GET /projects'(_body, user) {
    const columns = kind === 'roles' ? 'user_id, organisation_id, role' : 'user_id, organisation_id';
    const membership = await one(`SELECT ${columns} FROM memberships WHERE user_id = $1`, user);
    const { rows } = await pool.query('SELECT * FROM projects WHERE organisation_id = $1', [membership.organisation_id]);
    return { body: { organisation: membership.organisation_id, role: membership.role, projects: rows } };
  },
  async 'GET /books'(_body, user) {
    const role = await one('SELECT r.name FROM user_roles u JOIN roles r ON r.id = u.role_id WHERE u.user_id = $1', user);
    return role?.name === 'treasurer' ? { body: [] } : { status: 403 };
  },
};
const only = { 'GET /projects': ['roles', 'members'], 'GET /books': ['beside'] };

createServer(async (request, response) => {
  const name = `${request.method} ${new URL(request.url, 'http://localhost').pathname}`;
  let text = '';
  for await (const chunk of request) text += chunk;
  try {
    const known = routes[name] && (only[name]?.includes(kind) ?? true);
    const session = /sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    const user = known && request.method === 'GET' ? (await one('SELECT user_id FROM sessions WHERE id = $1', session ?? ''))?.user_id : undefined;
    const refused = known && request.method === 'GET' && user === undefined;
    const answer = !known ? { status: 404 } : refused ? { status: 401 } : await routes[name](JSON.parse(text || '{}'), user);
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...(answer.cookies ? { 'set-cookie': answer.cookies } : {}) });
    response.end(JSON.stringify(answer.body ?? {}));
  } catch (error) {
    response.writeHead(error.code === '23505' ? 409 : error instanceof SyntaxError ? 400 : 500).end('{}');
  }
}).listen(process.env.PORT);
