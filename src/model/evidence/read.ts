import { z } from 'zod';
import { place } from '../words.ts';

/** Evidence kinds that collectors read from the repository. */

/** Every regular file that was seen, with what was left unread and why (in the gaps). */
export const files = z.strictObject({
  root: z.string(),
  commit: z.string().nullable(),
  files: z.array(z.strictObject({ path: z.string(), bytes: z.int(), lines: z.int(), hash: z.string(), language: z.string() })),
});

/** A deployable or publishable part of the repository: one package manifest, or the root without one. */
export const units = z.strictObject({
  units: z.array(
    z.strictObject({
      /** Relative to the root; `.` for the root itself. */
      dir: z.string(),
      name: z.string(),
      kind: z.enum(['api', 'web', 'full-stack', 'worker', 'library', 'other']),
      frameworks: z.array(z.string()),
      packageManager: z.enum(['npm', 'pnpm', 'yarn', 'bun', 'none']),
      moduleType: z.enum(['module', 'commonjs']),
      scripts: z.record(z.string(), z.string()),
    }),
  ),
});

/** An abstract value: what can be said about an expression without running it. */
export type AbstractValue =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'object'; keys: Record<string, AbstractValue>; open: boolean }
  | { kind: 'array'; items: AbstractValue[]; open: boolean }
  /** A template literal or a concatenation: `parts.length === holes.length + 1`. */
  | { kind: 'template'; parts: string[]; holes: AbstractValue[] }
  /** Part of an HTTP request (or another outside input) that the caller chooses. `name` is empty for the whole part. */
  | { kind: 'input'; from: 'body' | 'query' | 'params' | 'headers' | 'cookies' | 'files' | 'other'; name: string }
  /** Derived from the verified caller: session, token claims, `req.user`. */
  | { kind: 'session'; name: string }
  | { kind: 'environment'; name: string; fallback: AbstractValue | null }
  /** The result of a call whose callee is a known symbol such as `npm:express#Router`. */
  | { kind: 'call'; symbol: string; args: AbstractValue[] }
  /** Either of several (conditional, `??`, `||`, reassignments). */
  | { kind: 'either'; of: AbstractValue[] }
  | { kind: 'function'; name: string }
  | { kind: 'symbol'; symbol: string }
  | { kind: 'unknown' };

export const abstractValue: z.ZodType<AbstractValue> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('literal'), value: z.union([z.string(), z.number(), z.boolean(), z.null()]) }),
    z.strictObject({ kind: z.literal('object'), keys: z.record(z.string(), abstractValue), open: z.boolean() }),
    z.strictObject({ kind: z.literal('array'), items: z.array(abstractValue), open: z.boolean() }),
    z.strictObject({ kind: z.literal('template'), parts: z.array(z.string()), holes: z.array(abstractValue) }),
    z.strictObject({
      kind: z.literal('input'),
      from: z.enum(['body', 'query', 'params', 'headers', 'cookies', 'files', 'other']),
      name: z.string(),
    }),
    z.strictObject({ kind: z.literal('session'), name: z.string() }),
    z.strictObject({ kind: z.literal('environment'), name: z.string(), fallback: abstractValue.nullable() }),
    z.strictObject({ kind: z.literal('call'), symbol: z.string(), args: z.array(abstractValue) }),
    z.strictObject({ kind: z.literal('either'), of: z.array(abstractValue) }),
    z.strictObject({ kind: z.literal('function'), name: z.string() }),
    z.strictObject({ kind: z.literal('symbol'), symbol: z.string() }),
    z.strictObject({ kind: z.literal('unknown') }),
  ]),
);

/** What a middleware or wrapper in front of a handler does, judged by what its code does and not by its name. */
export const guard = z.strictObject({
  name: z.string(),
  where: place.nullable(),
  does: z.array(z.enum(['authentication', 'role', 'ownership', 'validation', 'rate-limit', 'csrf', 'signature', 'other'])),
  /** Whether it can end the request (answers 401/403, throws); a guard that never refuses guards nothing. */
  refuses: z.boolean(),
  roles: z.array(z.string()),
});

/** A field that the handler reads from its caller. */
export const inputField = z.strictObject({
  in: z.enum(['params', 'query', 'body', 'headers', 'cookies']),
  name: z.string(),
  type: z.enum(['string', 'integer', 'number', 'boolean', 'array', 'object', 'unknown']),
  /** e.g. `email`, `uuid`, `date-time`, `url`, where a schema says so. */
  format: z.string().nullable(),
  required: z.boolean().nullable(),
  values: z.array(z.union([z.string(), z.number(), z.boolean()])),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  /** The shape of the items of an array, or of the fields of an object, where it is known. */
  fields: z.array(z.string()),
});
export type InputField = z.infer<typeof inputField>;

