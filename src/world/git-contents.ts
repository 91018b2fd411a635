import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { readBounded, repositoryOf } from './git.ts';
import { changedFiles, commitOf } from './git-history.ts';
import { GitObjects } from './git-objects.ts';

/** The contents that files of a folder once had, read from git's own files; nothing that the repository configures is looked at. */
export interface History {
  /** The files that each commit brought, for every commit that a branch, a tag or HEAD leads to. Ends early at the bounds. */
  changes(): Iterable<Change>;
  /** The contents of files by their ids; what is too large, missing or no file is left out. */
  contents(ids: readonly string[]): Iterable<{ readonly id: string; readonly content: Buffer }>;
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
  commits: 50_000,
  changes: 300_000,
  entries: 6_000_000,
  contentBytes: 1024 * 1024,
  fileBytes: 16 * 1024 * 1024,
  allBytes: 512 * 1024 * 1024,
};

/** Opens the history of a folder; null when there is none. Throws with a reason when it cannot be read. */
export function openHistory(folder: string): History | null {
  const found = repositoryOf(folder);
  if (found === null) return null;
  const { gitDir, commonDir, workTree } = found;
  if (!existsSync(join(commonDir, 'objects'))) return null;
  if (existsSync(join(commonDir, 'objects', 'info', 'alternates')))
    throw new Error('git keeps a part of the history in another place, which is not followed');
  const tips = tipsOf(gitDir, commonDir);
  if (tips.length === 0) return null;
  if (tips.some((id) => id.length !== 40)) throw new Error('git names its objects by SHA-256 here, which is not read');
  const gaps: string[] = [];
  const shallow = new Set(textOf(join(commonDir, 'shallow')).split(/\s+/).filter(Boolean));
  if (shallow.size > 0) gaps.push('this is a shallow clone, so older commits are not here (git fetch --unshallow brings them)');
  const prefix = relative(workTree, folder).split(sep).join('/');
  const objects = new GitObjects(commonDir);
  return {
    gaps,
    changes: () => changesOf(objects, tips, shallow, prefix === '' ? '' : `${prefix}/`, gaps),
    contents: (ids) => contentsOf(objects, ids, gaps),
    close: () => objects.close(),
  };
}

function* changesOf(
  objects: GitObjects,
  tips: readonly string[],
  shallow: ReadonlySet<string>,
  prefix: string,
  gaps: string[],
): Iterable<Change> {
  const seen = new Set<string>();
  const pending = tips.flatMap((id) => commitAt(objects, id) ?? []);
  const budget = { entries: historyLimits.entries };
  let changes = 0;
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const commit = commitOf(objects, id);
    if (commit === null) {
      gaps.push('a part of the history is damaged or missing');
      continue;
    }
    if (seen.size > historyLimits.commits || changes > historyLimits.changes || budget.entries <= 0) {
      gaps.push(`only ${seen.size} commits were looked at, which are more than fit into the bounds`);
      return;
    }
    const parents = shallow.has(id) ? [] : commit.parents;
    pending.push(...parents);
    const [first] = parents;
    const before = first === undefined ? null : commitOf(objects, first);
    for (const { path, id: content } of changedFiles(objects, before?.tree ?? null, commit.tree, historyLimits.changes, budget)) {
      changes++;
      if (content !== null && path.startsWith(prefix))
        yield { commit: id, time: commit.time, path: path.slice(prefix.length), id: content };
    }
  }
}

/** The commit that an id names, through tags that name tags; null where it names something else. */
function commitAt(objects: GitObjects, id: string): string | null {
  for (let at = id, steps = 0; steps < 10; steps++) {
    const object = objects.read(at);
    if (object?.type === 'commit') return at;
    const next = object?.type === 'tag' ? /^object ([0-9a-f]{40})$/m.exec(object.body.toString('latin1', 0, 200))?.[1] : undefined;
    if (next === undefined) return null;
    at = next;
  }
  return null;
}

function* contentsOf(objects: GitObjects, ids: readonly string[], gaps: string[]): Iterable<{ id: string; content: Buffer }> {
  let all = 0;
  let large = 0;
  let missing = 0;
  for (const id of ids) {
    const object = objects.read(id);
    if (object === null) missing++;
    if (object?.type !== 'blob') continue;
    if (object.body.length > historyLimits.contentBytes) {
      large++;
      continue;
    }
    all += object.body.length;
    if (all > historyLimits.allBytes) {
      gaps.push(`only ${historyLimits.allBytes / 1024 / 1024} MiB of former contents were searched`);
      break;
    }
    yield { id, content: object.body };
  }
  if (large > 0)
    gaps.push(`${large} former contents are larger than ${historyLimits.contentBytes / 1024 / 1024} MiB and were not searched`);
  if (missing > 0) gaps.push(`${missing} former contents are damaged, missing or too large to be unpacked`);
}

/** The commits and tags that HEAD, branches, remote branches and tags name, by git's own files. */
function tipsOf(gitDir: string, commonDir: string): string[] {
  const tips = new Set<string>();
  const add = (text: string) => {
    const id = /^([0-9a-f]{40}|[0-9a-f]{64})\b/.exec(text.trim())?.[1];
    if (id !== undefined && tips.size < historyLimits.refs) tips.add(id);
  };
  add(textOf(join(gitDir, 'HEAD')));
  for (const line of textOf(join(commonDir, 'packed-refs')).split('\n')) add(line.replace(/^\^/, ''));
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
      else if (entry.isFile()) add(textOf(join(dir, entry.name)));
    }
  }
  return [...tips].sort();
}

/** The text of a file of git's; empty where there is none. */
function textOf(path: string): string {
  return readBounded(path, historyLimits.fileBytes)?.toString('utf8') ?? '';
}
