import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

interface Listener {
  readonly port: number;
  readonly inode: string;
}

/** TCP ports that something listens on in our network namespace (proc(5), /proc/net/tcp). */
function listeners(): Listener[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => {
    let text = '';
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return []; // IPv6 may be switched off
    }
    return text
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        return state === '0A' ? [{ port: Number.parseInt(local.split(':').at(-1) ?? '', 16), inode }] : [];
      });
  });
}

/** Ports of the namespace but for our own: with nobody else in it, they are the app's. */
export function foreignPorts(own: readonly number[]): number[] {
  return [...new Set(listeners().map((each) => each.port))].filter((port) => !own.includes(port));
}

/** Ports that a process or one of its descendants listens on, where others share the network. */
export function portsOf(pid: number): number[] {
  const inodes = new Set(descendants(pid).flatMap(socketsOf));
  return [
    ...new Set(
      listeners()
        .filter((each) => inodes.has(each.inode))
        .map((each) => each.port),
    ),
  ];
}

/** A process with everything that it started. */
export function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      continue; // ended in the meantime
    }
  }
  const belongs = (pid: number): boolean => pid === root || (parents.has(pid) && pid > 1 && belongs(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(belongs);
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []);
  } catch {
    return [];
  }
}
