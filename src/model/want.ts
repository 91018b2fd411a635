import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** One thing that a field must be for a request to be taken, as an answer that refused it said. */
export const want = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('presence') }),
  /** The field is unknown there, or no value of it can please. */
  z.strictObject({ kind: z.literal('absence') }),
  z.strictObject({ kind: z.literal('type'), type: z.enum(['string', 'number', 'integer', 'boolean', 'array', 'object', 'date']) }),
  /** `email`, `uuid`, `url`, `domain`, `date`, `date-time`, `time`, `phone`, `object-id`, `ip`, `alphanumeric`, `digits`, `decimal`, `slug`, `color`. */
  z.strictObject({ kind: z.literal('format'), format: z.string() }),
  z.strictObject({ kind: z.literal('one-of'), values: z.array(scalar) }),
  z.strictObject({ kind: z.literal('minimum'), limit: z.number(), exclusive: z.boolean() }),
  z.strictObject({ kind: z.literal('maximum'), limit: z.number(), exclusive: z.boolean() }),
  /** At least so many characters, or items of an array. */
  z.strictObject({ kind: z.literal('shortest'), length: z.number() }),
  z.strictObject({ kind: z.literal('longest'), length: z.number() }),
  z.strictObject({ kind: z.literal('pattern'), source: z.string() }),
  /** Equal to another field; null where the answer does not say to which. */
  z.strictObject({ kind: z.literal('same'), as: z.string().nullable() }),
  z.strictObject({ kind: z.literal('when'), is: z.enum(['future', 'past']) }),
]);
export type Want = z.infer<typeof want>;
