import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { messageOf, SeaworthyError } from '../model/errors.ts';

/** Where the tool keeps its key on this machine: XDG_CONFIG_HOME/seaworthy, else ~/.config/seaworthy. */
function ownKeyFile(environment: NodeJS.ProcessEnv): string {
  const { XDG_CONFIG_HOME: xdg } = environment;
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.config'), 'seaworthy', 'key.pem');
}

/** The tool's Ed25519 key on this machine; made at first use, readable by its user alone. */
export function ownKey(environment: NodeJS.ProcessEnv = process.env): KeyObject {
  const existing = existingOwnKey(environment);
  if (existing) return existing;
  const file = ownKeyFile(environment);
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new SeaworthyError('checkpoint', `The tool's key cannot be kept (${messageOf(cause)}); name one with --key FILE.`, { cause });
  }
  return privateKey;
}

/** The same where there is one already; null on a machine that kept no checkpoint yet. */
export function existingOwnKey(environment: NodeJS.ProcessEnv = process.env): KeyObject | null {
  const file = ownKeyFile(environment);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return null;
  if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0)
    throw new SeaworthyError('checkpoint', `Others may read the tool's key; take that from them: chmod 600 ${file}`);
  return keyIn(file) ?? refuse(file, 'holds no private key');
}

/** The Ed25519 private key in a PEM file; null for a file that OpenSSH knows how to sign with. Throws for any other. */
export function keyIn(file: string): KeyObject | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SeaworthyError('usage', `The key ${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  if (text.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----') || /^(ssh|ecdsa|sk)-\S+ /.test(text)) return null;
  if (text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----'))
    return refuse(file, 'is behind a passphrase; use an SSH key, for which ssh-keygen asks');
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    return refuse(file, 'holds no private key (PEM of Ed25519, or a key of OpenSSH)');
  }
  return key.asymmetricKeyType === 'ed25519' ? key : refuse(file, `is a key of ${key.asymmetricKeyType}; PEM files must hold Ed25519`);
}

function refuse(file: string, what: string): never {
  throw new SeaworthyError('usage', `The key ${file} ${what}.`);
}
