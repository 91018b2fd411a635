import accessRules from '../ask/access-rules.ts';
import { checks } from '../checks/index.ts';
import { readConfig } from '../config/read.ts';
import type { Config } from '../config/schema.ts';
import { derivations } from '../derive/index.ts';
import { controls } from '../judge/catalogue/index.ts';
import { buildReport } from '../judge/report.ts';
import type { JudgedEvidence } from '../judge/report.ts';
import type { TimeLimit } from '../model/duration.ts';
import { SeaworthyError } from '../model/errors.ts';
import { isPresent } from '../model/evidence/index.ts';
import type { Evidence, EvidenceStatus, Kind } from '../model/evidence/index.ts';
import type { Report } from '../model/report.ts';
import type { Profile, Trigger } from '../model/words.ts';
import type { ReadContext } from '../read/context.ts';
import { collectors } from '../read/index.ts';
import type { Focus } from '../run/drills/context.ts';
import { drills } from '../run/drills/index.ts';
import type { Ground } from '../run/ground/types.ts';
import { cacheDirectory } from '../world/cache.ts';
import { sha256 } from '../world/hash.ts';
import { openTree } from '../world/tree.ts';
import type { Tree } from '../world/tree.ts';
import { ownVersion } from '../world/version.ts';
import { claimsOf } from './claims.ts';
import { treeDigest } from './code.ts';
import type { Listener } from './events.ts';
import { excerptsOf } from './excerpts.ts';
import { withMarks } from './marks.ts';
import { inOrder, leadingTo } from './order.ts';
import { produce } from './produce.ts';
import type { EvidenceStore } from './produce.ts';
import { limitFor, openRunning, staging } from './running.ts';
import type { Drilled } from './running.ts';
import { settle } from './settle.ts';
import type { Known } from './touched.ts';

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
  /** Experiment with the endpoints alone that a change can reach: what changed is asked for when reading is done. */
  readonly focusOf?: (read: Known) => readonly string[] | null;
  /** Run even where the application cannot be sealed in. */
  readonly unsealed: boolean;
  readonly install: boolean;
  /** Ask the registry about known weaknesses of packages. */
  readonly online?: boolean;
  /** The time for experimenting; null leaves it to the configuration, and that to five minutes. */
  readonly budget: TimeLimit | null;
  /** Start over, whatever an interrupted audit left. */
  readonly fresh: boolean;
  /** Number of worker threads for reading. */
  readonly jobs: number;
  readonly now: () => Date;
  /** Milliseconds since some fixed moment, never going back: what the budget is measured by. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly listen: Listener;
}

/** Reads the application, runs it, judges it: one report. */
export async function audit(options: AuditOptions): Promise<Report> {
  const started = options.now();
  const tree = await openTree(options.dir);
  const config = await readConfig(tree);
  refuseEmpty(tree);
  refuseUnknownControls(config);
  const { store, timings, ground, finish } = await gather(tree, config, options);
  options.listen({ type: 'phase', phase: 'check', detail: `${Object.keys(checks).length} checks` });
  const settled = Object.entries(checks).map(([id, check]) => settle(id, check, claimsOf(check, store), sha256));
  const ended = options.now();
  const report = buildReport({
    version: ownVersion(),
    target: { dir: '.', name: nameOf(tree), commit: tree.commit, tree: await treeDigest(tree, config) },
    startedAt: started.toISOString(),
    durationMs: ended.getTime() - started.getTime(),
    seed: options.seed,
    profile: options.profile ?? config.profile ?? 'public',
    for: options.for.length > 0 ? options.for : (config.for ?? []),
    asked: {
      budget: limitFor(options, config),
      focus: [...(ground.focus ?? options.focus?.endpoints ?? [])],
      online: options.online ?? false,
    },
    ran: ground,
    evidence: statuses(store),
    values: valuesOf(store),
    checks,
    findings: settled.flatMap((one) => one.findings),
    passes: settled.flatMap((one) => one.passes),
    notApplicable: settled.flatMap((one) => one.notApplicable),
    stated: (config.attest ?? []).map(({ control, by, statement, date, until }) => ({ control, by, statement, on: date, until })),
    ...(config.review ? { review: { says: config.review, fingerprint: sha256 } } : {}),
    timings,
  });
  finish();
  const findings = await withMarks(tree, report.findings);
  return { ...report, findings, excerpts: await excerptsOf(tree, findings) };
}

