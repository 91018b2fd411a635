import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file of `key TAB json` lines below the cache directory, headed by a digest of all that follows. One file per audited
 * tree, because opening a thousand small files costs more than parsing the sources. Whatever is wrong with it, the
 * answer is an empty cache: it may be slow, never false.
 */
export interface Pack {
  get(key: string): string | undefined;
  put(key: string, json: string): void;
  /** Writes back what was read or put since opening; the rest is forgotten. */
  save(): void;
}

/** Opens the pack `name`; without a directory it lives and dies in memory. */
export function openPack(cacheDir: string | null, name: string, version: string): Pack {
  const file = cacheDir === null ? null : join(cacheDir, `${name}.pack`);
  const stored = file === null ? new Map<string, string>() : load(file, version);
  const used = new Map<string, string>();
  let changed = false;
  return {
    get(key) {
      const json = used.get(key) ?? stored.get(key);
      if (json !== undefined) used.set(key, json);
      return json;
    },
    put(key, json) {
      used.set(key, json);
      changed = true;
    },
    save() {
      if (file === null || cacheDir === null || (!changed && used.size === stored.size)) return;
      const body = [...used].map(([key, json]) => `${key}\t${json}\n`).join('');
      const temporary = `${file}.${process.pid}.tmp`;
      try {
        mkdirSync(cacheDir, { recursive: true });
        writeFileSync(temporary, `${header(version, body)}\n${body}`, { mode: 0o600 });
        renameSync(temporary, file);
      } catch {
        // A read-only or full cache costs time, not truth.
        rmSync(temporary, { force: true });
      }
    },
  };
}

function header(version: string, body: string): string {
  return `${version} ${createHash('sha256').update(body).digest('hex')}`;
}

function load(file: string, version: string): Map<string, string> {
  const entries = new Map<string, string>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return entries;
  }
  const start = text.indexOf('\n') + 1;
  if (start === 0 || !text.startsWith(`${version} `)) return entries;
  const body = text.slice(start);
  if (text.slice(0, start - 1) !== header(version, body)) return entries;
  for (let at = 0; at < body.length; ) {
    const tab = body.indexOf('\t', at);
    const end = body.indexOf('\n', tab);
    if (tab === -1 || end === -1) break;
    entries.set(body.slice(at, tab), body.slice(tab + 1, end));
    at = end + 1;
  }
  return entries;
}
