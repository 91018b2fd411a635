import type { Kind } from '../model/evidence/index.ts';
import type { Producer } from '../model/producer.ts';

/**
 * Producers in an order in which each comes after those that yield what it needs or uses; ties by name.
 * Throws on two producers of one kind and on a cycle: both are mistakes of ours, not of the audited application.
 */
export function inOrder<P extends Pick<Producer, 'name' | 'needs' | 'uses' | 'yields'>>(producers: readonly P[]): P[] {
  const byKind = new Map<Kind, P>();
  for (const producer of producers) {
    const other = byKind.get(producer.yields);
    if (other) throw new Error(`${producer.name} and ${other.name} both yield ${producer.yields}`);
    byKind.set(producer.yields, producer);
  }
  const ordered: P[] = [];
  const state = new Map<P, 'open' | 'done'>();
  const visit = (producer: P, path: readonly string[]): void => {
    if (state.get(producer) === 'done') return;
    if (state.get(producer) === 'open') throw new Error(`producers need each other: ${[...path, producer.name].join(' > ')}`);
    state.set(producer, 'open');
    for (const kind of [...producer.needs, ...producer.uses].toSorted()) {
      const source = byKind.get(kind);
      if (source) visit(source, [...path, producer.name]);
    }
    state.set(producer, 'done');
    ordered.push(producer);
  };
  for (const producer of producers.toSorted((a, b) => a.name.localeCompare(b.name))) visit(producer, []);
  return ordered;
}

/** The producers that yield these kinds, and those that yield what they need or use in turn. */
export function leadingTo<P extends Pick<Producer, 'needs' | 'uses' | 'yields'>>(kinds: readonly Kind[], producers: readonly P[]): P[] {
  const wanted = new Set(kinds);
  // A set may grow while it is walked, and is then walked to its new end.
  for (const kind of wanted)
    for (const { yields, needs, uses } of producers) if (yields === kind) for (const one of [...needs, ...uses]) wanted.add(one);
  return producers.filter(({ yields }) => wanted.has(yields));
}
