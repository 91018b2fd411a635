import './settings.js';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import jwt from 'jsonwebtoken';

// The app without its database: what must be refused before a row is read, and how it fails.
describe('the app', () => {
  let server: Server;
  let base: string;
  let endPool: () => Promise<void>;

  before(async () => {
    const { app } = await import('../src/app.js');
    const { pool } = await import('../src/db.js');
    endPool = () => pool.end();
    server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    await endPool();
  });

  const endpoints = [
    'GET /api/me', 'PATCH /api/me', 'DELETE /api/me',
    'GET /api/organisation', 'GET /api/organisation/members', 'POST /api/organisation/members',
    'PATCH /api/organisation/members/1/role', 'DELETE /api/organisation/members/1',
    'GET /api/products', 'POST /api/products', 'GET /api/products/1', 'PATCH /api/products/1', 'DELETE /api/products/1',
    'GET /api/orders', 'POST /api/orders', 'GET /api/orders/1', 'PATCH /api/orders/1/status',
    'POST /api/orders/1/cancel', 'POST /api/orders/1/share',
    'GET /api/orders/1/notes', 'POST /api/orders/1/notes', 'DELETE /api/orders/1/notes/1',
    'GET /api/wallet', 'GET /api/wallet/transactions', 'POST /api/wallet/deposit', 'POST /api/wallet/withdraw',
    'POST /api/wallet/transfer',
    'GET /api/invoices', 'POST /api/invoices', 'GET /api/invoices/1', 'POST /api/invoices/1/pay',
    'GET /api/search', 'GET /api/search/notes', 'POST /api/ai/orders/1/summary', 'POST /api/ai/ask',
    'GET /api/exports/products.csv', 'GET /api/exports/orders.csv', 'GET /api/exports/members.csv',
    'GET /api/admin/stats', 'GET /api/admin/settings', 'PUT /api/admin/settings', 'GET /api/admin/low-stock',
  ];
  for (const endpoint of endpoints) {
    it(`refuses ${endpoint} without a session`, async () => {
      const [method, path] = endpoint.split(' ');
      const response = await fetch(`${base}${path}`, { method });
      assert.equal(response.status, 401);
    });
  }

  const openEndpoints = [
    'POST /api/auth/signup', 'POST /api/auth/login', 'POST /api/auth/forgot-password', 'POST /api/auth/reset-password',
  ];
  for (const endpoint of openEndpoints) {
    it(`lets nobody through ${endpoint} while attempts cannot be counted`, async () => {
      const [method, path] = endpoint.split(' ');
      const response = await fetch(`${base}${path}`, { method, headers: { 'content-type': 'application/json' }, body: '{}' });
      assert.equal(response.status, 503);
    });
  }

  it('refuses tokens that are forged, unsigned or expired', async () => {
    const claims = { version: 1 };
    const options = { subject: '1', issuer: 'harbor', audience: 'harbor' };
    const secret = process.env.JWT_SECRET ?? '';
    const tokens = [
      jwt.sign(claims, 'another secret', options),
      jwt.sign(claims, '', { ...options, algorithm: 'none' }),
      jwt.sign(claims, secret, { ...options, expiresIn: -1 }),
      jwt.sign(claims, secret, { ...options, audience: 'elsewhere' }),
    ];
    for (const token of tokens) {
      const response = await fetch(`${base}/api/me`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(response.status, 401);
    }
  });

  const webhook = (body: string, signature?: string) =>
    fetch(`${base}/api/webhooks/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(signature ? { 'x-webhook-signature': signature } : {}) },
      body,
    });

  it('refuses a webhook without a valid signature', async () => {
    assert.equal((await webhook('{}')).status, 401);
    assert.equal((await webhook('{}', `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`)).status, 401);
  });

  it('answers a signed webhook that it cannot read with 400', async () => {
    const t = Math.floor(Date.now() / 1000);
    const v1 = createHmac('sha256', process.env.WEBHOOK_SECRET ?? '').update(`${t}.{"id":1}`).digest('hex');
    assert.equal((await webhook('{"id":1}', `t=${t},v1=${v1}`)).status, 400);
  });

  it('lets only known origins read', async () => {
    const origin = async (name: string) =>
      (await fetch(`${base}/healthz`, { headers: { origin: name } })).headers.get('access-control-allow-origin');
    assert.equal(await origin('https://shop.example'), 'https://shop.example');
    assert.equal(await origin('https://evil.example'), null);
  });

  it('is alive but not ready without its database', async () => {
    assert.equal((await fetch(`${base}/healthz`)).status, 200);
    assert.equal((await fetch(`${base}/readyz`)).status, 503);
  });

  it('says nothing about the inside when the database is away', async () => {
    const response = await fetch(`${base}/api/public/catalog/demo`);
    assert.equal(response.status, 503);
    const body = (await response.json()) as Record<string, unknown>;
    assert.deepEqual(Object.keys(body).sort(), ['error', 'requestId']);
    assert.doesNotMatch(JSON.stringify(body), /ECONNREFUSED|127\.0\.0\.1/);
  });

  it('answers a body that is not JSON with 400', async () => {
    const response = await fetch(`${base}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    assert.equal(response.status, 400);
  });

  it('keeps an orderly request id and replaces another', async () => {
    const id = async (given: string) =>
      (await fetch(`${base}/healthz`, { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    assert.equal(await id('abc-12345678'), 'abc-12345678');
    assert.match((await id('not orderly {}')) ?? '', /^[0-9a-f-]{36}$/);
  });

  it('shows its measurements to the monitoring only', async () => {
    assert.equal((await fetch(`${base}/metrics`)).status, 401);
    const response = await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${process.env.METRICS_TOKEN}` } });
    assert.equal(response.status, 200);
    assert.match(await response.text(), /http_request_duration_seconds_count\{method="GET",route="\/readyz",status="503"\} 1/);
  });
});
