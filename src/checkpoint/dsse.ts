import { verify } from 'node:crypto';
import { canonical, parseCanonical } from './canonical.ts';
import { publicKeyOf } from './public-key.ts';
import type { PublicKey } from './public-key.ts';
import { isSshSignature, sshSigner } from './sshsig.ts';

/** Type of every payload of a chain. */
export const payloadType = 'application/vnd.seaworthy.checkpoint+json';

/** The bytes that are signed (PAE of https://github.com/secure-systems-lab/dsse): type and payload, each behind its length. */
export function preAuthentication(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

/** How somebody signs: the key, and the signature over some bytes (of Ed25519, or of `ssh-keygen -Y sign` without its armour). */
export interface Hand {
  readonly key: PublicKey;
  readonly sign: (bytes: Buffer) => Promise<Buffer> | Buffer;
}

/** The bytes of an entry's file: the payload in its signed envelope. */
export async function sealed(payload: unknown, hand: Hand): Promise<Buffer> {
  const body = canonical(payload);
  const signature = await hand.sign(preAuthentication(payloadType, body));
  return canonical({
    payload: body.toString('base64'),
    payloadType,
    signatures: [{ keyid: hand.key.id, sig: signature.toString('base64') }],
  });
}

/** What an envelope holds, by whose key it is signed; or what is wrong with it. */
export type Opened = { readonly payload: object; readonly key: PublicKey; readonly wrong?: never } | { readonly wrong: string };

/** Opens an envelope. The key is the one that the payload names: whose that is, is another question. Never throws. */
export function opened(bytes: Buffer): Opened {
  const envelope = parseCanonical(bytes);
  if (!isEnvelope(envelope)) return { wrong: 'its bytes are not those of a signed envelope in canonical form' };
  const [first] = envelope.signatures;
  const [body, signature] = [bytesOf(envelope.payload), bytesOf(first?.sig)];
  const payload = body && parseCanonical(body);
  if (!body || !signature || typeof payload !== 'object' || payload === null) return { wrong: 'its payload is not in canonical form' };
  const named = 'signer' in payload && typeof payload.signer === 'string' ? publicKeyOf(payload.signer) : null;
  if (!named || !('signer' in payload) || named.line !== payload.signer) return { wrong: 'it names no key that could have signed it' };
  if (first?.keyid !== named.id) return { wrong: 'the key of its signature is not the key that it names' };
  const message = preAuthentication(payloadType, body);
  const holds = isSshSignature(signature)
    ? sshSigner(message, signature)?.line === named.line
    : named.plain !== null && verify(null, message, named.plain, signature);
  return holds ? { payload, key: named } : { wrong: 'its signature does not hold for its content' };
}

interface Envelope {
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== 'payload,payloadType,signatures') return false;
  const { payload, payloadType: type, signatures } = value as Record<string, unknown>;
  if (typeof payload !== 'string' || type !== payloadType || !Array.isArray(signatures) || signatures.length !== 1) return false;
  const only: unknown = signatures[0];
  if (typeof only !== 'object' || only === null || Object.keys(only).join() !== 'keyid,sig') return false;
  return Object.values(only).every((one) => typeof one === 'string');
}

/** Base64 in its one form; null for any other. */
function bytesOf(text: string | undefined): Buffer | null {
  const bytes = Buffer.from(text ?? '', 'base64');
  return text !== undefined && bytes.toString('base64') === text ? bytes : null;
}
