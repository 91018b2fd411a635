import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { read } from '../src/read/code/program.testing.ts';

/**
 * Guards as real applications write them, in pairs: of the same endpoint, once behind a guard that refuses, once behind
 * nothing or something that only looks like it. A file's first line says which endpoint must have which guard.
 */
const folder = new URL('./corpus/guards/', import.meta.url);
/** What is not understood yet, by pair and side. Whatever is mended must leave this list. */
const known = new Set<string>([]);

interface Pair {
  readonly name: string;
  readonly endpoint: string;
  readonly does: string;
  readonly roles: readonly string[];
  readonly sides: Readonly<Record<'guarded' | 'unguarded', Record<string, string>>>;
}

function pairIn(name: string): Pair {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const [, endpoint = '', does = '', roles = ''] = /^wants (.+): ([\w-]+)(?:\(([\w,]+)\))?\n/.exec(text) ?? [];
  const parts = new Map<string, Record<string, string>>();
  for (const part of text.split(/^=== /m).slice(1)) {
    const [side = '', ...files] = part.split(/^--- /m);
    parts.set(
      side.trim(),
      Object.fromEntries(files.map((file) => [file.slice(0, file.indexOf('\n')), file.slice(file.indexOf('\n') + 1)])),
    );
  }
  const sides = {
    guarded: { ...parts.get('both'), ...parts.get('guarded') },
    unguarded: { ...parts.get('both'), ...parts.get('unguarded') },
  };
  return { name: name.replace('.txt', ''), endpoint, does, roles: roles.split(',').filter((one) => one !== ''), sides };
}

/** Whether the endpoint is found with a guard that does this, names these roles, and refuses. */
async function isGuarded({ endpoint, does, roles }: Pair, files: Record<string, string>): Promise<boolean> {
  const { routes } = await read(files);
  const route = routes.find(({ id }) => id === endpoint);
  if (route === undefined) throw new Error(`${endpoint} is not among ${routes.map(({ id }) => id).join(', ') || 'no endpoints'}`);
  if (does === 'validation')
    return route.validated || [...route.guards, ...route.inline].some((one) => one.does.includes('validation') && one.refuses);
  return [...route.guards, ...route.inline].some(
    (one) => one.refuses && one.does.some((word) => word === does) && roles.every((role) => one.roles.includes(role)),
  );
}

const pairs = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map(pairIn);
const sides = pairs.flatMap((pair) => (['guarded', 'unguarded'] as const).map((side) => ({ pair, side, title: `${pair.name}, ${side}` })));

describe('guards by what they do', () => {
  it('knows at least sixty pairs, and understands nineteen sides of twenty', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(60);
    expect(known.size).toBeLessThanOrEqual(sides.length / 20);
    for (const one of known) expect(sides.map(({ title }) => title)).toContain(one);
  });

  it.each(sides.map(({ title, pair, side }) => [title, pair, side] as const))('%s', async (title, pair, side) => {
    const right = (await isGuarded(pair, pair.sides[side])) === (side === 'guarded');
    expect(right).toBe(!known.has(title));
  });
});
