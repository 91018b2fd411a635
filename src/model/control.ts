import { z } from 'zod';
import { evidenceClass, trigger } from './words.ts';

/** What a production application must have: one row of the catalogue. */
export const control = z.strictObject({
  id: z.string(),
  ref: z.string(),
  name: z.string(),
  /** Classes of evidence that may pass it. Any class may fail it. */
  mode: z.array(evidenceClass),
  recipe: z.string(),
  evidence: z.string(),
});
export type Control = z.infer<typeof control>;

/** A launch trigger with its blocking set; `stated` may be met by an attestation. */
export const triggerPolicy = z.strictObject({
  id: trigger,
  title: z.string(),
  extends: trigger.optional(),
  blocks: z.array(z.string()),
  stated: z.array(z.string()),
});
export type TriggerPolicy = z.infer<typeof triggerPolicy>;

export const controlStatus = z.enum(['pass', 'fail', 'unproven', 'stated', 'not-applicable']);
export type ControlStatus = z.infer<typeof controlStatus>;

/** A control with the state that an audit found it in. */
export const controlResult = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: controlStatus,
  /** The strongest class of evidence behind the status; null when there is none. */
  class: evidenceClass.nullable(),
  checks: z.array(z.string()),
  reason: z.string(),
  settle: z.string().nullable(),
  /** Subjects that passed, and all that were examined. */
  passed: z.int(),
  of: z.int(),
});
export type ControlResult = z.infer<typeof controlResult>;
