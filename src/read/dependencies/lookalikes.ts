import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Manifest } from '../manifest.ts';
import { neighbours, popular, removed } from './popular.ts';

type Lookalike = EvidenceValue<'dependencies'>['units'][number]['lookalikes'][number];

/** Names of a manifest that imitate what everybody uses, or that stand for another package than they say. */
export function lookalikesIn({ dependencies, text }: Manifest): Lookalike[] {
  const found: Lookalike[] = [];
  for (const [name, range] of Object.values(dependencies).flatMap((some) => Object.entries(some))) {
    const line = lineOf(text, name);
    const target = /^npm:((?:@[^/@]+\/)?[^/@]+)(?:@|$)/.exec(range)?.[1];
    if (target !== undefined && target !== name && popular.has(name) && !popular.has(target) && !related(name, target))
      found.push({ name, of: name, kind: 'alias', target, line });
    if (Object.hasOwn(removed, name)) found.push({ name, of: removed[name] ?? '', kind: 'removed', target: null, line });
    else {
      const near = target === undefined ? nearest(name) : null;
      if (near !== null) found.push({ name, of: near, kind: 'near', target: null, line });
    }
  }
  return found;
}

/** A fork says whose fork it is: `npm:@scope/next`, `npm:rolldown-vite`. */
function related(name: string, target: string): boolean {
  return target.toLowerCase().includes(name.replace(/^@/, '').toLowerCase());
}

/** The popular name that is one letter or one swap away; null where the name is itself somebody's own. */
export function nearest(name: string): string | null {
  if (name.length < 5 || name.startsWith('@') || popular.has(name) || neighbours.has(name)) return null;
  for (const other of popular) if (Math.abs(other.length - name.length) <= 1 && oneSlip(name, other)) return other;
  return null;
}

/** One letter more, less or other, or two neighbours swapped (optimal string alignment distance 1). */
function oneSlip(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  // A trailing number is a generation, not a slip: `split` and `split2`.
  if (/^\d?$/.test(x) && /^\d?$/.test(y)) return false;
  return (x.length <= 1 && y.length <= 1) || (x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0]);
}

/** The line of a manifest that declares a package. */
export function lineOf(text: string, name: string): number {
  const at = text.search(new RegExp(`"${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}"\\s*:\\s*"`));
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}
