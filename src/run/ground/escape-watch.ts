import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What the escape tests see of the machine from outside of the seal. */

const numbered = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Processes whose command line contains a text, by number. */
export function processesWith(text: string): number[] {
  return numbered()
    .filter((name) => commandOf(name).includes(text))
    .map(Number);
}

/** The process namespaces that the processes of some run directory live in, ours excepted. */
export function spacesOf(run: string): Set<string> {
  const ours = readlinkSync('/proc/self/ns/pid');
  return new Set(
    numbered()
      .filter((name) => commandOf(name).includes(run))
      .map(spaceOf)
      .filter((space) => space !== null && space !== ours) as string[],
  );
}

/** Everything that lives in one of these process namespaces. */
export function inhabitants(spaces: ReadonlySet<string>): string[] {
  return numbered().filter((name) => spaces.has(spaceOf(name) ?? ''));
}

/** Shared memory, message queues and semaphores of System V; and unix sockets with a path that contains a text. */
export function sharedThings(text: string): { shared: string[]; sockets: string[] } {
  const lines = (file: string) => readFileSync(file, 'utf8').trim().split('\n').slice(1);
  return {
    shared: ['shm', 'msg', 'sem'].flatMap((kind) =>
      lines(`/proc/sysvipc/${kind}`).map((line) => `${kind} ${line.trim().split(/\s+/, 2).join(' ')}`),
    ),
    sockets: lines('/proc/net/unix').filter((line) => line.includes(text)),
  };
}

function commandOf(name: string): string {
  try {
    return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // ended
  }
}

function spaceOf(name: string): string | null {
  try {
    return readlinkSync(`/proc/${name}/ns/pid`);
  } catch {
    return null; // ended, or not ours to look at
  }
}
