import { z } from 'zod';
import { place } from '../words.ts';

/** Evidence about how the code is built, for those who will change it. */

/** The files of the application with what leads where. Complexity is cyclomatic: one, and one for every decision. */
export const structure = z.strictObject({
  files: z.array(
    z.strictObject({
      path: z.string(),
      unit: z.string(),
      lines: z.int(),
      /** Lines that hold nothing but a comment. */
      comments: z.int(),
      /** It does not run in production: a test, a story, a configuration. */
      test: z.boolean(),
      /** It is sent to browsers by its own word or by where it lies. */
      client: z.boolean(),
      /** Why something outside of the code starts it; null where nothing was seen to. */
      entry: z.string().nullable(),
      /** Some entry leads to it by imports. */
      reachable: z.boolean(),
      /** Own files that it needs when it runs. */
      imports: z.array(z.string()),
      /** Own files of which it takes types alone. */
      types: z.array(z.string()),
      functions: z.int(),
      complexity: z.int(),
      /** The function with the most decisions. */
      hardest: z.strictObject({ name: z.string(), where: place, complexity: z.int() }).nullable(),
      /** What it exports and nobody names anywhere. */
      unused: z.array(z.strictObject({ name: z.string(), line: z.int() })),
    }),
  ),
  /** Files that need each other in a circle, each circle as large as it is; the largest first. */
  cycles: z.array(z.array(z.string())),
  /** Code for browsers that needs code which only a server can run: the way there, and the package that shows it. */
  crossings: z.array(z.strictObject({ way: z.array(z.string()), line: z.int(), because: z.string() })),
  /** The document that a newcomer opens first: whether it says how to start the application, and whether it is only the template's. */
  readme: z.strictObject({ file: z.string(), starts: z.boolean(), template: z.boolean() }).nullable(),
  /** Units in which too little is reachable to believe that all entries were found. */
  unsure: z.array(z.string()),
});
export type Structure = z.infer<typeof structure>;

const copy = z.strictObject({ name: z.string(), where: place, test: z.boolean() });

/** Functions that were copied, by what they do and not by how they are written. */
export const clones = z.strictObject({
  groups: z.array(
    z.strictObject({
      copies: z.array(copy),
      /** Of one copy, in lines. */
      lines: z.int(),
      /** Share of steps that all have in common, 0 to 1. */
      alike: z.number(),
      /** What one does and the other, though otherwise alike, does not. */
      drift: z.array(z.strictObject({ in: z.string(), line: z.int(), does: z.string() })),
    }),
  ),
  /** Lines of functions that are copies of others, and of all functions. */
  lines: z.strictObject({ copied: z.int(), of: z.int() }),
});
export type Clones = z.infer<typeof clones>;

/** How far types and linters are used. */
export const typing = z.strictObject({
  units: z.array(
    z.strictObject({
      dir: z.string(),
      /** Files by language; code alone. */
      typescript: z.int(),
      javascript: z.int(),
      /** Lines of TypeScript. */
      lines: z.int(),
      config: z.string().nullable(),
      /** `strict` with what switches parts of it off again; null where there is no configuration, or it cannot be followed. */
      strict: z.boolean().nullable(),
      off: z.array(z.string()),
      /** The linter's configuration, or its name where it needs none. */
      lint: z.string().nullable(),
      any: z.int(),
      casts: z.int(),
      bangs: z.int(),
      silenced: z.array(z.strictObject({ file: z.string(), line: z.int(), directive: z.string() })),
      /** The files with most of these, and how many. */
      worst: z.array(z.strictObject({ file: z.string(), count: z.int() })),
    }),
  ),
});

/** How often files were changed in the commits that lead to this one; merges and commits that touch everything left out. */
export const history = z.strictObject({
  commits: z.int(),
  /** From the first to the last of them. */
  days: z.int(),
  /** False where older commits were not counted. */
  whole: z.boolean(),
  files: z.array(z.strictObject({ path: z.string(), commits: z.int(), people: z.int() })),
});
