import { z } from 'zod';
import { proof } from './proof.ts';
import type { Proof } from './proof.ts';
import { evidenceClass, place, severity } from './words.ts';

/** What a claim is about. The name is stable: an endpoint's `METHOD /path`, a table, a package, `file` + symbol. */
export const subject = z.strictObject({
  kind: z.enum(['application', 'endpoint', 'table', 'column', 'query', 'function', 'file', 'package', 'secret', 'variable', 'workflow']),
  name: z.string(),
});
export type Subject = z.infer<typeof subject>;

export const claimStatus = z.enum(['pass', 'fail', 'unknown', 'not-applicable']);

/** One statement by a check, from one class of evidence, about one subject. */
export interface Claim {
  readonly subject: Subject;
  readonly status: z.infer<typeof claimStatus>;
  readonly class: z.infer<typeof evidenceClass>;
  readonly severity: z.infer<typeof severity> | undefined;
  /** Fail: what is wrong and why it hurts in production. Unknown, not applicable: why. */
  readonly message: string;
  /** Who can do what to whom. */
  readonly impact: string | undefined;
  readonly remedy: string | undefined;
  readonly where: z.infer<typeof place> | undefined;
  /** Further places, where several claims came to one. */
  readonly also?: readonly z.infer<typeof place>[];
  readonly endpoint: string | undefined;
  /** What tells two failures about one subject apart for the fingerprint: the actor and the effect, never a line number. */
  readonly actor: string | undefined;
  readonly effect: string | undefined;
  /** A fact certain from the files themselves; only then may a `read` claim be critical. */
  readonly certain: boolean;
  readonly proof: Proof | undefined;
  /** Unknown: the command that would settle it. */
  readonly settle: string | undefined;
}

export const bin = z.enum(['before-launch', 'before-scaling', 'can-wait', 'fine']);

/** One statement about one subject, after reading and running met. */
export const finding = z.strictObject({
  id: z.string(),
  fingerprint: z.string(),
  check: z.string(),
  control: z.string(),
  status: z.enum(['fail', 'unknown']),
  severity,
  class: evidenceClass,
  title: z.string(),
  subject,
  message: z.string(),
  impact: z.string(),
  remedy: z.string(),
  where: place.nullable(),
  /** Further places of the same fault; absent where there is one alone. */
  also: z.array(place).optional(),
  /** What the code at each place says, hashed without its white space: tells a finding whose code moved from a new one. */
  marks: z.array(z.string()).optional(),
  endpoint: z.strictObject({ method: z.string(), path: z.string() }).nullable(),
  cwe: z.array(z.int()),
  standards: z.array(z.string()),
  /** Every factor of the rank, and their product. */
  factors: z.record(z.string(), z.number()),
  /** Where reading and running differed, in one sentence. */
  disagreement: z.string().nullable(),
  settle: z.string().nullable(),
  proof: proof.nullable(),
  bin,
});
export type Finding = z.infer<typeof finding>;
