import { z } from 'zod';
import { proof } from '../proof.ts';

/** Evidence of drills about single fields: which may be written, and which stand in answers. */

/**
 * What hangs on a column that a caller may not simply choose. `owner`: whose the row is. `balance`: money, credits or a plan held.
 * `price`: what something costs. `verification`: somebody else's word on a person or a thing. `key`: the row's own.
 */
export const protects = z.enum(['role', 'owner', 'balance', 'price', 'verification', 'status', 'credential', 'key', 'time']);
export type Protects = z.infer<typeof protects>;

/** Which columns a request can set though the plain request leaves them alone and the code takes no field of that name. */
export const massAssignment = z.strictObject({
  endpoints: z.array(
    z.strictObject({
      endpoint: z.string(),
      /** Who sent the requests; null when none worked. */
      actor: z.string().nullable(),
      outcome: z.enum(['tried', 'writes-nothing', 'untried']),
      /** Why it was not tried, or what the plain request changed. */
      reason: z.string(),
      /** Columns (`table.column`) that kept their value, whatever was sent. */
      kept: z.array(z.string()),
      /** Columns that took the value sent and on which nothing hangs. */
      accepted: z.array(z.string()),
      /** Columns on which something hangs and of which the experiment could not tell. */
      open: z.array(z.strictObject({ column: z.string(), protects, reason: z.string() })),
      /** Columns on which something hangs and that took the value sent. */
      taken: z.array(
        z.strictObject({
          table: z.string(),
          column: z.string(),
          protects,
          /** The field as it was sent. */
          field: z.string(),
          /** The code takes a field of that name (at the sign-up: a schema made from the whole table), though nobody may say it of themselves. */
          named: z.boolean(),
          /** What was sent, as a person may read it. */
          value: z.string(),
          actor: z.string(),
          /** The row is the sender's own account. */
          self: z.boolean(),
          proof,
        }),
      ),
    }),
  ),
});

/** What kind of secret a value is. `recovery`: what resets, confirms or completes a sign-in; `key`: a key or token of the API. */
export const secrecy = z.enum(['password', 'recovery', 'secret', 'key']);
export type Secrecy = z.infer<typeof secrecy>;

/** Which secrets and whose personal data stood in answers. */
export const responseFields = z.strictObject({
  /** Columns that were looked for (`table.column`). */
  secrets: z.array(z.string()),
  endpoints: z.array(
    z.strictObject({
      endpoint: z.string(),
      /** Who was answered; empty when nobody was. */
      actors: z.array(z.string()),
      /** Why nothing can be said; empty when it can. */
      reason: z.string(),
      shown: z.array(
        z.strictObject({
          actor: z.string(),
          table: z.string(),
          column: z.string(),
          what: z.enum([...secrecy.options, 'personal']),
          whose: z.enum(['own', 'another', 'nobody']),
          /** `meant`: a session that a login hands out, a key shown when it was made. `open`: only the owner of the application can say. */
          outcome: z.enum(['exposed', 'meant', 'open']),
          reason: z.string(),
          proof: proof.nullable(),
        }),
      ),
    }),
  ),
});
