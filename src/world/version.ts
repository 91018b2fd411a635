import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from './hash.ts';

/** The version in this package's own manifest; the same distance from the sources and from the compiled files. */
export function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}

/** The `owner/name` on GitHub at which this package is developed, by its own manifest. */
export function ownRepository(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { repository: { url: string } };
  return manifest.repository.url.replace(/^git\+https:\/\/github\.com\//, '').replace(/\.git$/, '');
}

/** Tells builds of one version apart, as they follow one another while the tool itself is worked on: what and when its files are. */
export function ownBuild(): string {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name) && !/\.test\./.test(name))
    .toSorted();
  return sha256(
    files
      .map((name) => {
        const { size, mtimeMs } = statSync(join(root, name));
        return `${name} ${size} ${mtimeMs}`;
      })
      .join('\n'),
  );
}
