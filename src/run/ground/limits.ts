import { readFileSync, readdirSync, readlinkSync, statfsSync, statSync, type StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Jail } from './seal.ts';

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;

/** What one program inside the inner wall may use, with everything that it starts. */
export interface Limits {
  /** Processes and threads. */
  readonly processes: number;
  readonly openFiles: number;
  /** Largest single file. */
  readonly fileBytes: number;
  /** Memory of all its processes together; of one process at once. */
  readonly memoryBytes: number;
  /** Size of each of its memory file systems: /tmp, HOME and /dev/shm. */
  readonly memoryFileBytes: number;
  /** What it may leave on the disk, over all files, and how many of them. */
  readonly diskBytes: number;
  readonly files: number;
}

/** The limits on this machine: so much that an honest app does not notice, so little that the machine stays usable. */
export function limits(): Limits {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return {
    processes: 512 + 32 * availableParallelism(),
    openFiles: 16_384,
    fileBytes: 4 * gibibyte,
    memoryBytes: Math.max(gibibyte, Math.floor(memory / 2)),
    memoryFileBytes: Math.min(gibibyte, Math.floor(memory / 8)),
    diskBytes: 8 * gibibyte,
    files: 2_000_000,
  };
}

/** The looks a watcher takes: how often, and how much of the disk must be gone before the files are counted. */
const look = { everyMs: 250, afterBytes: 128 * mebibyte };

/**
 * Watches what per-process limits cannot bound: memory and disk of a program with everything that it started. Calls
 * `end` with the reason, once, when it uses more than its share, or when the machine has next to nothing left.
 * @param first the first process of the program's own process namespace
 * @param bounds what it may use
 * @returns stops watching
 */
export function watchUse(first: () => number | null, jail: Jail, bounds: Limits, end: (reason: string) => void): () => void {
  const { memoryBytes, diskBytes, files } = bounds;
  const dirs = jail.writable.map(({ from }) => from);
  const [dir] = dirs;
  const atStart = dir === undefined ? null : left(statfsSync(dir));
  let counted = atStart?.bytes ?? 0;
  let busy = false;
  const stop = () => clearInterval(timer);
  const exceed = (reason: string) => {
    stop();
    end(reason);
  };
  const check = async () => {
    const pids = family(first());
    const used = memoryOf(pids);
    if (used > memoryBytes) return exceed(`it used ${inWords(used)} of memory, more than ${inWords(memoryBytes)}`);
    const memory = process.availableMemory();
    if (memory < Math.max(totalmem() / 32, 192 * mebibyte) && (jail.user === 'app' || used > memoryBytes / 4))
      return exceed(`the machine had only ${inWords(memory)} of memory left`);
    if (dir === undefined || atStart === null) return;
    const now = left(await statfs(dir));
    if (atStart.nodes - now.nodes > files) return exceed(`the disk has ${atStart.nodes - now.nodes} files more than at its start`);
    if (now.bytes < 256 * mebibyte && atStart.bytes - now.bytes > 256 * mebibyte)
      return exceed(`the disk had only ${inWords(now.bytes)} left`);
    if (counted - now.bytes < look.afterBytes) return;
    counted = now.bytes;
    const size = (await sizeOf(dirs)) + unlinkedBytes(pids);
    if (size > diskBytes) exceed(`it put ${inWords(size)} on the disk, more than ${inWords(diskBytes)}`);
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    // A directory or process that went away meanwhile is no news.
    void check()
      .catch(() => {})
      .finally(() => (busy = false));
  }, look.everyMs);
  timer.unref();
  return stop;
}

/** What a file system has left for ordinary users. */
function left({ bavail, bsize, ffree }: StatsFs): { bytes: number; nodes: number } {
  return { bytes: bavail * bsize, nodes: ffree };
}

/** Every process in the process namespace of `first`. */
export function family(first: number | null): number[] {
  const space = first === null ? null : spaceOf(first);
  if (space === null) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && spaceOf(pid) === space);
}

function spaceOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return null; // ended
  }
}

/** Resident memory that belongs to each alone; memory files count for the machine, not here. */
function memoryOf(pids: readonly number[]): number {
  let pages = 0;
  for (const pid of pids) {
    try {
      const [, resident = 0, shared = 0] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ').map(Number);
      pages += resident - shared;
    } catch {
      continue; // ended
    }
  }
  return pages * 4096;
}

async function sizeOf(dirs: readonly string[]): Promise<number> {
  const { stdout } = await promisify(execFile)('du', ['-sxk', '--', ...dirs]).catch((failed: { stdout: string }) => failed);
  return stdout.split('\n').reduce((sum, line) => sum + Number.parseInt(line || '0', 10) * 1024, 0);
}

/** Bytes of files that have no name any more but are still open. */
function unlinkedBytes(pids: readonly number[]): number {
  const sizes = new Map<string, number>();
  for (const pid of pids) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const file = statSync(`/proc/${pid}/fd/${fd}`, { throwIfNoEntry: false });
        if (file?.isFile() && file.nlink === 0) sizes.set(`${file.dev}:${file.ino}`, file.blocks * 512);
      }
    } catch {
      continue; // ended
    }
  }
  return [...sizes.values()].reduce((sum, each) => sum + each, 0);
}

function inWords(bytes: number): string {
  return bytes >= gibibyte ? `${(bytes / gibibyte).toFixed(1)} GiB` : `${Math.round(bytes / mebibyte)} MiB`;
}
