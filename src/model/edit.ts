import { z } from 'zod';

/** A change to the audited tree, as data: hardeners and planters propose it, the engine applies it. */
export const edit = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('replace'), file: z.string(), from: z.int(), to: z.int(), text: z.string() }),
  z.strictObject({ do: z.literal('create'), file: z.string(), text: z.string() }),
]);
export type Edit = z.infer<typeof edit>;
