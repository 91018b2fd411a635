import type { Config } from '../config/schema.ts';
import { evidenceSchemas } from '../model/evidence/index.ts';
import type { Evidence, Kind, Present } from '../model/evidence/index.ts';
import type { Report } from '../model/report.ts';
import { unfinishedAudit } from '../model/unfinished.ts';
import type { StageMemory, UnfinishedAudit } from '../model/unfinished.ts';
import { sha256 } from '../world/hash.ts';
import { openKeep } from '../world/keep.ts';
import { isRunningBeside, ownIdentity } from '../world/processes.ts';
import type { Tree } from '../world/tree.ts';
import { ownBuild, ownVersion } from '../world/version.ts';
import type { AuditOptions } from './audit.ts';

/** What an interrupted audit of the same tree left, and what this one leaves to the next. */
export interface Unfinished {
  /** What is gone on with; undefined when this audit starts from nothing. */
  readonly resumed: Report['ran']['resumed'];
  /** Milliseconds of experimenting before. */
  readonly spent: number;
  readonly learned: StageMemory | null;
  /** Evidence that a drill gave before, and the time that it took; null when it has to run. */
  take(kind: Kind): { evidence: Present<Kind>; milliseconds: number } | null;
  /** Keeps what a drill gave, with all that was kept before; false when it could not be written. */
  keep(evidence: Evidence, milliseconds: number, spent: number, learned: StageMemory | null): boolean;
  /** The audit came to its end: nothing is left to go on with. */
  forget(): void;
}

type Kept = UnfinishedAudit['drills'][number];

/** Looks for what an interrupted audit left, outside of the tree and only what this very audit would find again. */
export async function openUnfinished(tree: Tree, config: Config, options: AuditOptions, cacheDir: string | null): Promise<Unfinished> {
  const began = options.now();
  const keep = openKeep(cacheDir, tree.root, began);
  const us = ownIdentity();
  const found = parsed(keep.read());
  // Another audit of the tree is at work, not interrupted.
  if (found?.by && us && isRunningBeside(found.by, us))
    return { resumed: undefined, spent: 0, learned: null, take: () => null, keep: () => false, forget: () => {} };
  const key = await keyOf(tree, config, options);
  const old = found?.key === key && !options.fresh ? found : null;
  if (!old) keep.remove();
  const drills = new Map<Kind, Kept>(old?.drills.map((drill) => [drill.kind, drill]));
  return {
    resumed: old ? { startedAt: old.startedAt, keptAt: old.keptAt, finished: old.drills.map(({ kind }) => kind) } : undefined,
    spent: old?.spent ?? 0,
    learned: old?.memory ?? null,
    take(kind) {
      const drill = drills.get(kind);
      if (!drill) return null;
      const value = drill.value as Present<Kind>['value']; // `parsed` held it against the schema of its kind.
      return { evidence: { kind, class: 'ran', value, gaps: drill.gaps }, milliseconds: drill.milliseconds };
    },
    keep(evidence, milliseconds, spent, memory) {
      // A drill that failed is tried again.
      if (!('value' in evidence)) return false;
      drills.set(evidence.kind, { kind: evidence.kind, milliseconds, gaps: [...evidence.gaps], value: evidence.value });
      const unfinished: UnfinishedAudit = {
        key,
        by: us,
        startedAt: old?.startedAt ?? began.toISOString(),
        keptAt: options.now().toISOString(),
        spent,
        memory,
        drills: [...drills.values()],
      };
      return keep.write(JSON.stringify(unfinished));
    },
    forget: () => keep.remove(),
  };
}

/** What was read, if all of it has the shape that we write; whatever else it is, it is as good as nothing. */
function parsed(text: string | null): UnfinishedAudit | null {
  let json: unknown = null;
  try {
    json = JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
  const whole = unfinishedAudit.safeParse(json);
  if (!whole.success) return null;
  const fits = whole.data.drills.every(({ kind, value }) => evidenceSchemas[kind].safeParse(value).success);
  return fits ? whole.data : null;
}

/** Everything that the evidence of drills depends on. The configuration stands in the tree; it is named for what it decides. */
async function keyOf(tree: Tree, config: Config, options: AuditOptions): Promise<string> {
  const files: [string, string][] = [];
  for (const { path } of tree.files) files.push([path, await tree.digest(path)]);
  const { seed, focus, budget, unsealed, install } = options;
  return sha256(
    JSON.stringify([
      ownVersion(),
      ownBuild(),
      seed,
      focus ?? null,
      budget ?? config.budget ?? null,
      unsealed,
      install,
      config,
      files,
      tree.skipped,
    ]),
  );
}
