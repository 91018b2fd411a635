import { SeaworthyError } from '../../../model/errors.ts';
import { sendRequest } from '../http.ts';
import type { Layout } from '../layout.ts';
import { appJail, startProgram, type Program } from '../programs.ts';
import type { Seal } from '../seal.ts';
import type { BootResult } from '../types.ts';
import type { Logs } from './logs.ts';
import type { AppPlan, Surroundings } from './plan.ts';
import { foreignPorts, portsOf } from './ports.ts';
import { advice } from './reasons.ts';

const patience = { build: 600_000, boot: 60_000, step: 20, probe: 2_000 };

/** The running app. */
export interface RunningApp {
  readonly program: Program;
  readonly result: BootResult;
  /** Exit code, once it has ended. */
  readonly ended: number | null;
}

/** Runs a command of the app inside the inner wall, to its end. */
export async function runToEnd(seal: Seal, layout: Layout, plan: Surroundings, command: string, logs: Logs): Promise<number> {
  const program = startProgram(seal, appJail(layout, plan.cwd), ['sh', '-c', command], plan.env, (text, stream) => logs.add(text, stream));
  const timer = setTimeout(() => void program.kill(), patience.build);
  const code = await program.ended;
  clearTimeout(timer);
  return code;
}

/**
 * Builds when the plan says so, starts the app and waits until it answers a request.
 * @param around.variables for the running app only, not for its build
 * @param around.inside those of a moved clock
 * @param around.built called once it is built, while nothing of it runs; false when the build has failed
 */
export async function startApp(
  seal: Seal,
  layout: Layout,
  plan: AppPlan,
  ownPorts: readonly number[],
  logs: Logs,
  around: {
    readonly variables: Readonly<Record<string, string>>;
    readonly inside: Readonly<Record<string, string>>;
    readonly built: (well: boolean) => Promise<void>;
  },
): Promise<RunningApp> {
  const notes = [...plan.notes, ...(plan.reason === null ? [] : [plan.reason])];
  let built = '';
  if (plan.build !== null) {
    const code = await runToEnd(seal, layout, plan, plan.build, logs);
    if (code !== 0) {
      notes.push(`the build command (${plan.build}) ended with code ${code}`);
      built = `the build (${plan.build}) had ended with code ${code}, its last lines:\n${logs.tail(8)}\n`;
    }
  }
  await around.built(built === '');
  const from = logs.latest();
  const started = performance.now();
  const program = startProgram(
    seal,
    { ...appJail(layout, plan.cwd), inside: around.inside },
    ['sh', '-c', plan.command],
    { ...plan.env, ...around.variables },
    (text, stream) => logs.add(text, stream),
  );
  let ended = null as number | null;
  void program.ended.then((code) => (ended = code));
  const give = (why: string): SeaworthyError => {
    const lines = logs.since(from).length > 0 ? `its last lines:\n${logs.tail(15)}\n` : 'it printed nothing.\n';
    return new SeaworthyError(
      'boot-failed',
      `the app did not start (${plan.start}): ${why}; ${built}${lines}${advice(
        [...built.split('\n'), ...logs.since(from).map((line) => line.text)],
        plan.start,
      )}`,
    );
  };
  let seen: number[] = [];
  while (performance.now() - started < patience.boot) {
    if (ended !== null) throw give(`it ended with code ${ended}`);
    seen = seal.level === 'none' ? portsOf(program.pid) : foreignPorts(ownPorts);
    for (const port of [...seen].sort((a, b) => Number(b === plan.port) - Number(a === plan.port))) {
      const probe = { actor: 'ground', method: 'GET', path: plan.health, headers: {}, body: null, timeoutMs: patience.probe };
      const answer = await sendRequest(probe, port);
      if (!answer.response) continue;
      const milliseconds = Math.round(performance.now() - started);
      return {
        program,
        get ended() {
          return ended;
        },
        result: { start: plan.start, port, milliseconds, invented: [...plan.invented], notes },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, patience.step));
  }
  await program.kill();
  throw give(
    seen.length > 0
      ? `it listens on port ${seen.join(', ')} but answers no HTTP request`
      : `it listens on no port after ${patience.boot / 1000} seconds`,
  );
}
