import { readdirSync, readFileSync } from 'node:fs';

const closeOnExec = 0o2000000;

/** Open file descriptors above 3 that a program started from here would inherit (proc(5), fdinfo); none off Linux. */
export function inheritedDescriptors(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fdinfo')
    .map(Number)
    .filter((fd) => fd > 3 && !flagsOf(fd).closes);
}

function flagsOf(fd: number): { closes: boolean } {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0';
    return { closes: (Number.parseInt(flags, 8) & closeOnExec) !== 0 };
  } catch {
    return { closes: true }; // the listing's own, closed by now
  }
}
