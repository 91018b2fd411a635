import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { createAuthority } from './certificates.ts';
import { answerTo } from './names.ts';

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

test('a name of any length gets a certificate that OpenSSL takes', () => {
  const authority = createAuthority();
  for (let length = 1; length < 80; length += 1) expect(() => createSecureContext(authority.leaf('a'.repeat(length)))).not.toThrow();
});

const ask = (type: number) =>
  Buffer.concat([
    Buffer.from('abcd01000001000000000000', 'hex'),
    Buffer.from('\x03api\x07example\x03com\0', 'latin1'),
    Buffer.from([0, type, 0, 1]),
  ]);

test('every address question is answered with us, every other with nothing', () => {
  const found = answerTo(ask(1));
  expect(found?.name).toBe('api.example.com');
  expect(found?.message.subarray(-4)).toEqual(Buffer.from([127, 0, 0, 1]));
  expect(found?.message.readUInt16BE(6)).toBe(1);
  expect(answerTo(ask(28))?.message.readUInt16BE(6)).toBe(0);
  for (let length = 0; length < 33; length += 1) expect(() => answerTo(ask(1).subarray(0, length))).not.toThrow();
});

test('a refused name leads to another address, an unknown one nowhere', () => {
  expect(answerTo(ask(1), () => 'refused')?.message.subarray(-4)).toEqual(Buffer.from([127, 255, 255, 254]));
  const nowhere = answerTo(ask(1), () => 'nowhere')?.message;
  expect([nowhere?.readUInt16BE(2), nowhere?.readUInt16BE(6)]).toEqual([0x8183, 0]);
});
