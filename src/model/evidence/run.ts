import { z } from 'zod';
import { proof } from '../proof.ts';
import { rowRef } from '../transcript.ts';

/** Evidence kinds that drills observe in the proving ground. */

/** The database as it is after the application's own migrations (and its start, where that makes the tables), read from the database's own catalogue. */
export const schema = z.strictObject({
  /** SQLite keeps no types, only affinities: what is true of one database need not be true of the other. */
  /** `none`: it keeps its data where it cannot be seen; then there are no tables. */
  database: z.enum(['postgres', 'sqlite', 'none']),
  /** How it came to be, e.g. `npm run migrate`, `migrations/*.sql`. */
  from: z.string(),
  tables: z.array(
    z.strictObject({
      /** `schema.table`; in SQLite `main.table`, in further files `<file>.table`. */
      name: z.string(),
      oid: z.int(),
      columns: z.array(
        z.strictObject({
          name: z.string(),
          number: z.int(),
          /** As `format_type` prints it; of SQLite what the declared type would be called there. */
          type: z.string(),
          nullable: z.boolean(),
          default: z.string().nullable(),
          generated: z.boolean(),
          /** Labels of an enum type, or the values that a CHECK constraint allows for this column. */
          values: z.array(z.string()),
        }),
      ),
      primaryKey: z.array(z.string()),
      uniques: z.array(z.array(z.string())),
      foreignKeys: z.array(
        z.strictObject({
          name: z.string(),
          columns: z.array(z.string()),
          table: z.string(),
          references: z.array(z.string()),
          onDelete: z.string(),
        }),
      ),
      checks: z.array(z.strictObject({ name: z.string(), definition: z.string() })),
      indexes: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()), unique: z.boolean() })),
      rowSecurity: z.boolean(),
    }),
  ),
});
export type SchemaTable = z.infer<typeof schema>['tables'][number];

/**
 * What experiments are judged by: `rows` and statements of Postgres on the wire; rows of the application's `sqlite` files, without
 * statements; or `responses` alone. `detail` says why.
 */
export const oracle = z.strictObject({ kind: z.enum(['rows', 'sqlite', 'responses']), detail: z.string() });

/** The application booted (or why it did not), and under which seal. */
export const boot = z.strictObject({
  seal: z.enum(['full', 'namespace', 'none']),
  oracle,
  sealNotes: z.array(z.string()),
  start: z.string(),
  port: z.int(),
  /** Milliseconds from the start command to the first answer. A timing: volatile. */
  milliseconds: z.number(),
  /** Variables that the ground invented, by name and shape; values never. */
  invented: z.array(z.strictObject({ name: z.string(), shape: z.string() })),
  notes: z.array(z.string()),
});

/** Who could be made to act, and how each was proven to work. */
export const actors = z.strictObject({
  signUp: z.string().nullable(),
  login: z.string().nullable(),
  actors: z.array(
    z.strictObject({
      name: z.string(),
      /**
       * `anonymous`, `owner` (A), `stranger` (of another tenant, or just another user), a member of A's tenant (`role`, null for a plain
       * colleague), somebody whose account is shut out or deleted (`leaver`), or who has no right to the session that they bring (`impostor`).
       */
      part: z.enum(['anonymous', 'owner', 'stranger', 'role', 'impostor', 'leaver']),
      role: z.string().nullable(),
      tenant: z.string().nullable(),
      obtained: z.string(),
      healthy: z.boolean(),
      reason: z.string(),
    }),
  ),
});

/** How the application stored the password of a fresh sign-up. */
export const storedPasswords = z.strictObject({
  passwords: z.array(
    z.strictObject({
      endpoint: z.string(),
      table: z.string(),
      column: z.string(),
      scheme: z.enum(['plain', 'fast-hash', 'bcrypt', 'scrypt', 'argon2', 'pbkdf2', 'unknown']),
      detail: z.string(),
      /** Two sign-ups with one password stored different values. */
      salted: z.boolean().nullable(),
      cost: z.number().nullable(),
      proof: proof.nullable(),
    }),
  ),
});

/** What became of one actor's request with A's objects. `allowed`: let in, and nobody said that it is meant; `intended`: a named person did. */
export const accessOutcome = z.enum(['own', 'refused', 'leak', 'shared', 'intended', 'allowed', 'unknown']);
export type AccessOutcome = z.infer<typeof accessOutcome>;

