import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { evidenceSchemas } from '../model/evidence/index.ts';
import { programOf } from './code.ts';
import type { Program } from './code.ts';
import { sha256 } from '../world/hash.ts';
import type { ReadContext } from './context.ts';

/** A tree that lives in memory. */
function contextOf(app: Record<string, string | Buffer>, cacheDir: string | null = null): ReadContext {
  const paths = Object.keys(app).sort();
  return {
    tree: {
      root: '/app',
      files: paths.map((path) => ({ path, bytes: Buffer.byteLength(app[path] ?? '') })),
      skipped: [],
      commit: null,
      tracked: null,
      absolute: (path) => `/app/${path}`,
      read: async (path) => Buffer.from(app[path] ?? ''),
      digest: async (path) => sha256(app[path] ?? ''),
    },
    cacheDir,
    jobs: 1,
    toolVersion: 'test',
  };
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const read = (app: Record<string, string | Buffer>): Promise<Program> => programOf(contextOf(app));
/** One file with an Express application around the given lines. */
const app = (body: string, more: Record<string, string> = {}) =>
  read({
    'src/app.ts': `import express from 'express';\nimport pg from 'pg';\nconst pool = new pg.Pool();\nconst app = express();\n${body}\napp.listen(3000);`,
    ...more,
  });
const ids = (program: Program) => program.routes.map(({ id }) => id);
const first = async (body: string, more: Record<string, string> = {}) => {
  const route = (await app(body, more)).routes[0];
  if (route === undefined) throw new Error('no route was found');
  return route;
};
const does = async (body: string, more: Record<string, string> = {}) =>
  (await first(body, more)).guards.map((one) => `${one.does.join('+')}${one.refuses ? '' : ' (never refuses)'}`);
const holes = async (body: string, more: Record<string, string> = {}) =>
  (await app(body, more)).queries.flatMap((one) => one.holes.map(({ verdict }) => verdict));

const auth = `
import jwt from 'jsonwebtoken';
export function authenticate(req, res, next) {
  const token = req.headers.authorization;
  if (!token) return res.status(401).end();
  try { req.user = jwt.verify(token, process.env.SECRET); next(); } catch { res.status(401).end(); }
}
export const requireRole = (...roles) => (req, res, next) => {
  if (!roles.includes(req.user.role)) return res.status(403).end();
  next();
};
export const wrap = (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next);
`;
const withAuth = { 'src/auth.ts': auth };
const importAuth = `import { authenticate, requireRole, wrap } from './auth.js';`;

describe('endpoints', () => {
  const cases: [string, string | Record<string, string>, string[]][] = [
    ['verbs', `app.get('/a', (q, s) => s.end()); app.post('/b', (q, s) => s.end());`, ['GET /a', 'POST /b']],
    ['settings and static files are none', `app.get('env'); app.use('/s', express.static('public'));`, []],
    ['a router under a prefix', `const r = express.Router(); r.get('/x/', h); app.use('/api', r); function h(q, s) {}`, ['GET /api/x']],
    [
      'nested routers',
      `const a = express.Router(); const b = express.Router({ mergeParams: true }); b.get('/', h); a.use('/:id/notes', b); app.use('/o', a); function h() {}`,
      ['GET /o/:id/notes'],
    ],
    ['route()', `app.route('/x').get(h).post(h); function h() {}`, ['GET /x', 'POST /x']],
    ['all', `app.all('/x', (q, s) => s.end());`, ['ALL /x']],
    ['an array of paths', `app.get(['/a', '/b'], (q, s) => s.end());`, ['GET /a', 'GET /b']],
    [
      'a loop over routes',
      `for (const { m, p } of [{ m: 'get', p: '/a' }, { m: 'put', p: '/b' }]) app[m](p, (q, s) => s.end());`,
      ['GET /a', 'PUT /b'],
    ],
    ['forEach over verbs', `['get', 'delete'].forEach((verb) => app[verb]('/x', (q, s) => s.end()));`, ['DELETE /x', 'GET /x']],
    ['prefixes from constants', `const v = 'v1'; const base = \`/api/\${v}\`; app.get(base + '/x', (q, s) => s.end());`, ['GET /api/v1/x']],
    ['a regular expression', `app.get(/^\\/x.*$/, (q, s) => s.end());`, ['GET /^\\/x.*$/']],
    ['a function that is given the app', `register(app); function register(server) { server.get('/x', (q, s) => s.end()); }`, ['GET /x']],
    [
      'a factory of routers, twice',
      `const make = (name) => { const r = express.Router(); r.get('/' + name, (q, s) => s.end()); return r; }; app.use('/a', make('x')); app.use('/b', make('y'));`,
      ['GET /a/x', 'GET /b/y'],
    ],
    [
      'an unmounted router that is imported',
      {
        'app.ts': `import express from 'express'; import './dead.js'; express().get('/x', () => {});`,
        'dead.ts': `import { Router } from 'express'; const r = Router(); r.get('/dead', () => {});`,
      },
      ['GET /x'],
    ],
    [
      'CommonJS',
      {
        'app.js': `const express = require('express'); const app = express(); app.use('/u', require('./users')); module.exports = app;`,
        'users.js': `const { Router } = require('express'); const r = Router(); r.get('/', (q, s) => s.end()); module.exports = r;`,
      },
      ['GET /u'],
    ],
    [
      'export default (app) => …',
      {
        'app.ts': `import express from 'express'; import setup from './setup'; const app = express(); setup(app);`,
        'setup.ts': `export default (app) => { app.get('/x', () => {}); };`,
      },
      ['GET /x'],
    ],
    [
      'tsconfig paths',
      {
        'tsconfig.json': `{ // comment\n "extends": "./base.json" }`,
        'base.json': '{}',
        'tsconfig.base.json': '{}',
        'src/app.ts': `import express from 'express'; import r from '~r/users'; express().use('/u', r);`,
        'src/tsconfig.json': `{ "compilerOptions": { "paths": { "~r/*": ["./routes/*"] } } }`,
        'src/routes/users.ts': `import { Router } from 'express'; const r = Router(); r.get('/', () => {}); export default r;`,
      },
      ['GET /u'],
    ],
    [
      'package imports',
      {
        'package.json': `{ "name": "x", "imports": { "#r/*": "./src/r/*.js" } }`,
        'src/app.ts': `import express from 'express'; import r from '#r/users'; express().use(r);`,
        'src/r/users.ts': `import { Router } from 'express'; export default Router().get('/u', () => {});`,
      },
      ['GET /u'],
    ],
    [
      're-exports',
      {
        'app.ts': `import express from 'express'; import { users } from './routes'; express().use('/u', users);`,
        'routes/index.ts': `export * from './users.js';`,
        'routes/users.ts': `import { Router } from 'express'; export const users = Router(); users.get('/', () => {});`,
      },
      ['GET /u'],
    ],
    [
      'a workspace package',
      {
        'package.json': '{}',
        'api/package.json': '{"name":"api"}',
        'api/app.ts': `import express from 'express'; import { r } from '@acme/routes'; express().use(r);`,
        'routes/package.json': '{"name":"@acme/routes"}',
        'routes/src/index.ts': `import { Router } from 'express'; export const r = Router(); r.get('/w', () => {});`,
      },
      ['GET /w'],
    ],
    ['routes of tests', { 'app.test.ts': `import express from 'express'; express().get('/x', () => {});` }, []],
  ];
  it.each(cases)('%s', async (_, source, expected) => {
    expect(ids(typeof source === 'string' ? await app(source) : await read(source))).toEqual(expected);
  });

  it('reads controllers that are classes', async () => {
    const program = await app(`
      class Users { constructor(private db: pg.Pool) {} list = async (req, res) => { await this.db.query('SELECT 1 FROM users'); };
 async one(req, res) { await this.db.query('SELECT 2 FROM users WHERE id = $1', [req.params.id]); } }
      const users = new Users(pool); app.get('/users', users.list); app.get('/users/:id', users.one.bind(users));`);
    expect(program.queries.map(({ routes }) => routes)).toEqual([['GET /users'], ['GET /users/:id']]);
    expect(program.queries[1]?.filters).toEqual([{ table: 'users', column: 'id', value: { kind: 'input', from: 'params', name: 'id' } }]);
  });
});

describe('guards', () => {
  it('knows authentication by its code', async () =>
    expect(await does(`${importAuth} app.get('/x', authenticate, (q, s) => s.end());`, withAuth)).toEqual(['authentication']));
  it('reads roles from the arguments', async () => {
    const route = await first(`${importAuth} app.get('/x', requireRole('owner', 'manager'), (q, s) => s.end());`, withAuth);
    expect(route.guards).toMatchObject([{ does: ['role'], refuses: true, roles: ['manager', 'owner'] }]);
  });
  it('applies router.use only to what follows', async () => {
    const program = await app(
      `${importAuth} app.get('/before', (q, s) => s.end()); app.use(authenticate); app.get('/after', (q, s) => s.end());`,
      withAuth,
    );
    expect(program.routes.map(({ path, guards }) => [path, guards.length])).toEqual([
      ['/after', 1],
      ['/before', 0],
    ]);
  });
  it('applies a path-scoped guard only below its path', async () => {
    const program = await app(
      `${importAuth} app.use('/admin', authenticate); app.get('/admin/x', h); app.get('/administrator', h); function h(q, s) { s.end(); }`,
      withAuth,
    );
    expect(program.routes.map(({ path, guards }) => [path, guards.length])).toEqual([
      ['/admin/x', 1],
      ['/administrator', 0],
    ]);
  });
  it('counts guards beside the router that they are mounted with', async () =>
    expect(
      await does(`${importAuth} const r = express.Router(); r.get('/x', (q, s) => s.end()); app.use('/api', authenticate, r);`, withAuth),
    ).toEqual(['authentication']));
  it('sees that a middleware only logs', async () =>
    expect(await does(`app.use((req, res, next) => { console.log(req.url); next(); }); app.get('/x', (q, s) => s.end());`)).toEqual([]));
  it('sees that a guard answers and carries on', async () => {
    expect(
      await does(`app.get('/x', (req, res, next) => { if (!req.user) { res.status(401).end(); } next(); }, (q, s) => s.end());`),
    ).toEqual(['authentication (never refuses)']);
  });
  it('sees that a guard only decodes', async () =>
    expect(
      await does(
        `${importAuth} import jwt from 'jsonwebtoken'; app.get('/x', (req, res, next) => { try { req.user = jwt.verify(req.headers.authorization, 'k'); } catch {} next(); }, (q, s) => s.end());`,
        withAuth,
      ),
    ).toEqual(['authentication (never refuses)']));
  it('reads guards turned around', async () =>
    expect(
      await does(
        `app.get('/x', (req, res, next) => { if (req.isAuthenticated()) return next(); res.redirect('/login'); }, (q, s) => s.end());`,
      ),
    ).toEqual(['authentication']));
  it('reads guards written as an expression', async () =>
    expect(await does(`app.get('/x', (req, res, next) => req.session.userId ? next() : res.sendStatus(401), (q, s) => s.end());`)).toEqual([
      'authentication',
    ]));
  it('reads guards with a callback', async () =>
    expect(
      await does(
        `import jwt from 'jsonwebtoken'; app.get('/x', (req, res, next) => { jwt.verify(req.headers.authorization, 'k', (err, user) => { if (err) return res.sendStatus(403); req.user = user; next(); }); }, (q, s) => s.end());`,
      ),
    ).toEqual(['authentication']));
  it('reads guards that hand an error on', async () =>
    expect(
      await does(
        `app.get('/x', (req, res, next) => { if (req.user?.role !== 'admin') return next(new Error('no')); next(); }, (q, s) => s.end());`,
      ),
    ).toEqual(['role']));
  it('knows limiters by their package', async () =>
    expect(
      await does(`import rateLimit from 'express-rate-limit'; app.use(rateLimit({ max: 5 })); app.get('/x', (q, s) => s.end());`),
    ).toEqual(['rate-limit']));
  it('knows hand-written limiters by 429', async () =>
    expect(
      await does(
        `const seen = {}; app.get('/x', (req, res, next) => { if (seen[req.ip] > 5) return res.status(429).end(); next(); }, (q, s) => s.end());`,
      ),
    ).toEqual(['rate-limit']));
  it('reads schema middleware', async () => {
    const route =
      await first(`import { z } from 'zod'; const check = (schema) => (req, res, next) => { const r = schema.safeParse(req.body); if (!r.success) return res.status(400).end(); next(); };
      app.post('/x', check(z.object({ email: z.string().email(), age: z.number().int().min(3).max(9).optional(), kind: z.enum(['a', 'b']) })), (q, s) => s.end());`);
    expect(route.guards.map((one) => one.does)).toEqual([['validation']]);
    expect(route.validated).toBe(true);
    expect(route.inputs).toMatchObject([
      { in: 'body', name: 'age', type: 'integer', minimum: 3, maximum: 9, required: false },
      { in: 'body', name: 'email', type: 'string', format: 'email', required: true },
      { in: 'body', name: 'kind', values: ['a', 'b'] },
    ]);
  });
  it('reads role checks inside the handler', async () =>
    expect(
      (await first(`app.get('/x', (req, res) => { if (req.user.role !== 'owner') return res.status(403).end(); res.end(); });`)).inline,
    ).toMatchObject([{ does: ['role'], roles: ['owner'], refuses: true }]));
  it('reads ownership checks inside the handler', async () =>
    expect(
      (
        await first(
          `app.get('/x/:id', async (req, res) => { const { rows } = await pool.query('SELECT * FROM t WHERE id = $1', [req.params.id]); if (rows[0].user_id !== req.user.id) return res.status(404).end(); res.json(rows[0]); });`,
        )
      ).inline,
    ).toMatchObject([{ does: ['ownership'], refuses: true }]));
  it('takes a missing row for no ownership check', async () =>
    expect(
      (
        await first(
          `app.get('/x/:id', async (req, res) => { const { rows } = await pool.query('SELECT * FROM t WHERE id = $1', [req.params.id]); if (!rows[0]) return res.status(404).end(); res.json(rows[0]); });`,
        )
      ).inline,
    ).toEqual([]));
  it('sees that a helper which only redirects does not stop the handler', async () =>
    expect(
      (
        await first(
          `function check(req, res) { if (!req.session.user) res.redirect('/login'); } app.get('/x', (req, res) => { check(req, res); res.end(); });`,
        )
      ).inline,
    ).toMatchObject([{ does: ['authentication'], refuses: false }]));
  it('follows wrappers to the handler', async () => {
    const route = await first(`${importAuth} app.get('/x', wrap(async function list(req, res) { res.json(req.query.page); }));`, withAuth);
    expect(route.handler?.name).toBe('list');
    expect(route.inputs.map((one) => `${one.in}.${one.name}`)).toEqual(['query.page']);
  });
});

describe('inputs', () => {
  const cases: [string, string, string[]][] = [
    ['destructuring', `app.post('/x', (req, res) => { const { a, b: { c } } = req.body; res.json(a, c); });`, ['body.a', 'body.b']],
    ['an alias', `app.post('/x', (req, res) => { const b = req.body; helper(b); }); function helper(v) { return v.deep; }`, ['body.deep']],
    [
      'headers and cookies',
      `app.get('/x', (req, res) => { res.json([req.get('X-Key'), req.headers['x-other'], req.cookies.sid]); });`,
      ['cookies.sid', 'headers.x-key', 'headers.x-other'],
    ],
    ['parameters of the path', `app.get('/x/:id/:sub', (req, res) => res.end());`, ['params.id', 'params.sub']],
    ['destructured request', `app.get('/x', ({ query, body: { y } }, res) => res.json([query.q, y]));`, ['body.y', 'query.q']],
    [
      'express-validator',
      `import { body } from 'express-validator'; app.post('/x', [body('mail').isEmail(), body('n').isInt({ min: 1 })], (req, res) => res.end());`,
      ['body.mail', 'body.n'],
    ],
  ];
  it.each(cases)('%s', async (_, source, expected) => {
    expect((await first(source)).inputs.map((one) => `${one.in}.${one.name}`)).toEqual(expected);
  });
});

describe('statements', () => {
  const handler = (body: string) => `app.get('/x/:id', async (req, res) => { ${body} });`;
  const cases: [string, string, string[]][] = [
    ['input in a template', handler("await pool.query(`SELECT * FROM t WHERE a = '${req.query.a}'`);"), ['input']],
    ['input by concatenation', handler(`await pool.query("SELECT * FROM t WHERE a = '" + req.query.a.trim() + "'");`), ['input']],
    [
      'input through a function',
      `const find = (mail) => pool.query("SELECT * FROM t WHERE mail = '" + mail + "'"); ${handler('await find(req.body.mail);')}`,
      ['input'],
    ],
    ['a parameter', handler(`await pool.query('SELECT * FROM t WHERE a = $1', [req.query.a]);`), []],
    ['Number()', handler('await pool.query(`SELECT * FROM t LIMIT ${Number(req.query.n)}`);'), ['guarded']],
    [
      'parseInt in a variable',
      handler('const n = parseInt(req.query.n, 10) || 1; await pool.query(`SELECT * FROM t LIMIT ${n}`);'),
      ['guarded'],
    ],
    [
      'an allow-list',
      handler(
        `if (!['a', 'b'].includes(req.query.sort)) return res.status(400).end(); await pool.query(\`SELECT * FROM t ORDER BY \${req.query.sort}\`);`,
      ),
      ['guarded'],
    ],
    [
      'a look-up table',
      handler('const columns = { a: "a", b: "b" }; await pool.query(`SELECT * FROM t ORDER BY ${columns[req.query.sort]}`);'),
      ['constant'],
    ],
    [
      'a list that does not hold what is used',
      handler(
        `if (!['a'].includes(req.query.other)) return res.status(400).end(); await pool.query(\`SELECT * FROM t ORDER BY \${req.query.sort}\`);`,
      ),
      ['input'],
    ],
    [
      'an anchored pattern',
      handler(
        'if (!/^[a-z]+$/.test(req.query.s)) return res.status(400).end(); await pool.query(`SELECT * FROM t ORDER BY ${req.query.s}`);',
      ),
      ['guarded'],
    ],
    [
      'a pattern that is not anchored',
      handler(
        'if (!/[a-z]+/.test(req.query.s)) return res.status(400).end(); await pool.query(`SELECT * FROM t ORDER BY ${req.query.s}`);',
      ),
      ['input'],
    ],
    ['pg-format', `import format from 'pg-format'; ${handler(`await pool.query(format('SELECT * FROM %I', req.query.t));`)}`, []],
    ['a constant', `const table = 't'; ${handler('await pool.query(`SELECT * FROM ${table}`);')}`, []],
    [
      'text built in steps',
      handler(`let sql = 'SELECT * FROM t WHERE true'; if (req.query.a) sql += " AND a = '" + req.query.a + "'"; await pool.query(sql);`),
      ['input'],
    ],
    ['a configuration object', handler('await pool.query({ text: `SELECT * FROM ${req.query.t}`, values: [] });'), ['input']],
    [
      'a schema that allows only numbers',
      `import { z } from 'zod'; ${handler('const { n } = z.object({ n: z.number() }).parse(req.body); await pool.query(`SELECT * FROM t LIMIT ${n}`);')}`,
      ['guarded'],
    ],
    [
      'a schema that allows any text',
      `import { z } from 'zod'; ${handler('const { n } = z.object({ n: z.string() }).parse(req.body); await pool.query(`SELECT * FROM t ORDER BY ${n}`);')}`,
      ['input'],
    ],
  ];
  it.each(cases)('%s', async (_, source, expected) => expect(await holes(source)).toEqual(expected));

  it('maps filters through parameters, across a wrapper of query', async () => {
    const program = await app(
      `import { query } from './db.js'; app.get('/x/:id', async (req, res) => { await query('SELECT * FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = $1 AND o.organisation_id = $2 LIMIT 5', [req.params.id, req.user.organisationId]); });`,
      {
        'src/db.ts': `import pg from 'pg'; const pool = new pg.Pool(); export const query = (text, values) => pool.query(text, values);`,
      },
    );
    expect(program.queries).toHaveLength(1);
    expect(program.queries[0]).toMatchObject({
      where: { file: 'src/app.ts', line: 5 },
      verb: 'select',
      tables: ['items', 'orders'],
      star: true,
      limited: true,
      routes: ['GET /x/:id'],
    });
    expect(program.queries[0]?.filters).toContainEqual({
      table: 'orders',
      column: 'organisation_id',
      value: { kind: 'session', name: 'organisationId' },
    });
    expect(program.queries[0]?.filters).toContainEqual({
      table: 'orders',
      column: 'id',
      value: { kind: 'input', from: 'params', name: 'id' },
    });
  });
  it('numbers parameters that the code counts', async () => {
    const program = await app(
      `app.get('/x', async (req, res) => { const v = []; let w = ''; if (req.query.a) { v.push(req.query.a); w = \`WHERE a = $\${v.length}\`; } await pool.query(\`SELECT id FROM t \${w}\`, v); });`,
    );
    expect(program.queries[0]).toMatchObject({
      text: 'SELECT id FROM t WHERE a = $1',
      filters: [{ table: 't', column: 'a', value: { kind: 'input', from: 'query', name: 'a' } }],
    });
  });
  it('tells which calls stand inside a transaction, a loop and a try', async () => {
    const program = await app(
      `app.post('/x', async (req, res) => { const c = await pool.connect(); try { await c.query('BEGIN'); for (const i of req.body.items) { await c.query('INSERT INTO t VALUES ($1)', [i]); } await c.query('COMMIT'); } catch (e) { await c.query('ROLLBACK'); throw e; } });`,
    );
    expect(program.calls.find((one) => one.args[0]?.kind === 'literal' && String(one.args[0].value).startsWith('INSERT'))).toMatchObject({
      symbol: 'npm:pg#PoolClient.query',
      inLoop: true,
      inTry: true,
      inTransaction: true,
      awaited: true,
    });
  });
});

describe('catches', () => {
  const cases: [string, string, string][] = [
    ['empty', 'try { f(); } catch {}', 'empty'],
    ['logged', 'try { f(); } catch (e) { console.error(e); }', 'logged-only'],
    ['rethrown', 'try { f(); } catch (e) { console.error(e); throw e; }', 'rethrown'],
    ['answered with a failure', 'try { f(); } catch (e) { return res.status(500).json({}); }', 'answers-failure'],
    ['answered with success', 'try { f(); } catch (e) { console.log(e); return res.json({ ok: true }); }', 'answers-success'],
    ['answered with an error in the body', 'try { f(); } catch (e) { return res.json({ error: e.message }); }', 'answers-failure'],
    [
      'answered with a page that says so',
      "try { f(); } catch (e) { return res.render('page', { rows: [], error: e.message }); }",
      'answers-failure',
    ],
    ['sent back with an error', "try { f(); } catch (e) { return res.redirect('/x?error=1'); }", 'answers-failure'],
    ['answered with nothing', 'try { f(); } catch (e) { console.log(e); return res.json([]); }', 'returned'],
    ['answered with words of success', "try { f(); } catch (e) { return res.json({ message: 'Order cancelled' }); }", 'answers-success'],
    ['handed on', 'try { f(); } catch (e) { next(e); }', 'answers-failure'],
    ['a value instead', 'await f().catch(() => null);', 'returned'],
    ['nothing instead', 'await f().catch(() => {});', 'empty'],
    ['given to next', 'await f().catch(next);', 'answers-failure'],
  ];
  it.each(cases)('%s', async (_, body, outcome) => {
    const program = await app(`async function f() {} app.get('/x', async (req, res, next) => { ${body} });`);
    expect(program.catches.map((one) => one.outcome)).toEqual([outcome]);
  });
});

describe('environment', () => {
  it('tells fallbacks, requirements and validation', async () => {
    const { environment } = await read({
      'env.ts': `import { z } from 'zod';
        const a = process.env.A || 'x'; const { B, C = 'c' } = process.env; if (process.env.D) f(process.env.E); const port = Number(process.env.PORT) || 3000;
        export const env = z.object({ F: z.string(), G: z.string() }).parse(process.env);
        if (!process.env.H) throw new Error('H'); for (const name of ['I', 'J']) { if (!process.env[name]) { console.error(name); process.exit(1); } }
        const missing = ['K'].filter((name) => !process.env[name]);`,
    });
    expect(environment.reads.map(({ name, required }) => [name, required])).toEqual([
      ['A', false],
      ['B', true],
      ['C', false],
      ['D', false],
      ['E', true],
      ['PORT', false],
      ['H', false],
    ]);
    expect(environment.validated).toEqual(['F', 'G', 'H', 'I', 'J', 'K']);
  });
});

describe('hostile trees', () => {
  it.each([
    ['a syntax error', 'const = ;', /syntax error on line 1/],
    ['binary content', Buffer.from([1, 0, 2]), /binary/],
    ['a large file', `//${'x'.repeat(1_600_000)}`, /larger than/],
    ['minified code', 'a();'.repeat(9000), /minified/],
    ['deep brackets', '['.repeat(15_000), /too deeply/],
    ['deep arrows', `x=${'a=>'.repeat(50_000)}1\n`.replace(/(a=>){50}/g, '$&\n'), /too deeply/],
    ['deep conditions', 'if (a) {}\n else '.repeat(20_000), /too deeply|syntax error/],
  ])('leaves out %s and reads the rest', async (_, text, reason) => {
    const program = await read({ 'bad.ts': text, 'good.ts': `import express from 'express'; express().get('/x', () => {});` });
    expect(ids(program)).toEqual(['GET /x']);
    expect(program.gaps.map((gap) => [gap.file, reason.test(gap.reason)])).toEqual([['bad.ts', true]]);
  });

  const sources = [
    auth,
    `import express from 'express'; import { authenticate, wrap } from './auth'; const app = express(); class A { #x = 1; list = async (req, res) => { let s = 'a'; s += req.query.q; for (const k in req.body) { switch (k) { case 'a': return res.json(s); default: break; } } }; } app.use(authenticate); app.get('/x/:id', wrap(new A().list)); export default app;`,
  ];
  const pieces = [
    '(',
    ')',
    '{',
    '}',
    '=>',
    '...',
    'await ',
    'return ',
    'app',
    'req.body',
    '`${',
    '`',
    ',',
    ';',
    '=',
    'app = app;',
    'f(f);',
    'const f = (x) => f(f(x));',
    'class B extends B {}',
    'require("./app")',
    'export * from "./app";',
    'this',
    '?.',
    '[0]',
    'x.y = x;',
  ];
  it('never throws and never hangs on mutated sources', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 6 }),
        async (edits) => {
          const files = sources.map((source, index) =>
            edits.reduce(
              (text, [at, cut, piece], n) =>
                n % 2 === index ? text.slice(0, at % text.length) + piece + text.slice((at % text.length) + cut) : text,
              source,
            ),
          );
          const program = await read({ 'auth.ts': files[0] ?? '', 'app.ts': files[1] ?? '' });
          evidenceSchemas.routes.parse({ routes: program.routes });
          evidenceSchemas.queries.parse({ queries: program.queries });
          evidenceSchemas.calls.parse({ calls: program.calls });
          evidenceSchemas.catches.parse({ catches: program.catches });
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('the cache', () => {
  const tree = {
    'auth.ts': auth,
    'app.ts': `import express from 'express'; import { authenticate } from './auth'; express().get('/x', authenticate, () => {});`,
  };
  it('changes nothing, and neither does a broken one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seaworthy-cache-'));
    folders.push(folder);
    const once = async () => JSON.stringify(await programOf(contextOf(tree, folder)));
    const cold = await once();
    expect(await once()).toBe(cold);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'nonsense\nabc\tdef\n');
    expect(await once()).toBe(cold);
    expect(JSON.stringify(await programOf(contextOf(tree)))).toBe(cold);
  });
  it('gives what a fresh reading gives, after any edits', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seaworthy-cache-'));
    folders.push(folder);
    const names = ['auth.ts', 'app.ts', 'users.ts'];
    const files: Record<string, string> = {
      ...tree,
      'users.ts': `import { query } from './db'; export const list = (req, res) => query('SELECT * FROM users WHERE id = ' + req.query.id).catch(() => res.json([]));`,
    };
    const edits = [
      '// é\u2028',
      'app.get("/ü", list);',
      `import { list } from './users';`,
      'const app = express();',
      `const pool = new (require('pg').Pool)();`,
      'pool.query(`SELECT ${a} FROM t`);',
      '{',
      'try { f() } catch {}',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(), fc.constantFrom(...edits)), { minLength: 1, maxLength: 4 }),
        async (list) => {
          const edited = { ...files };
          for (const [name, at, text] of list) {
            const lines = (edited[name] ?? '').split('\n');
            lines.splice(at % (lines.length + 1), 0, text);
            edited[name] = lines.join('\n');
          }
          const cached = JSON.stringify(await programOf(contextOf(edited, folder)));
          expect(cached).toBe(JSON.stringify(await programOf(contextOf(edited))));
          expect(JSON.stringify(await programOf(contextOf(edited, folder)))).toBe(cached);
        },
      ),
      { numRuns: 60 },
    );
  });
  it('does not believe a line that was changed, cut or added', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seaworthy-cache-'));
    folders.push(folder);
    const cold = JSON.stringify(await programOf(contextOf(tree, folder)));
    for (const spoil of [
      (text: string) => text.replaceAll('/x', '/y'),
      (text: string) => text.slice(0, -20),
      (text: string) => `${text}\n\t\n\t\t\t\n`,
    ]) {
      for (const name of readdirSync(folder))
        writeFileSync(join(folder, name), spoil(readFileSync(join(folder, name), 'latin1')), 'latin1');
      expect(JSON.stringify(await programOf(contextOf(tree, folder)))).toBe(cold);
    }
  });
});
