/** Whole cents of an amount, or undefined when it has more than two decimals or is not a safe number. */
export function toCents(amount: number): number | undefined {
  const result = Math.round(amount * 100);
  if (!Number.isSafeInteger(result) || Math.abs(amount * 100 - result) > 1e-6 * Math.max(1, Math.abs(amount))) return undefined;
  return result;
}

/** The amount that the API shows for whole cents. */
export function fromCents(cents: number): number {
  return cents / 100;
}
