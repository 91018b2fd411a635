import { z } from 'zod';
import { severities } from './words.ts';

const day = z.iso.date().describe('A day, as YYYY-MM-DD.');
const sentence = z.string().trim().min(3);

/** A word can be as bad as high: critical takes an experiment, or a fact certain from files. */
const statedSeverity = z.enum(severities).exclude(['critical']);

/** What a reviewer found and no check did. */
export const ownFinding = z.strictObject({
  title: sentence.describe('A sentence that will be true once it is mended.'),
  control: z.string().regex(/^[a-z]+\/[a-z0-9-]+$/, 'the id of a control, such as "security/role-matrix"'),
  severity: statedSeverity,
  message: sentence.describe('What is wrong.'),
  impact: sentence.describe('Who can do what to whom.').optional(),
  remedy: sentence.describe('What to do.'),
  where: z.strictObject({ file: z.string().min(1), line: z.int().positive() }).optional(),
  by: sentence.describe('The person who says so.'),
  date: day,
});

/** What a reviewer says of a finding of the tool, with the reason. */
export const override = z.strictObject({
  finding: z.string().regex(/^[a-z]+\/[a-z0-9-]+#[0-9a-f]{8}$/, 'the id of a finding, such as "security/cors-origins#1a2b3c4d"'),
  verdict: z.enum(['fault', 'not-a-fault']),
  severity: statedSeverity.optional().describe('How bad it is, where that is not what the tool says.'),
  reason: sentence,
  by: sentence.describe('The person who says so.'),
  date: day,
  until: day.describe('The last day on which it counts.'),
});

/** The `review` section of `seaworthy.json`: what a named reviewer adds to the findings, and where they judge otherwise. */
export const review = z.strictObject({ findings: z.array(ownFinding), overrides: z.array(override) }).partial();
export type Review = z.infer<typeof review>;

/** An override as the report tells it, beside what the tool found. */
export const appliedOverride = override.extend({
  /** What the tool itself says; null where it has no such finding (any more). */
  tool: z
    .strictObject({ status: z.enum(['fail', 'unknown']), severity: z.enum(severities), class: z.enum(['ran', 'read', 'stated']) })
    .nullable(),
  /** Whether it changes the judgement, and why or why not. */
  counts: z.boolean(),
  why: z.string(),
});
export type AppliedOverride = z.infer<typeof appliedOverride>;
