/** Working hours for the first finding of a check, and for each further one of the same check. */
export interface Effort {
  readonly first: readonly [low: number, high: number];
  readonly further: readonly [low: number, high: number];
}

/** Ranges by area, for someone who knows the code; checks that differ much stand below. */
const byArea: Readonly<Record<string, Effort>> = {
  security: { first: [1, 4], further: [0.25, 1] },
  correctness: { first: [2, 6], further: [1, 3] },
  reliability: { first: [1, 4], further: [0.25, 1] },
  schema: { first: [1, 3], further: [0.25, 1] },
  performance: { first: [2, 6], further: [1, 3] },
  observability: { first: [2, 6], further: [0.5, 1] },
  operability: { first: [1, 4], further: [0.5, 2] },
  dependencies: { first: [0.5, 3], further: [0.25, 1] },
  architecture: { first: [3, 12], further: [2, 8] },
  tests: { first: [4, 12], further: [1, 4] },
  compliance: { first: [4, 12], further: [2, 6] },
  ai: { first: [2, 8], further: [1, 4] },
};

const byCheck: Readonly<Record<string, Effort>> = {
  'security/secrets-in-code': { first: [0.5, 2], further: [0.25, 0.5] },
  'security/password-storage': { first: [2, 4], further: [0.5, 1] },
  'security/tenant-isolation': { first: [4, 16], further: [1, 2] },
  'security/cors-origins': { first: [0.5, 1], further: [0.25, 0.5] },
  'security/response-headers': { first: [0.5, 1], further: [0.25, 0.25] },
};

/** The hours of a set of findings, by check. */
export function hoursFor(checks: readonly string[]): { low: number; high: number } {
  let low = 0;
  let high = 0;
  const seen = new Set<string>();
  for (const check of checks) {
    const effort = byCheck[check] ?? byArea[check.split('/')[0] ?? ''] ?? { first: [1, 4], further: [1, 4] };
    const [from, to] = seen.has(check) ? effort.further : effort.first;
    seen.add(check);
    low += from;
    high += to;
  }
  return { low, high };
}
