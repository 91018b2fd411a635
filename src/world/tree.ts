import { closeSync, constants, fstatSync, lstatSync, opendirSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sha256 } from './hash.ts';
import { messageOf, SeaworthyError } from '../model/errors.ts';
import type { Gap } from '../model/words.ts';
import { readGit } from './git.ts';

/** The audited folder as a list of regular files. Nothing outside of it is ever opened and nothing in it is executed. */
export interface Tree {
  /** Absolute, symbolic links resolved. */
  readonly root: string;
  /** Sorted by path; relative to the root, with forward slashes. */
  readonly files: readonly { path: string; bytes: number }[];
  /** What exists but is not in `files`, and why; build outputs only when git tracks them. */
  readonly skipped: readonly Gap[];
  /** The bytes of one of `files`; rejects for any other path. */
  /** The bytes; the same buffer for all who ask, so nobody may write to it. */
  read(path: string): Promise<Buffer>;
  /** SHA-256 of the bytes, hex. */
  digest(path: string): Promise<string>;
  absolute(path: string): string;
  /** The commit that is checked out; null without git. */
  readonly commit: string | null;
  /** Paths that git tracks, relative to the root; null without git. */
  readonly tracked: ReadonlySet<string> | null;
}

/** How many bytes of contents are kept for the next reader. */
const keep = { each: 1024 * 1024, all: 48 * 1024 * 1024 };

/** Bounds against hostile trees. */
export const limits = { files: 50_000, depth: 40, entriesPerFolder: 50_000, fileBytes: 8 * 1024 * 1024, skipped: 1_000 };

/** Reasons in `skipped` that a collector may want to tell from the others. */
export const reasons = { link: 'a symbolic link; not followed' };

/** Folders that hold other people's code or caches. */
const foreign = new Set(
  `node_modules .git .hg .svn .seaworthy bower_components jspm_packages .pnpm-store .yarn .next .nuxt .output .svelte-kit
   .turbo .cache .parcel-cache .vercel .netlify .wrangler .expo .angular .nx .docusaurus .vite .nyc_output .venv venv
   __pycache__ .gradle .terraform .serverless .aws-sam cdk.out`.split(/\s+/),
);
/** Folders that hold build outputs, unless they stand below a `src`. */
const outputs = new Set(['dist', 'build', 'out', 'coverage']);

export async function openTree(dir: string): Promise<Tree> {
  const root = realRoot(dir);
  const git = readGit(root);
  const trackedFolders = foldersOf(git.tracked);
  const files = new Map<string, number>();
  const skipped: Gap[] = [];
  let unlisted = 0;
  const skip = (file: string, reason: string) => {
    if (skipped.length < limits.skipped) skipped.push({ file: printable(file), reason });
    else unlisted++;
  };

  const pending: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of entriesOf(root, folder.path, skip)) {
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
      if (foreign.has(entry.name)) continue;
      const reason = unreadable(entry);
      if (reason !== null) {
        skip(path, reason);
        continue;
      }
      if (entry.isDirectory()) {
        if (outputs.has(entry.name) && !`${folder.path}/`.includes('src/')) {
          if (trackedFolders.has(path)) skip(path, 'a build output by its name, but tracked by git; not read');
        } else if (folder.depth >= limits.depth) skip(path, `nested deeper than ${limits.depth} folders`);
        else pending.push({ path, depth: folder.depth + 1 });
        continue;
      }
      if (files.size >= limits.files) skip(path, `beyond the first ${limits.files} files`);
      else {
        const bytes = lstatSync(join(root, path), { throwIfNoEntry: false })?.size ?? 0;
        if (bytes > limits.fileBytes) skip(path, `larger than ${limits.fileBytes / 1024 / 1024} MiB`);
        else files.set(path, bytes);
      }
    }
  }
  if (git.reason !== null) skip('.git/index', git.reason);
  skipped.sort((a, b) => order(a.file ?? '', b.file ?? ''));
  if (unlisted > 0) skipped.push({ file: null, reason: `${unlisted} more entries were left unread` });

  const contents = openContents((path) => {
    if (!files.has(path)) throw new Error(`${printable(path)} is not a file of the tree`);
    return readRegular(join(root, path));
  });
  return {
    root,
    files: [...files].map(([path, bytes]) => ({ path, bytes })).sort((a, b) => order(a.path, b.path)),
    skipped,
    commit: git.commit,
    tracked: git.tracked,
    absolute: (path) => join(root, path),
    async read(path) {
      return contents.read(path);
    },
    async digest(path) {
      return contents.digest(path);
    },
  };
}

/** Several collectors read the same files: small ones are kept, within a bound, and hashed once. */
function openContents(load: (path: string) => Buffer): { read(path: string): Buffer; digest(path: string): string } {
  const kept = new Map<string, Buffer>();
  const digests = new Map<string, string>();
  let bytes = 0;
  const read = (path: string): Buffer => {
    const known = kept.get(path);
    if (known !== undefined) return known;
    const content = load(path);
    if (content.length <= keep.each && bytes + content.length <= keep.all) {
      kept.set(path, content);
      bytes += content.length;
    }
    return content;
  };
  return {
    read,
    digest(path) {
      let digest = digests.get(path);
      if (digest === undefined) digests.set(path, (digest = sha256(read(path))));
      return digest;
    },
  };
}

function realRoot(dir: string): string {
  try {
    const root = realpathSync(resolve(dir));
    if (lstatSync(root).isDirectory()) return root;
  } catch (cause) {
    throw new SeaworthyError('not-an-application', `${dir} cannot be opened: ${messageOf(cause)}`, { cause });
  }
  throw new SeaworthyError('not-an-application', `${dir} is not a folder`);
}

type Entry = { name: string; isDirectory(): boolean; isFile(): boolean; isSymbolicLink(): boolean };

/** Synchronous on purpose: the walk is many tiny calls, several times faster than through the thread pool. */
function entriesOf(root: string, path: string, skip: (file: string, reason: string) => void): Entry[] {
  const entries: Entry[] = [];
  try {
    const folder = opendirSync(join(root, path), { bufferSize: 256 });
    try {
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        if (entries.length >= limits.entriesPerFolder) {
          skip(path, `more than ${limits.entriesPerFolder} entries; the rest is not read`);
          break;
        }
        entries.push(entry);
      }
    } finally {
      folder.closeSync();
    }
  } catch (thrown) {
    skip(path, messageOf(thrown).replace(`${root}/`, ''));
  }
  return entries.sort((a, b) => order(a.name, b.name));
}

function unreadable(entry: Entry): string | null {
  if (entry.isSymbolicLink()) return reasons.link;
  if (!entry.isFile() && !entry.isDirectory()) return 'not a regular file';
  if (controls.test(entry.name)) return 'control characters in its name';
  // readdir puts U+FFFD where a name is not UTF-8; such a name no longer opens the file.
  if (entry.name.includes('\uFFFD')) return 'its name is not valid UTF-8';
  return null;
}

// Besides C0 and C1, the marks that reorder or hide text when printed.
const controls = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const everyControl = new RegExp(controls, 'g');

function printable(path: string): string {
  return path.replace(everyControl, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function readRegular(path: string): Buffer {
  // The tree may change while it is read: no link is followed, and a pipe does not block.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > limits.fileBytes) throw new Error('it is no longer a regular file of readable size');
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function foldersOf(tracked: ReadonlySet<string> | null): Set<string> {
  const folders = new Set<string>();
  for (const path of tracked ?? [])
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  return folders;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
