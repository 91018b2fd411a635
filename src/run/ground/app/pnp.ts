import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workspaceRoot } from './manifest.ts';

/**
 * What Node is to be told to find the dependencies that Yarn keeps as archives beside the app (Plug'n'Play): the value of
 * `NODE_OPTIONS`. Null for an app without them, and for one whose archives lie in the home of its developer.
 * @param seen where the app sees a path of the copy
 */
export function plugAndPlay(dir: string, seen: (path: string) => string): string | null {
  for (const at of new Set([dir, workspaceRoot(dir)])) {
    if (!existsSync(join(at, '.pnp.cjs')) || !existsSync(join(at, '.yarn/cache'))) continue;
    const loader = join(at, '.pnp.loader.mjs');
    const modules = existsSync(loader) ? [`--experimental-loader ${pathToFileURL(seen(loader)).href}`] : [];
    return [`--require ${JSON.stringify(seen(join(at, '.pnp.cjs')))}`, ...modules].join(' ');
  }
  return null;
}
