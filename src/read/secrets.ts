import { messageOf } from '../model/errors.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Gap } from '../model/words.ts';
import { sha256 } from '../world/hash.ts';
import { reasons } from '../world/tree.ts';
import { defineCollector } from './context.ts';
import { isMedia, languageOf, textOf } from './language.ts';
import { manifestsOf } from './manifest.ts';
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

export default defineCollector({
  name: 'read/secrets',
  needs: [],
  yields: 'secrets',
  async run(_given, { tree }) {
    const manifests = await manifestsOf(tree);
    const gaps: Gap[] = tree.skipped.filter(({ file, reason }) => reason !== reasons.link && (file === null || !isMedia(file)));
    const secrets: Secret[] = [];
    for (const { path } of tree.files) {
      if (generated.test(path) || isMedia(path)) continue;
      const tracked = tree.tracked === null ? null : tree.tracked.has(path);
      try {
        const text = textOf(await tree.read(path));
        if (text === null) continue;
        const context = contextOf(path, manifests.owner(path), text.slice(0, 600));
        // An environment file that git does not track is where a secret belongs.
        if (context === 'environment-file' && tracked === false) continue;
        const found = withoutOverlaps([...byProvider(text), ...(await byPublishedRules(path, text)), ...generic(path, text, context)]);
        for (const candidate of found.slice(0, maxPerFile)) secrets.push(described(candidate, path, text, context, tracked));
        if (found.length > maxPerFile)
          gaps.push({ file: path, reason: `only the first ${maxPerFile} of ${found.length} likely secrets are listed` });
      } catch (thrown) {
        gaps.push({ file: path, reason: messageOf(thrown) });
      }
    }
    return { value: { secrets }, gaps };
  },
});

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
  tracked: boolean | null,
): Secret {
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
    tracked,
    certain,
  };
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
