import { createHash } from 'node:crypto';
import { publicKeyFrom } from './public-key.ts';
import type { PublicKey } from './public-key.ts';
import { stringsOf, wired } from './ssh-wire.ts';

/** What signatures under checkpoints are for; a signature that was made for something else is none. */
export const namespace = 'seaworthy';
const magic = Buffer.from('SSHSIG');
const hashes = ['sha512', 'sha256'];

/** The key that a signature by `ssh-keygen -Y sign` names, where it holds for these bytes; null where it does not. PROTOCOL.sshsig of OpenSSH. */
export function sshSigner(message: Buffer, signature: Buffer): PublicKey | null {
  if (!isSshSignature(signature) || signature.readUInt32BE(magic.length) !== 1) return null;
  const parts = stringsOf(signature.subarray(magic.length + 4));
  const [wire, space, reserved, hash, proper] = parts ?? [];
  if (parts?.length !== 5 || !wire || !space || !reserved || !hash || !proper) return null;
  const algorithm = hash.toString('latin1');
  if (space.toString('latin1') !== namespace || reserved.length > 0 || !hashes.includes(algorithm)) return null;
  const key = publicKeyFrom(wire);
  const digest = createHash(algorithm).update(message).digest();
  return key?.signed(Buffer.concat([magic, wired(space, reserved, hash, digest)]), proper) === true ? key : null;
}

/** Whether these bytes claim to be such a signature. */
export function isSshSignature(bytes: Buffer): boolean {
  return bytes.length > magic.length + 4 && bytes.subarray(0, magic.length).equals(magic);
}

/** The bytes of a signature between its BEGIN and END lines; null without them. */
export function unarmoured(text: string): Buffer | null {
  const base64 = /^-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END SSH SIGNATURE-----\s*$/.exec(text)?.[1];
  return base64 === undefined ? null : Buffer.from(base64, 'base64');
}
