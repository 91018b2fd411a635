import { SeaworthyError } from '../../model/errors.ts';
import { startApp, type RunningApp } from './app/app.ts';
import type { Logs } from './app/logs.ts';
import type { AppPlan } from './app/plan.ts';
import type { Layout } from './layout.ts';
import { preloadVariables } from './preload/preload.ts';
import type { Seal } from './seal.ts';
import type { BootResult, Ground } from './types.ts';

/** Where instances of the app are started. */
export interface Site {
  readonly seal: Seal;
  readonly layout: Layout;
  readonly wirePort: number;
  /** Ports of the ground's own. */
  readonly ownPorts: readonly number[];
  /** Variables under which a program sees a moved clock. */
  readonly clock: Readonly<Record<string, string>>;
  /** Called once the app is built, while nothing of it runs. */
  readonly built: () => Promise<void>;
}

/** The running instances of the app: the first one has no name. */
export interface Instances {
  /** Builds when the plan says so and starts the first instance, in place of the one that runs. */
  start(site: Site, plan: AppPlan): Promise<BootResult>;
  /** Starts a further instance on a port of its own, also where the app has a fixed port and is Node's. */
  further(site: Site, name: string): Promise<BootResult>;
  /** What the first instance was started with, without its build; null before. */
  plan(): AppPlan | null;
  /** Throws where it was never started. */
  portOf(name?: string): number;
  /** Why an instance has ended that nobody has ended; null while all run. */
  ended(): string | null;
  first(): RunningApp | null;
  kill(wish: Parameters<Ground['kill']>[0]): Promise<void>;
  stopAll(): Promise<void>;
}

const first = '';
const defaultGraceMs = 10_000;

/** Keeps instances of one app. */
export function openInstances(logs: Logs): Instances {
  const running = new Map<string, RunningApp>();
  const killed = new Set<string>();
  /** Build commands that have done their work: a start that is tried again with other variables needs no second one. */
  const done = new Set<string>();
  let plan: AppPlan | null = null;

  const begin = async (site: Site, toStart: AppPlan, name: string, ports: Record<string, number>): Promise<BootResult> => {
    const { seal, layout, wirePort, clock } = site;
    const others = [...running].flatMap(([other, app]) => (other === name || app.ended !== null ? [] : [app.result.port]));
    const own = [...site.ownPorts, ...others];
    const { build } = toStart;
    const app = await startApp(seal, layout, build !== null && done.has(build) ? { ...toStart, build: null } : toStart, own, logs, {
      variables: preloadVariables(layout, toStart.env, wirePort, ports),
      inside: clock,
      async built(well) {
        if (well && build !== null) done.add(build);
        await site.built();
      },
    });
    running.set(name, app);
    killed.delete(name);
    return app.result;
  };
  const end = async (name: string) => {
    killed.add(name);
    await running.get(name)?.program.kill();
  };

  return {
    plan: () => plan,
    first: () => running.get(first) ?? null,
    async start(site, toStart) {
      await end(first);
      running.delete(first);
      const result = await begin(site, toStart, first, {});
      plan = { ...toStart, build: null };
      return result;
    },
    async further(site, name) {
      const one = running.get(first);
      if (!plan || !one) throw new SeaworthyError('ground-failed', 'the app was not started yet');
      await end(name);
      const taken = new Set([...running.values()].map((app) => app.result.port));
      let port = one.result.port + 1;
      while (taken.has(port) || site.ownPorts.includes(port)) port += 1;
      const moved: Record<string, number> = { [String(one.result.port)]: port, [String(plan.port)]: port };
      return begin(site, { ...plan, port, env: { ...plan.env, PORT: String(port) } }, name, moved);
    },
    portOf(name = first) {
      const app = running.get(name);
      if (!app)
        throw new SeaworthyError('ground-failed', name === first ? 'the app was not started yet' : `no instance "${name}" was started`);
      return app.result.port;
    },
    ended() {
      for (const [name, app] of running) {
        if (app.ended !== null && !killed.has(name)) return `the app has ended with code ${app.ended}: restart it`;
      }
      return null;
    },
    async kill({ instance = first, signal, graceMs = defaultGraceMs }) {
      const app = running.get(instance);
      if (!app) return;
      killed.add(instance);
      if (signal === 'SIGTERM') {
        app.program.signal('SIGTERM');
        const patience = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref());
        await Promise.race([app.program.ended, patience]);
      }
      await app.program.kill();
    },
    async stopAll() {
      await Promise.all([...running.keys()].map(end));
      running.clear();
    },
  };
}