/** Every cell of actor x endpoint, with A's objects, judged by rows. */
export const access = z.strictObject({
  cells: z.array(
    z.strictObject({
      endpoint: z.string(),
      actor: z.string(),
      outcome: accessOutcome,
      reason: z.string(),
      status: z.int().nullable(),
      /** Rows of A that were in the answer to this actor. */
      read: z.array(rowRef),
      /** Rows of A that this actor's request changed; where a confirmed rule keeps the actor out, also others. */
      changed: z.array(rowRef.extend({ op: z.enum(['insert', 'update', 'delete']), columns: z.array(z.string()) })),
      /** The object was chosen by an id in the request (true) or came in a collection (false). */
      byId: z.boolean(),
      /** Columns of A's rows whose values stood in the answer. */
      columns: z.array(z.string()),
      /** The model behind the endpoint was brought to name A's rows. */
      swayed: z.boolean().optional(),
      /** Tables of whose rows of A figures in the answer are made, where none of the rows stands in it. */
      figures: z.array(z.string()).optional(),
      /** The experiment that shows it; null where nothing is claimed. */
      proof: proof.nullable(),
      /** Only where the request did what the screens keep from this actor. */
      pastScreen: z
        .strictObject({
          doing: z.enum(['change', 'read']),
          tables: z.array(z.string()),
          proof: proof.nullable(),
          /** Nothing but the screens says that it may not be. */
          alone: z.boolean(),
        })
        .optional(),
      /** Only where nobody tried, for want of time: the command that would. */
      settle: z.string().optional(),
      /** Only where a named person confirmed a rule about it: whom it lets in, whether this actor is one of them, and who said so. */
      rule: z
        .strictObject({
          endpoint: z.string(),
          allow: z.array(z.string()),
          lets: z.boolean(),
          /** Without their word it would be a leak or doubtful, or would not be called a leak. */
          overrides: z.boolean(),
          by: z.string(),
          on: z.string(),
        })
        .optional(),
    }),
  ),
});

/** Who could give an account a role that may more than their own, by what the application refuses the one and lets the other do. */
export const promotions = z.strictObject({
  trials: z.array(
    z.strictObject({
      endpoint: z.string(),
      /** Who gave the role. */
      actor: z.string(),
      role: z.string(),
      /** Whose account: the sender's own, a colleague's, or one that the request made. */
      account: z.enum(['own', 'another', 'new']),
      /** `raised`: the account then did what it was refused before. `kept`: answered, and nobody has the role. */
      outcome: z.enum(['raised', 'refused', 'kept', 'unknown']),
      reason: z.string(),
      /** The endpoint that was refused before and answered then. */
      witness: z.string().nullable(),
      proof: proof.nullable(),
    }),
  ),
});

/** What came of the owner's name without proof of it: a token forged, unsigned or expired. */
export const sessions = z.strictObject({
  trials: z.array(
    z.strictObject({
      claim: z.string(),
      endpoint: z.string(),
      status: z.int().nullable(),
      accepted: z.boolean(),
      proof: proof.nullable(),
    }),
  ),
});

/** What sessions are good for once their accounts are shut out or gone, beside what they were good for right before. */
export const revocations = z.strictObject({
  trials: z.array(
    z.strictObject({
      event: z.enum(['suspended', 'deleted']),
      /** The users' table, with the column that says it and the word that was written there; null where the row was deleted. */
      table: z.string(),
      column: z.string().nullable(),
      word: z.string().nullable(),
      /** The login worked before and again afterwards, and not in between; null where that cannot be said. */
      loginRefused: z.boolean().nullable(),
      /** Seconds for which their token is good, counted from the login; null where it does not say so. */
      lifetime: z.number().nullable(),
      /** Reads that turn away callers without a session and answered this one right before. `other`: neither let in nor turned away. */
      endpoints: z.array(
        z.strictObject({ endpoint: z.string(), status: z.int().nullable(), outcome: z.enum(['let-in', 'refused', 'other']) }),
      ),
      /** The experiment, at the first endpoint that let them in; null where none did. */
      proof: proof.nullable(),
    }),
  ),
});

/** Whether a caller's value can change the shape of a statement. */
export const injection = z.strictObject({
  trials: z.array(
    z.strictObject({
      endpoint: z.string(),
      field: z.strictObject({
        in: z.enum(['params', 'query', 'body', 'headers']),
        name: z.string(),
        /** The marker was the name of a field that nobody asked for, not the value of this one. */
        called: z.literal(true).optional(),
      }),
      /** `bound`: the marker travelled as a parameter or stayed inside one literal. `shape-changed`: it became syntax. */
      outcome: z.enum(['bound', 'shape-changed', 'not-reached']),
      statement: z.string().nullable(),
      proof: proof.nullable(),
    }),
  ),
});

/** What the response claimed against what the database shows when a statement fails under it. */
export const faults = z.strictObject({
  trials: z.array(
    z.strictObject({
      endpoint: z.string(),
      statement: z.string(),
      fault: z.string(),
      status: z.int().nullable(),
      outcome: z.enum(['honest', 'lie', 'not-exercised']),
      detail: z.string(),
      proof: proof.nullable(),
    }),
  ),
});
