import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { duplexPair, type Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Layout } from './layout.ts';
import { endNamespace, endProgramsUnder } from './programs.ts';
import { dial, type Line } from './protocol.ts';
import { outerCommand, type Seal } from './seal.ts';

/** The ground process as the engine holds it. */
export interface EngineEnd {
  readonly line: Line;
  /** Ends the ground process with everything in it. */
  end(): Promise<void>;
}

/** Starts the ground process inside the outer wall. It ends with us, however we end. */
export function startGroundProcess(seal: Seal, layout: Layout): EngineEnd {
  // The same file as source and as compiled output.
  const entry = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './process.ts' : './process.js', import.meta.url));
  const [file = 'false', ...args] = outerCommand(seal, layout, [process.execPath, '--disable-warning=ExperimentalWarning', entry]);
  const child = spawn(file, args, {
    // A session of its own: Ctrl-C reaches the engine, and the engine ends the ground in order.
    detached: true,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said.push(chunk.toString('utf8'));
      if (said.length > 50) said.shift();
    });
  }
  const exited = Promise.race([once(child, 'exit'), once(child, 'error')]);
  exited.catch(() => {});
  const line = dial(unbroken(child.stdio[3] as Duplex), () => obituary(child.exitCode, said.join('')));
  return {
    line,
    async end() {
      const patience = new Promise<void>((resolve) => setTimeout(resolve, 3_000).unref());
      await Promise.race([line.call('close', null).catch(() => {}), patience]);
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        await endNamespace(child);
        await exited.catch(() => {});
      }
      child.stdio[3]?.destroy();
    },
  };
}

/** A stream that ends where the ground's end breaks: readline has no ear for errors of what it reads. */
function unbroken(socket: Duplex): Duplex {
  const [ours, theirs] = duplexPair();
  theirs.pipe(socket);
  socket.pipe(theirs);
  for (const event of ['error', 'close'] as const) socket.on(event, () => theirs.end());
  return ours;
}

/** Why the ground process is gone, in plain words: the error that it ended with, else that something ended it. */
function obituary(code: number | null, said: string): string {
  const error = said.split('\n').findLast((line) => /^(?:\w*Error\b|FATAL|bwrap:|unshare:)/.test(line.trim()));
  const how = error
    ? `its last words: ${error.trim().slice(0, 400)}`
    : `something ended it${code === null ? '' : ` (code ${code})`}; memory may be short`;
  return `the proving ground ended unexpectedly, and the app with it; ${how}`;
}

/**
 * Removes a directory when told to, or when this process is gone, even killed: a shell outside of our session waits for
 * the end of its input and then removes it.
 */
export function startReaper(dir: string): { finish(): Promise<void> } {
  const script = `trap '' INT TERM HUP; cat >/dev/null; left=150; while [ $left -gt 0 ]; do rm -rf "$0" 2>/dev/null; [ -e "$0" ] || exit 0; chmod -R u+rwX "$0" 2>/dev/null; left=$((left-1)); sleep 0.1; done`;
  const child = spawn('/bin/sh', ['-c', script, dir], {
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  const exited = once(child, 'exit');
  exited.catch(() => {});
  return {
    async finish() {
      // An installation may still be at work there.
      await endProgramsUnder(dir);
      child.ref();
      child.stdin.end();
      await exited.catch(() => {});
    },
  };
}
