import { describe, expect, it } from 'vitest';
import { app, first, ids, read } from './program.testing.ts';

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
    expect(program.queries[1]?.filters).toEqual([
      { table: 'users', column: 'id', value: { kind: 'input', from: 'params', name: 'id' }, of: [] },
    ]);
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
