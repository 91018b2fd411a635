import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SqliteFile } from './connection.ts';

/** A SQLite file that belongs to the app. */
export interface FoundFile {
  /** Where we see it. */
  readonly path: string;
  readonly tables: number;
  /** A process of the app has it open. */
  readonly open: boolean;
  /** Written since the moment asked for. */
  readonly fresh: boolean;
}

/** Where to look for an app's files. */
export interface Search {
  /** Directories that the app may write. */
  readonly dirs: readonly string[];
  /** Its processes. */
  readonly pids: readonly number[];
  /** Milliseconds since 1970: what was written after it counts as fresh. */
  readonly since: number;
}

const magic = 'SQLite format 3\0';
const leftOut = /^(?:node_modules|\.git|\.cache)$/;
const mostEntries = 40_000;
/** SQLite attaches ten files to the first one. */
const mostFiles = 8;

/** The SQLite files with tables that the app has in its directories, and those that it has open elsewhere, where we do not look. */
export function findSqliteFiles({ dirs, pids, since }: Search): { files: FoundFile[]; elsewhere: string[] } {
  const opened = openFiles(pids);
  const files: FoundFile[] = [];
  for (const path of dirs.flatMap(candidates)) {
    const { dev, ino, mtimeMs } = statSync(path);
    const id = `${dev}:${ino}`;
    const open = opened.delete(id);
    const tables = countTables(path);
    if (tables === 0) continue;
    const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
    files.push({ path, tables, open, fresh: Math.max(mtimeMs, log?.mtimeMs ?? 0) >= since });
  }
  return { files, elsewhere: [...opened.values()].filter(({ at }) => isSqlite(at)).map(({ name }) => name) };
}

/** The files to watch: those that the app has open, else those that it wrote, else all; the one with the most tables is `main`. */
export function toWatch(found: readonly FoundFile[]): SqliteFile[] {
  const used = [found.filter((file) => file.open), found.filter((file) => file.fresh), found].find((list) => list.length > 0) ?? [];
  const ordered = used.toSorted((a, b) => b.tables - a.tables || (a.path < b.path ? -1 : 1)).slice(0, mostFiles);
  const taken = new Set(['main', 'temp']);
  return ordered.map(({ path }, index) => {
    const stem = basename(path).replace(/\..*$/, '').replace(/\W/g, '_') || 'data';
    let schema = index === 0 ? 'main' : stem;
    for (let count = 2; index > 0 && taken.has(schema); count++) schema = `${stem}_${count}`;
    taken.add(schema);
    return { path, schema };
  });
}

/** Files of the size and with the first bytes of a SQLite database (sqlite.org/fileformat.html). */
function candidates(dir: string): string[] {
  const found: string[] = [];
  let seen = 0;
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (leftOut.test(entry.name) || ++seen > mostEntries) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && isSqlite(path)) found.push(path);
    }
  };
  walk(dir);
  return found;
}

function isSqlite(path: string): boolean {
  try {
    const { size } = statSync(path);
    if (size < 512 || size % 512 !== 0) return false;
    const fd = openSync(path, 'r');
    try {
      const head = Buffer.alloc(magic.length);
      return readSync(fd, head, 0, head.length, 0) === head.length && head.toString('latin1') === magic;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false; // gone meanwhile, or not ours to read
  }
}

/** How many tables a file has; 0 where it cannot be read. */
function countTables(path: string): number {
  try {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 200 });
    try {
      return Number(
        db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").get()?.['n'],
      );
    } finally {
      db.close();
    }
  } catch {
    return 0;
  }
}

/** Regular files that the processes have open, by device and number. */
function openFiles(pids: readonly number[]): Map<string, { at: string; name: string }> {
  const found = new Map<string, { at: string; name: string }>();
  for (const pid of pids) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const at = `/proc/${pid}/fd/${fd}`;
        const file = statSync(at, { throwIfNoEntry: false });
        if (file?.isFile()) found.set(`${file.dev}:${file.ino}`, { at, name: readlinkSync(at) });
      }
    } catch {
      continue; // ended meanwhile
    }
  }
  return found;
}
