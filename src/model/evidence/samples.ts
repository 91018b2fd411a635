import { z } from 'zod';
import { want } from '../want.ts';
import { place } from '../words.ts';
import { abstractValue } from './read.ts';

/** The functions around a call in the code, outermost first: of a screen, its component comes first. A name is empty where there is none. */
const around = z.array(z.strictObject({ name: z.string(), line: z.int(), endLine: z.int() }));

/** Requests of the application that the repository holds: recorded, documented, made by its tests and by its screens. No credentials. */
export const samples = z.strictObject({
  samples: z.array(
    z.strictObject({
      source: z.enum(['har', 'postman', 'openapi', 'http-file', 'test', 'client-call']),
      /** Where it is written; of a call in the code, the one that first states the path. */
      where: place,
      within: around,
      /** The calls that lead there when it stands in a function that others call (a hook, a client library), nearest first. */
      callers: z.array(z.strictObject({ where: place, within: around })),
      method: z.string(),
      /** From the root, without the query, as written; what is not known of a path in code is `{}`. */
      path: z.string(),
      /** The endpoint that takes it, told by method and path, bases and prefixes left aside; null where none does. */
      endpoint: z.strictObject({ unit: z.string(), id: z.string() }).nullable(),
      query: z.record(z.string(), abstractValue),
      /** An object whose values are unknown tells the names of the fields alone. */
      body: abstractValue.nullable(),
      encoding: z.enum(['json', 'form', 'multipart']),
      /** The answer that was recorded or is expected; null where none is stated. */
      status: z.int().nullable(),
      /** What a specification asks of each field, by its place: `body:items.0.quantity`. */
      wants: z.record(z.string(), z.array(want)),
    }),
  ),
});
export type Sample = z.infer<typeof samples>['samples'][number];