/** HTTP endpoints as the code declares them, one row per method and path. */
export const routes = z.strictObject({
  routes: z.array(
    z.strictObject({
      /** `METHOD /path/:param`, unique within a unit. */
      id: z.string(),
      unit: z.string(),
      method: z.string(),
      path: z.string(),
      framework: z.string(),
      /** A library for signing in answers here, so callers without a session are meant. */
      door: z.literal(true).optional(),
      where: place,
      handler: z.strictObject({ name: z.string(), where: place }).nullable(),
      guards: z.array(guard),
      /** Inline checks inside the handler, in the same words as guards. */
      inline: z.array(guard),
      inputs: z.array(inputField),
      /** True when the request body is parsed by a schema before first use. */
      validated: z.boolean(),
      /**
       * Only where nothing before or in the handler verifies who is calling: functions that make it up all the same, from what a header or
       * cookie says (`sent`) or from one being there at all (`presence`).
       */
      believes: z.array(z.strictObject({ how: z.enum(['sent', 'presence']), name: z.string(), where: place })).optional(),
      /** The fields that the declared shape of the answer lets through, where one is declared and the rest is not sent; null where it could not be followed. */
      sends: z.array(z.string()).nullable().optional(),
      /** Functions reachable from the handler, as `file:line` of their start; joins `calls`, `queries` and `catches`. */
      reaches: z.array(z.string()),
    }),
  ),
});

/** Calls whose callee the knowledge base knows, or that are otherwise of interest; the relation most checks query. */
export const calls = z.strictObject({
  calls: z.array(
    z.strictObject({
      symbol: z.string(),
      /**
       * What the knowledge base says the symbol does, e.g. `password-hash`, `sql-query`, `outbound`, `cors`, `token-sign`. Beside these:
       * `answer` (status or null, body), `throw` (arguments of the error), `set-cookie`, `clear-cookie`, `set-header` (as the response's methods take them).
       */
      means: z.string(),
      args: z.array(abstractValue),
      where: place,
      /** `file:line` of the enclosing function, or of the file's top level (`file:0`). */
      within: z.string(),
      /** Ids of the routes whose handler or guards reach this call. */
      routes: z.array(z.string()),
      awaited: z.boolean(),
      inTry: z.boolean(),
      inLoop: z.boolean(),
      inTransaction: z.boolean(),
    }),
  ),
});

/** A column of a row that another statement read before: where that statement stands, and of which table. */
const rowColumn = z.strictObject({ where: place, table: z.string().nullable(), column: z.string().nullable() });

/** What the code asks of the database, as text or through a library; one row for each statement and the endpoints that reach it with the same values. */
export const queries = z.strictObject({
  queries: z.array(
    z.strictObject({
      /** How it is said: as SQL, or through the library of that name. */
      through: z.enum(['sql', 'drizzle', 'prisma', 'knex', 'kysely', 'typeorm', 'sequelize', 'mongoose', 'supabase']),
      where: place,
      within: z.string(),
      routes: z.array(z.string()),
      /** The statement with every hole written as `${n}`; null when it could not be followed to text. */
      text: z.string().nullable(),
      verb: z.enum(['select', 'insert', 'update', 'delete', 'ddl', 'transaction', 'other', 'unknown']),
      tables: z.array(z.string()),
      /** Columns compared for equality or membership in WHERE / ON / USING; `*` where they are not known. `of` are the rows that the value was taken from. */
      filters: z.array(z.strictObject({ table: z.string().nullable(), column: z.string(), value: abstractValue, of: z.array(rowColumn) })),
      /** What is written; a column of `*` is an object that is written whole. */
      sets: z.array(
        z.strictObject({
          column: z.string(),
          value: abstractValue,
          /** `calculated` by the application, `atomic` by the database from what stands there. */
          how: z.enum(['given', 'calculated', 'atomic']),
          of: z.array(rowColumn),
        }),
      ),
      /** Columns that are asked for; empty when all are, or when they are not known. */
      columns: z.array(z.string()),
      /** Values that become part of the statement's text. */
      holes: z.array(
        z.strictObject({
          value: abstractValue,
          /** `input` when a caller's value reaches the text unchanged, `guarded` when an allow-list, cast or escape stands between. */
          verdict: z.enum(['constant', 'input', 'guarded', 'unknown']),
          via: z.array(place),
        }),
      ),
      /** Values passed beside the text. */
      parameters: z.array(abstractValue),
      star: z.boolean(),
      limited: z.boolean(),
      /** At most one row by what is asked (`LIMIT 1`, `findUnique`). */
      single: z.boolean(),
      /** Of what comes, only the first row is used, or whether there is any. */
      probed: z.boolean(),
      /** Endpoints that answer the rows whole, as they come. */
      answered: z.array(z.string()),
      ordered: z.boolean(),
      /** Locks the rows that it reads. */
      locks: z.boolean(),
      /** Says what happens when there is such a row already. */
      conflict: z.boolean(),
      inTransaction: z.boolean(),
      /** Once for each of an unknown number of things. */
      inLoop: z.boolean(),
      /** Through Supabase: row security has no say in it, for the client holds the key of the service, or no database is behind it. */
      unbound: z.literal(true).optional(),
      /** Whether anything came is asked, and nothing hangs on the answer but a line in the log. */
      idle: z.literal(true).optional(),
    }),
  ),
  /** Tables as the code declares them, by their names in the database. */
  declared: z.array(
    z.strictObject({
      table: z.string(),
      where: place,
      columns: z.array(z.strictObject({ name: z.string(), type: z.string(), unique: z.boolean(), shaped: z.boolean() })),
      uniques: z.array(z.array(z.string())),
    }),
  ),
  /** The repository turns row security on somewhere: the database may keep rows apart that the code does not. */
  rowSecurity: z.boolean(),
});

