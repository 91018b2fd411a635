import { z } from 'zod';

/** What makes an application harder to answer for when it grows. A list is null where nobody could look, which is not the same as none. */
export const surface = z.strictObject({
  roles: z.array(z.string()).nullable(),
  /** Tables that hold money, by their names and those of their columns. */
  moneyTables: z.array(z.string()).nullable(),
  /** `table.column`, by name. */
  personalColumns: z.array(z.string()).nullable(),
  /** Who is called outside: the host, or the package that calls it. */
  services: z.array(z.strictObject({ name: z.string(), kind: z.enum(['payments', 'mail', 'model', 'storage', 'other']) })).nullable(),
  endpoints: z.int(),
  lines: z.int(),
});
export type Surface = z.infer<typeof surface>;
