import { posix } from 'node:path';
import { z } from 'zod';
import type { Gap } from '../model/words.ts';
import type { Tree } from '../world/tree.ts';

/** A package.json as far as it makes sense; every field of the wrong type counts as missing. */
export interface Manifest {
  /** Relative to the root; `.` for the root itself. */
  readonly dir: string;
  readonly file: string;
  readonly text: string;
  readonly name: string;
  readonly dependencies: Readonly<Record<DependencyKind, Readonly<Record<string, string>>>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly type: 'module' | 'commonjs';
  readonly packageManager: string | null;
  readonly private: boolean;
  /** Has `main`, `module`, `exports` or `bin`. */
  readonly published: boolean;
  /** Workspace globs, also from pnpm-workspace.yaml. */
  readonly workspaces: readonly string[];
  /** Anything else, unvalidated. */
  readonly raw: Readonly<Record<string, unknown>>;
}
export type DependencyKind = 'runtime' | 'development' | 'peer' | 'optional';

export interface Manifests {
  readonly all: readonly Manifest[];
  readonly gaps: readonly Gap[];
  /** The manifest in the nearest folder at or above `path`. */
  owner(path: string): Manifest | null;
}

const known = new WeakMap<Tree, Promise<Manifests>>();

/** Every package.json of the tree that describes a package, parsed once per tree. */
export function manifestsOf(tree: Tree): Promise<Manifests> {
  let manifests = known.get(tree);
  if (manifests === undefined) known.set(tree, (manifests = readManifests(tree)));
  return manifests;
}

async function readManifests(tree: Tree): Promise<Manifests> {
  const byDir = new Map<string, Manifest>();
  const gaps: Gap[] = [];
  for (const { path } of tree.files) {
    if (posix.basename(path) !== 'package.json' || /(^|\/)(__fixtures__|fixtures|templates?|__mocks__)\//.test(path)) continue;
    try {
      const manifest = toManifest(path, (await tree.read(path)).toString('utf8'), await pnpmWorkspaces(tree, posix.dirname(path)));
      if (manifest !== null) byDir.set(manifest.dir, manifest);
    } catch {
      gaps.push({ file: path, reason: 'not valid JSON' });
    }
  }
  return {
    all: [...byDir.values()].sort((a, b) => (a.dir < b.dir ? -1 : 1)),
    gaps,
    owner(path) {
      for (let dir = posix.dirname(path); ; dir = posix.dirname(dir)) {
        const manifest = byDir.get(dir);
        if (manifest !== undefined || dir === '.') return manifest ?? null;
      }
    },
  };
}

const string = z.string().max(4096);
const pairs = z
  .record(z.string(), z.unknown())
  .transform((all) =>
    Object.fromEntries(
      Object.entries(all).filter((pair): pair is [string, string] => pair[0] !== '__proto__' && string.safeParse(pair[1]).success),
    ),
  )
  .catch({});
const globs = z.union([z.array(z.string()), z.object({ packages: z.array(z.string()) }).transform((value) => value.packages)]).catch([]);

function toManifest(file: string, text: string, moreWorkspaces: readonly string[]): Manifest | null {
  const raw = z.record(z.string(), z.unknown()).parse(JSON.parse(text.replace(/^\uFEFF/, '')));
  const dir = posix.dirname(file);
  // A bare `{ "type": "commonjs" }` marks a folder for Node and is no package of its own.
  if (dir !== '.' && !['name', 'scripts', 'dependencies', 'devDependencies'].some((field) => field in raw)) return null;
  return {
    dir,
    file,
    text,
    name: string.catch('').parse(raw['name']) || (dir === '.' ? 'application' : posix.basename(dir)),
    dependencies: {
      runtime: pairs.parse(raw['dependencies']),
      development: pairs.parse(raw['devDependencies']),
      peer: pairs.parse(raw['peerDependencies']),
      optional: pairs.parse(raw['optionalDependencies']),
    },
    scripts: pairs.parse(raw['scripts']),
    type: raw['type'] === 'module' ? 'module' : 'commonjs',
    packageManager: string
      .nullable()
      .catch(null)
      .parse(raw['packageManager'] ?? null),
    private: raw['private'] === true,
    published: ['main', 'module', 'exports', 'bin'].some((field) => field in raw),
    workspaces: [...globs.parse(raw['workspaces']), ...moreWorkspaces],
    raw,
  };
}

async function pnpmWorkspaces(tree: Tree, dir: string): Promise<readonly string[]> {
  const file = posix.join(dir, 'pnpm-workspace.yaml');
  if (!tree.files.some(({ path }) => path === file)) return [];
  try {
    const { parse } = await import('yaml');
    return globs.parse(parse((await tree.read(file)).toString('utf8')));
  } catch {
    return [];
  }
}

/** The lockfiles of package managers, in the order in which they are believed. */
export const lockfiles = [
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
] as const;
export type PackageManager = (typeof lockfiles)[number][1];

const lockPaths = new WeakMap<Tree, ReadonlySet<string>>();

/** The lockfile that governs a package: in its folder or the nearest one above. */
export function lockfileOf(tree: Tree, manifest: Manifest): { file: string; manager: PackageManager } | null {
  let paths = lockPaths.get(tree);
  if (paths === undefined)
    lockPaths.set(
      tree,
      (paths = new Set(tree.files.map(({ path }) => path).filter((path) => lockfiles.some(([name]) => path.endsWith(name))))),
    );
  const inTree = paths;
  const declared = /^(npm|pnpm|yarn|bun)@/.exec(manifest.packageManager ?? '')?.[1];
  for (let dir = manifest.dir; ; dir = posix.dirname(dir)) {
    const found = lockfiles.flatMap(([name, manager]) => {
      const file = posix.join(dir, name);
      return inTree.has(file) ? [{ file, manager }] : [];
    });
    const best = found.find(({ manager }) => manager === declared) ?? found[0];
    if (best !== undefined || dir === '.') return best ?? null;
  }
}
