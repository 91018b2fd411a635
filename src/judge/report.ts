import type { CheckMeta } from '../model/check.ts';
import type { EvidenceStatus, EvidenceValue } from '../model/evidence/index.ts';
import type { Report } from '../model/report.ts';
import type { Review } from '../model/review.ts';
import type { Gap, Profile, Trigger } from '../model/words.ts';
import { judgeControls } from './controls.ts';
import { figuresOf } from './figures.ts';
import { liveOf } from './live.ts';
import { matrixOf } from './matrix.ts';
import { moduleFactors, modules } from './modules.ts';
import { plan } from './plan.ts';
import { isListed } from './profiles.ts';
import { rank } from './rank.ts';
import { reviewed } from './review.ts';
import { scores } from './scores.ts';
import { signalsOf } from './signals.ts';
import { surfaceOf } from './surface.ts';
import type { Attestation, NotApplicable, Passed, SettledFinding } from './types.ts';
import { applying, verdicts } from './verdicts.ts';

/** The values of evidence that the judgement itself looks at; all may be missing. */
export type JudgedEvidence = {
  readonly [
    K in
      | 'files'
      | 'units'
      | 'routes'
      | 'endpoints'
      | 'access'
      | 'actors'
      | 'schema'
      | 'dependencies'
      | 'packages'
      | 'calls'
      | 'structure'
      | 'history'
      | 'tests'
      | 'queries'
      | 'typing'
      | 'clones'
      | 'samples'
      | 'intended-access'
      | 'guard-styles'
      | 'live-endpoints'
      | 'live'
      | 'declared-columns'
      | 'personal-data'
      | 'advisories'
  ]?: EvidenceValue<K> | undefined;
};

export interface ReportInput {
  readonly version: string;
  readonly target: Report['target'];
  readonly startedAt: string;
  readonly durationMs: number;
  readonly seed: string;
  readonly profile: Profile;
  /** What the user chose with `--for`; empty means: what is detected. */
  readonly for: readonly Trigger[];
  readonly asked?: Report['asked'];
  readonly ran: Report['ran'];
  /** The status of every kind of evidence. */
  readonly evidence: Readonly<Record<string, EvidenceStatus>>;
  readonly values: JudgedEvidence;
  /** Every check of this version by its id. */
  readonly checks: Readonly<Record<string, CheckMeta>>;
  readonly findings: readonly SettledFinding[];
  readonly passes: readonly Passed[];
  readonly notApplicable: readonly NotApplicable[];
  readonly stated?: readonly Attestation[];
  /** What a reviewer says, and how text is hashed for the fingerprints of their own findings. */
  readonly review?: { readonly says: Review; readonly fingerprint: (text: string) => string } | undefined;
  readonly timings: Readonly<Record<string, number>>;
}

/** Judges what the checks found and puts together the one result that every format renders; the code around findings is for the engine to add. */
export function buildReport(input: ReportInput): Report {
  const { values } = input;
  const endpoints = endpointsOf(values);
  const files = fileCoverage(input);
  const cells = values.access?.cells ?? [];
  const signals = signalsOf({
    schema: values.schema,
    dependencies: values.dependencies,
    calls: values.calls,
    endpoints: endpoints.map((endpoint) => ({ id: `${endpoint.method} ${endpoint.path}`, path: endpoint.path })),
  });
  const { dismissed, overrides, ...heard } = reviewed(
    input.findings,
    input.review?.says,
    input.startedAt,
    input.review?.fingerprint ?? String,
  );
  const standing = heard.findings.filter(({ id }) => !dismissed.has(id));
  const controls = judgeControls({
    ...input,
    findings: standing,
    dismissed: heard.findings.filter(({ id }) => dismissed.has(id)),
    ran: input.ran.done,
    signals,
    now: input.startedAt,
  });
  const judged = verdicts({ controls, findings: standing, signals, for: input.for });
  const concerned = applying(judged);
  const modelCalls = signals.modelCalls === true;
  // What a reviewer found or judged is listed whatever the profile asks for.
  const listed = heard.findings.filter(
    (finding) => finding.class === 'stated' || dismissed.has(finding.id) || isListed(finding, input.profile),
  );
  const ranked = rank(listed, {
    endpoints: endpoints.map((one) => ({ id: `${one.method} ${one.path}`, intended: one.intended, tables: one.tables })),
    access: values.access,
    triggers: concerned,
    modelCalls,
  });
  const findings = ranked.map((finding) => (dismissed.has(finding.id) ? { ...finding, bin: 'fine' as const } : finding));
  const works = worksOf(endpoints, cells, input.ran.done);
  return {
    schema: 1,
    tool: { name: 'seaworthy', version: input.version },
    target: input.target,
    startedAt: input.startedAt,
    durationMs: input.durationMs,
    seed: input.seed,
    profile: input.profile,
    ...(input.asked ? { asked: input.asked } : {}),
    for: concerned,
    ran: input.ran,
    units: (values.units?.units ?? []).map(({ dir, name, kind, frameworks }) => ({ dir, name, kind, frameworks })),
    endpoints,
    actors: (values.actors?.actors ?? []).map(({ name, part, role, healthy, obtained, reason }) => ({
      name,
      part,
      role,
      healthy,
      obtained,
      reason,
    })),
    matrix: matrixOf({ access: values.access, actors: values.actors, endpoints, findings, checks: input.checks }),
    intended: values['intended-access'] ?? null,
    guardStyles: values['guard-styles'] ?? null,
    live: liveOf({ endpoints: values['live-endpoints'], live: values.live, findings }),
    evidence: { ...input.evidence },
    controls,
    findings,
    excerpts: [],
    overrides: [...overrides],
    components: componentsOf(values.packages),
    surface: surfaceOf(values, { endpoints: endpoints.length, lines: files.lines }),
    ...(values.advisories ? { advisories: openAdvisories(values.advisories) } : {}),
    passes: byCheck(input.passes.map((entry) => ({ ...entry, subjects: [...entry.subjects], disagreements: [...entry.disagreements] }))),
    notApplicable: byCheck(input.notApplicable.map((entry) => ({ ...entry }))),
    verdicts: judged,
    scores: scores(controls, modelCalls),
    works,
    modules: modules({
      files: values.files?.files ?? [],
      findings: findings.filter(({ bin }) => bin !== 'fine'),
      endpoints,
      structure: values.structure,
      history: values.history,
      tests: values.tests,
      queries: values.queries,
      samples: values.samples,
      testsAssert: controls.some((control) => control.id === 'tests/hollow-tests' && control.status === 'pass'),
    }),
    moduleFactors: { ...moduleFactors },
    plan: plan(findings, judged),
    // What only a part was asked to show cannot be counted against the whole.
    figures: figuresOf({ ...values, works: input.ran.focus === undefined ? works : null }),
    coverage: {
      files,
      endpoints: {
        read: endpoints.length,
        answered: endpoints.filter((endpoint) => endpoint.works === true).length,
        cells: cells.filter((cell) => cell.settle === undefined).length,
        unknown: cells.filter((cell) => cell.outcome === 'unknown' && cell.settle === undefined).length,
        leftOut: cells.filter((cell) => cell.settle !== undefined).length,
      },
      unlisted: heard.findings.length - listed.length,
      gaps: gapsOf(input.evidence),
      notExamined: controls
        .filter((control) => control.status === 'unproven')
        .map((control) => ({ control: control.id, reason: control.reason })),
    },
    timings: { ...input.timings },
  };
}

