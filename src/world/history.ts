import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { repositoryOf } from './git.ts';

/**
 * The history of a folder, read by the `git` program from the objects alone. The audited repository's configuration, hooks and
 * attributes are never seen by it: it works in an empty repository of ours that borrows the folder with the objects, and is
 * told where to begin by object ids that we read ourselves. What it reads are data: no filter, text conversion or remote.
 */
export interface History {
  /** Every commit that a branch, a tag or HEAD leads to, from new to old, with the files that it brought. Ends early at the bounds. */
  changes(): AsyncIterable<Change>;
  /** The contents of files by their ids; what is too large, missing or no file is left out. */
  contents(ids: readonly string[]): AsyncIterable<{ readonly id: string; readonly content: Buffer }>;
  /** What could not be seen; complete when both of the above have ended. */
  readonly gaps: readonly string[];
  close(): void;
}

export interface Change {
  readonly commit: string;
  /** Seconds since 1970, as the commit says. */
  readonly time: number;
  /** Relative to the folder. */
  readonly path: string;
  /** The id of the content. */
  readonly id: string;
}

export const historyLimits = {
  refs: 20_000,
  changes: 1_500_000,
  contentBytes: 1024 * 1024,
  allBytes: 1024 * 1024 * 1024,
  milliseconds: 120_000,
};

/** Opens the history of a folder; null when there is none. Throws with a reason when it cannot be read. */
export function openHistory(folder: string): History | null {
  const found = repositoryOf(folder);
  if (found === null) return null;
  const { gitDir, commonDir, workTree } = found;
  const objects = join(commonDir, 'objects');
  if (!existsSync(objects)) return null;
  if (existsSync(join(objects, 'info', 'alternates')))
    throw new Error('git keeps a part of the history in another place, which is not followed');
  const tips = tipsOf(gitDir, commonDir);
  if (tips.length === 0) return null;
  const gaps: string[] = [];
  const home = mkdtempSync(join(tmpdir(), 'seaworthy-history-'));
  for (const dir of ['objects', 'refs']) mkdirSync(join(home, dir));
  const sha256 = tips[0]?.length === 64;
  writeFileSync(
    join(home, 'config'),
    `[core]\n\trepositoryformatversion = ${sha256 ? 1 : 0}\n\tbare = true\n${sha256 ? '[extensions]\n\tobjectFormat = sha256\n' : ''}`,
  );
  writeFileSync(join(home, 'HEAD'), 'ref: refs/heads/none\n');
  const shallow = join(commonDir, 'shallow');
  if (lstatSync(shallow, { throwIfNoEntry: false })?.isFile()) {
    writeFileSync(join(home, 'shallow'), readFileSync(shallow));
    gaps.push('this is a shallow clone, so older commits are not here (git fetch --unshallow brings them)');
  }
  const prefix = relative(workTree, folder).split(sep).join('/');
  const deadline = AbortSignal.timeout(historyLimits.milliseconds);
  const git = (args: readonly string[]) =>
    spawn('git', ['--no-replace-objects', ...args], {
      cwd: home,
      stdio: ['pipe', 'pipe', 'ignore'],
      signal: deadline,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: home,
        LC_ALL: 'C',
        GIT_DIR: home,
        GIT_OBJECT_DIRECTORY: objects,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_ATTR_NOSYSTEM: '1',
        GIT_NO_LAZY_FETCH: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_ALLOW_PROTOCOL: '',
      },
    });
  return {
    gaps,
    changes: () => changesOf(git, tips, prefix, gaps),
    contents: (ids) => contentsOf(git, ids, gaps),
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

type Git = (args: readonly string[]) => ChildProcessByStdio<Writable, Readable, null>;

async function* changesOf(git: Git, tips: readonly string[], prefix: string, gaps: string[]): AsyncIterable<Change> {
  const paths = prefix === '' ? [] : ['--', prefix];
  const process = git([
    'log',
    '--stdin',
    '--raw',
    '-z',
    '--no-abbrev',
    '--no-renames',
    '--diff-merges=first-parent',
    '--format=%x01%H %ct',
    ...paths,
  ]);
  let commit = '';
  let time = 0;
  let id: string | null = null;
  let seen = 0;
  for await (const token of tokensOf(process, `${tips.join('\n')}\n`, gaps)) {
    const start = /^\n?\x01([0-9a-f]+) (\d+)/.exec(token);
    const raw = /^\n?:\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) ([A-Z])/.exec(start === null ? token : token.slice(start[0].length));
    if (start !== null) [commit, time] = [start[1] ?? '', Number(start[2])];
    if (raw !== null) {
      // Of files alone: no links, no submodules, and not what was deleted.
      id = raw[1]?.startsWith('100') === true && raw[3] !== 'D' ? (raw[2] ?? null) : '';
      continue;
    }
    if (id !== null && start === null) {
      const path = prefix === '' ? token : token.slice(prefix.length + 1);
      if (id !== '') yield { commit, time, path, id };
      id = null;
      if (++seen >= historyLimits.changes) {
        gaps.push(`only the newest ${historyLimits.changes} changes of files were looked at`);
        process.kill();
        return;
      }
    }
  }
}

