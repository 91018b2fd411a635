import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/**
 * What git knows of a folder, read from git's own files. The `git` program is never started: its behaviour is
 * configured by the audited repository (`core.fsmonitor`, hooks, filters), so starting it would execute what we audit.
 * Formats: https://git-scm.com/docs/index-format and https://git-scm.com/docs/gitrepository-layout.
 */
export interface GitFacts {
  readonly commit: string | null;
  /** Tracked names relative to the folder, with forward slashes; null when the index cannot be read. */
  readonly tracked: ReadonlySet<string> | null;
  /** Why `tracked` is null although there is a repository. */
  readonly reason: string | null;
}

const none: GitFacts = { commit: null, tracked: null, reason: null };
const maxIndexBytes = 256 * 1024 * 1024;

/** Where git keeps what it knows of a folder; null without a repository. */
export function repositoryOf(folder: string): { gitDir: string; commonDir: string; workTree: string } | null {
  const found = findRepository(folder);
  return found === null ? null : { ...found, commonDir: resolve(found.gitDir, readSmall(join(found.gitDir, 'commondir'))?.trim() ?? '.') };
}

export function readGit(folder: string): GitFacts {
  const found = repositoryOf(folder);
  if (found === null) return none;
  const { gitDir, commonDir, workTree } = found;
  const commit = commitOf(gitDir, commonDir);
  const prefix = relative(workTree, folder).split(sep).join('/');

  const index = readBounded(join(gitDir, 'index'), maxIndexBytes);
  // A repository without a commit or a staged file has no index yet.
  if (index === null)
    return { commit, tracked: commit === null ? new Set() : null, reason: commit === null ? null : 'git has no index file' };
  const names = indexNames(index, commit?.length === 64 ? 32 : 20);
  if (typeof names === 'string') return { commit, tracked: null, reason: names };
  const tracked = prefix === '' ? names : below(names, `${prefix}/`);
  // A folder inside somebody else's repository that holds nothing of this folder: not this application's history.
  if (prefix !== '' && tracked.size === 0) return none;
  return { commit, tracked, reason: null };
}

function below(names: ReadonlySet<string>, prefix: string): Set<string> {
  const inside = new Set<string>();
  for (const name of names) if (name.startsWith(prefix)) inside.add(name.slice(prefix.length));
  return inside;
}

/** The repository that a folder lies in: its own directory and the folder that it keeps; null where there is none. */
function findRepository(folder: string): { gitDir: string; workTree: string } | null {
  for (let at = folder; ; at = dirname(at)) {
    const dotGit = join(at, '.git');
    const stat = lstatSync(dotGit, { throwIfNoEntry: false });
    if (stat?.isDirectory() && readSmall(join(dotGit, 'HEAD')) !== null) return { gitDir: dotGit, workTree: at };
    if (stat?.isFile()) {
      // Linked worktrees and submodules: a file that names the real directory.
      const target = /^gitdir: (.+)$/m.exec(readSmall(dotGit) ?? '')?.[1];
      if (target !== undefined) {
        const gitDir = resolve(at, target.trim());
        if (readSmall(join(gitDir, 'HEAD')) !== null) return { gitDir, workTree: at };
      }
    }
    if (dirname(at) === at) return null;
  }
}