/** Every package once, also where several lockfiles hold it. */
function componentsOf(packages: JudgedEvidence['packages']): NonNullable<Report['components']> {
  const found = new Map<string, NonNullable<Report['components']>[number]>();
  for (const { name, version, licence, integrity, direct, development } of packages?.locks.flatMap((lock) => lock.packages) ?? []) {
    const before = found.get(`${name}@${version}`);
    found.set(`${name}@${version}`, {
      name,
      version,
      licence: before?.licence ?? licence,
      integrity: before?.integrity ?? integrity,
      direct: direct || before?.direct === true,
      development: development && before?.development !== false,
    });
  }
  return [...found.values()];
}

/** What is shipped counts; each weakness of a package once. */
function openAdvisories({ asked, advisories }: NonNullable<JudgedEvidence['advisories']>): Report['advisories'] {
  if (asked === null) return undefined;
  const shipped = advisories.filter(({ development }) => !development);
  const open = new Map(shipped.map(({ name, id, severity }) => [`${name} ${id}`, { package: name, id, severity }]));
  return { asked, open: [...open.values()] };
}

/** The ledger where it could be derived, else the routes as the code declares them. */
function endpointsOf(values: JudgedEvidence): Report['endpoints'] {
  if (values.endpoints) {
    return values.endpoints.endpoints.map((one) => ({
      unit: one.unit,
      method: one.method,
      path: one.path,
      file: one.where.file,
      line: one.where.line,
      guards: one.guards.map((guard) => guard.name),
      intended: one.intended,
      works: one.works,
      tables: [...one.tables],
    }));
  }
  return (values.routes?.routes ?? []).map((one) => ({
    unit: one.unit,
    method: one.method,
    path: one.path,
    file: one.where.file,
    line: one.where.line,
    guards: [...one.guards, ...one.inline].map((guard) => guard.name),
    intended: 'unknown',
    works: null,
    tables: [],
  }));
}

function worksOf(endpoints: Report['endpoints'], cells: EvidenceValue<'access'>['cells'], ran: boolean): Report['works'] {
  if (!ran || endpoints.every((endpoint) => endpoint.works === null)) return null;
  // Where some cell was tried, so was the owner's.
  const untried = new Set(cells.map((cell) => cell.endpoint)).difference(
    new Set(cells.flatMap((cell) => (cell.settle === undefined ? [cell.endpoint] : []))),
  );
  return {
    operations: endpoints.filter((endpoint) => endpoint.works === true).length,
    of: endpoints.filter((endpoint) => !untried.has(`${endpoint.method} ${endpoint.path}`)).length,
  };
}

function fileCoverage(input: ReportInput): Report['coverage']['files'] {
  const files = input.values.files?.files ?? [];
  const status = input.evidence['files'];
  const unread = status && 'present' in status ? status.present.gaps.filter((gap) => gap.file !== null).length : 0;
  return { read: files.length, of: files.length + unread, lines: files.reduce((sum, file) => sum + file.lines, 0) };
}

function gapsOf(evidence: ReportInput['evidence']): Gap[] {
  const gaps = Object.values(evidence).flatMap((status) => ('present' in status ? status.present.gaps : []));
  return [...new Map(gaps.map((gap) => [`${gap.file ?? ''}\n${gap.reason}`, gap])).values()];
}

function byCheck<T extends { check: string }>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => (a.check < b.check ? -1 : a.check > b.check ? 1 : 0));
}
