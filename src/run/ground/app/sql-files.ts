import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** SQL files of a folder that build up, in order: numbers before letters, `2_x` before `10_y`; also one folder deeper (`001_x/up.sql`). */
export function upFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return [entry.name];
    if (!entry.isDirectory() || entry.name === 'meta') return [];
    return readdirSync(join(folder, entry.name)).map((name) => `${entry.name}/${name}`);
  });
  return found
    .filter((file) => file.endsWith('.sql') && !/(?:^|[./_-])(?:down|rollback|undo|revert|drop)\.sql$/i.test(file))
    .sort(byNumberThenName);
}

function byNumberThenName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

const journal = z.object({ entries: z.array(z.object({ idx: z.number(), tag: z.string() })) });

/** The files of a Drizzle folder in the order of its journal; null when it has none. */
export function journalFiles(folder: string): string[] | null {
  const path = join(folder, 'meta', '_journal.json');
  if (!existsSync(path)) return null;
  try {
    const { entries } = journal.parse(JSON.parse(readFileSync(path, 'utf8')));
    const files = entries.toSorted((a, b) => a.idx - b.idx).map(({ tag }) => `${tag}.sql`);
    return files.filter((file) => existsSync(join(folder, file)));
  } catch {
    return null; // A journal that cannot be read orders nothing: the names do.
  }
}

/** The part of a migration that builds up: what stands before a `-- Down`, `-- migrate:down` or `-- +goose Down` line. */
export function upPart(text: string): string {
  const down = /^\s*--+\s*(?:\+goose\s+|migrate:|!|@|#)?\s*(?:down|undo|rollback)(?:\s+migration)?\s*:?\s*(?:[-=]+\s*)?$/im.exec(text);
  return down ? text.slice(0, down.index) : text;
}

/** A file without what psql takes for itself: `\connect`, `\restrict`, `\i`. */
export function withoutPsql(text: string): string {
  return text.replace(/^\\[a-z!?]+(?:[ \t].*)?$/gim, '');
}
