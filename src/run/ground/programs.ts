import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import type { Layout } from './layout.ts';
import { family, limits, watchUse, type Limits } from './limits.ts';
import { innerCommand, type Jail, type Seal } from './seal.ts';
import { inheritedDescriptors } from './descriptors.ts';
import { callFilter } from './syscalls.ts';

/** A program inside the inner wall. */
export interface Program {
  readonly pid: number;
  /** Resolves with the exit code; a signal counts as 128. */
  readonly ended: Promise<number>;
  /** The first process of its own process namespace; null where it has none, or has ended. */
  first(): number | null;
  /** Signals it and everything that it started, as a service manager does that stops a group. */
  signal(name: NodeJS.Signals): void;
  /** Ends it with everything that it started. */
  kill(): Promise<void>;
}

/** Programs that this process has started, with the directories that they may write. */
const running = new Map<Program, readonly string[]>();

/** Ends the programs that this process runs on files under `dir`. */
export async function endProgramsUnder(dir: string): Promise<void> {
  const there = [...running].filter(([, writable]) => writable.some((each) => each === dir || each.startsWith(`${dir}/`)));
  await Promise.all(there.map(([program]) => program.kill()));
}

/** Starts a program inside the inner wall; `onLine` gets what it prints, and why it was ended when it used too much. */
export function startProgram(
  seal: Seal,
  jail: Jail,
  command: readonly string[],
  env: Record<string, string>,
  onLine: (text: string, stream: 'out' | 'err') => void,
  bounds: Partial<Limits> = {},
): Program {
  const [file = 'false', ...args] = innerCommand(seal, jail, command);
  const filter = seal.level === 'full' ? callFilter() : null;
  const child = spawn(file, args, {
    env,
    cwd: seal.level === 'full' ? '/' : jail.cwd,
    stdio: ['ignore', 'pipe', 'pipe', filter ? 'pipe' : 'ignore', ...masks()],
    detached: true,
  });
  if (filter) {
    const pipe = child.stdio[3] as Writable;
    pipe.on('error', () => {}); // it ended before it read its filter: the exit code tells
    pipe.end(filter);
  }
  const lines = [child.stdout, child.stderr].map((stream, index) =>
    stream ? follow(stream, (text) => onLine(text, index === 0 ? 'out' : 'err')) : Promise.resolve(),
  );
  const exited = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      onLine(error.message, 'err');
      resolve(127);
    });
    child.once('exit', (code) => resolve(code ?? 128));
  });
  const first = () => (child.pid === undefined || seal.level === 'none' ? null : firstInside(child.pid));
  const kill = async () => {
    if (seal.level === 'none') killGroup(child);
    else await endNamespace(child);
    await exited;
  };
  if (child.pid !== undefined) sacrificeFirst(child.pid);
  const unwatch = watchUse(first, jail, { ...limits(), ...bounds }, (reason) => {
    onLine(`ended by the proving ground: ${reason}`, 'err');
    void kill();
  });
  // A grandchild may keep the pipes open: wait for the last lines, but not for long.
  const ended = exited.then(async (code) => {
    unwatch();
    running.delete(program);
    await Promise.race([Promise.all(lines), new Promise((resolve) => setTimeout(resolve, 100))]);
    return code;
  });
  const signal = (name: NodeJS.Signals) => {
    const top = first();
    if (top !== null) for (const pid of family(top)) if (pid !== top && !isShell(pid)) send(pid, name);
    if (seal.level === 'none' && child.pid !== undefined) send(-child.pid, name);
  };
  const program = { pid: child.pid ?? 0, ended, first, signal, kill };
  running.set(
    program,
    jail.writable.map(({ from }) => from),
  );
  return program;
}

/**
 * Ends what bubblewrap or unshare has started. The first process of a namespace takes all others along, and is gone only
 * when they are; the wall's own process, killed first, would leave before them.
 */
export async function endNamespace(child: ChildProcess): Promise<void> {
  const over = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (child.pid === undefined || over()) return;
  const inside = firstInside(child.pid);
  if (inside !== null && send(inside, 'SIGKILL')) {
    const started = performance.now();
    while (!over() && performance.now() - started < patience) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  if (!over()) killGroup(child);
}

/** How long the first process of a namespace may take to end with all others. */
const patience = 5_000;

/** Takes the place of descriptors that whoever started us has left open: they would be inherited. */
function masks(): 'ignore'[] {
  return Array.from({ length: Math.max(0, ...inheritedDescriptors().map((fd) => fd - 3)) }, () => 'ignore');
}

/** The one child of bubblewrap or unshare: the first process of the inner namespace. */
function firstInside(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ')[0]) || null;
  } catch {
    return null;
  }
}

/** Where the kernel runs out of memory, it is the app that ends, not its surroundings. */
function sacrificeFirst(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // It has ended already, or this machine keeps no such score.
  }
}

/** A shell that waits for what it has started would end first, and the namespace with it. */
function isShell(pid: number): boolean {
  try {
    return /\/(?:ba|da|z|k)?sh$/.test(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return false; // ended
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // it has ended
  }
}

/** Kills the wall's own process with its group; it takes the namespace along. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  if (!send(-child.pid, 'SIGKILL')) child.kill('SIGKILL');
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
    overlaid: layout.overlays.map(({ merged, to }) => ({ from: merged, to })),
    readOnly: [...layout.modules, { from: layout.bin, to: layout.bin }],
    etc: layout.etc,
    network: true,
    home: '/home/app',
    programs: true,
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
    programs: false,
  };
}
