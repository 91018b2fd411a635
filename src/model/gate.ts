import { z } from 'zod';
import { subject } from './finding.ts';
import { evidenceClass, profile, severities, severity } from './words.ts';

/** What the gate lets through although it is a fault: all of it is required, and it ends. */
export const waiver = z.strictObject({
  check: z.string().regex(/^[a-z]+\/[a-z0-9-]+$/, 'the id of a check, such as "security/cors-origins"'),
  subject: z.string().trim().min(1).describe('What the finding is about, as the report names it, such as "GET /api/orders".'),
  reason: z.string().trim().min(3).describe('Why it may stay for now.'),
  owner: z.string().trim().min(3).describe('The person who answers for it.'),
  expires: z.iso.date().describe('The last day on which it counts, as YYYY-MM-DD.'),
});
export type Waiver = z.infer<typeof waiver>;

/** The `gate` section of `seaworthy.json`. */
export const gatePolicy = z
  .strictObject({
    blocks: z.enum(severities).exclude(['info']).describe('The mildest new finding that fails the gate; medium when not given.'),
    ratchets: z.array(z.string()).describe('The figures that may only get better; all when not given, none for an empty list.'),
  })
  .partial();
export type GatePolicy = z.infer<typeof gatePolicy>;

/** A failing finding as the baseline remembers it. */
export const knownFinding = z.strictObject({
  id: z.string(),
  fingerprint: z.string(),
  check: z.string(),
  control: z.string(),
  severity,
  class: evidenceClass,
  subject,
  /** What the code at each of its places says, hashed; by it a finding is known again after its code has moved. */
  marks: z.array(z.string()),
});
export type KnownFinding = z.infer<typeof knownFinding>;

/** What was known at one moment: the gate lets nothing through that is worse. Kept in the repository. */
export const baseline = z.strictObject({
  schema: z.literal(1),
  tool: z.string(),
  /** The day on which it was made, as YYYY-MM-DD. */
  made: z.iso.date(),
  commit: z.string().nullable(),
  /** The application ran; else it was only read. */
  ran: z.boolean(),
  profile,
  seed: z.string(),
  findings: z.array(knownFinding),
  /** What reading takes for a fault and an experiment showed to be none: a gate that only reads does not take it up again. */
  overruled: z.array(z.strictObject({ check: z.string(), subject: z.string() })),
  /** Who got rows of others at which endpoint, as `METHOD /path as actor`. */
  leaks: z.array(z.string()),
  /** What was a question about an endpoint already. */
  asked: z.array(z.strictObject({ check: z.string(), subject: z.string() })),
  /** Controls that held, by what showed it. */
  holds: z.record(z.string(), evidenceClass),
  figures: z.record(z.string(), z.number()),
});
export type Baseline = z.infer<typeof baseline>;

/** A finding that the baseline does not know, or knows as less. */
export const freshFinding = z.strictObject({
  id: z.string(),
  severity,
  /** The gate fails by it; else it is milder than what blocks. */
  blocks: z.boolean(),
  /** What is more than before, in one sentence; empty for a finding that is new as a whole. */
  worse: z.string(),
});

/** What the gate says of a change. */
export const gateResult = z.strictObject({
  schema: z.literal(1),
  passed: z.boolean(),
  /** One sentence. */
  says: z.string(),
  baseline: z.strictObject({ made: z.string(), commit: z.string().nullable(), ran: z.boolean(), tool: z.string() }).nullable(),
  /** What the change is counted from, and what it touches; null where that cannot be known and everything counts as touched. */
  change: z
    .strictObject({
      base: z.string(),
      files: z.int(),
      /** `METHOD /path` of every endpoint that the change can reach. */
      endpoints: z.array(z.string()),
      tables: z.array(z.string()),
    })
    .nullable(),
  fresh: z.array(freshFinding),
  /** Questions about the security of endpoints that are new, by the id of the finding: nobody can say that they are safe. */
  questions: z.array(z.string()),
  /** Figures and counts that may only get better. */
  ratchets: z.array(z.strictObject({ name: z.string(), says: z.string(), before: z.number(), now: z.number(), kept: z.boolean() })),
  /** Controls that held and do no more, and why; those left out that the findings and questions above are about. */
  lost: z.array(z.strictObject({ control: z.string(), why: z.string() })),
  waived: z.array(z.strictObject({ id: z.string(), owner: z.string(), reason: z.string(), expires: z.string() })),
  /** Waivers that do not count: expired, or about nothing. */
  invalidWaivers: z.array(z.strictObject({ check: z.string(), subject: z.string(), why: z.string() })),
  /** Further reasons to fail, each a sentence: the application does not start any more. */
  stopped: z.array(z.string()),
  /** Findings of the baseline that are gone, by id. */
  mended: z.array(z.string()),
  /** Findings that stand as the baseline knows them. */
  known: z.int(),
  /** What the change does to the gate itself (its baseline, its waivers, its workflow), for a person to look at. */
  gateTouched: z.array(z.string()),
  /** What was not compared, each a sentence. */
  leftOut: z.array(z.string()),
});
export type GateResult = z.infer<typeof gateResult>;