interface Gathered {
  readonly store: EvidenceStore;
  readonly timings: Record<string, number>;
  readonly ground: Report['ran'];
  /** To be called when the audit has come to its end: an interrupted one is gone on with from the last finished drill. */
  readonly finish: () => void;
}

/** What a replay does on the booted application instead of the drills, and the evidence that it looks at. */
interface Experiment {
  readonly uses: readonly Kind[];
  readonly run: (ground: Ground, store: EvidenceStore) => Promise<void>;
}

/**
 * Runs every producer in order; the ground is opened before the first drill and closed after the last.
 * With an experiment, what it and the drills that only start the application use is produced, then it runs.
 */
export async function gather(tree: Tree, config: Config, options: AuditOptions, experiment?: Experiment): Promise<Gathered> {
  const store: EvidenceStore = new Map();
  const timings: Record<string, number> = {};
  const reading = readContext(tree, options);
  const by = async (make: () => Promise<Evidence>): Promise<Drilled> => {
    const start = options.clock();
    return { evidence: await make(), milliseconds: options.clock() - start, taken: false, kept: false };
  };
  const all = [...collectors, accessRules, ...derivations, ...drills];
  const wanted = new Set((experiment ? leadingTo([...staging, ...experiment.uses], all) : all).map(({ yields }) => yields));
  const take = async (producer: { name: string; yields: Kind; by: () => Promise<Drilled> }): Promise<void> => {
    options.signal.throwIfAborted();
    const { evidence, ...how } = await producer.by();
    timings[producer.name] = Math.round(how.milliseconds);
    store.set(producer.yields, evidence);
    const reason = isPresent(evidence) ? null : evidence.reason;
    options.listen({ type: 'evidence', kind: producer.yields, present: reason === null, reason, ...how });
  };
  options.listen({ type: 'phase', phase: 'read', detail: `${tree.files.length} files` });
  for (const producer of inOrder(collectors).filter(({ yields }) => wanted.has(yields)))
    await take({ ...producer, by: () => by(() => produce(producer, store, reading, options.signal)) });
  // What is experimented with may go by what was read.
  const endpoints = options.focusOf?.(valuesOf(store));
  const focused = endpoints ? { ...options, focus: { ...options.focus, endpoints } } : options;
  // A replay has its own experiment and leaves nothing to go on with.
  const running = openRunning(tree, config, focused, store, experiment ? null : reading.cacheDir);
  const order = inOrder([
    { ...accessRules, by: () => by(() => produce(accessRules, store, { access: config.access }, options.signal)) },
    ...derivations.map((producer) => ({ ...producer, by: () => by(() => produce(producer, store, undefined, options.signal)) })),
    ...drills
      .filter((producer) => !experiment || staging.includes(producer.yields))
      .map((producer) => ({ ...producer, by: () => running.drill(producer) })),
  ]).filter(({ yields }) => wanted.has(yields));
  try {
    for (const producer of order) await take(producer);
    const context = experiment && (await running.context());
    const boot = store.get('boot');
    if (experiment && typeof context === 'object' && boot && isPresent(boot)) await experiment.run(context.ground, store);
    return { store, timings, ground: await running.report(), finish: running.finish };
  } finally {
    await running.close();
  }
}

/** What collectors are handed; without options of an audit nothing is looked up outside. */
export function readContext(tree: Tree, { jobs, now, online }: Pick<AuditOptions, 'jobs' | 'now' | 'online'>): ReadContext {
  return { tree, cacheDir: cacheDirectory(), jobs, toolVersion: ownVersion(), now: now(), online: online ?? false };
}

const code = /\.(?:[cm]?[jt]sx?|py|rb|go|php|java|cs|rs|ex|exs|vue|svelte|sql)$/i;

/** A word about a control that does not exist would be lost without a sound. */
function refuseUnknownControls({ attest = [], review = {} }: Config): void {
  const known = new Set(controls.map(({ id }) => id));
  const named = [
    ...attest.map(({ control }, index) => ({ control, path: `attest[${index}].control` })),
    ...(review.findings ?? []).map(({ control }, index) => ({ control, path: `review.findings[${index}].control` })),
  ];
  const stray = named.filter(({ control }) => !known.has(control));
  if (stray.length > 0)
    throw new SeaworthyError(
      'config-invalid',
      stray.map(({ control, path }) => `seaworthy.json: ${path}: expected the id of a control, not "${control}"`).join('\n'),
    );
}

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
