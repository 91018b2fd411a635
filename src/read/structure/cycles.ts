import { compare } from '../code/queries.ts';

/** The circles of a graph: its strongly connected parts of two and more (Tarjan, 1972), in a loop; the largest first. */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: string[][] = [];
  for (const start of graph.keys()) {
    if (index.has(start)) continue;
    const work: { at: string; next: number }[] = [{ at: start, next: 0 }];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { at } = frame;
      if (frame.next === 0) {
        index.set(at, index.size);
        low.set(at, index.get(at) ?? 0);
        stack.push(at);
        onStack.add(at);
      }
      const to = (graph.get(at) ?? [])[frame.next++];
      if (to !== undefined) {
        if (!index.has(to)) work.push({ at: to, next: 0 });
        else if (onStack.has(to)) low.set(at, Math.min(low.get(at) ?? 0, index.get(to) ?? 0));
        continue;
      }
      work.pop();
      const up = work.at(-1);
      if (up !== undefined) low.set(up.at, Math.min(low.get(up.at) ?? 0, low.get(at) ?? 0));
      if (low.get(at) !== index.get(at)) continue;
      const part = stack.splice(stack.indexOf(at));
      for (const one of part) onStack.delete(one);
      if (part.length > 1) found.push(part.toSorted(compare));
    }
  }
  return found.toSorted((a, b) => b.length - a.length || compare(a[0] ?? '', b[0] ?? ''));
}
