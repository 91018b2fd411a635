import { readFileSync } from 'node:fs';

/** The version in this package's own manifest; the same distance from the sources and from the compiled files. */
export function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
