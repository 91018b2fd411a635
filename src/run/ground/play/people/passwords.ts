import { createHash } from 'node:crypto';

export interface StoredForm {
  readonly scheme: 'plain' | 'fast-hash' | 'bcrypt' | 'scrypt' | 'argon2' | 'pbkdf2' | 'unknown';
  readonly detail: string;
  readonly cost: number | null;
}

const fast = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

/** How a stored value holds a known password. A fast hash is proven by computing it, not by its length. */
export function passwordScheme(stored: string, password: string): StoredForm {
  if (stored === password || stored === Buffer.from(password).toString('base64')) {
    return { scheme: 'plain', detail: stored === password ? 'the password itself' : 'the password in base64', cost: null };
  }
  for (const algorithm of fast) {
    for (const encoding of ['hex', 'base64'] as const) {
      const digest = createHash(algorithm).update(password).digest(encoding);
      if (stored.toLowerCase() === digest.toLowerCase()) return { scheme: 'fast-hash', detail: `${algorithm} without salt`, cost: null };
    }
    const salted = saltedWith(stored, password, algorithm);
    if (salted) return { scheme: 'fast-hash', detail: `${algorithm} with a salt beside it`, cost: null };
  }
  const bcrypt = /^\$2[abxy]?\$(\d\d)\$/.exec(stored);
  if (bcrypt) return { scheme: 'bcrypt', detail: `bcrypt, cost ${Number(bcrypt[1])}`, cost: Number(bcrypt[1]) };
  const argon = /^\$argon2(id|i|d)\$/.exec(stored);
  if (argon) return { scheme: 'argon2', detail: `argon2${argon[1]}`, cost: null };
  if (/^\$?scrypt[$:]/i.test(stored)) return { scheme: 'scrypt', detail: 'scrypt', cost: null };
  if (/pbkdf2/i.test(stored)) return { scheme: 'pbkdf2', detail: 'pbkdf2', cost: null };
  return { scheme: 'unknown', detail: `${stored.length} characters of unknown form`, cost: null };
}

/** `salt:digest` and `digest.salt`, the salt before or after the password. */
function saltedWith(stored: string, password: string, algorithm: string): boolean {
  const parts = stored.split(/[:.$]/).filter((part) => part !== '');
  if (parts.length !== 2) return false;
  const [a = '', b = ''] = parts;
  return [
    [a, b],
    [b, a],
  ].some(([salt = '', digest = '']) =>
    [salt + password, password + salt].some((text) => createHash(algorithm).update(text).digest('hex') === digest.toLowerCase()),
  );
}
