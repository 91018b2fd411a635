import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import bcrypt from 'bcryptjs';
import pg from 'pg';

/*
 * Ways in, as DOORS says: `forms` (token against forgery, confirmation by mail, cookie), `closed` (no sign-up), `tokens` (no login either),
 * `library` and `handed` (as libraries bring them that are mounted whole: both, or a login that takes a token of its own).
 */

const doors = process.env.DOORS;
const secret = process.env.JWT_SECRET;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', () => {});

const cookie = (request, name) => new RegExp(`(?:^|; )${name}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

/** Sends a mail as a small library would, line by line. */
const mail = (to, text) =>
  new Promise((resolve, reject) => {
    const lines = [
      'EHLO doors',
      'MAIL FROM:<doors@example.com>',
      `RCPT TO:<${to}>`,
      'DATA',
      `To: ${to}\r\nSubject: Welcome\r\n\r\n${text}\r\n.`,
      'QUIT',
    ];
    const socket = connect(25, 'mail.example.com');
    socket.on('error', reject);
    socket.on('close', resolve);
    socket.on('data', (chunk) => {
      if (/^\d{3} /m.test(chunk.toString())) socket.write(`${lines.shift() ?? ''}\r\n`);
    });
  });

async function whoIs(request) {
  if (doors === 'tokens') {
    const [head, body, signature] = (request.headers.authorization ?? '').replace('Bearer ', '').split('.');
    if (!signature || createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url') !== signature) return null;
    return JSON.parse(Buffer.from(body, 'base64url')).sub ?? null;
  }
  const { rows } = await pool.query('SELECT person_id FROM sessions WHERE id = $1', [cookie(request, 'sid') ?? '']);
  return rows[0]?.person_id ?? null;
}

const routes = {
  async 'GET /me'(request) {
    const id = await whoIs(request);
    if (id === null) return { status: 401 };
    const { rows } = await pool.query('SELECT id, email FROM people WHERE id = $1', [id]);
    return { body: rows[0] };
  },
  async 'GET /register'() {
    const token = randomBytes(12).toString('hex');
    return { page: `<form method="post"><input type="hidden" name="_csrf" value="${token}"></form>`, cookies: [`csrf=${token}`] };
  },
  async 'POST /register'(request, form) {
    if (!form.get('email') || !form.get('password')) return { status: 400, body: { error: 'email and password are required' } };
    const confirmation = randomBytes(12).toString('hex');
    const { rows } = await pool.query('INSERT INTO people (email, password_hash, confirmation) VALUES ($1, $2, $3) RETURNING id', [
      form.get('email'),
      bcrypt.hashSync(form.get('password'), 4),
      confirmation,
    ]);
    await mail(form.get('email'), `Please confirm: https://doors.example.com/confirm?token=${confirmation}`);
    return { status: 302, body: rows[0], location: '/login' };
  },
  async 'GET /confirm'(_request, _form, url) {
    const { rowCount } = await pool.query('UPDATE people SET confirmed = true, confirmation = NULL WHERE confirmation = $1', [
      url.searchParams.get('token'),
    ]);
    return { status: rowCount === 1 ? 200 : 404 };
  },
  async 'POST /login'(_request, form) {
    const { rows } = await pool.query('SELECT * FROM people WHERE email = $1', [form.get('email')]);
    const [person] = rows;
    if (!person || !bcrypt.compareSync(form.get('password') ?? '', person.password_hash)) return { status: 401, body: { error: 'wrong' } };
    if (doors === 'forms' && !person.confirmed) return { status: 403, body: { error: 'confirm your address first' } };
    const sid = randomBytes(12).toString('hex');
    await pool.query('INSERT INTO sessions VALUES ($1, $2)', [sid, person.id]);
    return { body: {}, cookies: [`sid=${sid}; HttpOnly`] };
  },
};
const logIn = routes['POST /login'];
const csrf = randomBytes(12).toString('hex');
const brought = {
  library: {
    'GET /api/auth/ok': () => ({ body: { ok: true } }),
    'POST /api/auth/sign-up/email': (_request, form) =>
      form.get('name')
        ? pool
            .query('INSERT INTO people (email, password_hash) VALUES ($1, $2) RETURNING id', [form.get('email'), bcrypt.hashSync(form.get('password'), 4)])
            .then(({ rows }) => ({ body: rows[0] }))
        : { status: 400, body: { message: 'name is required' } },
    'POST /api/auth/sign-in/email': logIn,
  },
  handed: {
    'GET /auth/csrf': () => ({ body: { csrfToken: csrf }, cookies: [`handed=${csrf}`] }),
    'POST /auth/callback/credentials': (request, form) =>
      form.get('csrfToken') === csrf && cookie(request, 'handed') === csrf ? logIn(request, form) : { status: 302, location: '/auth/signin' },
  },
}[doors];
if (brought) {
  delete routes['POST /login'];
  Object.assign(routes, brought);
}
const absent = { closed: ['POST /register'], library: ['POST /register'], handed: ['POST /register'], tokens: ['POST /register', 'POST /login'] }[doors] ?? [];

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const name = `${request.method} ${url.pathname}`;
  let text = '';
  for await (const chunk of request) text += chunk;
  const json = request.headers['content-type'] === 'application/json';
  // `forms` reads forms only.
  const form = new URLSearchParams(json ? (doors === 'forms' ? '' : Object.entries(JSON.parse(text || '{}')).map(([k, v]) => [k, String(v)])) : text);
  try {
    const forged = doors === 'forms' && request.method === 'POST' && (!form.get('_csrf') || form.get('_csrf') !== cookie(request, 'csrf'));
    const known = routes[name] && !absent.includes(name);
    const answer = !known ? { status: 404 } : forged ? { status: 403, body: { error: 'invalid csrf token' } } : await routes[name](request, form, url);
    const headers = { 'content-type': answer.page ? 'text/html' : 'application/json', ...(answer.location ? { location: answer.location } : {}) };
    response.writeHead(answer.status ?? 200, { ...headers, ...(answer.cookies ? { 'set-cookie': answer.cookies } : {}) });
    response.end(answer.page ?? JSON.stringify(answer.body ?? {}));
  } catch (error) {
    console.error(error);
    response.writeHead(500).end('{}');
  }
}).listen(process.env.PORT);
