import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** For tests: writes files, each by its path below a folder, and makes the folders that they need. */
export function writeFiles(dir: string, files: Readonly<Record<string, string | Buffer>>, mode = 0o666): void {
  for (const [path, content] of Object.entries(files)) {
    const full = join(dir, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content, { mode });
  }
}
