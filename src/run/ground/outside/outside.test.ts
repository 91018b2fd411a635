import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { expect, test } from 'vitest';
import { createAuthority } from './certificates.ts';
import { answerTo } from './names.ts';
import { openOutside } from './outside.ts';
import { answerCall } from './stubs.ts';

test('an unmodified client trusts a leaf for any name', async () => {
  const authority = createAuthority();
  const outside = await openOutside('127.0.0.1', authority, { dns: 0, http: 0, https: 0 });
  const body = await new Promise<string>((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port: outside.ports[1],
        servername: 'api.stripe.com',
        headers: { host: 'api.stripe.com' },
        path: '/v1/customers',
        method: 'POST',
        ca: authority.certificate,
      },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += String(chunk)));
        answer.on('end', () => resolve(text));
      },
    );
    call.on('error', reject);
    call.end('email=a%40b.test');
  });
  expect(JSON.parse(body)).toMatchObject({ object: 'customer', email: 'a@b.test' });
  expect(outside.since(0)).toMatchObject([{ seq: 1, url: 'https://api.stripe.com/v1/customers', body: 'email=a%40b.test' }]);
  expect(outside.since(1)).toEqual([]);
  outside.close();
});

test('certificates are what X.509 readers expect', () => {
  const authority = createAuthority();
  const root = new X509Certificate(authority.certificate);
  const leaf = new X509Certificate(authority.leaf('api.example.com').cert);
  expect(root.ca).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(leaf.checkIssued(root) && leaf.verify(root.publicKey)).toBe(true);
  expect(leaf.checkHost('api.example.com')).toBe('api.example.com');
  expect(leaf.checkHost('other.example.com')).toBeUndefined();
  expect(new X509Certificate(authority.leaf('10.0.0.1').cert).checkIP('10.0.0.1')).toBe('10.0.0.1');
});

test('every address question is answered with us, every other with nothing', () => {
  const ask = (type: number) =>
    Buffer.concat([
      Buffer.from('abcd01000001000000000000', 'hex'),
      Buffer.from('\x03api\x07example\x03com\0', 'latin1'),
      Buffer.from([0, type, 0, 1]),
    ]);
  const found = answerTo(ask(1));
  expect(found?.name).toBe('api.example.com');
  expect(found?.message.subarray(-4)).toEqual(Buffer.from([127, 0, 0, 1]));
  expect(found?.message.readUInt16BE(6)).toBe(1);
  expect(answerTo(ask(28))?.message.readUInt16BE(6)).toBe(0);
  for (let length = 0; length < 33; length += 1) expect(() => answerTo(ask(1).subarray(0, length))).not.toThrow();
});

test.each([
  [
    { host: 'api.openai.com', path: '/v1/chat/completions', body: '{"model":"x"}' },
    { object: 'chat.completion', model: 'x' },
  ],
  [
    { host: 'payments.outside.test', path: '/v1/charges', body: 'amount=5' },
    { object: 'charge', amount: 5 },
  ],
  [{ host: 'api.resend.com', path: '/emails', body: '{}' }, { id: expect.any(String) }],
  [{ host: 'nowhere.test', path: '/', body: '' }, {}],
])('a plausible answer to $host$path', (call, body) => {
  expect(answerCall({ method: 'POST', ...call }, 1).body).toMatchObject(body);
});
