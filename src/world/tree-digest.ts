import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { relative, sep } from 'node:path';
import ignore from 'ignore';
import { repositoryOf } from './git.ts';
import { changedFiles, commitOf } from './git-history.ts';
import { GitObjects } from './git-objects.ts';
import type { Tree } from './tree.ts';

/** What we write ourselves, or are configured by, and what is no code of the application. */
const ours = /^seaworthy[\w.-]*\.json$/;
const bounds = { files: 50_000, entries: 1_000_000 };

/**
 * SHA-256 over names and contents of the code, and how many files that is. What git ignores and does not track is no part of it, so that a fresh
 * clone has the same; what is there and not yet added to git is.
 */
export async function digestOf(tree: Tree): Promise<{ digest: string; files: number }> {
  const hash = createHash('sha256');
  const paths = await codeOf(tree);
  for (const path of paths) hash.update(`${path}\0${await tree.digest(path)}\n`);
  return { digest: hash.digest('hex'), files: paths.length };
}

/** The files that differ from a commit, that it has and the folder has not, or the other way round; null where git does not hold that commit. */
export async function changedSince(tree: Tree, commit: string): Promise<string[] | null> {
  const repository = repositoryOf(tree.root);
  if (repository === null || commit.length !== 40) return null;
  const prefix = relative(repository.workTree, tree.root)
    .split(sep)
    .map((part) => (part === '' ? '' : `${part}/`))
    .join('');
  const objects = new GitObjects(repository.commonDir);
  let before: Map<string, string | null>;
  try {
    const known = commitOf(objects, commit);
    if (known === null) return null;
    const all = changedFiles(objects, null, known.tree, bounds.files, { entries: bounds.entries });
    before = new Map(all.filter(({ path }) => path.startsWith(prefix)).map(({ path, id }) => [path.slice(prefix.length), id]));
  } finally {
    objects.close();
  }
  const changed: string[] = [];
  const now = await codeOf(tree);
  for (const path of now) if (before.get(path) !== blobOf(await tree.read(path))) changed.push(path);
  const gone = [...new Set(before.keys()).difference(new Set(now))].filter(
    (path) => !ours.test(path) && lstatSync(tree.absolute(path), { throwIfNoEntry: false }) === undefined,
  );
  return [...changed, ...gone].toSorted();
}

function blobOf(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

async function codeOf(tree: Tree): Promise<string[]> {
  const ignored = await ignoredIn(tree);
  return tree.files.map(({ path }) => path).filter((path) => !ours.test(path) && (tree.tracked?.has(path) === true || !ignored(path)));
}

/** Whether the `.gitignore` files of the tree leave a path out; deeper ones have the last word, unless a folder as a whole is left out. */
async function ignoredIn(tree: Tree): Promise<(path: string) => boolean> {
  const files = tree.files.map(({ path }) => path).filter((path) => /(^|\/)\.gitignore$/.test(path));
  const rules = await Promise.all(
    files.map(async (path) => ({
      folder: path.slice(0, -'.gitignore'.length),
      says: ignore({ ignorecase: false }).add((await tree.read(path)).toString('utf8')),
    })),
  );
  rules.sort((a, b) => a.folder.length - b.folder.length);
  const known = new Map<string, boolean>();
  const decided = (path: string): boolean => {
    let out = false;
    for (const { folder, says } of rules) {
      if (!path.startsWith(folder) || path.length === folder.length) continue;
      const { ignored, unignored } = says.test(path.slice(folder.length));
      if (ignored || unignored) out = ignored;
    }
    return out;
  };
  const of = (path: string): boolean => {
    const slash = path.lastIndexOf('/', path.length - 2);
    const folder = path.slice(0, slash + 1);
    const before = known.get(path);
    if (before !== undefined) return before;
    const out = (folder !== '' && of(folder)) || decided(path);
    if (path.endsWith('/')) known.set(path, out);
    return out;
  };
  return rules.length === 0 ? () => false : of;
}
