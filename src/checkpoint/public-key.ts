import { createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { positive, stringsOf, wired } from './ssh-wire.ts';

/** A public key as OpenSSH knows it. */
export interface PublicKey {
  /** `ssh-ed25519 AAAA...`, without a comment. */
  readonly line: string;
  /** `SHA256:...`, as `ssh-keygen -l` shows it. */
  readonly id: string;
  readonly wire: Buffer;
  /** Of Ed25519 keys that lie in a file: the key for signatures without anything around them. */
  readonly plain: KeyObject | null;
  /** Whether a signature in OpenSSH's own form is by this key over these bytes. */
  readonly signed: (message: Buffer, signature: Buffer) => boolean;
}

/** The key of a line such as stands in a `.pub` file, with or without a comment; null for what is none, or of a kind that is not taken. */
export function publicKeyOf(line: string): PublicKey | null {
  const [type = '', base64 = ''] = line.trim().split(/\s+/);
  const wire = Buffer.from(base64, 'base64');
  return wire.toString('base64') === base64 && stringsOf(wire)?.[0]?.toString('latin1') === type ? publicKeyFrom(wire) : null;
}

/** The same of the bytes that such a line holds. */
export function publicKeyFrom(wire: Buffer): PublicKey | null {
  const [name, ...fields] = stringsOf(wire) ?? [];
  const type = name?.toString('latin1') ?? '';
  try {
    const kind = kindOf(type, fields);
    return kind && { ...kind, wire, line: `${type} ${wire.toString('base64')}`, id: idOf(wire) };
  } catch {
    // The numbers are no key: no point of the curve.
    return null;
  }
}

/** An Ed25519 public key of Node's as OpenSSH knows it. Throws for other kinds. */
export function publicKeyOfNode(key: KeyObject): PublicKey {
  const { x } = key.export({ format: 'jwk' });
  const found =
    key.asymmetricKeyType === 'ed25519' && x !== undefined ? publicKeyFrom(wired('ssh-ed25519', Buffer.from(x, 'base64url'))) : null;
  if (!found) throw new TypeError('not an Ed25519 key');
  return found;
}

function idOf(wire: Buffer): string {
  return `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`;
}

const curves: Readonly<Record<string, { crv: string; bytes: number; hash: string }>> = {
  nistp256: { crv: 'P-256', bytes: 32, hash: 'sha256' },
  nistp384: { crv: 'P-384', bytes: 48, hash: 'sha384' },
  nistp521: { crv: 'P-521', bytes: 66, hash: 'sha512' },
};
const leastRsaBits = 2048;

function kindOf(type: string, fields: readonly Buffer[]): Pick<PublicKey, 'plain' | 'signed'> | null {
  const [first, second, third] = fields;
  if (type === 'ssh-ed25519' && first?.length === 32 && fields.length === 1) {
    const key = edwards(first);
    return { plain: key, signed: (message, signature) => checked(signature, type, (bytes) => verify(null, message, key, bytes)) };
  }
  if (type === 'sk-ssh-ed25519@openssh.com' && first?.length === 32 && second && fields.length === 2)
    return { plain: null, signed: securityKey(type, edwards(first), second) };
  if (type.startsWith('ecdsa-sha2-') && first && second && fields.length === 2) {
    const curve = curves[type.slice('ecdsa-sha2-'.length)];
    if (!curve || first.toString('latin1') !== type.slice('ecdsa-sha2-'.length)) return null;
    if (second[0] !== 4 || second.length !== 1 + 2 * curve.bytes) return null;
    const [x, y] = [second.subarray(1, 1 + curve.bytes), second.subarray(1 + curve.bytes)].map((one) => one.toString('base64url'));
    const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: curve.crv, x: x ?? '', y: y ?? '' } });
    return {
      plain: null,
      signed: (message, signature) =>
        checked(signature, type, (bytes) => {
          const pair = (stringsOf(bytes) ?? []).map(positive);
          const [r, s] = pair;
          if (!r || !s || pair.length !== 2 || r.length > curve.bytes || s.length > curve.bytes) return false;
          const joined = Buffer.concat([r, s].map((one) => Buffer.concat([Buffer.alloc(curve.bytes - one.length), one])));
          return verify(curve.hash, message, { key, dsaEncoding: 'ieee-p1363' }, joined);
        }),
    };
  }
  if (type === 'ssh-rsa' && first && second && !third) {
    const [e, n] = [positive(first), positive(second)];
    if (!e || !n) return null;
    const key = createPublicKey({ format: 'jwk', key: { kty: 'RSA', e: e.toString('base64url'), n: n.toString('base64url') } });
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < leastRsaBits) return null;
    // Signatures with SHA-1 (`ssh-rsa`) are not taken.
    const by = (hash: string) => (message: Buffer, signature: Buffer) =>
      checked(signature, `rsa-sha2-${hash}`, (bytes) => bytes.length === n.length && verify(`sha${hash}`, message, key, bytes));
    const [longer, shorter] = [by('512'), by('256')];
    return { plain: null, signed: (message, signature) => longer(message, signature) || shorter(message, signature) };
  }
  return null;
}

function edwards(point: Buffer): KeyObject {
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') } });
}

/** The signature proper, where it is of this type and nothing stands behind it. */
function checked(signature: Buffer, type: string, holds: (bytes: Buffer) => boolean): boolean {
  const parts = stringsOf(signature);
  const [name, bytes] = parts ?? [];
  return parts?.length === 2 && bytes !== undefined && name?.toString('latin1') === type && holds(bytes);
}

/** Keys in hardware sign the hash with their own count, and say whether somebody touched them; without a touch it does not count. */
function securityKey(type: string, key: KeyObject, application: Buffer): PublicKey['signed'] {
  const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
  return (message, signature) => {
    const behind = signature.subarray(-5);
    const touched = ((behind[0] ?? 0) & 1) === 1;
    return (
      touched &&
      checked(signature.subarray(0, -5), type, (bytes) =>
        verify(null, Buffer.concat([sha256(application), behind, sha256(message)]), key, bytes),
      )
    );
  };
}
