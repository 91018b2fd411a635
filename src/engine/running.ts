import type { Config } from '../config/schema.ts';
import { limitOf, usualLimit } from '../model/duration.ts';
import type { TimeLimit } from '../model/duration.ts';
import { messageOf } from '../model/errors.ts';
import { isPresent } from '../model/evidence/index.ts';
import type { Evidence, Kind } from '../model/evidence/index.ts';
import type { Producer } from '../model/producer.ts';
import type { Report } from '../model/report.ts';
import { openBudget } from '../run/drills/budget.ts';
import { runContext } from '../run/drills/context.ts';
import type { RunContext } from '../run/drills/context.ts';
import { inWords, preflight } from '../run/ground/app/preflight.ts';
import { openGround } from '../run/ground/index.ts';
import type { Ground } from '../run/ground/types.ts';
import type { Tree } from '../world/tree.ts';
import type { AuditOptions } from './audit.ts';
import { firstAbsent, produce } from './produce.ts';
import type { EvidenceStore } from './produce.ts';
import { openUnfinished } from './unfinished.ts';
import type { Unfinished } from './unfinished.ts';
import { runnableUnit, valueOf } from './unit.ts';

/** Drills that only bring the application up; the others experiment, and what they found may be kept. */
export const staging: readonly Kind[] = ['schema', 'boot'];

/** The time for experimenting: what was asked for, else what is configured, else five minutes. */
export function limitFor({ budget }: Pick<AuditOptions, 'budget'>, config: Config): TimeLimit {
  return budget ?? limitOf(config.budget ?? '') ?? usualLimit;
}

/** What came of one drill. */
export interface Drilled {
  readonly evidence: Evidence;
  readonly milliseconds: number;
  /** An interrupted audit gave it. */
  readonly taken: boolean;
  /** Should this audit be interrupted, the next goes on behind it. */
  readonly kept: boolean;
}

/** The half of an audit that runs the application. */
export interface Running {
  readonly drill: (producer: Producer<RunContext>) => Promise<Drilled>;
  /** The ground with the application on it; a sentence when there is none. */
  readonly context: () => Promise<RunContext | string>;
  readonly report: () => Promise<Report['ran']>;
  /** The audit came to its end: there is nothing left to go on with. */
  readonly finish: () => void;
  readonly close: () => Promise<void>;
}

/** The ground, opened at the first drill. With a cache directory it is gone on where an interrupted audit stopped. */
export function openRunning(tree: Tree, config: Config, options: AuditOptions, store: EvidenceStore, cacheDir: string | null): Running {
  let opening: Promise<RunContext | string> | undefined;
  let unfinished: Unfinished | undefined;
  let ground: Ground | undefined;
  let plan: Report['ran']['plan'];
  const open = async (): Promise<RunContext | string> => {
    if (!options.run) return options.whyNot ?? 'the application was not run';
    if (options.focus?.endpoints?.length === 0) return 'no endpoint was to be experimented with';
    const unit = runnableUnit(store);
    if (unit === null) return 'nothing that could be started was found; say how in seaworthy.json ("start")';
    const left = await openUnfinished(tree, config, options, cacheDir);
    unfinished = left;
    if (left.resumed) {
      const milliseconds = Math.max(0, options.now().getTime() - Date.parse(left.resumed.keptAt));
      options.listen({ type: 'resumed', finished: left.resumed.finished, milliseconds });
    }
    plan = inWords(preflight(tree.root, unit, config, options.install));
    options.listen({ type: 'plan', ...plan });
    options.listen({ type: 'phase', phase: 'ground', detail: 'sealing the proving ground' });
    try {
      ground = await openGround({
        dir: tree.root,
        unit,
        config,
        environment: variablesOf(store),
        seed: options.seed,
        unsealed: options.unsealed,
        install: options.install,
        signal: options.signal,
        progress: (detail) => options.listen({ type: 'phase', phase: 'ground', detail }),
      });
      await ground.prepare();
    } catch (thrown) {
      options.signal.throwIfAborted();
      return messageOf(thrown);
    }
    const limit = limitFor(options, config);
    const budget = openBudget({ limit, clock: options.clock, spent: left.spent, finished: left.resumed?.finished ?? [] });
    return runContext({
      ground,
      seed: options.seed,
      focus: options.focus ?? {},
      budget,
      learned: left.learned,
      progress: (detail) =>
        options.listen({ type: 'phase', phase: 'drill', detail, spent: budget.spent(), limit: limit === 'full' ? null : limit }),
    });
  };
  const context = (): Promise<RunContext | string> => (opening ??= open());
  return {
    async drill(producer) {
      const kind = producer.yields;
      const start = options.clock();
      const here = await context();
      const done = (evidence: Evidence): Drilled => ({ evidence, milliseconds: options.clock() - start, taken: false, kept: false });
      if (typeof here === 'string') return done({ kind, reason: here, settle: 'seaworthy audit --run' });
      if (staging.includes(kind)) return done(await produce(producer, store, here, options.signal));
      const before = firstAbsent(store, producer.needs) ? null : unfinished?.take(kind);
      if (before) return { ...before, taken: true, kept: true };
      here.budget.start();
      const drilled = done(await produce(producer, store, here, options.signal));
      if (options.signal.aborted || !isPresent(drilled.evidence)) return drilled;
      const kept = unfinished?.keep(drilled.evidence, drilled.milliseconds, here.budget.spent(), await here.memory()) ?? false;
      return { ...drilled, kept };
    },
    context,
    async report() {
      const here = await opening;
      const boot = store.get('boot');
      const done = boot !== undefined && isPresent(boot);
      const reason = typeof here === 'string' ? here : boot && !isPresent(boot) ? boot.reason : null;
      const resumed = done ? unfinished?.resumed : undefined;
      const oracle = valueOf(store, 'boot')?.oracle;
      return {
        asked: options.run,
        done,
        seal: ground?.seal.level ?? null,
        reason,
        ...(options.run && options.focus?.endpoints ? { focus: [...options.focus.endpoints] } : {}),
        ...(oracle ? { oracle } : {}),
        ...(resumed ? { resumed } : {}),
      };
    },
    finish: () => unfinished?.forget(),
    close: async () => ground?.close(),
  };
}

function variablesOf(store: EvidenceStore): { name: string; fallback: boolean }[] {
  const fallback = new Map<string, boolean>();
  for (const read of valueOf(store, 'environment')?.reads ?? [])
    fallback.set(read.name, (fallback.get(read.name) ?? true) && read.fallback !== null);
  return [...fallback].map(([name, has]) => ({ name, fallback: has }));
}
