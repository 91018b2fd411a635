import { execFile } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** Who a run directory belongs to: enough to tell later, beyond doubt, that its engine is dead. */
const ownerSchema = z.object({
  host: z.string(),
  /** Changes when the machine starts anew. */
  boot: z.string(),
  /** The process namespace that the number counts in. */
  space: z.string(),
  pid: z.int().positive(),
  /** Start of that process in clock ticks since the boot; numbers come again, this does not. */
  started: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

const file = 'engine.json';

/** Writes down whose run directory this is. Only Linux tells enough. */
export async function signRun(run: string): Promise<void> {
  const us = identify();
  if (us) await writeFile(join(run, file), JSON.stringify(us), { flag: 'wx', mode: 0o600 });
}

/**
 * Removes run directories of engines that were killed together with their reaper. Only what is ours beyond doubt goes: the
 * directory and its signature belong to our user, and the engine that signed it is dead, on this machine.
 */
export async function removeLeftovers(parent: string): Promise<void> {
  const us = identify();
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

async function readOwner(run: string): Promise<Owner | null> {
  try {
    const [dir, signature] = await Promise.all([lstat(run), lstat(join(run, file))]);
    const me = process.getuid?.();
    if (!dir.isDirectory() || !signature.isFile() || dir.uid !== me || signature.uid !== me) return null;
    return ownerSchema.parse(JSON.parse(await readFile(join(run, file), 'utf8')));
  } catch {
    return null; // not signed: not ours, or being made at this moment
  }
}

function isDead(owner: Owner, us: Owner): boolean {
  if (owner.host !== us.host) return false;
  if (owner.boot !== us.boot) return true;
  return owner.space === us.space && startOf(owner.pid) !== owner.started;
}

function identify(): Owner | null {
  try {
    return {
      host: hostname(),
      boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      space: readlinkSync('/proc/self/ns/pid'),
      pid: process.pid,
      started: startOf(process.pid) ?? '',
    };
  } catch {
    return null;
  }
}

/** Field 22 of proc(5) stat, or null when there is no such process. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
