import type { ReadContext } from '../../context.ts';

/** A tree that lives in memory. */
export function contextOf(app: Record<string, string | Buffer>, cacheDir: string | null = null): ReadContext {
  const paths = Object.keys(app).sort();
  return {
    tree: {
      root: '/app',
      files: paths.map((path) => ({ path, bytes: Buffer.byteLength(app[path] ?? '') })),
      skipped: [],
      commit: null,
      tracked: null,
      absolute: (path) => `/app/${path}`,
      read: async (path) => Buffer.from(app[path] ?? ''),
    },
    cacheDir,
    jobs: 1,
    toolVersion: 'test',
  };
}
