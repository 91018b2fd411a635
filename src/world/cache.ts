import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder for caches: SEAWORTHY_CACHE, else XDG_CACHE_HOME/seaworthy, else ~/.cache/seaworthy; created when missing.
 * Null when it cannot be written; a cache is never worth a failure. Never inside the audited tree, which could ship one.
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string | null {
  const { SEAWORTHY_CACHE: own, XDG_CACHE_HOME: xdg } = environment;
  // The XDG specification says that a relative path is to be ignored.
  const dir = own ? own : join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'seaworthy');
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.W_OK | constants.X_OK);
    return dir;
  } catch {
    return null;
  }
}
