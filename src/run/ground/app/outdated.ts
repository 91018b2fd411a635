import { join } from 'node:path';
import { readText } from './text.ts';

/** Versions of packages that cannot work on a Node of today, and do not say so. */
const outdated: readonly {
  readonly name: string;
  readonly below: readonly [number, number, number];
  readonly say: (version: string) => string;
}[] = [
  {
    name: 'pg',
    below: [8, 0, 3],
    say: (version) => `its pg ${version} never gets an answer from a database on Node 14 and later: update it to 8 (pg-promise to 10)`,
  },
];

/** Sentences about installed packages that look well and do not work on the Node that runs us. */
export function outdatedIn(modules: readonly string[]): string[] {
  return outdated.flatMap(({ name, below, say }) =>
    modules.flatMap((at) => {
      const found = /"version":\s*"(\d+)\.(\d+)\.(\d+)/.exec(readText(join(at, name, 'package.json')) ?? '');
      if (!found) return [];
      const version = found.slice(1, 4).map(Number);
      const differs = version.findIndex((part, index) => part !== below[index]);
      return differs !== -1 && (version[differs] ?? 0) < (below[differs] ?? 0) ? [say(version.join('.'))] : [];
    }),
  );
}