/** What each entry into the code (an endpoint's handler, a job) asks of the database, in order. */
export const sequences = z.strictObject({
  sequences: z.array(
    z.strictObject({
      /** The endpoint; null for a function that no endpoint leads to. */
      route: z.string().nullable(),
      where: place,
      steps: z.array(
        z.strictObject({
          /** Index into `queries` of the evidence of that name. */
          query: z.int(),
          /** Branches that lead there: two steps exclude each other where one has `x+` and the other `x-`; `x!` is a clause that catches. */
          branch: z.array(z.string()),
          loops: z.boolean(),
          transaction: z.boolean(),
        }),
      ),
    }),
  ),
});

/** `catch` clauses and rejected-promise handlers, by what becomes of the error. */
export const catches = z.strictObject({
  catches: z.array(
    z.strictObject({
      where: place,
      within: z.string(),
      routes: z.array(z.string()),
      outcome: z.enum(['empty', 'ignored', 'logged-only', 'answers-success', 'answers-failure', 'rethrown', 'handled', 'returned']),
      /** Calls inside the `try` block, as symbols, so that a reader can tell what is lost. */
      guards: z.array(z.string()),
      /** A comment in the clause explains why the error may be dropped. */
      explained: z.boolean(),
    }),
  ),
});

/** Work that no request waits for: consumers of queues, and what runs at certain times. */
export const jobs = z.strictObject({
  jobs: z.array(
    z.strictObject({
      unit: z.string(),
      /** What the library calls it: the queue, the event or the task; the handler's name where it has none. */
      name: z.string(),
      kind: z.enum(['queue-consumer', 'cron', 'interval']),
      /** The package, or the host that calls at certain times (`vercel`, `supabase`). */
      library: z.string(),
      where: place,
      /** When it runs, as written: a cron expression, milliseconds, or words; null for what a queue wakes. */
      schedule: z.string().nullable(),
      /** How many run at a time in one process, where the code says so. */
      concurrency: z.int().nullable(),
      /** How often it is tried in all, where the code says so; of a queue also where jobs are added. */
      attempts: z.int().nullable(),
      /** The code says how long to wait before it is tried again. */
      backoff: z.boolean(),
      /** The endpoint that a host calls for it, as `METHOD /path`; null where the code is called directly. */
      endpoint: z.string().nullable(),
      /** Functions reachable from it, as `file:line` of their start; joins `calls`, `queries` and `catches`. */
      reaches: z.array(z.string()),
    }),
  ),
});

/** Tables that code in the browser reaches by itself, past the application's own server: their only guard is row security. */
export const directTables = z.strictObject({
  tables: z.array(
    z.strictObject({
      unit: z.string(),
      /** A table or view; of a function of the database its name with `()`; of a bucket for files its name after `storage:`. */
      name: z.string(),
      /** `supabase`. */
      service: z.string(),
      operations: z.array(z.enum(['select', 'insert', 'update', 'upsert', 'delete', 'listen', 'call', 'upload', 'download'])),
      where: z.array(place),
      /** Those of them that add or change rows. */
      writes: z.array(place),
    }),
  ),
});

/** Credentials standing in files. The value itself never leaves the collector. */
export const secrets = z.strictObject({
  secrets: z.array(
    z.strictObject({
      type: z.string(),
      where: place,
      masked: z.string(),
      /** SHA-256 of the value, first 12 hex digits. */
      hash: z.string(),
      context: z.enum(['source', 'client', 'configuration', 'test', 'example', 'documentation', 'environment-file']),
      /** Tracked by git (null when there is no git). */
      tracked: z.boolean().nullable(),
      /** The shape alone proves what it is (a provider's live prefix, a private key block). */
      certain: z.boolean(),
    }),
  ),
});

/** Environment variables: read in code, documented, validated at start. */
export const environment = z.strictObject({
  reads: z.array(z.strictObject({ name: z.string(), where: place, fallback: abstractValue.nullable(), required: z.boolean() })),
  documented: z.array(z.strictObject({ name: z.string(), file: z.string(), line: z.int() })),
  validated: z.array(z.string()),
});
