import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, SeaworthyError } from '../model/errors.ts';
import { readBounded } from './git.ts';

const most = { files: 10_000, bytes: 32 * 1024 * 1024 };

/** The files of a folder that a chain is kept in; null without that folder. What is no file there has no bytes. */
export function readChainFolder(dir: string): { name: string; bytes: Buffer }[] | null {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return null;
  }
  if (names.length > most.files) throw new SeaworthyError('checkpoint', `${dir} holds more than ${most.files} files.`);
  return names.map((name) => ({ name, bytes: readBounded(join(dir, name), most.bytes) ?? Buffer.alloc(0) }));
}

/** Adds a file to a chain. Never writes over one: two who add at the same time are told. */
export function addToChainFolder(dir: string, file: { readonly name: string; readonly bytes: Buffer }): void {
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, file.name), file.bytes, { flag: 'wx', flush: true });
  } catch (cause) {
    throw new SeaworthyError('checkpoint', `${file.name} could not be added: ${messageOf(cause)}`, { cause });
  }
}
