import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './hash.ts';

/** A text that is kept for one audited tree, outside of it. What cannot be written is not kept; that costs time, never truth. */
export interface Keep {
  /** Null when there is none, or none that we may trust. */
  read(): string | null;
  /** Replaces it as a whole; false when it was not kept. */
  write(text: string): boolean;
  remove(): void;
}

const folder = 'unfinished';
/** Larger texts are not kept. */
export const maxBytes = 64 * 1024 * 1024;
const maxAge = 7 * 24 * 60 * 60 * 1_000;

/** Opens what is kept for the tree at `root`, and sweeps what is older than seven days. Without a directory nothing is kept. */
export function openKeep(cacheDir: string | null, root: string, now: Date): Keep {
  if (cacheDir === null) return { read: () => null, write: () => false, remove: () => {} };
  const dir = join(cacheDir, folder);
  const file = join(dir, `${sha256(root).slice(0, 32)}.json`);
  // One name for all that write: what a killed process left half-written is written over or removed with the rest.
  const temporary = `${file}.tmp`;
  sweep(dir, now.getTime() - maxAge);
  return {
    read: () => readOwn(file),
    write(text) {
      if (Buffer.byteLength(text) > maxBytes) return false;
      try {
        mkdirSync(dir, { recursive: true, mode: 0o700 });
        discard(temporary);
        writeFileSync(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
        renameSync(temporary, file);
        return true;
      } catch {
        discard(temporary);
        return false;
      }
    },
    remove() {
      discard(file);
      discard(temporary);
    },
  };
}

/** The text of a regular file of our user that nobody else may write. */
function readOwn(file: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(descriptor);
    const ours = stat.isFile() && stat.uid === (process.getuid?.() ?? stat.uid) && (stat.mode & 0o022) === 0;
    return ours && stat.size <= maxBytes ? readFileSync(descriptor, 'utf8') : null;
  } finally {
    closeSync(descriptor);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true, recursive: true });
  } catch {
    // The folder is not ours to write any more: then nothing of it is read as ours either.
  }
}

function sweep(dir: string, before: number): void {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return; // Nothing was ever kept.
  }
  for (const name of names) {
    const file = join(dir, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat && stat.mtimeMs < before) discard(file);
  }
}
