import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../model/unfinished.ts';

/** Who this process is; null where nothing tells enough, which only Linux does. */
export function ownIdentity(): ProcessIdentity | null {
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

/** True when a process is dead beyond doubt: of this machine, and of an earlier boot or no longer there. */
export function isDead(other: ProcessIdentity, us: ProcessIdentity): boolean {
  if (other.host !== us.host) return false;
  if (other.boot !== us.boot) return true;
  return other.space === us.space && startOf(other.pid) !== other.started;
}

/** True when a process of this machine, other than us, is alive beyond doubt. */
export function isRunningBeside(other: ProcessIdentity, us: ProcessIdentity): boolean {
  if (other.host !== us.host || other.boot !== us.boot || other.space !== us.space || other.pid === us.pid) return false;
  return startOf(other.pid) === other.started;
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
