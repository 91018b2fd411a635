import { z } from 'zod';
import { controlResult } from './control.ts';
import { guardStyles, intendedAccess } from './evidence/derived.ts';
import { evidenceStatus } from './evidence/index.ts';
import { oracle } from './evidence/run.ts';
import { finding } from './finding.ts';
import { appliedOverride } from './review.ts';
import { castMember, liveRow, matrix } from './matrix.ts';
import { surface } from './surface.ts';
import { decision, gap, profile, trigger } from './words.ts';

export const reportEndpoint = z.strictObject({
  unit: z.string(),
  method: z.string(),
  path: z.string(),
  file: z.string(),
  line: z.int(),
  guards: z.array(z.string()),
  intended: z.string(),
  works: z.boolean().nullable(),
  tables: z.array(z.string()),
});

/** SHA-256 (hex) of the names and contents of the code, how many files that is, and SHA-256 of what `seaworthy.json` says about judging. */
export const treeDigest = z.strictObject({ digest: z.string(), files: z.int(), settings: z.string() });
export type TreeDigest = z.infer<typeof treeDigest>;

export const verdict = z.strictObject({
  decision,
  applies: z.boolean(),
  why: z.string(),
  /** Finding ids and control ids. */
  blockers: z.array(z.string()),
  unproven: z.array(z.string()),
  open: z.array(z.string()),
});
export type Verdict = z.infer<typeof verdict>;

/** One count, what it counts, and in which direction it is better. */
export const figure = z.strictObject({ value: z.number(), better: z.enum(['less', 'more']), says: z.string() });
export type Figure = z.infer<typeof figure>;

export const planStep = z.strictObject({
  step: z.int(),
  title: z.string(),
  findings: z.array(z.string()),
  /** Working hours, low and high. */
  effort: z.strictObject({ low: z.number(), high: z.number() }),
  unblocks: z.array(trigger),
  waiting: z.string(),
});

export const moduleVerdict = z.strictObject({
  path: z.string(),
  verdict: z.enum(['keep', 'harden', 'rebuild', 'unproven']),
  /** One sentence. */
  why: z.string(),
  /** Only where it is to be written anew: working hours, what that replaces, and why hardening costs more. */
  rebuild: z.strictObject({ low: z.number(), high: z.number(), replaces: z.string(), because: z.string() }).nullable(),
  factors: z.record(z.string(), z.union([z.number(), z.string()])),
});

