import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What the escape tests see of the machine from outside of the seal. */

const numbered = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Processes whose command line contains a text, by number. */
export function processesWith(text: string): number[] {
  return numbered()
    .filter((name) => commandOf(name).includes(text))
    .map(Number);
}

/** The process namespaces of a run, as they were at a moment: the kernel gives their numbers to others when they are gone. */
export interface Spaces {
  readonly names: ReadonlySet<string>;
  /** In clock ticks since the machine started. */
  readonly moment: number;
}

/** The process namespaces that the processes of some run directory live in, ours excepted. */
export function spacesOf(run: string): Spaces {
  const ours = readlinkSync('/proc/self/ns/pid');
  const found = numbered()
    .filter((name) => commandOf(name).includes(run))
    .flatMap((name) => spaceOf(name) ?? []);
  const [seconds = '0'] = readFileSync('/proc/uptime', 'latin1').split(' ');
  return { names: new Set(found.filter((space) => space !== ours)), moment: Number(seconds) * 100 };
}

/** Every process that lived in these process namespaces at that moment and still does, with its command line. */
export function inhabitants({ names, moment }: Spaces): string[] {
  return numbered()
    .filter((name) => names.has(spaceOf(name) ?? '') && startOf(name) <= moment)
    .map((name) => `${name} ${commandOf(name)}`);
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

function startOf(name: string): number {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return Number.POSITIVE_INFINITY; // ended
  }
}
