import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file of `key TAB text` lines, all ASCII, below the cache directory, headed by a digest of all that follows. One file
 * per audited tree, because opening a thousand small files costs more than parsing the sources. Whatever is wrong with it,
 * the answer is an empty cache: it may be slow, never false.
 */
export interface Pack {
  get(key: string): string | undefined;
  put(key: string, text: string): void;
  /** Writes back what was read or put since opening; the rest is forgotten. */
  save(): void;
}

/** JSON without a character beyond ASCII, as packs want it: then a position in the bytes is a position in the text. */
export function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Opens the pack `name`; without a directory it lives and dies in memory. */
export function openPack(cacheDir: string | null, name: string, version: string): Pack {
  const file = cacheDir === null ? null : join(cacheDir, `${name}.pack`);
  const stored = file === null ? new Map<string, string>() : load(file, version);
  const used = new Map<string, string>();
  let changed = false;
  return {
    get(key) {
      const text = used.get(key) ?? stored.get(key);
      if (text !== undefined) used.set(key, text);
      return text;
    },
    put(key, text) {
      used.set(key, text);
      changed = true;
    },
    save() {
      if (file === null || cacheDir === null || (!changed && used.size === stored.size)) return;
      const body = Buffer.from([...used].map(([key, text]) => `${key}\t${text}\n`).join(''), 'latin1');
      const temporary = `${file}.${process.pid}.tmp`;
      try {
        mkdirSync(cacheDir, { recursive: true });
        writeFileSync(temporary, Buffer.concat([Buffer.from(`${header(version, body)}\n`), body]), { mode: 0o600 });
        renameSync(temporary, file);
      } catch {
        // A read-only or full cache costs time, not truth.
        rmSync(temporary, { force: true });
      }
    },
  };
}

function header(version: string, body: Buffer): string {
  return `${version} ${createHash('sha256').update(body).digest('hex')}`;
}

function load(file: string, version: string): Map<string, string> {
  const entries = new Map<string, string>();
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return entries;
  }
  const start = bytes.indexOf(10) + 1;
  const body = bytes.subarray(start);
  if (start === 0 || bytes.toString('latin1', 0, start - 1) !== header(version, body)) return entries;
  for (let at = 0; at < body.length; ) {
    const tab = body.indexOf(9, at);
    const end = body.indexOf(10, tab);
    if (tab === -1 || end === -1) break;
    entries.set(body.toString('latin1', at, tab), body.toString('latin1', tab + 1, end));
    at = end + 1;
  }
  return entries;
}
