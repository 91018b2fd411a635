import { hash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file of lines `digest TAB key TAB text`, all ASCII, below the cache directory. One file per audited tree, because opening
 * a thousand small files costs more than parsing the sources; new lines are appended, because writing all of them again costs
 * more than what changed. A line that its digest does not confirm is not there: the cache may be slow, never false.
 */
export interface Pack {
  get(key: string): string | undefined;
  put(key: string, text: string): void;
  /** Writes what was put since opening; once most of the file is out of use, only what was read or put remains. */
  save(): void;
}

/** JSON without a character beyond ASCII, as packs want it: then a position in the bytes is a position in the text. */
export function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Bytes out of use that are not worth a writing. */
const spare = 16 * 1024;

/** Opens the pack `name`; without a directory it lives and dies in memory. */
export function openPack(cacheDir: string | null, name: string, version: string): Pack {
  const file = cacheDir === null ? null : join(cacheDir, `${name}.pack`);
  const stored = file === null ? null : load(file, version);
  const used = new Map<string, string>();
  const added = new Map<string, string>();
  return {
    get(key) {
      let text = used.get(key);
      if (text === undefined) {
        text = stored?.get(key);
        if (text !== undefined) used.set(key, text);
      }
      return text;
    },
    put(key, text) {
      used.set(key, text);
      added.set(key, text);
    },
    save() {
      if (file === null || cacheDir === null) return;
      const inUse = [...used].reduce((sum, [key, text]) => sum + lineLength(key, text), 0);
      const whole = stored === null || stored.bytes > 2 * inUse + spare;
      if (!whole && added.size === 0) return;
      const lines = [...(whole ? used : added)].map(([key, text]) => `${digest(`${key}\t${text}`)}\t${key}\t${text}\n`).join('');
      added.clear();
      const temporary = `${file}.${process.pid}.tmp`;
      try {
        mkdirSync(cacheDir, { recursive: true });
        if (!whole) appendFileSync(file, lines, { encoding: 'latin1' });
        else {
          writeFileSync(temporary, `${version}\n${lines}`, { encoding: 'latin1', mode: 0o600 });
          renameSync(temporary, file);
        }
      } catch {
        // A read-only or full cache costs time, not truth.
        rmSync(temporary, { force: true });
      }
    },
  };
}

const lineLength = (key: string, text: string): number => 32 + key.length + text.length + 3;

/** Half of a SHA-256: enough against accidents; who may write here could write a right digest too. */
function digest(line: string | Buffer): string {
  return hash('sha256', line).slice(0, 32);
}

/** The lines of a pack, found by key and confirmed only when asked for; null when there is no pack of this version. */
function load(file: string, version: string): { get(key: string): string | undefined; bytes: number } | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return null;
  }
  let at = bytes.indexOf(10) + 1;
  if (at === 0 || bytes.toString('latin1', 0, at - 1) !== version) return null;
  const found = new Map<string, { start: number; text: number; end: number }>();
  for (let end = bytes.indexOf(10, at); end !== -1; end = bytes.indexOf(10, at)) {
    const key = bytes.indexOf(9, at) + 1;
    const text = bytes.indexOf(9, key) + 1;
    if (key > 0 && text > key && text <= end) found.set(bytes.toString('latin1', key, text - 1), { start: at, text, end });
    at = end + 1;
  }
  // A last line without an end was torn; what is appended to it would be lost, so it is written anew.
  if (at < bytes.length) return null;
  return {
    bytes: bytes.length,
    get(key) {
      const line = found.get(key);
      if (line === undefined) return undefined;
      const known = bytes.subarray(line.start, line.end);
      const tab = known.indexOf(9);
      return digest(known.subarray(tab + 1)) === known.toString('latin1', 0, tab)
        ? bytes.toString('latin1', line.text, line.end)
        : undefined;
    },
  };
}
