import { z } from 'zod';

/** Evidence kinds that named people state in `seaworthy.json`. */

/** Who is meant to reach which endpoint: `public`, `signed-in`, or names of roles. */
export const intendedAccess = z.strictObject({
  rules: z.array(z.strictObject({ endpoint: z.string(), allow: z.array(z.string()) })),
});
