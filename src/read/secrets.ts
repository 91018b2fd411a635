import { messageOf } from '../model/errors.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Gap } from '../model/words.ts';
import { sha256 } from '../world/hash.ts';
import { reasons } from '../world/tree.ts';
import type { Tree } from '../world/tree.ts';
import { defineCollector } from './context.ts';
import { isMedia } from './language.ts';
import { manifestsOf } from './manifest.ts';
import { ascii, openPack } from './pack.ts';
import { isGenerated, maxPerFile, rulesVersion, secretsIn } from './secrets/search.ts';
import type { FileSecrets } from './secrets/search.ts';

type Secret = EvidenceValue<'secrets'>['secrets'][number];

export default defineCollector({
  name: 'read/secrets',
  needs: [],
  yields: 'secrets',
  async run(_given, { tree, cacheDir, toolVersion }) {
    const manifests = await manifestsOf(tree);
    const gaps: Gap[] = tree.skipped.filter(({ file, reason }) => reason !== reasons.link && (file === null || !isMedia(file)));
    const secrets: Secret[] = [];
    const pack = openPack(cacheDir, `secrets-${sha256(tree.root).slice(0, 16)}`, `${toolVersion}-${rulesVersion}`);
    const surroundings = await manifestsDigest(tree);
    for (const { path } of tree.files) {
      if (isGenerated(path) || isMedia(path)) continue;
      const tracked = tree.tracked === null ? null : tree.tracked.has(path);
      try {
        const key = sha256(`${path}\0${surroundings}\0${await tree.digest(path)}`);
        const stored = pack.get(key);
        const found =
          stored === undefined
            ? await secretsIn(path, await tree.read(path), manifests.owner(path))
            : (JSON.parse(stored) as FileSecrets | null);
        if (stored === undefined) pack.put(key, ascii(JSON.stringify(found)));
        // An environment file that git does not track is where a secret belongs.
        if (found === null || (found.context === 'environment-file' && tracked === false)) continue;
        secrets.push(...found.secrets.map((secret) => ({ ...secret, tracked })));
        if (found.of > maxPerFile)
          gaps.push({ file: path, reason: `only the first ${maxPerFile} of ${found.of} likely secrets are listed` });
      } catch (thrown) {
        gaps.push({ file: path, reason: messageOf(thrown) });
      }
    }
    pack.save();
    return { value: { secrets }, gaps };
  },
});

/** Changes whenever a manifest does: what a file is (page, server, library) depends on those around it. */
async function manifestsDigest(tree: Tree): Promise<string> {
  const digests = [];
  for (const { path } of tree.files) if (/(^|\/)package\.json$/.test(path)) digests.push(`${path} ${await tree.digest(path)}`);
  return sha256(digests.join('\n'));
}
