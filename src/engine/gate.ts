import { judgeChange } from '../checkpoint/gate.ts';
import { readConfig } from '../config/read.ts';
import { SeaworthyError } from '../model/errors.ts';
import type { Baseline, GateResult } from '../model/gate.ts';
import type { Report } from '../model/report.ts';
import { changesSince } from '../world/changes.ts';
import type { Changes } from '../world/changes.ts';
import { openTree } from '../world/tree.ts';
import { audit } from './audit.ts';
import type { AuditOptions } from './audit.ts';
import { touchedBy } from './touched.ts';
import type { Touched } from './touched.ts';

export interface GateOptions extends Omit<AuditOptions, 'focusOf'> {
  /** Null where there is none yet. */
  readonly baseline: Baseline | null;
  /** The commit, branch or tag that the change is counted from; null means: the baseline's commit. */
  readonly base: string | null;
}

/**
 * Audits a change: reads everything, experiments with what the change can reach, and compares with the baseline.
 * Throws `usage` where the two cannot be compared.
 */
export async function gate(options: GateOptions): Promise<{ report: Report; result: GateResult }> {
  const { baseline } = options;
  if (baseline !== null && options.run && !baseline.ran)
    throw new SeaworthyError(
      'usage',
      'The baseline was made by reading alone, so what running shows would all seem new; make one by running: seaworthy gate --update --run',
    );
  const tree = await openTree(options.dir);
  const config = await readConfig(tree);
  const from = options.base ?? baseline?.commit ?? null;
  const changes = from === null ? 'nothing says what the change is counted from' : await changesSince(tree, from);
  const texts = typeof changes === 'string' ? new Map<string, string>() : await textsOf(tree, changes.changed);
  let touched: Touched | null = null;
  const report = await audit({
    ...options,
    profile: options.profile ?? baseline?.profile ?? null,
    focusOf: (read) => {
      if (typeof changes === 'string') return null;
      touched = touchedBy([...changes.changed, ...changes.removed], (path) => texts.get(path) ?? null, read);
      return touched.all === null ? touched.endpoints : null;
    },
  });
  const reach = touched as Touched | null;
  const result = judgeChange({
    report,
    baseline,
    policy: config.gate ?? {},
    waivers: config.waivers ?? [],
    change:
      typeof changes === 'string' || reach === null
        ? null
        : {
            base: changes.base,
            files: changes.changed.length + changes.removed.length,
            endpoints: [...reach.endpoints],
            tables: [...reach.tables],
          },
    renamed: typeof changes === 'string' ? new Map() : changes.renamed,
    // Since the baseline was made it was written itself.
    gateTouched: typeof changes === 'string' || options.base === null ? [] : touchesOfGate(changes),
    leftOut: leftOutOf(options, report, changes, reach),
    today: options.now().toISOString().slice(0, 10),
  });
  return { report, result };
}

async function textsOf(tree: Awaited<ReturnType<typeof openTree>>, paths: readonly string[]): Promise<Map<string, string>> {
  const sql = paths.filter((path) => /\.sql$/i.test(path));
  return new Map(await Promise.all(sql.map(async (path) => [path, (await tree.read(path)).toString('utf8')] as const)));
}

const gateFiles: readonly (readonly [RegExp, string])[] = [
  [/^seaworthy\.baseline\.json$/, 'The change rewrites the baseline: what it takes up counts as known from now on.'],
  [/^seaworthy\.json$/, 'The change rewrites seaworthy.json, where waivers, overrides and what the gate stops stand.'],
  [
    /^\.github\/workflows\/|^\.gitlab-ci\.yml$|^\.gitlab\//,
    'The change rewrites a workflow: look whether the gate still runs and still blocks.',
  ],
  [/^AGENTS\.md$|^CLAUDE\.md$/, 'The change rewrites what coding agents are told.'],
];

/** What the change does to the gate itself; a person has to look at that. */
function touchesOfGate({ changed, removed }: Changes): string[] {
  const files = [...changed, ...removed];
  return gateFiles.filter(([pattern]) => files.some((file) => pattern.test(file))).map(([, says]) => says);
}

function leftOutOf(options: GateOptions, report: Report, changes: Changes | string, reach: Touched | null): string[] {
  return [
    ...(typeof changes === 'string' ? [`What the change touches is not known (${changes}), so everything counts as touched`] : []),
    ...(reach?.all ? [`The change was not narrowed down: ${reach.all}`] : []),
    ...(report.ran.done
      ? report.ran.focus === undefined || report.ran.focus.length === report.endpoints.length
        ? []
        : [`Experiments with the ${report.endpoints.length - report.ran.focus.length} endpoints that the change does not reach`]
      : [`Experiments: ${options.run ? (report.ran.reason ?? 'the application was not run') : (options.whyNot ?? 'not asked for')}`]),
    ...(report.coverage.endpoints.leftOut > 0 ? [`${report.coverage.endpoints.leftOut} tries for which there was no time (--budget)`] : []),
  ];
}
