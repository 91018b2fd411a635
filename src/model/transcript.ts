import { z } from 'zod';

/** A row of the application's database: its table (`schema.table`) and primary key. */
export const rowRef = z.strictObject({ table: z.string(), key: z.record(z.string(), z.string().nullable()) });
export type RowRef = z.infer<typeof rowRef>;

/** A change of one row, from logical decoding. Values are the text forms that Postgres prints. */
export const rowChange = rowRef.extend({
  /** `schema`: the structure itself changed, which undo cannot take back. */
  op: z.enum(['insert', 'update', 'delete', 'truncate', 'schema']),
  before: z.record(z.string(), z.string().nullable()).nullable(),
  after: z.record(z.string(), z.string().nullable()).nullable(),
});
export type RowChange = z.infer<typeof rowChange>;

/** A statement as the wire saw it, cut down to what a report may show. */
export const statementRecord = z.strictObject({
  text: z.string(),
  binds: z.array(z.string().nullable()),
  rows: z.int(),
  tag: z.string().nullable(),
  error: z.string().nullable(),
});
export type StatementRecord = z.infer<typeof statementRecord>;

/** One HTTP request and its answer; of a live connection (status 101): what was sent on it, and what came. */
export const exchange = z.strictObject({
  actor: z.string(),
  request: z.strictObject({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullable(),
  }),
  response: z
    .strictObject({
      status: z.int(),
      headers: z.record(z.string(), z.string()),
      /** At most 64 KiB are kept. */
      body: z.string(),
    })
    .nullable(),
  /** Why there was no response (refused, timed out, reset). */
  failure: z.string().nullable(),
  /** The answer was meant to go on (server-sent events) and was cut: what had come by then. */
  open: z.boolean().optional(),
  milliseconds: z.number(),
});
export type Exchange = z.infer<typeof exchange>;
