/** The word that somebody most likely meant: one that begins so, or differs by few letters; null where nothing is near. */
export function nearest(word: string, words: readonly string[]): string | null {
  const begun = words.filter((one) => word.replace(/^-+/, '').length >= 2 && one.startsWith(word));
  if (begun.length === 1) return begun[0] ?? null;
  const most = word.replace(/^-+/, '').length <= 4 ? 1 : 2;
  const [first, second] = words
    .map((one) => ({ one, steps: steps(word, one) }))
    .filter((entry) => entry.steps <= most)
    .toSorted((a, b) => a.steps - b.steps);
  return first === undefined || first.steps === second?.steps ? null : first.one;
}

/** Letters to insert, drop or replace, or neighbours to swap, until one word is the other (optimal string alignment). */
function steps(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array.from({ length: b.length }, (__, j) => (i === 0 ? j + 1 : 0))]);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity;
      const row = rows[i];
      if (row) row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1), swapped);
    }
  return at(a.length, b.length);
}
