import intendedAccess from '../ask/intended-access.ts';
import { checks } from '../checks/index.ts';
import { readConfig } from '../config/read.ts';
import type { Config } from '../config/schema.ts';
import { derivations } from '../derive/index.ts';
import { buildReport } from '../judge/report.ts';
import type { JudgedEvidence } from '../judge/report.ts';
import { messageOf, SeaworthyError } from '../model/errors.ts';
import { isPresent } from '../model/evidence/index.ts';
import type { Evidence, EvidenceStatus, Kind } from '../model/evidence/index.ts';
import type { Report } from '../model/report.ts';
import type { Profile, Trigger } from '../model/words.ts';
import type { ReadContext } from '../read/context.ts';
import { collectors } from '../read/index.ts';
import { runContext } from '../run/drills/context.ts';
import type { Focus, RunContext } from '../run/drills/context.ts';
import { drills } from '../run/drills/index.ts';
import { openGround } from '../run/ground/index.ts';
import type { Ground } from '../run/ground/types.ts';
import { cacheDirectory } from '../world/cache.ts';
import { sha256 } from '../world/hash.ts';
import { openTree } from '../world/tree.ts';
import type { Tree } from '../world/tree.ts';
import { ownVersion } from '../world/version.ts';
import { claimsOf } from './claims.ts';
import type { Listener } from './events.ts';
import { inOrder } from './order.ts';
import { produce } from './produce.ts';
import type { EvidenceStore } from './produce.ts';
import { settle } from './settle.ts';
import { runnableUnit, valueOf } from './unit.ts';

export interface AuditOptions {
  /** The application's folder. */
  readonly dir: string;
  /** Run the application too; `false` only reads. */
  readonly run: boolean;
  /** Why it is not run, for the report. */
  readonly whyNot?: string;
  readonly for: readonly Trigger[];
  readonly profile: Profile | null;
  readonly seed: string;
  readonly focus?: Focus;
  /** Run even where the application cannot be sealed in. */
  readonly unsealed: boolean;
  readonly install: boolean;
  /** Number of worker threads for reading. */
  readonly jobs: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly listen: Listener;
}

/** Reads the application, runs it, judges it: one report. */
export async function audit(options: AuditOptions): Promise<Report> {
  const started = options.now();
  const tree = await openTree(options.dir);
  const config = await readConfig(tree);
  refuseEmpty(tree);
  const { store, timings, ground } = await gather(tree, config, options);
  options.listen({ type: 'phase', phase: 'check', detail: `${Object.keys(checks).length} checks` });
  const settled = Object.entries(checks).map(([id, check]) => settle(id, check, claimsOf(check, store), sha256));
  const ended = options.now();
  return buildReport({
    version: ownVersion(),
    target: { dir: '.', name: nameOf(tree), commit: tree.commit },
    startedAt: started.toISOString(),
    durationMs: ended.getTime() - started.getTime(),
    seed: options.seed,
    profile: options.profile ?? config.profile ?? 'public',
    for: options.for.length > 0 ? options.for : (config.for ?? []),
    ran: ground,
    evidence: statuses(store),
    values: valuesOf(store),
    checks,
    findings: settled.flatMap((one) => one.findings),
    passes: settled.flatMap((one) => one.passes),
    notApplicable: settled.flatMap((one) => one.notApplicable),
    stated: (config.attest ?? []).map(({ control, by, statement, date, until }) => ({ control, by, statement, on: date, until })),
    timings,
  });
}

interface Gathered {
  readonly store: EvidenceStore;
  readonly timings: Record<string, number>;
  readonly ground: Report['ran'];
}

/** What a replay does on the booted application instead of the drills. */
type Experiment = (ground: Ground, store: EvidenceStore) => Promise<void>;

/** Drills that only bring the application up; the others experiment. */
const staging: readonly Kind[] = ['schema', 'boot'];

/**
 * Runs every producer in order; the ground is opened before the first drill and closed after the last.
 * With an experiment, the drills that only start the application run, then the experiment.
 */
