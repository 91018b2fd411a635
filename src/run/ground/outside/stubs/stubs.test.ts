import { createHash, createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openLoopback } from '../loopback.testing.ts';
import type { ModelAnswer } from '../types.ts';

const world = await openLoopback();
afterAll(() => world.outside.close());
let from: number;
beforeEach(() => {
  from = world.outside.latest();
});

describe('Stripe', () => {
  const stripe = (method: string, path: string, body?: string, headers?: Record<string, string>) =>
    world.ask(method, `https://api.stripe.com/v1/${path}`, body, headers);

  test('keeps what it was told', async () => {
    const { json } = await stripe('POST', 'customers', 'email=a&metadata[plan]=5&metadata[big]=true');
    expect(json).toMatchObject({ object: 'customer', email: 'a', metadata: { plan: '5', big: 'true' } });
    await stripe('POST', `customers/${String(json['id'])}`, 'name=Ann');
    expect((await stripe('GET', `customers/${String(json['id'])}`)).json).toMatchObject({ email: 'a', name: 'Ann' });
    expect((await stripe('GET', 'customers?limit=10')).json).toMatchObject({ object: 'list', data: [{ id: json['id'] }] });
    expect((await stripe('DELETE', `customers/${String(json['id'])}`)).json).toMatchObject({ deleted: true });
    world.outside.forget();
    expect((await stripe('GET', 'customers')).json['data']).toEqual([]);
  });

  test('a payment goes its way: made, confirmed, refunded once', async () => {
    const { json } = await stripe('POST', 'payment_intents', 'amount=500&currency=eur&capture_method=automatic');
    expect(json).toMatchObject({ status: 'requires_payment_method', client_secret: expect.stringContaining('_secret_') as string });
    const id = String(json['id']);
    expect((await stripe('POST', `payment_intents/${id}/confirm`, 'payment_method=pm_card_visa')).json).toMatchObject({
      status: 'succeeded',
      amount_received: 500,
    });
    expect((await stripe('POST', 'refunds', `payment_intent=${id}&amount=300`)).json).toMatchObject({ object: 'refund', amount: 300 });
    expect((await stripe('POST', 'refunds', `payment_intent=${id}&amount=300`)).status).toBe(400);
    expect((await stripe('POST', 'refunds', `payment_intent=${id}`)).json).toMatchObject({ amount: 200 });
    expect((await stripe('POST', 'refunds', `payment_intent=${id}`)).json).toMatchObject({ error: { code: 'charge_already_refunded' } });
  });

  test.each(['charges', 'payment_intents'])('refuses amounts and cards that it refuses: %s', async (resource) => {
    for (const amount of ['', 'amount=-5', 'amount=0', 'amount=1.5', 'amount=abc']) {
      expect((await stripe('POST', resource, `currency=usd&${amount}`)).status).toBe(400);
    }
    const card = resource === 'charges' ? 'source=tok_chargeDeclined' : 'payment_method=pm_card_chargeDeclined';
    expect((await stripe('POST', resource, `amount=5&${card}`)).status).toBe(402);
  });

  test('the same key does it once', async () => {
    const pay = (amount: number) => stripe('POST', 'charges', `amount=${amount}&currency=usd`, { 'idempotency-key': 'k' });
    const [one, two, other] = [await pay(5), await pay(5), await pay(6)];
    expect(two.json).toEqual(one.json);
    expect([two.headers['idempotent-replayed'], other.status]).toEqual(['true', 400]);
  });

  test('a checkout adds up its items', async () => {
    const items =
      'line_items[0][price_data][unit_amount]=500&line_items[0][quantity]=3&line_items[1][price]=price_x&line_items[1][quantity]=2';
    expect((await stripe('POST', 'checkout/sessions', `mode=payment&${items}`)).json).toMatchObject({
      amount_total: 3_500,
      payment_status: 'unpaid',
    });
    expect((await stripe('POST', 'checkout/sessions', 'line_items[0][price_data][unit_amount]=-5')).status).toBe(400);
  });
});

