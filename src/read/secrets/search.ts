import type { EvidenceValue } from '../../model/evidence/index.ts';
import { sha256 } from '../../world/hash.ts';
import { languageOf, textOf } from '../language.ts';
import type { Manifest } from '../manifest.ts';
import { byName, inEnvironmentFile } from './assignments.ts';
import type { Candidate } from './candidate.ts';
import { contextOf } from './context.ts';
import type { Context } from './context.ts';
import { byProvider } from './providers.ts';
import { byPublishedRules } from './published.ts';

type Secret = EvidenceValue<'secrets'>['secrets'][number];

export const maxPerFile = 200;
/** Raised whenever the detectors change; part of the cache key. */
export const rulesVersion = 3;

/** What one file holds, as the cache keeps it: nothing of a secret's value but its masked form and hash. */
export interface FileSecrets {
  readonly context: Context;
  readonly secrets: Omit<Secret, 'tracked'>[];
  /** How many likely secrets there were in all. */
  readonly of: number;
}

/** Files written by tools, full of digests that look like secrets. */
export function isGenerated(path: string): boolean {
  return /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock|composer\.lock|Gemfile\.lock|poetry\.lock|Cargo\.lock|go\.sum)$|\.(map|snap|svg)$/.test(
    path,
  );
}

/** The likely secrets of one file; null when it is no text. */
export async function secretsIn(path: string, content: Buffer, owner: Manifest | null): Promise<FileSecrets | null> {
  const text = textOf(content);
  if (text === null) return null;
  const context = contextOf(path, owner, text.slice(0, 600));
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
