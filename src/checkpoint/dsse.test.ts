import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { opened, preAuthentication, sealed } from './dsse.ts';
import { plainHand } from './hand.ts';

describe('the envelope', () => {
  const hand = plainHand(generateKeyPairSync('ed25519').privateKey);

  it('signs type and payload with their lengths, as the specification says', () => {
    const bytes = preAuthentication('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(bytes.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('opens to what was put into it, by the key that it names', async () => {
    const found = opened(await sealed({ signer: hand.key.line, text: 'ä' }, hand));
    expect(found).toMatchObject({ payload: { text: 'ä' }, key: { id: hand.key.id } });
  });

  it('says what is wrong with anything else, and never throws', async () => {
    const bytes = await sealed({ signer: hand.key.line }, hand);
    const text = bytes.toString();
    const stranger = plainHand(generateKeyPairSync('ed25519').privateKey);
    for (const [what, other] of [
      ['canonical form', `${text}\n`],
      ['canonical form', text.replace('checkpoint+json', 'else+json')],
      ['canonical form', '{'],
      ['canonical form', text.replace('"sig"', '"more":1,"sig"')],
      ['is not in canonical form', text.replace(/"payload":"[^"]*"/, `"payload":"${Buffer.from('{ }').toString('base64')}"`)],
      ['no key', (await sealed({ signer: 'nobody' }, hand)).toString()],
      ['no key', (await sealed({ signer: `${hand.key.line} comment` }, hand)).toString()],
      ['not the key that it names', text.replace(hand.key.id, stranger.key.id)],
      ['does not hold', (await sealed({ signer: hand.key.line }, { ...hand, sign: () => Buffer.alloc(64) })).toString()],
    ] as const)
      expect(opened(Buffer.from(other)).wrong, other).toContain(what);
  });
});