/** What a process writes, cut at NULs. */
async function* tokensOf(process: ChildProcessByStdio<Writable, Readable, null>, input: string, gaps: string[]): AsyncIterable<string> {
  const ended = settled(process, gaps);
  process.stdin.end(input);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0)) {
      yield bytes.toString('utf8', 0, at);
      bytes = bytes.subarray(at + 1);
    }
    rest = bytes.length > 65_536 ? Buffer.alloc(0) : bytes;
  }
  if (rest.length > 0) yield rest.toString('utf8');
  await ended;
}

async function* contentsOf(git: Git, ids: readonly string[], gaps: string[]): AsyncIterable<{ id: string; content: Buffer }> {
  const small: string[] = [];
  let all = 0;
  let large = 0;
  const sizes = git(['cat-file', '--batch-check', '--buffer']);
  const lines = await textOf(sizes, ids.join('\n'), gaps);
  for (const line of lines.split('\n')) {
    const [id = '', type, size] = line.split(' ');
    if (type !== 'blob') continue;
    if (Number(size) > historyLimits.contentBytes) large++;
    else if (all + Number(size) > historyLimits.allBytes) {
      gaps.push(`only the newest ${historyLimits.allBytes / 1024 / 1024} MiB of contents were searched`);
      break;
    } else {
      small.push(id);
      all += Number(size);
    }
  }
  if (large > 0)
    gaps.push(`${large} former contents are larger than ${historyLimits.contentBytes / 1024 / 1024} MiB and were not searched`);
  const process = git(['cat-file', '--batch', '--buffer']);
  const ended = settled(process, gaps);
  process.stdin.on('error', () => undefined);
  process.stdin.end(small.join('\n'));
  let bytes: Buffer = Buffer.alloc(0);
  for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    for (;;) {
      const line = bytes.indexOf(10);
      if (line < 0) break;
      const [, id = '', size = ''] = /^([0-9a-f]+) blob (\d+)$/.exec(bytes.toString('latin1', 0, line)) ?? [];
      if (size === '') {
        bytes = bytes.subarray(line + 1);
        continue;
      }
      const end = line + 1 + Number(size);
      if (bytes.length < end + 1) break;
      yield { id, content: bytes.subarray(line + 1, end) };
      bytes = bytes.subarray(end + 1);
    }
  }
  await ended;
}

async function textOf(process: ChildProcessByStdio<Writable, Readable, null>, input: string, gaps: string[]): Promise<string> {
  const ended = settled(process, gaps);
  process.stdin.on('error', () => undefined);
  process.stdin.end(input);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
  await ended;
  return Buffer.concat(chunks).toString('utf8');
}

/** Resolves when a process has ended; what went wrong becomes a gap. */
function settled(process: ChildProcessByStdio<Writable, Readable, null>, gaps: string[]): Promise<void> {
  process.stdin.on('error', () => undefined);
  return new Promise((resolve) => {
    process.on('error', (error: NodeJS.ErrnoException) => {
      gaps.push(
        error.code === 'ENOENT'
          ? 'git is not installed, so the history could not be read'
          : error.name === 'AbortError'
            ? 'the history is too long to be searched to its end in the time for it'
            : `git could not be started (${error.code ?? error.name})`,
      );
      resolve();
    });
    process.on('close', (code) => {
      if (code !== 0 && code !== null) gaps.push('a part of the history is damaged or missing');
      resolve();
    });
  });
}

/** The commits and tags that HEAD, branches, remote branches and tags name, by git's own files. */
function tipsOf(gitDir: string, commonDir: string): string[] {
  const tips = new Set<string>();
  const add = (text: string) => {
    const id = /^([0-9a-f]{40}|[0-9a-f]{64})\b/.exec(text.trim())?.[1];
    if (id !== undefined && tips.size < historyLimits.refs) tips.add(id);
  };
  add(small(join(gitDir, 'HEAD')));
  for (const line of small(join(commonDir, 'packed-refs')).split('\n')) add(line.replace(/^\^/, ''));
  const pending = [join(commonDir, 'refs')];
  for (let dir = pending.pop(), steps = 0; dir !== undefined && steps < historyLimits.refs; dir = pending.pop(), steps++) {
    let entries;
    try {
      entries = readdirSync(dir, { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      if (entry.isDirectory()) pending.push(join(dir, entry.name));
      else if (entry.isFile()) add(small(join(dir, entry.name)));
    }
  }
  return [...tips].sort();
}

function small(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size < 16 * 1024 * 1024 ? readFileSync(path, 'utf8') : '';
}
