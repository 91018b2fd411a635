import { z } from 'zod';
import { inputField, guard } from './read.ts';
import { place } from '../words.ts';

/** Evidence kinds computed from other evidence. */

/** Which tables hold people and tenants, and how every other table's rows lead to them. */
export const ownership = z.strictObject({
  users: z.strictObject({ table: z.string(), key: z.string(), password: z.string().nullable(), role: z.string().nullable() }).nullable(),
  tenants: z.strictObject({ table: z.string(), key: z.string() }).nullable(),
  roles: z.array(z.string()),
  /** Shortest chain of references from a table to the users and tenants tables. */
  tables: z.array(
    z.strictObject({
      table: z.string(),
      user: z.array(z.strictObject({ from: z.string(), column: z.string(), to: z.string(), key: z.string() })).nullable(),
      tenant: z.array(z.strictObject({ from: z.string(), column: z.string(), to: z.string(), key: z.string() })).nullable(),
    }),
  ),
});
export type Ownership = z.infer<typeof ownership>;

/** The endpoint ledger: one row per endpoint, filled from all sides. */
export const endpoints = z.strictObject({
  endpoints: z.array(
    z.strictObject({
      id: z.string(),
      unit: z.string(),
      method: z.string(),
      path: z.string(),
      where: place,
      guards: z.array(guard),
      inputs: z.array(inputField),
      /** Drafted intent: who the application seems to mean to let in. */
      intended: z.enum(['public', 'signed-in', 'role', 'unknown']),
      intendedWhy: z.string(),
      tables: z.array(z.string()),
      writes: z.boolean(),
      works: z.boolean().nullable(),
      tried: z.int(),
      statements: z.int().nullable(),
    }),
  ),
});
