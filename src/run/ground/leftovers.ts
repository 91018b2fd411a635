import { execFile } from 'node:child_process';
import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { processIdentity } from '../../model/unfinished.ts';
import type { ProcessIdentity } from '../../model/unfinished.ts';
import { isDead, ownIdentity } from '../../world/processes.ts';

const file = 'engine.json';

/** Writes down whose run directory this is. Only Linux tells enough. */
export async function signRun(run: string): Promise<void> {
  const us = ownIdentity();
  if (us) await writeFile(join(run, file), JSON.stringify(us), { flag: 'wx', mode: 0o600 });
}

/**
 * Removes run directories of engines that were killed together with their reaper. Only what is ours beyond doubt goes: the
 * directory and its signature belong to our user, and the engine that signed it is dead, on this machine.
 */
export async function removeLeftovers(parent: string): Promise<void> {
  const us = ownIdentity();
  if (!us) return;
  for (const name of await readdir(parent).catch(() => [])) {
    if (!/^seaworthy-\w{6}$/.test(name)) continue;
    const run = join(parent, name);
    const owner = await readOwner(run);
    if (!owner || !isDead(owner, us)) continue;
    await promisify(execFile)('chmod', ['-R', 'u+rwX', '--', run]).catch(() => {}); // gone meanwhile, or not needed
    await rm(run, { recursive: true, force: true, maxRetries: 2 }).catch(() => {}); // another start tries again
  }
}

async function readOwner(run: string): Promise<ProcessIdentity | null> {
  try {
    const [dir, signature] = await Promise.all([lstat(run), lstat(join(run, file))]);
    const me = process.getuid?.();
    if (!dir.isDirectory() || !signature.isFile() || dir.uid !== me || signature.uid !== me) return null;
    return processIdentity.parse(JSON.parse(await readFile(join(run, file), 'utf8')));
  } catch {
    return null; // not signed: not ours, or being made at this moment
  }
}
