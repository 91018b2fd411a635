import { describe, expect, it } from 'vitest';
import { produce } from '../engine/produce.ts';
import type { EvidenceStore } from '../engine/produce.ts';
import { evidenceSchemas, isPresent } from '../model/evidence/index.ts';
import type { Evidence, EvidenceValue, Kind } from '../model/evidence/index.ts';
import { app } from '../read/code/program.testing.ts';
import accountEndpoints from './account-endpoints.ts';
import endpoints from './endpoints.ts';

/** The ledger, from what was read. */
async function ledgerOf(routes: EvidenceValue<'routes'>, calls: EvidenceValue<'calls'>): Promise<EvidenceValue<'endpoints'>> {
  const store: EvidenceStore = new Map<Kind, Evidence>([
    ['routes', { kind: 'routes', class: 'read', value: routes, gaps: [] }],
    ['calls', { kind: 'calls', class: 'read', value: calls, gaps: [] }],
  ]);
  store.set('account-endpoints', await produce(accountEndpoints, store, undefined));
  const evidence = await produce(endpoints, store, undefined);
  if (!isPresent(evidence)) throw new Error(evidence.reason);
  return evidenceSchemas.endpoints.parse(evidence.value);
}

/** What endpoints without any guard seem to be meant for, by their names. */
async function intended(...ids: readonly string[]): Promise<Record<string, string>> {
  const declared = ids.map((id) => {
    const [method = '', path = ''] = id.split(' ');
    return `app.${method.toLowerCase()}('${path}', (req, res) => res.json({}));`;
  });
  const { routes } = await app(declared.join('\n'));
  const ledger = await ledgerOf({ routes: [...routes] }, { calls: [] });
  return Object.fromEntries(ledger.endpoints.map((one) => [one.id, one.intended]));
}

describe('intended access by name', () => {
  it('knows doors and pages for everybody, in every spelling', async () => {
    const open = [
      'POST /login',
      'POST /auth/logOut',
      'POST /api/sign-up',
      'POST /reset-password/:token',
      'POST /webhooks/payments',
      'GET /healthz',
      'GET /api/oauth/authorize',
      'POST /saml/acs',
    ];
    expect(await intended(...open)).toEqual(Object.fromEntries(open.map((id) => [id, 'public'])));
  });

  it('takes no status of an object, and no word that holds another, for a page for everybody', async () => {
    const closed = [
      'PATCH /orders/:id/status',
      'PATCH /policies/:id/toggle-status',
      'POST /files/:id/verify',
      'GET /publications',
      'PUT /status',
    ];
    expect(await intended(...closed)).toEqual(Object.fromEntries(closed.map((id) => [id, 'unknown'])));
  });

  it('knows where an account is recovered, by what the request proves', async () => {
    const { routes, calls } = await app(`
      import bcrypt from 'bcrypt';
      app.post('/lantern', async (req, res) => {
        const { new_password, reset_token } = req.body;
        await pool.query('UPDATE users SET password = $1, reset_token = NULL WHERE reset_token = $2', [await bcrypt.hash(new_password, 12), reset_token]);
        res.json({});
      });
      app.post('/pebble', async (req, res) => {
        await pool.query('UPDATE users SET name = $1 WHERE id = $2', [req.body.name, req.body.id]);
        res.json({});
      });`);
    const ledger = await ledgerOf({ routes: [...routes] }, { calls: [...calls] });
    expect(ledger.endpoints.map((one) => [one.id, one.intended])).toEqual([
      ['POST /lantern', 'public'],
      ['POST /pebble', 'unknown'],
    ]);
  });

  it('knows a page that says the same to everybody from one that is filled with rows', async () => {
    const { routes, calls } = await app(`
      app.get('/lantern', async (req, res) => {
        const { rows } = await pool.query('SELECT id FROM users LIMIT 1');
        if (rows.length > 0) return res.redirect('/login');
        res.render('first-admin', { title: 'Make the first account' });
      });
      app.get('/pebble', async (req, res) => {
        const { rows } = await pool.query('SELECT name FROM users');
        res.render('people', { title: 'People', rows });
      });`);
    const ledger = await ledgerOf({ routes: [...routes] }, { calls: [...calls] });
    expect(ledger.endpoints.map((one) => [one.id, one.intended])).toEqual([
      ['GET /lantern', 'public'],
      ['GET /pebble', 'unknown'],
    ]);
  });

  it('knows the door by what it does, whatever it is called', async () => {
    const { routes, calls } = await app(`
      import jwt from 'jsonwebtoken';
      app.post('/lantern', (req, res) => res.json({ token: jwt.sign({ id: 1 }, process.env.SECRET) }));
      app.get('/pebble', (req, res) => res.json({ token: jwt.sign({ id: 1 }, process.env.SECRET) }));`);
    const ledger = await ledgerOf({ routes: [...routes] }, { calls: [...calls] });
    expect(ledger.endpoints.map(({ id, intended: to }) => [id, to])).toEqual([
      ['POST /lantern', 'public'],
      ['GET /pebble', 'unknown'],
    ]);
  });
});