test('PayPal: an order is captured once', async () => {
  const paypal = (path: string, body: unknown) => world.ask('POST', `https://api-m.sandbox.paypal.com${path}`, body);
  const { json } = await paypal('/v2/checkout/orders', {
    intent: 'CAPTURE',
    purchase_units: [{ amount: { currency_code: 'USD', value: '5.00' } }],
  });
  expect(json).toMatchObject({
    status: 'CREATED',
    links: expect.arrayContaining([expect.objectContaining({ rel: 'approve' })]) as unknown[],
  });
  expect((await paypal(`/v2/checkout/orders/${String(json['id'])}/capture`, {})).json).toMatchObject({ status: 'COMPLETED' });
  expect((await paypal(`/v2/checkout/orders/${String(json['id'])}/capture`, {})).status).toBe(422);
});

describe('models', () => {
  const question = [{ role: 'user', content: 'What?' }];
  const dialects = [
    [
      'openai',
      'https://api.openai.com/v1/chat/completions',
      { model: 'm', max_tokens: 9, messages: [{ role: 'system', content: 'Be kind.' }, ...question] },
    ],
    ['openai', 'https://api.openai.com/v1/responses', { model: 'm', max_output_tokens: 9, instructions: 'Be kind.', input: question }],
    ['anthropic', 'https://api.anthropic.com/v1/messages', { model: 'm', max_tokens: 9, system: 'Be kind.', messages: question }],
    [
      'gemini',
      'https://generativelanguage.googleapis.com/v1beta/models/m:generateContent',
      {
        systemInstruction: { parts: [{ text: 'Be kind.' }] },
        contents: [{ role: 'user', parts: [{ text: 'What?' }] }],
        generationConfig: { maxOutputTokens: 9 },
      },
    ],
    [
      'ollama',
      'http://ollama.test/api/chat',
      { model: 'm', stream: false, options: { num_predict: 9 }, messages: [{ role: 'system', content: 'Be kind.' }, ...question] },
    ],
  ] as const;
  const saying = async <T>(answers: readonly ModelAnswer[], work: () => Promise<T>): Promise<T> => {
    const id = world.outside.add({ match: { kind: 'model' }, does: { do: 'say', answers } });
    try {
      return await work();
    } finally {
      world.outside.remove(id);
    }
  };
  const streamed = (url: string, body: object): [string, object] =>
    url.includes('generateContent')
      ? [url.replace(':generateContent', ':streamGenerateContent?alt=sse'), body]
      : [url, { ...body, stream: true }];

  test.each(dialects)('%s at %s: says what it should, records the prompt', async (provider, url, body) => {
    const says = [{ text: 'One {{system}}' }, { tools: [{ name: 'erase', arguments: { id: 7 } }] }];
    const [first, second, third] = await saying(says, async () => [
      await world.ask('POST', url, body),
      await world.ask('POST', url, body),
      await world.ask('POST', ...streamed(url, body)),
    ]);
    expect(first?.text).toContain('One Be kind.');
    for (const told of [second, third]) expect(told?.text).toMatch(/erase.*id.*7/s);
    expect(world.outside.since(from)[0]).toMatchObject({
      kind: 'model',
      provider,
      prompt: { model: 'm', system: 'Be kind.', messages: [{ role: 'user', text: 'What?' }], maxTokens: 9, stream: false },
    });
    expect(world.outside.since(from)[2]?.prompt?.stream).toBe(true);
  });

  test.each(dialects)('%s at %s: streams its words', async (_provider, url, body) => {
    const { text } = await world.ask('POST', ...streamed(url, body));
    const told = text
      .split('\n')
      .filter((line) => /^(data: )?\{/.test(line))
      .map((line) => JSON.parse(line.replace(/^data: /, '')) as object);
    expect(told.length).toBeGreaterThan(5);
    expect(text).toMatch(/"[^"]* answer"/);
  });

  test.each(dialects)('%s at %s: talks until the app hangs up', async (_provider, url, body) => {
    await saying([{ text: 'on and on ', endless: true }], async () => {
      for (const [to, ask] of [[url, body] as const, streamed(url, body)]) {
        const { host, pathname, search } = new URL(to);
        const call = request({ host: '127.0.0.1', port: world.ports.http, method: 'POST', path: pathname + search, headers: { host } });
        call.end(JSON.stringify(ask));
        const [answer] = (await once(call, 'response')) as [IncomingMessage];
        let bytes = 0;
        for await (const chunk of answer as AsyncIterable<Buffer>) if ((bytes += chunk.length) > 600) break;
        call.destroy();
        expect(bytes).toBeGreaterThan(600);
      }
    });
    while (world.outside.since(from).some((row) => row.end === 'open')) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(world.outside.since(from).map((row) => row.end)).toEqual(['left', 'left']);
  });

  test('a demanded shape is met', async () => {
    const schema = {
      type: 'object',
      properties: { n: { type: 'integer' }, of: { $ref: '#/$defs/x' }, not: {} },
      required: ['n', 'of'],
      $defs: { x: { enum: ['a'] } },
    };
    const body = { messages: question, response_format: { type: 'json_schema', json_schema: { name: 's', schema } } };
    const { json } = await world.ask('POST', 'https://api.openai.com/v1/chat/completions', body);
    expect(json).toMatchObject({ choices: [{ message: { content: '{"n":1,"of":"a"}' } }] });
  });
});

test.each([
  [
    'sendgrid',
    'https://api.sendgrid.com/v3/mail/send',
    {
      personalizations: [{ to: [{ email: 'you@x.test' }] }],
      from: { email: 'me@x.test' },
      subject: 'S',
      content: [{ type: 'text/plain', value: 'code 123456' }],
    },
  ],
  ['resend', 'https://api.resend.com/emails', { from: 'Me <me@x.test>', to: ['you@x.test'], subject: 'S', text: 'code 123456' }],
  ['postmark', 'https://api.postmarkapp.com/email', { From: 'me@x.test', To: 'you@x.test', Subject: 'S', TextBody: 'code 123456' }],
  ['mailgun', 'https://api.mailgun.net/v3/x.test/messages', 'from=Me+%3Cme%40x.test%3E&to=you%40x.test&subject=S&text=code+123456'],
  [
    'ses',
    'https://email.us-east-1.amazonaws.com/',
    'Action=SendEmail&Source=me%40x.test&Destination.ToAddresses.member.1=you%40x.test&Message.Subject.Data=S&Message.Body.Text.Data=code+123456',
  ],
  [
    'brevo',
    'https://api.brevo.com/v3/smtp/email',
    { sender: { email: 'me@x.test' }, to: [{ email: 'you@x.test' }], subject: 'S', textContent: 'code 123456' },
  ],
])('mail by %s', async (via, url, body) => {
  expect((await world.ask('POST', url, body)).status).toBeLessThan(300);
  const row = world.outside.since(from)[0];
  const message = { seq: row?.seq, via, from: 'me@x.test', to: ['you@x.test'], subject: 'S', text: 'code 123456', codes: ['123456'] };
  expect(world.outside.mails(from)).toMatchObject([message]);
  expect(row).toMatchObject({ kind: 'mail', provider: via });
});

test('a text message is a mail too', async () => {
  await world.ask('POST', 'https://api.twilio.com/2010-04-01/Accounts/AC/Messages.json', 'From=%2B1&To=%2B2&Body=Your+code+is+4711');
  expect(world.outside.mails(from)).toMatchObject([{ via: 'twilio', to: ['+2'], codes: ['4711'] }]);
});

test('S3: keeps, lists, copies and forgets objects, by host and by path', async () => {
  const s3 = (method: string, url: string, body?: Buffer, headers?: Record<string, string>) => world.ask(method, url, body, headers);
  const etag = `"${createHash('md5').update('hello').digest('hex')}"`;
  const put = await s3('PUT', 'https://box.s3.eu-west-1.amazonaws.com/a/b%20c.txt', Buffer.from('hello'), {
    'content-type': 'text/plain',
    'x-amz-meta-k': 'v',
  });
  expect([put.status, put.headers['etag']]).toEqual([200, etag]);
  const got = await s3('GET', 'https://s3.eu-west-1.amazonaws.com/box/a/b%20c.txt');
  expect([got.text, got.headers['content-type'], got.headers['x-amz-meta-k']]).toEqual(['hello', 'text/plain', 'v']);
  expect((await s3('GET', 'https://box.s3.amazonaws.com/a/b%20c.txt', undefined, { range: 'bytes=1-2' })).text).toBe('el');
  expect((await s3('HEAD', 'https://box.s3.amazonaws.com/a/b%20c.txt')).headers['content-length']).toBe('5');
  await s3('PUT', 'https://box.s3.amazonaws.com/copy', Buffer.alloc(0), { 'x-amz-copy-source': '/box/a/b%20c.txt' });
  expect((await s3('GET', 'https://box.s3.amazonaws.com/?list-type=2&delimiter=/')).text).toMatch(
    /<Key>copy<\/Key>.*<Size>5<\/Size>.*<Prefix>a\/<\/Prefix>/s,
  );
  const chunked = Buffer.from('5;chunk-signature=0\r\nhello\r\n1;chunk-signature=0\r\n!\r\n0;chunk-signature=0\r\n\r\n');
  await s3('PUT', 'https://box.s3.amazonaws.com/chunked', chunked, { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' });
  expect((await s3('GET', 'https://box.s3.amazonaws.com/chunked')).text).toBe('hello!');
  expect((await s3('DELETE', 'https://box.s3.amazonaws.com/copy')).status).toBe(204);
  expect((await s3('GET', 'https://box.s3.amazonaws.com/copy')).text).toContain('<Code>NoSuchKey</Code>');
  const over =
    'X-Amz-Credential=a%2F20200101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-Signature=x';
  expect((await s3('GET', `https://files.outside.test/box/chunked?${over}`)).status).toBe(403);
});

test('identity: a sign-in with discovery, state, nonce and proof of the verifier', async () => {
  const { json } = await world.ask('GET', 'https://accounts.google.com/.well-known/openid-configuration');
  const challenge = createHash('sha256').update('verifier').digest('base64url');
  const wish = `client_id=c&redirect_uri=https%3A%2F%2Fapp.test%2Fback&state=s&nonce=n&code_challenge=${challenge}&code_challenge_method=S256`;
  const user = { sub: '7', email: 'eve@x.test', name: 'Eve', emailVerified: false };
  const rule = world.outside.add({ match: { kind: 'identity' }, does: { do: 'vouch', user } });
  const back = async () =>
    new URL((await world.ask('GET', `${String(json['authorization_endpoint'])}?${wish}`)).headers.location ?? '').searchParams;
  const first = await back();
  expect(first.get('state')).toBe('s');
  const trade = (code: string | null, verifier: string) =>
    world.ask('POST', String(json['token_endpoint']), `grant_type=authorization_code&client_id=c&code=${code}&code_verifier=${verifier}`);
  expect((await trade(first.get('code'), 'wrong')).status).toBe(400);
  const { json: tokens } = await trade((await back()).get('code'), 'verifier');
  world.outside.remove(rule);
  const [head = '', claims = '', signature = ''] = String(tokens['id_token']).split('.');
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    iss: json['issuer'],
    aud: 'c',
    sub: '7',
    email: 'eve@x.test',
    email_verified: false,
    nonce: 'n',
  });
  const keys = (await world.ask('GET', String(json['jwks_uri']))).json['keys'] as { kty: string; n: string; e: string }[];
  const key = createPublicKey({ key: { ...keys[0] }, format: 'jwk' });
  expect(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  const info = await world.ask('GET', String(json['userinfo_endpoint']), undefined, {
    authorization: `Bearer ${String(tokens['access_token'])}`,
  });
  expect(info.json).toMatchObject({ email: 'eve@x.test' });
});
