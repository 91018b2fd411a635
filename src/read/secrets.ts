import { messageOf } from '../model/errors.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Gap } from '../model/words.ts';
import { sha256 } from '../world/hash.ts';
import { reasons } from '../world/tree.ts';
import type { Tree } from '../world/tree.ts';
import { defineCollector } from './context.ts';
import { isMedia, languageOf, textOf } from './language.ts';
import { manifestsOf } from './manifest.ts';
import { ascii, openPack } from './pack.ts';
import { byName, inEnvironmentFile } from './secrets/assignments.ts';
import type { Candidate } from './secrets/candidate.ts';
import { contextOf } from './secrets/context.ts';
import type { Context } from './secrets/context.ts';
import { byProvider } from './secrets/providers.ts';
import { byPublishedRules } from './secrets/published.ts';

type Secret = EvidenceValue<'secrets'>['secrets'][number];

/** Files written by tools, full of digests that look like secrets. */
const generated =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock|composer\.lock|Gemfile\.lock|poetry\.lock|Cargo\.lock|go\.sum)$|\.(map|snap|svg)$/;
const maxPerFile = 200;
/** Raised whenever the detectors change; part of the cache key. */
const rulesVersion = 1;

/** What one file holds, as the cache keeps it: nothing of a secret's value but its masked form and hash. */
interface FileSecrets {
  readonly context: Context;
  readonly secrets: Omit<Secret, 'tracked'>[];
  /** How many likely secrets there were in all. */
  readonly of: number;
}

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
      if (generated.test(path) || isMedia(path)) continue;
      const tracked = tree.tracked === null ? null : tree.tracked.has(path);
      try {
        const key = sha256(`${path}\0${surroundings}\0${await tree.digest(path)}`);
        const stored = pack.get(key);
        const found = stored === undefined ? await secretsIn(tree, manifests, path) : (JSON.parse(stored) as FileSecrets | null);
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

/** The likely secrets of one file; null when it is no text. */
async function secretsIn(tree: Tree, manifests: Awaited<ReturnType<typeof manifestsOf>>, path: string): Promise<FileSecrets | null> {
  const text = textOf(await tree.read(path));
  if (text === null) return null;
  const context = contextOf(path, manifests.owner(path), text.slice(0, 600));
  const found = withoutOverlaps([...byProvider(text), ...(await byPublishedRules(path, text)), ...generic(path, text, context)]);
  return { context, secrets: found.slice(0, maxPerFile).map((candidate) => described(candidate, path, text, context)), of: found.length };
}

/** Secrets that only their name gives away; where made-up values are normal they would be noise. */
function generic(path: string, text: string, context: Context): Iterable<Candidate> {
  if (context === 'environment-file') return inEnvironmentFile(text);
  if (context === 'source' || context === 'client') return byName(text, false);
  if (context !== 'configuration') return [];
  return [...byName(text, languageOf(path) !== 'json'), ...byName(text, false)];
}

/** Of candidates that share text, the certain one stands, else the first, which comes from the more exact detector. */
function withoutOverlaps(candidates: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const one of [...candidates].sort((a, b) => Number(b.certain) - Number(a.certain)))
    if (!kept.some(({ start, value }) => one.start < start + value.length && start < one.start + one.value.length)) kept.push(one);
  return kept.sort((a, b) => a.start - b.start);
}

function described(
  { type, start, value, certain, show }: Candidate,
  file: string,
  text: string,
  context: Context,
): Omit<Secret, 'tracked'> {
  const line = lineAt(text, start);
  const shown = show === '' && value.length >= 20 ? value.slice(0, 2) : show;
  return {
    type,
    where: { file, line, endLine: line + value.split('\n').length - 1 },
    masked: `${shown}…`,
    hash: sha256(value).slice(0, 12),
    context:
      context === 'source' && /\b(NEXT_PUBLIC|VITE|EXPO_PUBLIC|REACT_APP)_\w*\W{1,6}$/.test(text.slice(Math.max(0, start - 80), start))
        ? 'client'
        : context,
    certain,
  };
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
