import { z } from 'zod';
import { rowRef } from './transcript.ts';

/**
 * An experiment as data. Text may hold `{{name}}` for a saved value and `{{actor.email}}`, `{{actor.id}}`,
 * `{{actor.tenant}}`, `{{actor.password}}` for an actor's own; the interpreter fills them in when it runs.
 */

export const actorSpec = z.strictObject({
  part: z.enum(['anonymous', 'owner', 'stranger', 'role']),
  role: z.string().nullable(),
});

const request = z.strictObject({
  do: z.literal('request'),
  as: z.string(),
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  /** JSON, sent as `application/json`. */
  body: z.json().optional(),
  /** Values taken from rows that this request changed or that its answer holds. */
  save: z
    .record(
      z.string(),
      z.union([
        /** The row of this table that the request inserted, else the one that it changed. */
        z.strictObject({ inserted: z.string(), column: z.string() }),
        z.strictObject({ json: z.string() }),
      ]),
    )
    .optional(),
  /** Other outcomes of the step end the replay as "could not be staged". */
  expect: z.strictObject({ success: z.boolean() }).optional(),
});

const sql = z.strictObject({
  do: z.literal('sql'),
  text: z.string(),
  parameters: z.array(z.string()).optional(),
  save: z.record(z.string(), z.strictObject({ column: z.string() })).optional(),
});

const fault = z.strictObject({
  do: z.literal('fault'),
  /** Matches the statement's normalised text. */
  statement: z.string(),
  code: z.string(),
});

export const step = z.discriminatedUnion('do', [request, sql, fault]);
export type Step = z.infer<typeof step>;

/** What the last request of the scenario must show for the finding to stand. */
export const effect = z.discriminatedUnion('shows', [
  /** The row was read on the wire and one of its unguessable values stands in the answer. */
  z.strictObject({ shows: z.literal('row-read'), table: z.string(), key: z.record(z.string(), z.string()) }),
  z.strictObject({
    shows: z.literal('row-changed'),
    table: z.string(),
    key: z.record(z.string(), z.string()),
    op: z.enum(['insert', 'update', 'delete']),
  }),
  /** A statement's syntax tree changed with the value sent. */
  z.strictObject({ shows: z.literal('statement-shape'), marker: z.string() }),
  /** The stored value of a column has a form that gives the password away. */
  z.strictObject({ shows: z.literal('stored-password'), table: z.string(), column: z.string(), scheme: z.string() }),
  /** The answer claims success while the statement was made to fail. */
  z.strictObject({ shows: z.literal('success-claimed') }),
]);
export type Effect = z.infer<typeof effect>;

export const scenario = z.strictObject({
  id: z.string(),
  title: z.string(),
  actors: z.record(z.string(), actorSpec),
  steps: z.array(step),
  effect,
});
export type Scenario = z.infer<typeof scenario>;

/** What running a scenario gave. */
export const scenarioOutcome = z.strictObject({
  reproduced: z.enum(['yes', 'no', 'not-staged']),
  reason: z.string(),
  rows: z.array(rowRef),
});
export type ScenarioOutcome = z.infer<typeof scenarioOutcome>;