/** The one result that all formats render. Everything volatile lies under `startedAt`, `durationMs`, `timings`, `proof` and `ran.resumed`. */
export const report = z.strictObject({
  schema: z.literal(1),
  tool: z.strictObject({ name: z.literal('seaworthy'), version: z.string() }),
  target: z.strictObject({
    dir: z.string(),
    name: z.string(),
    commit: z.string().nullable(),
    /** What the code was when it was read, as hashes; absent in reports of before they were kept. */
    tree: treeDigest.optional(),
  }),
  startedAt: z.string(),
  durationMs: z.number(),
  seed: z.string(),
  profile,
  /** What bounded the audit: milliseconds for experimenting or `full`, the endpoints it kept to, whether the registry was asked. */
  asked: z.strictObject({ budget: z.union([z.number(), z.literal('full')]), focus: z.array(z.string()), online: z.boolean() }).optional(),
  /** The triggers that the exit code concerns. */
  for: z.array(trigger),
  ran: z.strictObject({
    asked: z.boolean(),
    done: z.boolean(),
    seal: z.string().nullable(),
    reason: z.string().nullable(),
    /** What running it was to do, and what was missing for that; absent where it was not to run. */
    plan: z.strictObject({ how: z.string(), missing: z.array(z.string()) }).optional(),
    /** Only where experiments were to look at a part: `METHOD /path` of the endpoints. */
    focus: z.array(z.string()).optional(),
    /** Only where it ran: what its experiments were judged by, and why. */
    oracle: oracle.optional(),
    /** Only where an interrupted audit was gone on with: when it began, when it last finished a drill, and what it had finished. */
    resumed: z.strictObject({ startedAt: z.string(), keptAt: z.string(), finished: z.array(z.string()) }).optional(),
  }),
  units: z.array(z.strictObject({ dir: z.string(), name: z.string(), kind: z.string(), frameworks: z.array(z.string()) })),
  endpoints: z.array(reportEndpoint),
  /** Everybody who was to act, in the order in which they were let in; empty where nothing ran. */
  actors: z.array(castMember),
  matrix,
  /** Who every endpoint seems to be meant for, and what only the owner of the application can say; null where it could not be drafted. */
  intended: intendedAccess.nullable(),
  /** How endpoints ask who is calling: groups that ask alike, ways that compete, and those that ask less than their neighbours. */
  guardStyles: guardStyles.nullable(),
  /** Who hears and changes what over connections that stay open. */
  live: z.array(liveRow),
  evidence: z.record(z.string(), evidenceStatus),
  controls: z.array(controlResult),
  findings: z.array(finding),
  /** The code that failing findings are about, each place once; secrets are masked. Lines count from `line`, the place itself is at `of`. */
  excerpts: z.array(z.strictObject({ file: z.string(), line: z.int().positive(), of: z.int().positive(), lines: z.array(z.string()) })),
  /** What a reviewer says of findings, each beside what the tool says; those that count made a finding no fault, or of another severity. */
  overrides: z.array(appliedOverride),
  /** The packages that lockfiles hold, for a bill of materials; absent in reports of before they were listed. */
  components: z
    .array(
      z.strictObject({
        name: z.string(),
        version: z.string(),
        licence: z.string().nullable(),
        integrity: z.string().nullable(),
        direct: z.boolean(),
        development: z.boolean(),
      }),
    )
    .optional(),
  /** What makes the application harder to answer for when it grows; absent in reports of before it was kept. */
  surface: surface.optional(),
  /** Weaknesses of packages that the registry knew of; absent where it was not asked. */
  advisories: z
    .strictObject({ asked: z.string(), open: z.array(z.strictObject({ package: z.string(), id: z.string(), severity: z.string() })) })
    .optional(),
  passes: z.array(
    z.strictObject({
      check: z.string(),
      title: z.string(),
      class: z.string(),
      subjects: z.array(z.string()),
      disagreements: z.array(z.string()),
    }),
  ),
  notApplicable: z.array(z.strictObject({ check: z.string(), reason: z.string() })),
  verdicts: z.partialRecord(trigger, verdict),
  /** Per operator's question: blocking controls passed, and all of them. Never averaged. */
  scores: z.record(z.string(), z.strictObject({ passed: z.int(), of: z.int(), question: z.string() })),
  /** "It works" and "it is safe to operate" are two figures. */
  works: z.strictObject({ operations: z.int(), of: z.int() }).nullable(),
  modules: z.array(moduleVerdict),
  /** How each factor of the modules was measured. */
  moduleFactors: z.record(z.string(), z.string()),
  plan: z.array(planStep),
  /** Counts that tell better from worse over time, by name; absent in reports of before they were kept. */
  figures: z.record(z.string(), figure).optional(),
  coverage: z.strictObject({
    files: z.strictObject({ read: z.int(), of: z.int(), lines: z.int() }),
    /** `cells`: pairs of endpoint and actor that were tried; `leftOut`: those that were not, for want of time. */
    endpoints: z.strictObject({ read: z.int(), answered: z.int(), cells: z.int(), unknown: z.int(), leftOut: z.int() }),
    /** Findings that the profile does not ask for and that are mild enough to be left out of the list. */
    unlisted: z.int(),
    gaps: z.array(gap),
    notExamined: z.array(z.strictObject({ control: z.string(), reason: z.string() })),
  }),
  timings: z.record(z.string(), z.number()),
});
export type Report = z.infer<typeof report>;
