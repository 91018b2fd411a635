import type { Config } from '../config/schema.ts';
import type { TreeDigest } from '../model/report.ts';
import { sha256 } from '../world/hash.ts';
import type { Tree } from '../world/tree.ts';
import { digestOf } from '../world/tree-digest.ts';

/** Keys of `seaworthy.json` that say nothing about how the application is judged. */
const beside = ['$schema', 'signers', 'checkpoints'];

/** The code of a folder as hashes, with what `seaworthy.json` says about judging it. */
export async function treeDigest(tree: Tree, config: Config): Promise<TreeDigest> {
  const judging = Object.entries(config).filter(([key]) => !beside.includes(key));
  return { ...(await digestOf(tree)), settings: sha256(JSON.stringify(judging.toSorted(([a], [b]) => (a < b ? -1 : 1)))) };
}
