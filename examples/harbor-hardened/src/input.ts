import { z } from 'zod';
import { toCents } from './money.js';

/** Text of a person: trimmed, not empty, bounded, without NUL (Postgres refuses it). */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => !value.includes('\0'), 'must not hold NUL characters');

export const email = z.string().trim().toLowerCase().max(254).pipe(z.string().email());

/** bcrypt reads 72 bytes; a longer password would be cut silently. */
export const password = z
  .string()
  .min(8)
  .refine((value) => Buffer.byteLength(value) <= 72, 'must not be longer than 72 bytes')
  .refine((value) => !value.includes('\0'), 'must not hold NUL characters');

/** An amount such as 12.5, as whole cents. */
const cents = z.number().transform((value, ctx) => {
  const result = toCents(value);
  if (result === undefined) {
    ctx.addIssue({ code: 'custom', message: 'must be an amount with at most two decimals' });
    return z.NEVER;
  }
  return result;
});
export const priceCents = cents.pipe(z.number().min(0).max(100_000_000_00));
export const amountCents = cents.pipe(z.number().min(1).max(100_000_000_00));

export const id = z
  .union([z.number(), z.string().regex(/^[0-9]{1,15}$/).transform(Number)])
  .pipe(z.number().int().positive().max(999_999_999_999_999));

export const role = z.enum(['owner', 'manager', 'member']);
export const orderStatus = z.enum(['pending', 'confirmed', 'shipped', 'delivered']);

export const idParams = z.object({ id });
export const paging = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
});

/** A search term as a pattern for LIKE; its own wildcards mean themselves. */
export function likePattern(term: string): string {
  return `%${term.replace(/[\\%_]/g, '\\$&')}%`;
}
