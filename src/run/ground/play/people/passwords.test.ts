import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passwordScheme } from './passwords.ts';

const password = 'Sw-swabcdefgh-9aQ!';
const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

describe('passwordScheme', () => {
  it.each([
    ['the password itself', password, 'plain', 'the password itself', null],
    ['base64', Buffer.from(password).toString('base64'), 'plain', 'the password in base64', null],
    ['md5', hex('md5', password), 'fast-hash', 'md5 without salt', null],
    ['upper case sha1', hex('sha1', password).toUpperCase(), 'fast-hash', 'sha1 without salt', null],
    ['sha256 in base64', createHash('sha256').update(password).digest('base64'), 'fast-hash', 'sha256 without salt', null],
    ['salt:sha256', `a1b2c3:${hex('sha256', `a1b2c3${password}`)}`, 'fast-hash', 'sha256 with a salt beside it', null],
    ['salt after the password', `a1b2c3$${hex('sha256', `${password}a1b2c3`)}`, 'fast-hash', 'sha256 with a salt beside it', null],
    ['digest.salt', `${hex('sha512', `a1b2c3${password}`)}.a1b2c3`, 'fast-hash', 'sha512 with a salt beside it', null],
    ['bcrypt', '$2b$12$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy', 'bcrypt', 'bcrypt, cost 12', 12],
    ['bcrypt of PHP', '$2y$08$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy', 'bcrypt', 'bcrypt, cost 8', 8],
    ['argon2', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG', 'argon2', 'argon2id', null],
    ['argon2i', '$argon2i$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG', 'argon2', 'argon2i', null],
    ['scrypt', 'scrypt:16384:8:1:c2FsdA==:ZGlnZXN0', 'scrypt', 'scrypt', null],
    ['pbkdf2 of Django', 'pbkdf2_sha256$600000$c2FsdA$ZGlnZXN0', 'pbkdf2', 'pbkdf2', null],
    ['another form', 'a'.repeat(64), 'unknown', '64 characters of unknown form', null],
  ])('%s', (_, stored, scheme, detail, cost) => {
    expect(passwordScheme(stored, password)).toEqual({ scheme, detail, cost });
  });

  it('takes a fast hash of something else for no fast hash of the password', () => {
    expect(passwordScheme(hex('md5', 'something else'), password).scheme).toBe('unknown');
    expect(passwordScheme(`a1b2c3:${hex('sha256', `a1b2c3${password}`)}:1000`, password).scheme).toBe('unknown');
    expect(passwordScheme(`a1b2c3:${hex('sha256', 'something else')}`, password).scheme).toBe('unknown');
  });

  it('proves every salted fast hash, and says nothing false of random text', () => {
    const salt = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(salt, fc.string({ minLength: 1 }), fc.constantFrom('md5', 'sha1', 'sha256', 'sha512'), (grain, word, algorithm) => {
        expect(passwordScheme(`${grain}:${hex(algorithm, grain + word)}`, word).scheme).toBe('fast-hash');
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 64 }), (text) => {
        expect(passwordScheme(text, password).scheme).toBe('unknown');
      }),
    );
  });
});
