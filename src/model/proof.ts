import { z } from 'zod';
import { scenario } from './scenario.ts';
import { exchange, rowChange, statementRecord } from './transcript.ts';

/** What anyone can replay or look up. Volatile values may stand here and nowhere else in a finding. */
export const proof = z.strictObject({
  /** Absent for findings from files: their proof is the place. */
  scenario: scenario.nullable(),
  /** What was seen, in one or two sentences. */
  observed: z.string(),
  exchanges: z.array(exchange),
  statements: z.array(statementRecord),
  changes: z.array(rowChange),
});
export type Proof = z.infer<typeof proof>;
