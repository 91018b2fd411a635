import { lstatSync, readFileSync, statSync } from 'node:fs';

const largest = 16 * 1024 * 1024;

/** The text of a plain file of a decent size; null for anything else: a pipe would be waited for without end. */
export function readText(path: string): string | null {
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= largest ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}

/** The same for a file of the app's own, empty for what is none: a link may lead anywhere. */
export function readOwnText(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true ? (readText(path) ?? '') : '';
}
