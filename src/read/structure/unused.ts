import type { FileFacts } from '../code/facts.ts';

/** What a module exports under its own name, and where it is declared; not the default, which frameworks ask for. */
export function exportedNames(facts: FileFacts): { name: string; line: number }[] {
  const found: { name: string; line: number }[] = [];
  for (const [name, value] of Object.entries(facts.exports)) {
    if (name === 'default' || name === '=' || value.k !== 'var') continue;
    const binding = facts.bindings[value.b];
    const source = binding?.v[0]?.e;
    if (binding === undefined || binding.n !== name || binding.f !== 0 || source === undefined || source.k === 'imp') continue;
    if (binding.v[0]?.p !== undefined) continue;
    found.push({
      name,
      line: source.k === 'fn' ? (facts.functions[source.i]?.l ?? 1) : source.k === 'cls' ? (facts.classes[source.i]?.l ?? 1) : 0,
    });
  }
  return found;
}

/** How often each of these names stands in the texts, as a word; counting ends where more would change nothing. */
export function countWords(names: ReadonlySet<string>, texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const [word] of text.matchAll(/[A-Za-z_$][\w$]*/g)) if (names.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
