import { readConfig } from '../config/read.ts';
import type { Config } from '../config/schema.ts';
import type { TreeDigest } from '../model/report.ts';
import { sha256 } from '../world/hash.ts';
import { openTree } from '../world/tree.ts';
import type { Tree } from '../world/tree.ts';
import { changedSince, digestOf } from '../world/tree-digest.ts';

/** Keys of `seaworthy.json` that say nothing about how the application is judged. */
const beside = ['$schema', 'signers', 'checkpoints', 'gate', 'waivers'];

/** The code of a folder as hashes, with what `seaworthy.json` says about judging it. */
export async function treeDigest(tree: Tree, config: Config): Promise<TreeDigest> {
  const judging = Object.entries(config).filter(([key]) => !beside.includes(key));
  return { ...(await digestOf(tree)), settings: sha256(JSON.stringify(judging.toSorted(([a], [b]) => (a < b ? -1 : 1)))) };
}

/** A folder's code as it is now, its configuration, and which files differ from a commit (null where git does not know). */
export async function codeOf(
  dir: string,
): Promise<{ tree: TreeDigest; config: Config; since: (commit: string) => Promise<string[] | null> }> {
  const tree = await openTree(dir);
  const config = await readConfig(tree);
  return { tree: await treeDigest(tree, config), config, since: (commit) => changedSince(tree, commit) };
}
