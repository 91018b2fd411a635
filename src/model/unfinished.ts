import { z } from 'zod';
import { evidenceSchemas } from './evidence/index.ts';
import type { Kind } from './evidence/index.ts';
import { inputField } from './evidence/read.ts';
import { want } from './want.ts';
import { gap } from './words.ts';

/** Which process something belongs to: enough to tell later, beyond doubt, that it is dead. */
export const processIdentity = z.object({
  host: z.string(),
  /** Changes when the machine starts anew. */
  boot: z.string(),
  /** The process namespace that the number counts in. */
  space: z.string(),
  pid: z.int().positive(),
  /** Start of that process in clock ticks since the boot; numbers come again, this does not. */
  started: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentity>;

/** What the stage has learned about requests beyond what setting it anew would teach again. */
export const stageMemory = z.strictObject({
  /** Requests made so far. */
  made: z.int().nonnegative(),
  routes: z.array(
    z.strictObject({
      id: z.string(),
      /** `body:name` -> the column that the field's value reaches. */
      columns: z.array(
        z.tuple([z.string(), z.strictObject({ table: z.string(), column: z.string(), how: z.enum(['compared', 'stored']) })]),
      ),
      extra: z.array(z.tuple([z.string(), inputField])),
      values: z.array(z.tuple([z.string(), z.json()])),
      /** `body:items.0.quantity` -> what answers asked of it. */
      wants: z.array(z.tuple([z.string(), z.array(want)])),
      /** The sample request that worked where nothing else had, by its place among the endpoint's. */
      sample: z.int().nullable(),
    }),
  ),
});
export type StageMemory = z.infer<typeof stageMemory>;

const kinds = Object.keys(evidenceSchemas) as [Kind, ...Kind[]];

/** What an audit that did not come to its end leaves to the next one of the same tree. */
export const unfinishedAudit = z.strictObject({
  /** Hash of everything that the evidence depends on. */
  key: z.string(),
  by: processIdentity.nullable(),
  startedAt: z.iso.datetime(),
  /** When the last of its drills finished. */
  keptAt: z.iso.datetime(),
  /** Milliseconds of experimenting. */
  spent: z.number().nonnegative(),
  memory: stageMemory.nullable(),
  drills: z.array(
    z.strictObject({
      kind: z.enum(kinds),
      milliseconds: z.number(),
      gaps: z.array(gap),
      /** Fits the schema of its kind; see `evidenceSchemas`. */
      value: z.unknown(),
    }),
  ),
});
export type UnfinishedAudit = z.infer<typeof unfinishedAudit>;