/** The id that a commit's full id, a branch, a remote's branch or a tag stands for (of a tag that is an object, the tag's own); null where there is none. */
export function refOf({ gitDir, commonDir }: { gitDir: string; commonDir: string }, name: string): string | null {
  const id = objectId(name);
  if (id !== null) return id;
  if (!/^[\w.@/+-]+$/.test(name) || name.split('/').includes('..')) return null;
  if (name === 'HEAD') return commitOf(gitDir, commonDir);
  const refs = name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/remotes/${name}`, `refs/tags/${name}`];
  for (const ref of refs) {
    const found = followed(`ref: ${ref}`, gitDir, commonDir);
    if (found !== null) return found;
  }
  return null;
}

function commitOf(gitDir: string, commonDir: string): string | null {
  return followed(readSmall(join(gitDir, 'HEAD'))?.trim() ?? '', gitDir, commonDir);
}

/** The id behind what a file of refs says: an id, or `ref: ` and the name of another. */
function followed(from: string, gitDir: string, commonDir: string): string | null {
  let value = from;
  for (let hops = 0; hops < 5; hops++) {
    const direct = objectId(value);
    if (direct !== null) return direct;
    const ref = /^ref: (refs\/[^\s\0]+)$/.exec(value)?.[1];
    if (ref === undefined || ref.split('/').includes('..')) return null;
    const loose = readSmall(join(gitDir, ref)) ?? readSmall(join(commonDir, ref));
    if (loose === null) return packed(commonDir, ref);
    value = loose.trim();
  }
  return null;
}

function packed(commonDir: string, ref: string): string | null {
  const text = readBounded(join(commonDir, 'packed-refs'), 64 * 1024 * 1024)?.toString('utf8') ?? '';
  for (const line of text.split('\n')) if (line.endsWith(` ${ref}`)) return objectId(line.slice(0, -ref.length - 1));
  return null;
}

function objectId(text: string): string | null {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : null;
}

/** The names in an index file of version 2, 3 or 4, or the reason why they cannot be known. */
function indexNames(index: Buffer, hashBytes: number): Set<string> | string {
  const broken = 'the git index is damaged';
  if (index.length < 12 + hashBytes || index.toString('latin1', 0, 4) !== 'DIRC') return broken;
  const version = index.readUInt32BE(4);
  if (version < 2 || version > 4) return `the git index has version ${version}, which is not read`;
  const names = new Set<string>();
  let count = index.readUInt32BE(8);
  let at = 12;
  let previous = Buffer.alloc(0);
  for (; count > 0; count--) {
    const start = at;
    const flagsAt = start + 40 + hashBytes;
    if (flagsAt + 3 > index.length) return broken;
    const mode = index.readUInt32BE(start + 24);
    const extended = (index.readUInt16BE(flagsAt) & 0x4000) !== 0;
    at = flagsAt + (extended ? 4 : 2);
    let kept = Buffer.alloc(0);
    if (version === 4) {
      const [strip, next] = offsetInteger(index, at);
      if (strip > previous.length) return broken;
      kept = previous.subarray(0, previous.length - strip);
      at = next;
    }
    const end = index.indexOf(0, at);
    if (end < 0) return broken;
    const name = Buffer.concat([kept, index.subarray(at, end)]);
    previous = name;
    // Versions 2 and 3 pad every entry with one to eight NULs to a multiple of eight bytes.
    at = version === 4 ? end + 1 : start + (((end - start) >> 3) + 1) * 8;
    // Mode 040000 is a folder of a sparse index, 160000 a submodule.
    if ((mode & 0o170000) !== 0o040000) names.add(name.toString('utf8'));
  }
  // Extension `link`: the entries live in a second, shared file.
  if (index.toString('latin1', at, at + 4) === 'link') return 'the git index is split over two files, which is not read';
  return names;
}

/** The variable-width integer of pack offsets, which version 4 of the index uses. */
function offsetInteger(bytes: Buffer, from: number): [value: number, next: number] {
  let at = from;
  let byte = bytes[at++] ?? 0;
  let value = byte & 127;
  while (byte & 128 && at - from < 6) {
    byte = bytes[at++] ?? 0;
    value = (value + 1) * 128 + (byte & 127);
  }
  return [value, at];
}

/** The text of a small file of git's; null where it is none. */
export function readSmall(path: string): string | null {
  return readBounded(path, 64 * 1024)?.toString('utf8') ?? null;
}

/** The bytes of a regular file of at most `limit` bytes; null for everything else (a pipe would block for ever). */
export function readBounded(path: string, limit: number): Buffer | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(file);
    return stat.isFile() && stat.size <= limit ? readFileSync(file) : null;
  } finally {
    closeSync(file);
  }
}
