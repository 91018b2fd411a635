import { z } from 'zod';
import { confirmation } from '../access-rule.ts';

/** Evidence kinds that named people state in `seaworthy.json`. */

/** Who is meant to reach which endpoint. A rule that nobody confirmed is a draft and decides nothing. */
export const accessRules = z.strictObject({
  rules: z.array(
    z.strictObject({ endpoint: z.string(), allow: z.array(z.string()), why: z.string().nullable(), confirmed: confirmation.nullable() }),
  ),
});
