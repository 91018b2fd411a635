import { createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SeaworthyError } from '../model/errors.ts';
import type { Hand } from './dsse.ts';
import { publicKeyOf, publicKeyOfNode } from './public-key.ts';
import { namespace, sshSigner, unarmoured } from './sshsig.ts';

/** Signs with an Ed25519 private key. */
export function plainHand(key: KeyObject): Hand {
  return { key: publicKeyOfNode(createPublicKey(key)), sign: (bytes) => sign(null, bytes, key) };
}

/** Signs by way of OpenSSH: the line of the public key, and what gives a signature in its armour. Throws for keys that could not be verified later. */
export function sshHand(line: string, signed: (namespace: string, bytes: Buffer) => Promise<string>): Hand {
  const key = publicKeyOf(line);
  if (!key)
    throw new SeaworthyError(
      'usage',
      `Keys of this kind cannot be verified: ${line.split(' ', 1)[0]}; take ed25519, ecdsa, or rsa of 2048 bits or more.`,
    );
  return {
    key,
    async sign(bytes) {
      const signature = unarmoured(await signed(namespace, bytes));
      if (!signature || sshSigner(bytes, signature)?.line !== key.line)
        throw new SeaworthyError('checkpoint', 'What ssh-keygen gave is no signature by that key.');
      return signature;
    },
  };
}
