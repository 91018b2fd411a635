import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from './manifest.ts';
import { readText } from './text.ts';

/** A package manager, and how it installs from its lock file. Scripts of packages never run then: it is the one moment with a way out. */
export interface PackageManager {
  readonly tool: 'npm' | 'pnpm' | 'yarn' | 'bun';
  readonly lock: string;
  /** Text that the lock file must hold. */
  readonly says?: string;
  readonly args: readonly string[];
}

/** First match wins. */
const managers: readonly PackageManager[] = [
  { tool: 'pnpm', lock: 'pnpm-lock.yaml', args: ['install', '--frozen-lockfile', '--ignore-scripts', '--ignore-pnpmfile'] },
  // Yarn 2 and later.
  { tool: 'yarn', lock: 'yarn.lock', says: '__metadata:', args: ['install', '--immutable', '--mode=skip-build'] },
  { tool: 'yarn', lock: 'yarn.lock', args: ['install', '--frozen-lockfile', '--ignore-scripts', '--non-interactive'] },
  { tool: 'bun', lock: 'bun.lock', args: ['install', '--frozen-lockfile', '--ignore-scripts'] },
  { tool: 'bun', lock: 'bun.lockb', args: ['install', '--frozen-lockfile', '--ignore-scripts'] },
  { tool: 'npm', lock: 'package-lock.json', args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'] },
  { tool: 'npm', lock: 'npm-shrinkwrap.json', args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'] },
  { tool: 'npm', lock: 'package.json', args: ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'] },
];

/** The managers whose lock files lie in a directory, the one that its package.json names first. */
export function managersOf(dir: string): PackageManager[] {
  const named = readManifest(dir).packageManager?.split('@')[0];
  return managers
    .filter(({ lock, says }) => existsSync(join(dir, lock)) && (says === undefined || readText(join(dir, lock))?.includes(says) === true))
    .toSorted((a, b) => Number(b.tool === named) - Number(a.tool === named));
}
