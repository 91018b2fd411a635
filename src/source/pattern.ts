import { analyse } from 'scslre';

/** How long matching can take for a text of length n: 2^n, or a power of n. */
export type PatternCost = 'exponential' | 'polynomial';

const longest = 500;
const known = new Map<string, PatternCost | null>();

/** What is certain of a regular expression's cost; null for those that are fast, or cannot be told. */
export function patternCost(pattern: string): PatternCost | null {
  if (pattern.length > longest) return null;
  let cost = known.get(pattern);
  if (cost === undefined) {
    cost = costOf(pattern);
    known.set(pattern, cost);
  }
  return cost;
}

function costOf(pattern: string): PatternCost | null {
  try {
    const { reports } = analyse({ source: pattern, flags: '' });
    if (reports.some(({ exponential }) => exponential)) return 'exponential';
    // `Move` only says that a search begins again at each character, which is quick unless nearly all of a long text fits.
    return reports.some(({ type }) => type !== 'Move') ? 'polynomial' : null;
  } catch {
    // No regular expression, or one too large to analyse.
    return null;
  }
}
