import { createHmac } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { openLoopback } from './loopback.testing.ts';

const world = await openLoopback();
afterAll(() => world.outside.close());

const environment = {
  STRIPE_WEBHOOK_SECRET: 'whsec_abc',
  STRIPE_SECRET_KEY: 'sk_test_x',
  CLERK_WEBHOOK_SECRET: `whsec_${Buffer.from('key').toString('base64')}`,
};
const hmac = (key: string, text: string) => createHmac('sha256', key).update(text);

test('Stripe: signed over time and body; what it tells is so', async () => {
  const { json } = await world.ask('POST', 'https://api.stripe.com/v1/payment_intents', 'amount=700&currency=eur&metadata[order]=5');
  const hook = world.outside.webhook({ provider: 'stripe', type: 'payment_intent.succeeded', object: { id: json['id'] } }, environment);
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(hook.headers['stripe-signature'] ?? '') ?? [];
  expect(hmac('whsec_abc', `${time}.${hook.body}`).digest('hex')).toBe(signature);
  expect([hook.signedWith, JSON.parse(hook.body)]).toMatchObject([
    'STRIPE_WEBHOOK_SECRET',
    {
      id: hook.id,
      object: 'event',
      data: { object: { id: json['id'], status: 'succeeded', amount_received: 700, metadata: { order: '5' } } },
    },
  ]);
  expect((await world.ask('GET', `https://api.stripe.com/v1/payment_intents/${String(json['id'])}`)).json).toMatchObject({
    status: 'succeeded',
  });
  const again = world.outside.webhook({ provider: 'stripe', type: 'x', id: hook.id, secret: 'other', skewSeconds: -600 }, environment);
  expect([again.id, again.signedWith]).toEqual([hook.id, null]);
  expect(Number(/t=(\d+)/.exec(again.headers['stripe-signature'] ?? '')?.[1])).toBeLessThan(Date.now() / 1000 - 500);
});

test('Svix and GitHub', () => {
  const hook = world.outside.webhook({ provider: 'svix', type: 'user.created', object: { id: 'u1' } }, environment);
  const signed = `${hook.headers['svix-id']}.${hook.headers['svix-timestamp']}.${hook.body}`;
  expect(hook.headers['svix-signature']).toBe(`v1,${hmac('key', signed).digest('base64')}`);
  expect(JSON.parse(hook.body)).toMatchObject({ type: 'user.created', data: { id: 'u1' } });
  const push = world.outside.webhook({ provider: 'github', type: 'push', secret: 's' }, {});
  expect(push.headers).toMatchObject({ 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${hmac('s', push.body).digest('hex')}` });
});

test('an app without the secret is told what to do', () => {
  expect(() => world.outside.webhook({ provider: 'stripe', type: 'x' }, { PORT: '1' })).toThrow(
    /no variable that looks like the webhook secret of stripe/,
  );
});
