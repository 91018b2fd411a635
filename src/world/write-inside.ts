import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What stands at a path below a folder: nothing, a regular file with its text, or something that is not to be written through. */
export type State =
  | { readonly is: 'free' }
  | { readonly is: 'file'; readonly text: string }
  | { readonly is: 'barred'; readonly why: string };

const largest = 1024 * 1024;

/** Looks at a path below a folder, following no symbolic link on the way. */
export function stateInside(root: string, path: string): State {
  const parts = path.split('/');
  let at = root;
  for (const [index, part] of parts.entries()) {
    at = join(at, part);
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined) return { is: 'free' };
    const named = parts.slice(0, index + 1).join('/');
    if (stat.isSymbolicLink()) return { is: 'barred', why: `${named} is a symbolic link` };
    const last = index === parts.length - 1;
    if (!last && !stat.isDirectory()) return { is: 'barred', why: `${named} is no folder` };
    if (last && !stat.isFile()) return { is: 'barred', why: `${named} is no file` };
  }
  const file = openSync(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (fstatSync(file).size > largest) return { is: 'barred', why: `${path} is larger than a megabyte` };
    return { is: 'file', text: readFileSync(file, 'utf8') };
  } finally {
    closeSync(file);
  }
}

/** Writes a new file below a folder, with the folders that lead to it; throws where anything stands there already or a link is in the way. */
export function createInside(root: string, path: string, text: string, mode = 0o644): void {
  const state = stateInside(root, path);
  if (state.is !== 'free') throw new Error(`${path} cannot be written: ${state.is === 'file' ? 'it is there already' : state.why}`);
  const folders = path.split('/').slice(0, -1);
  for (const index of folders.keys()) {
    const folder = join(root, ...folders.slice(0, index + 1));
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) mkdirSync(folder);
  }
  write(join(root, path), constants.O_CREAT | constants.O_EXCL, text, mode);
}

/** Adds text at the end of a regular file below a folder; throws where there is none or a link is in the way. */
export function appendInside(root: string, path: string, text: string): void {
  const state = stateInside(root, path);
  if (state.is !== 'file') throw new Error(`${path} cannot be added to: ${state.is === 'free' ? 'it is not there' : state.why}`);
  write(join(root, path), constants.O_APPEND, text, 0o644);
}

function write(path: string, how: number, text: string, mode: number): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW | how, mode);
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}