export async function gather(tree: Tree, config: Config, options: AuditOptions, experiment?: Experiment): Promise<Gathered> {
  const store: EvidenceStore = new Map();
  const timings: Record<string, number> = {};
  const reading = readContext(tree, options.jobs);
  const opening = groundOf(tree, config, options, store);
  const order = inOrder([
    ...collectors.map((producer) => ({ ...producer, by: (): Promise<Evidence> => produce(producer, store, reading, options.signal) })),
    { ...intendedAccess, by: (): Promise<Evidence> => produce(intendedAccess, store, { access: config.access ?? [] }, options.signal) },
    ...derivations.map((producer) => ({ ...producer, by: (): Promise<Evidence> => produce(producer, store, undefined, options.signal) })),
    ...drills
      .filter((producer) => !experiment || staging.includes(producer.yields))
      .map((producer) => ({
        ...producer,
        by: async (): Promise<Evidence> => {
          const context = await opening.context();
          return typeof context === 'string'
            ? { kind: producer.yields, reason: context, settle: opening.settle }
            : produce(producer, store, context, options.signal);
        },
      })),
  ]);
  options.listen({ type: 'phase', phase: 'read', detail: `${tree.files.length} files` });
  try {
    for (const producer of order) {
      options.signal.throwIfAborted();
      const start = options.now().getTime();
      const evidence = await producer.by();
      timings[producer.name] = options.now().getTime() - start;
      store.set(producer.yields, evidence);
      const reason = isPresent(evidence) ? null : evidence.reason;
      options.listen({
        type: 'evidence',
        kind: producer.yields,
        present: reason === null,
        reason,
        milliseconds: timings[producer.name] ?? 0,
      });
    }
    const context = experiment && (await opening.context());
    const boot = store.get('boot');
    if (experiment && typeof context === 'object' && boot && isPresent(boot)) await experiment(context.ground, store);
    return { store, timings, ground: await opening.report() };
  } finally {
    await opening.close();
  }
}

export function readContext(tree: Tree, jobs: number): ReadContext {
  return { tree, cacheDir: cacheDirectory(), jobs, toolVersion: ownVersion() };
}

/** The ground, opened at the first call; a sentence when it cannot be. */
function groundOf(tree: Tree, config: Config, options: AuditOptions, store: EvidenceStore) {
  let opening: Promise<RunContext | string> | undefined;
  let ground: Ground | undefined;
  const open = async (): Promise<RunContext | string> => {
    if (!options.run) return options.whyNot ?? 'the application was not run';
    const unit = runnableUnit(store);
    if (unit === null) return 'nothing that could be started was found; say how in seaworthy.json ("start")';
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
    return runContext(ground, options.seed, options.focus ?? {}, (detail) => options.listen({ type: 'phase', phase: 'drill', detail }));
  };
  return {
    settle: 'seaworthy audit --run',
    context: (): Promise<RunContext | string> => (opening ??= open()),
    async report(): Promise<Report['ran']> {
      const context = await opening;
      const boot = store.get('boot');
      const done = boot !== undefined && isPresent(boot);
      const reason = typeof context === 'string' ? context : boot && !isPresent(boot) ? boot.reason : null;
      return { asked: options.run, done, seal: ground?.seal.level ?? null, reason };
    },
    close: async (): Promise<void> => ground?.close(),
  };
}

function variablesOf(store: EvidenceStore): { name: string; fallback: boolean }[] {
  const fallback = new Map<string, boolean>();
  for (const read of valueOf(store, 'environment')?.reads ?? [])
    fallback.set(read.name, (fallback.get(read.name) ?? true) && read.fallback !== null);
  return [...fallback].map(([name, has]) => ({ name, fallback: has }));
}

const code = /\.(?:[cm]?[jt]sx?|py|rb|go|php|java|cs|rs|ex|exs|vue|svelte|sql)$/i;

function refuseEmpty(tree: Tree): void {
  if (tree.files.some((file) => code.test(file.path) || /(^|\/)package\.json$/.test(file.path))) return;
  throw new SeaworthyError('not-an-application', 'This folder holds no application: no source file and no package.json was found in it.');
}

function nameOf(tree: Tree): string {
  return tree.root.split(/[\\/]/).findLast((part) => part !== '') ?? 'application';
}

function statuses(store: EvidenceStore): Record<string, EvidenceStatus> {
  return Object.fromEntries(
    [...store]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, evidence]) => [
        kind,
        isPresent(evidence)
          ? { present: { class: evidence.class, gaps: [...evidence.gaps] } }
          : { absent: { reason: evidence.reason, ...(evidence.settle ? { settle: evidence.settle } : {}) } },
      ]),
  );
}

function valuesOf(store: EvidenceStore): JudgedEvidence {
  const values: Partial<Record<Kind, unknown>> = {};
  for (const [kind, evidence] of store) if (isPresent(evidence)) values[kind] = evidence.value;
  return values as JudgedEvidence;
}
