import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { commitOf, entriesOf } from './git-history.ts';
import { GitObjects } from './git-objects.ts';
import { readGit, refOf, repositoryOf } from './git.ts';
import type { Tree } from './tree.ts';

/** What the files of a folder are now, against a commit. Paths are relative to the folder. */
export interface Changes {
  /** The commit that it is counted from: the last that both have in common. */
  readonly base: string;
  /** Files that are new or say something else. */
  readonly changed: readonly string[];
  /** Files that are no more, those that go on under another name left out. */
  readonly removed: readonly string[];
  /** Files that go on under another name: the old one of each new one. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** Commits that are looked at for the last one in common, files of one tree, and pairs that are compared for a new name. */
const limits = { commits: 20_000, files: 100_000, pairs: 20_000, bytes: 512 * 1024 };
/** Share of lines that two files have in common before one counts as the other under a new name; what git takes too. */
const alike = 0.5;

/**
 * What changed since a commit, a branch or a tag, from git's own files and the files as they are now (also what is not committed yet).
 * Returns the reason where it cannot be known.
 */
export async function changesSince(tree: Tree, name: string): Promise<Changes | string> {
  const repository = repositoryOf(tree.root);
  const { commit: head } = readGit(tree.root);
  if (repository === null || head === null) return 'the folder has no git history';
  const wanted = refOf(repository, name);
  if (wanted === null) return `git knows no "${name}" here; a shallow copy of the repository lacks it ("fetch-depth: 0")`;
  if (wanted.length !== 40) return 'the repository hashes with SHA-256, which is not read';
  const objects = new GitObjects(repository.commonDir);
  try {
    const tag = objects.read(wanted);
    const other = tag?.type === 'tag' ? (/^object ([0-9a-f]{40})$/m.exec(tag.body.toString('latin1'))?.[1] ?? wanted) : wanted;
    const base = commonAncestor(objects, head, other);
    const commit = base === null ? null : commitOf(objects, base);
    if (base === null || commit === null)
      return `no commit in common with "${name}" is in this copy of the repository; a shallow one lacks it ("fetch-depth: 0")`;
    const prefix = relative(repository.workTree, tree.root).split(sep).join('/');
    const before = blobsOf(objects, commit.tree, prefix === '' ? '' : `${prefix}/`);
    if (before === null) return `the tree of commit ${base.slice(0, 10)} cannot be read whole`;
    return { base, ...(await compared(tree, objects, before)) };
  } finally {
    objects.close();
  }
}

async function compared(tree: Tree, objects: GitObjects, before: ReadonlyMap<string, string>): Promise<Omit<Changes, 'base'>> {
  const added: { path: string; id: string }[] = [];
  const changed: string[] = [];
  for (const { path } of tree.files) {
    const old = before.get(path);
    const id = blobId(await tree.read(path));
    if (old === id) continue;
    // A file that git does not know and is told to ignore is no change of anybody's.
    if (old === undefined && tree.tracked !== null && /(^|\/)\.env(\.|$)/.test(path) && !tree.tracked.has(path)) continue;
    if (old === undefined) added.push({ path, id });
    else changed.push(path);
  }
  const present = new Set(tree.files.map(({ path }) => path));
  const gone = [...before].filter(
    ([path]) => !present.has(path) && lstatSync(join(tree.root, path), { throwIfNoEntry: false }) === undefined,
  );
  const renamed = new Map<string, string>();
  const left = new Map(gone);
  for (const { path, id } of added) {
    const same = [...left].find(([, other]) => other === id);
    if (same === undefined) continue;
    renamed.set(path, same[0]);
    left.delete(same[0]);
  }
  const unlike = added.filter(({ path }) => !renamed.has(path));
  if (left.size * unlike.length <= limits.pairs)
    for (const { path } of unlike) {
      const lines = linesOf(await tree.read(path));
      let best: { path: string; share: number } | null = null;
      for (const [old, id] of left) {
        if (extension(old) !== extension(path)) continue;
        const share = inCommon(lines, linesOf(objects.read(id)?.body ?? Buffer.alloc(0)));
        if (share >= alike && share > (best?.share ?? 0)) best = { path: old, share };
      }
      if (best === null) continue;
      renamed.set(path, best.path);
      left.delete(best.path);
    }
  // A file under a new name with the same content leads to the same behaviour, but what loads it had to change too.
  return { changed: [...changed, ...added.map(({ path }) => path)].toSorted(), removed: [...left.keys()].toSorted(), renamed };
}

/** The nearest commit that leads to both. */
function commonAncestor(objects: GitObjects, head: string, other: string): string | null {
  const theirs = new Set<string>();
  walk(objects, other, (id) => {
    theirs.add(id);
    return theirs.size < limits.commits;
  });
  let found: string | null = null;
  let seen = 0;
  walk(objects, head, (id) => {
    if (theirs.has(id)) found = id;
    return found === null && ++seen < limits.commits;
  });
  return found;
}

/** Breadth first over commits, until told to stop. */
function walk(objects: GitObjects, from: string, visit: (id: string) => boolean): void {
  const seen = new Set([from]);
  const queue = [from];
  for (let index = 0; index < queue.length; index++) {
    const id = queue[index] ?? '';
    const commit = commitOf(objects, id);
    if (commit === null) continue;
    if (!visit(id)) return;
    for (const parent of commit.parents) {
      if (!seen.has(parent)) queue.push(parent);
      seen.add(parent);
    }
  }
}

/** Every file below a prefix in a tree, with the id of its content; null where some of it cannot be read. */
function blobsOf(objects: GitObjects, root: string, prefix: string): Map<string, string> | null {
  const found = new Map<string, string>();
  const pending = [{ id: root, path: '' }];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    if (objects.read(one.id)?.type !== 'tree' || found.size > limits.files) return null;
    for (const [name, { id, folder }] of entriesOf(objects, one.id)) {
      const path = one.path === '' ? name : `${one.path}/${name}`;
      if (folder && (prefix.startsWith(`${path}/`) || `${path}/`.startsWith(prefix))) pending.push({ id, path });
      else if (!folder && path.startsWith(prefix)) found.set(path.slice(prefix.length), id);
    }
  }
  return found;
}

/** The id that git gives to a content. */
function blobId(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function linesOf(content: Buffer): Map<string, number> {
  const lines = new Map<string, number>();
  if (content.length > limits.bytes) return lines;
  for (const line of content.toString('utf8').split('\n')) {
    const text = line.trim();
    if (text !== '') lines.set(text, (lines.get(text) ?? 0) + 1);
  }
  return lines;
}

/** Share of lines that two files have in common, of the longer one. */
function inCommon(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const size = (lines: ReadonlyMap<string, number>) => lines.values().reduce((all, one) => all + one, 0);
  const longer = Math.max(size(a), size(b));
  if (longer === 0) return 0;
  let common = 0;
  for (const [line, count] of a) common += Math.min(count, b.get(line) ?? 0);
  return common / longer;
}

function extension(path: string): string {
  return /\.[^./]+$/.exec(path)?.[0] ?? '';
}
