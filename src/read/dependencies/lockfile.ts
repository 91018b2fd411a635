import { parse as parseJsonc } from 'jsonc-parser';
import { z } from 'zod';

/** Reads name -> version out of the text of a lockfile. For a name with several versions, the one at the top. */
export function lockedVersions(file: string, text: string, dir: string): Record<string, string> {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (name === 'pnpm-lock.yaml') return record(pnpm(text));
  if (name === 'yarn.lock') return record(yarn(text));
  if (name === 'bun.lock') return record(bun(text));
  return record(npm(text, dir));
}

type Pair = readonly [name: string, version: string];

/** The first pair of a name stands. Without a prototype key, which a hostile lockfile could hold. */
function record(pairs: Iterable<Pair>): Record<string, string> {
  const found = new Map<string, string>();
  for (const [name, version] of pairs) if (name !== '__proto__' && !found.has(name)) found.set(name, version);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const npmPackage = z.looseObject({ version: z.string().optional(), link: z.boolean().optional(), resolved: z.string().optional() });
const npmLock = z.looseObject({
  packages: z.record(z.string(), npmPackage).optional(),
  dependencies: z.record(z.string(), z.looseObject({ version: z.string().optional() })).optional(),
});

function* npm(text: string, dir: string): Iterable<Pair> {
  const lock = npmLock.parse(JSON.parse(text));
  if (lock.packages === undefined) {
    // Version 1: a tree of `dependencies`; what is nested there cannot be imported by the application.
    for (const [name, { version }] of Object.entries(lock.dependencies ?? {})) if (version !== undefined) yield [name, version];
    return;
  }
  const marker = 'node_modules/';
  const own = dir === '.' ? marker : `${dir}/${marker}`;
  // Nearest first: the package's own node_modules, then the root's, then what is nested below others.
  const rank = (path: string) =>
    path.startsWith(own) && !path.slice(own.length).includes(marker) ? 0 : path.lastIndexOf(marker) === 0 ? 1 : 2;
  const entries = Object.entries(lock.packages).filter(([path]) => path.includes(marker));
  for (const [path, entry] of entries.sort(([a], [b]) => rank(a) - rank(b))) {
    // A workspace is a link to its folder.
    const version = entry.link === true ? `link:${entry.resolved ?? ''}` : entry.version;
    if (version !== undefined) yield [path.slice(path.lastIndexOf(marker) + marker.length), version];
  }
}

/** Keys of `packages:` through three formats: `/name/1.2.3:`, `/name@1.2.3(peer):`, `name@1.2.3:`. */
function* pnpm(text: string): Iterable<Pair> {
  let inside = false;
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) inside = /^(packages|snapshots):/.test(line);
    const key = inside ? /^ {2}'?\/?((?:@[^/@\s]+\/)?[^/@\s(]+)[@/](\d[^(:'_\s]*)/.exec(line) : null;
    if (key !== null) yield [key[1] ?? '', key[2] ?? ''];
  }
}

/** Classic (`  version "1.2.3"`) and berry (`  version: 1.2.3`) alike. */
function* yarn(text: string): Iterable<Pair> {
  let name: string | null = null;
  for (const line of text.split('\n')) {
    if (/^[^\s#]/.test(line)) name = /^"?((?:@[^/@\s"]+\/)?[^/@\s"]+)@/.exec(line)?.[1] ?? null;
    const version = name === null ? undefined : /^ {2}version:? "?([^"\s]+)"?/.exec(line)?.[1];
    if (name !== null && version !== undefined) yield [name, version];
  }
}

function* bun(text: string): Iterable<Pair> {
  const { packages } = z.looseObject({ packages: z.record(z.string(), z.array(z.unknown())) }).parse(parseJsonc(text));
  for (const [first] of Object.values(packages)) {
    const id = typeof first === 'string' ? /^((?:@[^/@]+\/)?[^/@]+)@(\d.*|workspace:.*)$/.exec(first) : null;
    if (id !== null) yield [id[1] ?? '', id[2] ?? ''];
  }
}
