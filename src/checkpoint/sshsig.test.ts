import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicKeyFrom, publicKeyOf, publicKeyOfNode } from './public-key.ts';
import { wired } from './ssh-wire.ts';
import { sshSigner, unarmoured } from './sshsig.ts';

describe('signatures of OpenSSH', () => {
  const dir = mkdtempSync(join(tmpdir(), 'seaworthy-ssh-'));
  const message = Buffer.from('DSSEv1 what is signed \n\0 here');
  const run = (args: readonly string[], input?: Buffer | string) =>
    execFileSync('ssh-keygen', args, { cwd: dir, ...(input === undefined ? {} : { input }) });
  const signed = (name: string, space = 'seaworthy', ...more: string[]) =>
    run(['-q', '-Y', 'sign', '-f', name, '-n', space, ...more], message).toString();
  const blob = (armoured: string): Buffer => unarmoured(armoured) ?? Buffer.alloc(0);
  const kinds: [name: string, type: string, bits: string][] = [
    ['edwards', 'ed25519', '256'],
    ['p256', 'ecdsa', '256'],
    ['p384', 'ecdsa', '384'],
    ['p521', 'ecdsa', '521'],
    ['rsa', 'rsa', '2048'],
  ];

  beforeAll(() => {
    const there = spawnSync('ssh-keygen', ['-?']);
    if (there.error) throw new Error(`ssh-keygen is missing: install Debian's openssh-client (${there.error.message})`);
    for (const [name, type, bits] of kinds) run(['-q', '-t', type, '-b', bits, '-N', '', '-C', 'a comment', '-f', name]);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it.each(kinds)('of a key %s hold for their bytes, purpose and key alone', (name) => {
    const line = readFileSync(join(dir, `${name}.pub`), 'utf8');
    const key = publicKeyOf(line);
    expect(key?.id).toBe(run(['-l', '-f', name]).toString().split(' ')[1]);
    expect(`${key?.line} a comment\n`).toBe(line);
    // Some kinds of signatures differ every time, in length too.
    for (let turn = 0; turn < 8; turn++) {
      const signature = blob(signed(name));
      expect(sshSigner(message, signature)?.line).toBe(key?.line);
      expect(sshSigner(Buffer.from('something else'), signature)).toBeNull();
    }
    expect(sshSigner(message, blob(signed(name, 'git')))).toBeNull();
    expect(sshSigner(message, blob(signed(name, 'seaworthy', '-O', 'hashalg=sha256')))?.line).toBe(key?.line);
    const signature = blob(signed(name));
    for (let at = 0; at < signature.length; at++) {
      const other = Buffer.from(signature);
      other[at] = (other[at] ?? 0) ^ 1;
      expect(sshSigner(message, other), `byte ${at}`).toBeNull();
    }
    expect(sshSigner(message, Buffer.concat([signature, Buffer.alloc(1)]))).toBeNull();
    expect(sshSigner(message, signature.subarray(0, -1))).toBeNull();
  });

  it('of keys in hardware hold when they were touched; ssh-keygen agrees', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const point = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
    const wire = wired('sk-ssh-ed25519@openssh.com', point, 'ssh:');
    const sha = (name: string, bytes: Buffer | string): Buffer => createHash(name).update(bytes).digest();
    const inner = Buffer.concat([Buffer.from('SSHSIG'), wired('seaworthy', '', 'sha512', sha('sha512', message))]);
    const made = (flags: number): Buffer => {
      const behind = Buffer.from([flags, 0, 0, 0, 7]);
      const proper = sign(null, Buffer.concat([sha('sha256', 'ssh:'), behind, sha('sha256', inner)]), privateKey);
      const signature = Buffer.concat([wired('sk-ssh-ed25519@openssh.com', proper), behind]);
      return Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01'), wired(wire, 'seaworthy', '', 'sha512', signature)]);
    };
    const key = publicKeyFrom(wire);
    expect(sshSigner(message, made(1))?.line).toBe(key?.line);
    expect(sshSigner(message, made(0))).toBeNull();
    writeFileSync(join(dir, 'allowed'), `ann ${key?.line}\n`);
    writeFileSync(
      join(dir, 'touched.sig'),
      `-----BEGIN SSH SIGNATURE-----\n${made(1).toString('base64').replace(/.{70}/g, '$&\n')}\n-----END SSH SIGNATURE-----\n`,
    );
    expect(run(['-Y', 'verify', '-f', 'allowed', '-I', 'ann', '-n', 'seaworthy', '-s', 'touched.sig'], message).toString()).toMatch(
      /^Good/,
    );
  });

  it('take no weak, broken or unknown key', () => {
    run(['-q', '-t', 'rsa', '-b', '1024', '-N', '', '-f', 'weak']);
    expect(publicKeyOf(readFileSync(join(dir, 'weak.pub'), 'utf8'))).toBeNull();
    const own = publicKeyOfNode(createPublicKey(generateKeyPairSync('ed25519').privateKey));
    expect(publicKeyOf(own.line)?.id).toBe(own.id);
    for (const line of [
      '',
      'ssh-ed25519',
      `ssh-rsa ${own.line.split(' ')[1]}`,
      `${own.line}A`,
      'ssh-dss AAAAB3NzaC1kc3MAAAAA',
      own.line.slice(0, -4),
    ])
      expect(publicKeyOf(line), line).toBeNull();
    const off = wired('ecdsa-sha2-nistp256', 'nistp256', Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]));
    expect(publicKeyFrom(off)).toBeNull();
    expect(() => publicKeyOfNode(generateKeyPairSync('x25519').publicKey)).toThrow(TypeError);
  });
});
