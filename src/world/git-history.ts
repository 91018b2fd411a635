import { relative, sep } from 'node:path';
import { readGit, repositoryOf } from './git.ts';
import { GitObjects } from './git-objects.ts';

/** How often files were changed, from the commits that lead to the one that is checked out. */
export interface GitHistory {
  /** Commits that were counted. */
  readonly commits: number;
  /** Seconds since 1970 of the oldest and the newest of them. */
  readonly from: number;
  readonly to: number;
  /** By path below the folder: commits that changed it, and how many people made them. */
  readonly files: ReadonlyMap<string, { readonly commits: number; readonly people: number }>;
  /** Why older commits were not counted; null when all were. */
  readonly cut: string | null;
}

/** Commits that are read, paths that one of them may change before it counts as a move or a reformatting, and entries of trees in all. */
const limits = { commits: 1500, paths: 150, entries: 3_000_000 };

/** The history of a folder; null without git. Merges count for nothing, their parts do; and so do commits that touch everything. */
export function readHistory(folder: string): GitHistory | null {
  const { commit } = readGit(folder);
  const repository = repositoryOf(folder);
  if (commit === null || repository === null || commit.length !== 40) return null;
  const prefix = relative(repository.workTree, folder).split(sep).join('/');
  const objects = new GitObjects(repository.commonDir);
  try {
    return walk(objects, commit, prefix === '' ? '' : `${prefix}/`);
  } finally {
    objects.close();
  }
}

/** What a commit says of itself. */
export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly time: number;
}

function walk(objects: GitObjects, head: string, prefix: string): GitHistory {
  const files = new Map<string, { commits: number; people: Set<string> }>();
  const seen = new Set([head]);
  let generation = [head];
  let commits = 0;
  let from = Infinity;
  let to = 0;
  let cut: string | null = null;
  const budget = { entries: limits.entries };
  while (generation.length > 0 && cut === null) {
    const next: string[] = [];
    for (const id of generation) {
      const commit = commitOf(objects, id);
      if (commit === null) {
        cut = 'older commits are not in this copy of the repository';
        continue;
      }
      if (commits >= limits.commits || budget.entries <= 0) {
        cut = `only the last ${commits} commits were counted`;
        break;
      }
      commits++;
      from = Math.min(from, commit.time);
      to = Math.max(to, commit.time);
      for (const parent of commit.parents) {
        if (!seen.has(parent)) next.push(parent);
        seen.add(parent);
      }
      const [first, second] = commit.parents;
      if (second !== undefined || first === undefined) continue;
      const before = commitOf(objects, first);
      if (before === null) continue;
      const changed = changedFiles(objects, before.tree, commit.tree, limits.paths, budget);
      if (changed.length > limits.paths) continue;
      for (const { path } of changed) {
        if (!path.startsWith(prefix)) continue;
        const file = files.get(path.slice(prefix.length)) ?? { commits: 0, people: new Set<string>() };
        files.set(path.slice(prefix.length), file);
        file.commits++;
        file.people.add(commit.author);
      }
    }
    generation = next;
  }
  return {
    commits,
    from: commits === 0 ? 0 : from,
    to,
    files: new Map([...files].map(([path, { commits: count, people }]) => [path, { commits: count, people: people.size }])),
    cut,
  };
}

/** A commit by its id; null where there is none. */
export function commitOf(objects: GitObjects, id: string): Commit | null {
  const object = objects.read(id);
  if (object?.type !== 'commit') return null;
  const text = object.body.toString('utf8');
  const header = text.slice(0, Math.max(0, text.indexOf('\n\n')));
  const tree = /^tree ([0-9a-f]{40})$/m.exec(header)?.[1];
  const author = /^author .*<([^>]*)> (\d+)/m.exec(header);
  if (tree === undefined) return null;
  return {
    tree,
    parents: [...header.matchAll(/^parent ([0-9a-f]{40})$/gm)].map((match) => match[1] ?? ''),
    author: author?.[1]?.toLowerCase() ?? '',
    time: Number(author?.[2] ?? 0),
  };
}

/**
 * Files that two trees have otherwise, or only one of them has, with the id of the later content (null where there is none); equal folders
 * are not opened. A few more than `most` at most; the entries of trees that were looked at are taken off the budget.
 */
export function changedFiles(
  objects: GitObjects,
  before: string | null,
  after: string,
  most: number,
  budget: { entries: number },
): { path: string; id: string | null }[] {
  const found: { path: string; id: string | null }[] = [];
  const pending: { a: string | null; b: string | null; path: string }[] = [{ a: before, b: after, path: '' }];
  for (let one = pending.pop(); one !== undefined && found.length <= most && budget.entries > 0; one = pending.pop()) {
    const [olds, news] = [entriesOf(objects, one.a), entriesOf(objects, one.b)];
    budget.entries -= olds.size + news.size + 1;
    for (const name of new Set([...olds.keys(), ...news.keys()])) {
      const [old, now] = [olds.get(name), news.get(name)];
      if (old?.id === now?.id) continue;
      const path = one.path === '' ? name : `${one.path}/${name}`;
      if (path.length > 1000) continue;
      if (old?.folder === true || now?.folder === true)
        pending.push({ a: old?.folder ? old.id : null, b: now?.folder ? now.id : null, path });
      if (now?.folder === false || (now === undefined && old?.folder === false)) found.push({ path, id: now?.id ?? null });
    }
  }
  return found;
}

/** What a folder of a tree holds, but for submodules and links; empty where it cannot be read. */
export function entriesOf(objects: GitObjects, id: string | null): Map<string, { id: string; folder: boolean }> {
  const found = new Map<string, { id: string; folder: boolean }>();
  const object = id === null ? null : objects.read(id);
  if (object?.type !== 'tree') return found;
  const { body } = object;
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(32, at);
    const end = body.indexOf(0, space);
    if (space < 0 || end < 0 || end + 21 > body.length) break;
    const mode = body.toString('latin1', at, space);
    // 160000 is a submodule, 120000 a symbolic link.
    if (mode !== '160000' && mode !== '120000')
      found.set(body.toString('utf8', space + 1, end), { id: body.toString('hex', end + 1, end + 21), folder: mode === '40000' });
    at = end + 21;
  }
  return found;
}
