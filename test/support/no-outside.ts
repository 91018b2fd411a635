/*
 * Loaded before the command line with `--import`: whatever would open a socket, ask for a name or start a program is
 * written into a file and throws.
 */
import child from 'node:child_process';
import cluster from 'node:cluster';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { join, sep } from 'node:path';
import process from 'node:process';

/** What Node hands to the system. */
interface Start {
  readonly file: string;
  readonly args: readonly string[];
  readonly envPairs: readonly string[];
}

const readers = join(import.meta.dirname, '..', '..', 'src', 'read');
const log = process.env['NO_OUTSIDE_LOG'] ?? '/dev/stderr';

function forbid(target: object, owner: string, names: readonly string[]): void {
  for (const name of names) {
    Object.defineProperty(target, name, {
      configurable: true,
      writable: true,
      value: () => {
        appendFileSync(log, `${owner}.${name}\n`);
        throw new Error(`${owner}.${name} is forbidden while reading`);
      },
    });
  }
}

/** Reading may go on in more processes of this Node with a file of our own; they are watched like this one. */
function onlyOurReaders(): void {
  const prototype = child.ChildProcess.prototype as unknown as { spawn: (options: Start) => unknown };
  const start = prototype.spawn;
  prototype.spawn = function spawn(this: unknown, options: Start) {
    const [, ...args] = options.args;
    if (options.file !== process.execPath || !args.some((arg) => arg.startsWith(`${readers}${sep}`))) {
      appendFileSync(log, `ChildProcess.spawn ${options.file} ${args.at(-1) ?? ''}\n`);
      throw new Error('starting a program is forbidden while reading');
    }
    return start.call(this, {
      ...options,
      args: [options.file, '--import', import.meta.url, ...args],
      envPairs: [...options.envPairs, `NO_OUTSIDE_LOG=${log}`],
    });
  };
}

const functionsOf = (target: object): string[] =>
  Object.entries(target).flatMap(([name, value]) => (typeof value === 'function' && /^[a-z]/.test(name) ? [name] : []));

forbid(net.Socket.prototype, 'net.Socket', ['connect']);
forbid(net.Server.prototype, 'net.Server', ['listen']);
forbid(dgram.Socket.prototype, 'dgram.Socket', ['bind', 'connect', 'send']);
forbid(dns, 'dns', functionsOf(dns));
forbid(dns.promises, 'dns.promises', functionsOf(dns.promises));
forbid(
  child,
  'child_process',
  functionsOf(child).filter((name) => name !== 'fork'),
);
onlyOurReaders();
forbid(cluster, 'cluster', ['fork']);
forbid(globalThis, 'globalThis', ['fetch', 'WebSocket', 'EventSource']);
syncBuiltinESMExports();
