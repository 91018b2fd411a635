import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readChain } from '../chain.ts';
import type { ChainFile } from '../chain.ts';
import { allowedSigners } from '../signers.ts';
import { verify } from '../verify.ts';
import type { Circumstances } from '../verify.ts';

const folder = join(import.meta.dirname, 'schema-1');

/** The chain of six entries that the first version wrote, in the order of their names. */
export const oldFiles: readonly ChainFile[] = readdirSync(folder)
  .toSorted()
  .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));

export const oldSigners = allowedSigners(readFileSync(`${folder}.signers`, 'utf8'));

/** SHA-256 of its last entry. */
export const oldHead = '3078882004c8c0921d232cf36c2f2709b400ccab10981b57c59b684eef3235eb';

/** The day on which it was written. */
export const then = new Date('2026-11-22T00:00:00Z');

/** What files come to, on that day and with nothing else known. */
export function verifiedAs(files: readonly ChainFile[], around: Partial<Circumstances> = {}) {
  return verify(readChain(files), { now: then, signers: oldSigners, code: null, later: null, kept: null, ...around });
}
