import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readManifest, workspaceRoot, type Manifest } from './manifest.ts';

interface Package {
  readonly dir: string;
  readonly manifest: Manifest;
}

/** The packages of a workspace: directories with a package.json, at most two deep. */
export function packagesOf(root: string): Package[] {
  const below = (dir: string) =>
    existsSync(dir)
      ? readdirSync(dir, { withFileTypes: true })
          .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
          .map((entry) => join(dir, entry.name))
      : [];
  return below(root)
    .flatMap((dir) => [dir, ...below(dir)])
    .filter((dir) => existsSync(join(dir, 'package.json')))
    .map((dir) => ({ dir, manifest: readManifest(dir) }));
}

/** Commands that build the packages of the same workspace that a unit needs and that were not built yet, in the order of their needs. */
export function siblingBuilds(dir: string): string[] {
  const root = workspaceRoot(dir);
  if (root === dir) return [];
  const packages = packagesOf(root);
  const done = new Set<string>([dir]);
  const commands: string[] = [];
  const visit = (manifest: Manifest): void => {
    for (const each of packages) {
      const { name, scripts } = each.manifest;
      if (name === null || !manifest.dependencies.has(name) || done.has(each.dir)) continue;
      done.add(each.dir);
      visit(each.manifest);
      const built = ['dist', 'build', 'lib'].some((made) => existsSync(join(each.dir, made)));
      if (scripts['build'] !== undefined && !built) commands.push(`(cd ${relative(dir, each.dir)} && npm run build)`);
    }
  };
  visit(readManifest(dir));
  return commands;
}
