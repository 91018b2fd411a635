import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Gap } from '../model/words.ts';
import { openHistory } from '../world/git-contents.ts';
import type { Change, History } from '../world/git-contents.ts';
import { sha256 } from '../world/hash.ts';
import type { Tree } from '../world/tree.ts';
import { defineCollector } from './context.ts';
import { isMedia, languageOf } from './language.ts';
import { manifestsOf } from './manifest.ts';
import type { Manifests } from './manifest.ts';
import { ascii, openPack } from './pack.ts';
import type { Pack } from './pack.ts';
import { isGenerated, rulesVersion, secretsIn } from './secrets/search.ts';
import type { FileSecrets } from './secrets/search.ts';

type Value = EvidenceValue<'former-secrets'>;

const maxSecrets = 500;
const foreign = /(^|\/)(node_modules|bower_components|\.yarn|\.pnp\.[cm]?js|vendor|dist|build|\.next)(\/|$)/;

export default defineCollector({
  name: 'read/former-secrets',
  needs: ['secrets'],
  yields: 'former-secrets',
  async run({ secrets }, { tree, cacheDir, toolVersion }) {
    const history = openHistory(tree.root);
    if (history === null) throw new Error('there is no git history here, so what was deleted is not known');
    const pack = openPack(cacheDir, `history-${sha256(tree.root).slice(0, 16)}`, `${toolVersion}-${rulesVersion}`);
    try {
      const { oldest, commits } = contentsOf(history);
      const value: Value = { commits, contents: oldest.size, secrets: [] };
      // What stands in the tree still is told elsewhere.
      const present = new Set(secrets.value.secrets.filter(({ tracked }) => tracked !== false).map(({ hash }) => hash));
      const inUse = await environmentOf(tree);
      const found = new Map<string, Value['secrets'][number]>();
      for await (const { change, file } of searched(history, oldest, await manifestsOf(tree), pack))
        for (const { type, where, masked, hash, context, certain } of file?.secrets ?? []) {
          const before = found.get(hash);
          const date = new Date(change.time * 1000).toISOString().slice(0, 10);
          if (present.has(hash) || (before !== undefined && before.date <= date)) continue;
          found.set(hash, {
            type,
            file: change.path,
            line: where.line,
            masked,
            hash,
            context,
            certain,
            commit: change.commit,
            date,
            inUse: inUse.get(hash) ?? null,
          });
        }
      value.secrets.push(
        ...[...found.values()]
          .sort((a, b) => (a.file === b.file ? a.line - b.line || (a.hash < b.hash ? -1 : 1) : a.file < b.file ? -1 : 1))
          .slice(0, maxSecrets),
      );
      const gaps: Gap[] = [...new Set(history.gaps)].map((reason) => ({ file: null, reason }));
      if (found.size > maxSecrets) gaps.push({ file: null, reason: `only ${maxSecrets} of ${found.size} likely secrets are listed` });
      return { value, gaps };
    } finally {
      pack.save();
      history.close();
    }
  },
});

/** Every content that a file once had, with the oldest change that brought it. */
function contentsOf(history: History): { oldest: Map<string, Change>; commits: number } {
  const oldest = new Map<string, Change>();
  const commits = new Set<string>();
  for (const change of history.changes()) {
    commits.add(change.commit);
    if (isMedia(change.path) || isGenerated(change.path) || foreign.test(change.path)) continue;
    const known = oldest.get(change.id);
    if (known === undefined || change.time < known.time) oldest.set(change.id, change);
  }
  return { oldest, commits: commits.size };
}

async function* searched(
  history: History,
  oldest: ReadonlyMap<string, Change>,
  manifests: Manifests,
  pack: Pack,
): AsyncIterable<{ change: Change; file: FileSecrets | null }> {
  const unknown: string[] = [];
  for (const [id, change] of oldest) {
    const stored = pack.get(keyOf(change));
    if (stored === undefined) unknown.push(id);
    else yield { change, file: JSON.parse(stored) as FileSecrets | null };
  }
  for (const { id, content } of history.contents(unknown)) {
    const change = oldest.get(id);
    if (change === undefined) continue;
    const file = await secretsIn(change.path, content, manifests.owner(change.path));
    pack.put(keyOf(change), ascii(JSON.stringify(file === null || file.secrets.length === 0 ? null : file)));
    yield { change, file };
  }
}

function keyOf({ id, path }: Change): string {
  return sha256(`${id}\0${path}`);
}

/** Hashes of what stands in environment files that git does not track, by the file: secrets that are in use here. */
async function environmentOf(tree: Tree): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { path } of tree.files) {
    if (languageOf(path) !== 'dotenv' || tree.tracked === null || tree.tracked.has(path)) continue;
    const file = await secretsIn(path, await tree.read(path), null);
    for (const { hash } of file?.secrets ?? []) found.set(hash, path);
  }
  return found;
}
