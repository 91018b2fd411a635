import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** What mends the two planted faults of the notebook: somebody else's note is neither shown nor changed. */
const mends: readonly (readonly [string, string])[] = [
  [
    `prepare('SELECT * FROM notes WHERE id = ?').get(req.params.id)`,
    `prepare('SELECT * FROM notes WHERE id = ? AND user_id = ?').get(req.params.id, req.user.id)`,
  ],
  [
    `prepare('UPDATE notes SET title = ?, body = ? WHERE id = ?').run(title, body ?? '', req.params.id)`,
    `prepare('UPDATE notes SET title = ?, body = ? WHERE id = ? AND user_id = ?').run(title, body ?? '', req.params.id, req.user.id)`,
  ],
];

/** For tests: the notebook, an app on a SQLite file, with dependencies lent from an example; its twin without the faults when asked. */
export function layNotebook(dir: string, mended: boolean): string {
  cpSync(join(root, 'src', 'run', 'ground', 'testdata', 'notebook'), dir, { recursive: true });
  symlinkSync(join(root, 'examples', 'harbor', 'node_modules'), join(dir, 'node_modules'));
  if (!mended) return dir;
  const file = join(dir, 'server.js');
  let text = readFileSync(file, 'utf8');
  for (const [flawed, fixed] of mends) {
    if (text.split(flawed).length !== 2) throw new Error(`the notebook no longer holds, once: ${flawed}`);
    text = text.replace(flawed, fixed);
  }
  writeFileSync(file, text);
  return dir;
}
