import { z } from 'zod';
import { accessOutcome } from './evidence/run.ts';
import type { AccessOutcome } from './evidence/run.ts';

/** What an outcome says about the actor, the gravest first. */
export const outcomeMeanings: Readonly<Record<AccessOutcome, string>> = {
  leak: "reached or changed someone else's data",
  unknown: 'no clear answer; that is neither fine nor a fault',
  allowed: 'may do it; whether that is meant is for the owner of the application to say',
  intended: 'may do it, and a named person confirmed that it is meant',
  shared: 'got data that is meant for everyone',
  own: 'got its own data',
  refused: 'was turned away',
};

/** What every cell comes to: each outcome is one of four answers. */
export const answer = z.enum(['leak', 'unknown', 'intended', 'refused']);
export type Answer = z.infer<typeof answer>;

export const answerOf: Readonly<Record<AccessOutcome, Answer>> = {
  leak: 'leak',
  unknown: 'unknown',
  // Nobody said that it is meant.
  allowed: 'unknown',
  intended: 'intended',
  shared: 'intended',
  own: 'intended',
  refused: 'refused',
};

/** Who acted; part and role are null where the evidence does not say. */
export const matrixActor = z.strictObject({ name: z.string(), part: z.string().nullable(), role: z.string().nullable() });
export type MatrixActor = z.infer<typeof matrixActor>;

/** Somebody who was to act: how they came in, and what showed that it worked, or why they could not be used. */
export const castMember = z.strictObject({
  name: z.string(),
  part: z.string(),
  role: z.string().nullable(),
  /** Whether they were used. */
  healthy: z.boolean(),
  obtained: z.string(),
  reason: z.string(),
});

/** One endpoint of the matrix: where its code stands, and how many of its cells came out how. */
export const matrixRow = z.strictObject({
  endpoint: z.string(),
  file: z.string().nullable(),
  line: z.int().nullable(),
  cells: z.partialRecord(accessOutcome, z.int()),
});

/** What one actor got at one endpoint. */
export const matrixCell = z.strictObject({
  endpoint: z.string(),
  actor: z.string(),
  outcome: accessOutcome,
  answer,
  reason: z.string(),
  /** The status code of the answer; null without one. */
  status: z.int().nullable(),
  /** The object was chosen by an id in the request. */
  byId: z.boolean(),
  /** Of a leak: the finding that proves it. */
  finding: z.string().nullable(),
  /** Only where nobody tried: the command that would. */
  settle: z.string().nullable(),
  /** The confirmed rule of `seaworthy.json` that it was held against, whether it lets this actor in, and who said so on which day. */
  rule: z.strictObject({ endpoint: z.string(), lets: z.boolean(), by: z.string(), on: z.string() }).nullable(),
});
export type MatrixCell = z.infer<typeof matrixCell>;

/** Who can reach what: every endpoint that was tried, as every actor, with what came out of it. Each pair stands in `cells` once. */
export const matrix = z.strictObject({
  actors: z.array(matrixActor),
  /** Every outcome with its meaning and the number of its cells, the gravest first. */
  outcomes: z.array(z.strictObject({ outcome: accessOutcome, answer, meaning: z.string(), cells: z.int() })),
  rows: z.array(matrixRow),
  cells: z.array(matrixCell),
});
export type Matrix = z.infer<typeof matrix>;

/** A live connection (WebSocket, socket.io, server-sent events): where its code stands, and what each actor heard or changed over it. */
export const liveRow = z.strictObject({
  endpoint: z.string(),
  transport: z.enum(['websocket', 'socket.io', 'sse']),
  file: z.string(),
  line: z.int(),
  guards: z.array(z.string()),
  /** Empty where nobody tried. */
  cells: z.array(
    z.strictObject({
      actor: z.string(),
      outcome: accessOutcome,
      reason: z.string(),
      /** Of a leak: the finding that proves it. */
      finding: z.string().nullable(),
      settle: z.string().nullable(),
    }),
  ),
  /** What a page of another site gets with the owner's cookies; null where cookies are not what lets the owner in. */
  foreign: z.strictObject({ outcome: z.enum(['heard', 'withheld', 'refused', 'unknown']), reason: z.string() }).nullable(),
});
export type LiveRow = z.infer<typeof liveRow>;
