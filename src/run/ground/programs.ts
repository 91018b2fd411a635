import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Layout } from './layout.ts';
import { innerCommand, type Jail, type Seal } from './seal.ts';

/** A program inside the inner wall. */
export interface Program {
  readonly pid: number;
  /** Resolves with the exit code; a signal counts as 128. */
  readonly ended: Promise<number>;
  /** Ends it with everything that it started. */
  kill(): Promise<void>;
}

/** Starts a program inside the inner wall; `onLine` gets what it prints. */
export function startProgram(
  seal: Seal,
  jail: Jail,
  command: readonly string[],
  env: Record<string, string>,
  onLine: (text: string, stream: 'out' | 'err') => void,
): Program {
  const [file = 'false', ...args] = innerCommand(seal, jail, command);
  const child = spawn(file, args, { env, cwd: seal.level === 'full' ? '/' : jail.cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lines = [follow(child.stdout, (text) => onLine(text, 'out')), follow(child.stderr, (text) => onLine(text, 'err'))];
  const exited = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      onLine(error.message, 'err');
      resolve(127);
    });
    child.once('exit', (code) => resolve(code ?? 128));
  });
  // A grandchild may keep the pipes open: wait for the last lines, but not for long.
  const ended = exited.then(async (code) => {
    await Promise.race([Promise.all(lines), new Promise((resolve) => setTimeout(resolve, 100))]);
    return code;
  });
  return {
    pid: child.pid ?? 0,
    ended,
    async kill() {
      killGroup(child);
      await exited;
    },
  };
}

/** Kills a whole process group; under a seal the process namespace ends with its first process. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function follow(stream: NodeJS.ReadableStream, onLine: (text: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stream });
    lines.on('line', (line) => onLine(line.slice(0, 4_000)));
    lines.on('close', resolve);
  });
}

/** The inner wall around the app's own programs: its copy, its dependencies, the ground's loopback. */
export function appJail(layout: Layout, cwd: string): Jail {
  return {
    user: 'app',
    cwd,
    writable: [{ from: layout.copy, to: layout.app }],
    readOnly: [...layout.modules, { from: layout.bin, to: layout.bin }],
    etc: layout.etc,
    network: true,
    home: '/home/app',
  };
}

/** The inner wall around Postgres: its files and nothing else, no network at all. */
export function postgresJail(layout: Layout): Jail {
  return {
    user: 'postgres',
    cwd: layout.postgres,
    writable: [{ from: layout.postgres, to: layout.postgres }],
    readOnly: [{ from: layout.native, to: layout.native }],
    etc: layout.etc,
    network: false,
    home: null,
  };
}
