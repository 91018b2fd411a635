import { describe, expect, it } from 'vitest';
import { app, does, first, importAuth, withAuth } from './program.testing.ts';

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
  it('reads by which values a field passes a test that else refuses, but for secrets', async () => {
    const fields = async (test: string) =>
      (
        await first(
          `app.post('/x', (req, res) => { const { kind, code } = req.body; if (${test}) return res.status(400).end(); res.end(); });`,
        )
      ).inputs
        .filter((one) => one.values.length > 0)
        .map((one) => [one.name, one.values]);
    expect(await fields(`kind !== 'a' && kind !== 'b'`)).toEqual([['kind', ['a', 'b']]]);
    expect(await fields(`!(kind === 'a' || kind === 'b')`)).toEqual([['kind', ['a', 'b']]]);
    expect(await fields(`!['a', 'b'].includes(kind)`)).toEqual([['kind', ['a', 'b']]]);
    expect(await fields(`['a', 'b'].includes(kind)`)).toEqual([]);
    expect(await fields(`kind === 'a'`)).toEqual([]);
    expect(await fields(`code !== '1234'`)).toEqual([]);
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
  it('sees that a caller is turned down by what could not be followed', async () =>
    expect(
      (
        await first(
          `import { users } from './elsewhere.js'; app.post('/x', async (req, res) => { const user = await users.find(req.user.id); if (!user.isAdmin) return res.status(403).end(); res.end(); });`,
        )
      ).inline,
    ).toMatchObject([{ does: ['other'], refuses: true }]));
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
