import { z } from 'zod';
import { place } from '../words.ts';

/** What the text of a program says without being followed: constructs that no call of a known library shows. */
export const constructs = z.strictObject({
  constructs: z.array(
    z.strictObject({
      /**
       * `unverified-tls`: certificates are not checked (`name`: the library's call around it, `detail`: database, mail, process or connection).
       * `decimal-arithmetic`: an amount is computed as floating point (`name`: the operand, `detail`: `parsed` where it was made of a decimal text, else `plain`, and the operation).
       * `local-time`: a date is taken apart or put together in the machine's time zone (`name`: the method).
       * `guessable-random`: `Math.random` (`name`: what its result or function is called).
       * `script`: a script of another origin in a page (`name`: its address or package).
       * `protective-header`: one of the headers that protect a browser is set (`name`: the header; `detail`: its value where it is known).
       * `copied-state`: a list of the server's that a screen copies and changes (`name`: what sets it, `detail`: the line where it is changed).
       * `field`: a field of a form or of a validated body (`name`: the field, `detail`: its autocomplete or type).
       */
      kind: z.enum([
        'unverified-tls',
        'decimal-arithmetic',
        'local-time',
        'guessable-random',
        'script',
        'protective-header',
        'field',
        'copied-state',
      ]),
      name: z.string(),
      detail: z.string(),
      where: place,
      /** `file:line` of the enclosing function, as in `calls`; `file:0` for a file's top level and for what is no code. */
      within: z.string(),
      routes: z.array(z.string()),
    }),
  ),
});
export type Construct = z.infer<typeof constructs>['constructs'][number];

/** The columns of tables and the fields of documents as the sources of the schema declare them: migrations, models. */
export const declaredColumns = z.strictObject({
  columns: z.array(
    z.strictObject({
      table: z.string(),
      column: z.string(),
      /** As written, in lower case: `numeric(12,2)`, `doubleprecision`, `float`, `timestamp`; empty where it is not known. */
      type: z.string(),
      source: z.enum(['sql', 'prisma', 'drizzle', 'typeorm', 'sequelize', 'mongoose', 'knex']),
      where: place,
    }),
  ),
});
export type DeclaredColumn = z.infer<typeof declaredColumns>['columns'][number];

const keySource = z.enum(['sql', 'prisma', 'drizzle', 'entity', 'builder']);

/** Keys, indexes and references of tables as the sources of the schema declare them, in the order in which migrations change them. */
export const declaredKeys = z.strictObject({
  tables: z.array(
    z.strictObject({
      table: z.string(),
      /** Where the table itself is declared; null where only what belongs to it was seen. */
      where: place.nullable(),
      columns: z.array(z.string()),
      /** Primary keys and unique constraints too; of an index on an expression, the columns in it. */
      indexes: z.array(
        z.strictObject({
          name: z.string().nullable(),
          columns: z.array(z.string()),
          unique: z.boolean(),
          /** An ordinary one, on whole columns of all rows. */
          plain: z.boolean(),
          source: keySource,
          where: place,
        }),
      ),
      references: z.array(z.strictObject({ columns: z.array(z.string()), table: z.string(), where: place })),
    }),
  ),
});
export type DeclaredKeys = z.infer<typeof declaredKeys>['tables'][number];
