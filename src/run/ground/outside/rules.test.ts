import { connect } from 'node:http2';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openLoopback } from './loopback.testing.ts';
import type { WorldRule } from './types.ts';

const world = await openLoopback();
afterAll(() => world.outside.close());
let from: number;
beforeEach(() => {
  from = world.outside.latest();
});

const rows = () => world.outside.since(from);
const under = async <T>(rule: WorldRule, work: () => Promise<T>): Promise<T> => {
  const id = world.outside.add(rule);
  try {
    return await work();
  } finally {
    world.outside.remove(id);
  }
};
const customer = () =>
  world.ask('POST', 'https://api.stripe.com/v1/customers', 'email=a%40b.test', { authorization: 'Bearer sk_test_1234567890' });

test('an unmodified client trusts us; the ledger tells everything but the key', async () => {
  expect((await customer()).json).toMatchObject({ object: 'customer', email: 'a@b.test' });
  expect(rows()).toMatchObject([
    {
      protocol: 'http/1.1',
      kind: 'payments',
      provider: 'stripe',
      method: 'POST',
      host: 'api.stripe.com',
      path: '/v1/customers',
      url: 'https://api.stripe.com/v1/customers',
      headers: { authorization: expect.stringMatching(/^Bearer sk_t… #[0-9a-f]{12}$/) },
      body: 'email=a%40b.test',
      status: 200,
      rule: null,
      end: 'answered',
    },
  ]);
  await world.ask('GET', 'http://maps.test/route?key=AIzaSecretSecret&q=1');
  expect(rows()[1]).toMatchObject({ kind: 'unknown', path: expect.stringMatching(/^\/route\?key=AIza… #[0-9a-f]{12}&q=1$/) });
});

test('unknown hosts are answered, big bodies cut in the ledger', async () => {
  const told = await world.ask('PUT', 'http://nowhere.test:8080/x', Buffer.alloc(200_000, 'a'));
  expect([told.status, told.text]).toEqual([200, '{}']);
  expect(rows()[0]?.body).toHaveLength(64 * 1024);
});

test('status and body; the provider words its own errors', async () => {
  const rule = { match: { kind: 'payments' as const }, does: { do: 'answer' as const, status: 429, headers: { 'retry-after': '2' } } };
  const told = await under(rule, customer);
  expect([told.status, told.headers['retry-after'], told.json['error']]).toMatchObject([429, '2', { code: 'rate_limit' }]);
  expect(rows()[0]).toMatchObject({ status: 429, rule: expect.any(Number) });
  const own = await under({ match: {}, does: { do: 'answer', status: 503, body: 'busy' } }, customer);
  expect([own.status, own.text]).toEqual([503, 'busy']);
});

test('lies, ends in the middle, comes in pieces, late', async () => {
  const lie = await under({ match: { host: 'stripe.com' }, does: { do: 'lie' } }, customer);
  expect([lie.status, lie.json]).toMatchObject([200, { error: { type: 'api_error' } }]);
  const broken = await under({ match: { host: 'stripe.com' }, does: { do: 'malformed' } }, customer);
  expect(() => JSON.parse(broken.text)).toThrow(SyntaxError);
  const slow = await under({ match: { host: 'stripe.com' }, delayMs: 5, does: { do: 'slow', bytes: 100, everyMs: 1 } }, customer);
  expect(slow.json).toMatchObject({ object: 'customer' });
});

test('breaks before or after it is done', async () => {
  const put = () => world.ask('PUT', 'https://bucket.s3.amazonaws.com/lost', 'kept');
  const get = async () => (await world.ask('GET', 'https://bucket.s3.amazonaws.com/lost')).status;
  await expect(under({ match: { kind: 'storage' }, does: { do: 'reset' } }, put)).rejects.toThrow(Error);
  expect(await get()).toBe(404);
  await expect(under({ match: { kind: 'storage' }, does: { do: 'lose' } }, put)).rejects.toThrow(Error);
  expect(await get()).toBe(200);
  expect(rows().map(({ end, status }) => [end, status])).toEqual([
    ['cut', 0],
    ['answered', 404],
    ['cut', 0],
    ['answered', 200],
  ]);
});

test('hangs until the rule is removed, and does not count as busy', async () => {
  const id = world.outside.add({ match: { method: 'POST', path: '^/v1/customers' }, does: { do: 'hang' } });
  let done = false;
  const told = customer().finally(() => (done = true));
  while (world.outside.applied(id).length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  expect([done, world.outside.busy(), rows()[0]?.end]).toEqual([false, 0, 'open']);
  world.outside.remove(id);
  expect((await told).json).toMatchObject({ object: 'customer' });
});

test('the latest rule that matches applies, after those let through and as often as it may', async () => {
  const below = world.outside.add({ match: { kind: 'payments' }, does: { do: 'answer', status: 500 } });
  const above = world.outside.add({ match: { path: 'customers', body: 'email' }, skip: 1, times: 1, does: { do: 'answer', status: 402 } });
  const statuses = [];
  for (let n = 0; n < 3; n += 1) statuses.push((await customer()).status);
  world.outside.remove(below);
  world.outside.remove(above);
  statuses.push((await customer()).status);
  expect(statuses).toEqual([500, 402, 500, 200]);
  expect([world.outside.applied(below).length, world.outside.applied(above)]).toEqual([2, [from + 2]]);
});

test('HTTP/2 by ALPN', async () => {
  const session = connect(`https://127.0.0.1:${world.ports.https}`, { servername: 'api.stripe.com', rejectUnauthorized: false });
  const stream = session.request({ ':method': 'POST', ':path': '/v1/customers', ':authority': 'api.stripe.com' });
  stream.end('email=a');
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
  session.close();
  expect(JSON.parse(text)).toMatchObject({ object: 'customer', email: 'a' });
  expect(rows()[0]).toMatchObject({ protocol: 'http/2', host: 'api.stripe.com', headers: {} });
});

test.each(['http', 'https'] as const)('a WebSocket to the outside is recorded and refused: %s', async (scheme) => {
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'a'.repeat(22) + '==',
  };
  expect((await world.ask('GET', `${scheme}://api.openai.com/v1/realtime?model=m`, undefined, upgrade)).status).toBe(501);
  expect(rows()).toMatchObject([{ kind: 'model', path: '/v1/realtime?model=m', status: 501 }]);
});

test('a client that gives up is told from one that was answered', async () => {
  const left = new AbortController();
  const told = under({ match: {}, delayMs: 10_000 }, () =>
    fetch(`http://127.0.0.1:${world.ports.http}/slow`, { signal: left.signal }).catch(() => 'left'),
  );
  while (rows().length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  left.abort();
  expect(await told).toBe('left');
  while (rows()[0]?.end === 'open') await new Promise((resolve) => setTimeout(resolve, 2));
  expect(rows()[0]).toMatchObject({ end: 'left', status: 0 });
});
