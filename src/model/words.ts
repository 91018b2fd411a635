import { z } from 'zod';

/** How bad it is when the statement is true. Ordered from worst to least. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const severity = z.enum(severities);
export type Severity = z.infer<typeof severity>;

/** True when `a` is at least as bad as `b`. */
export function atLeast(a: Severity, b: Severity): boolean {
  return severities.indexOf(a) <= severities.indexOf(b);
}

/** How a piece of evidence came to be: observed in an experiment, read from files, or attested by a named person. */
export const evidenceClass = z.enum(['ran', 'read', 'stated']);
export type EvidenceClass = z.infer<typeof evidenceClass>;

/** The parts of a production application that checks are grouped by; the first segment of every check id. */
export const areas = [
  'security',
  'correctness',
  'reliability',
  'schema',
  'performance',
  'observability',
  'operability',
  'dependencies',
  'architecture',
  'tests',
  'compliance',
  'ai',
] as const;
export type Area = (typeof areas)[number];

/** The moments at which being wrong becomes expensive. */
export const triggers = ['payments', 'sensitive-data', 'scale', 'funding', 'regulated'] as const;
export const trigger = z.enum(triggers);
export type Trigger = z.infer<typeof trigger>;

/** What a trigger's blocking set says. */
export const decision = z.enum(['go', 'conditional', 'unproven', 'no-go']);
export type Decision = z.infer<typeof decision>;

/** Who the application is for; decides which controls are left out. */
export const profiles = ['prototype', 'internal', 'public'] as const;
export const profile = z.enum(profiles);
export type Profile = z.infer<typeof profile>;

/** A place in the audited tree: path relative to its root with forward slashes, lines counted from 1. */
export const place = z.strictObject({
  file: z.string(),
  line: z.int().positive(),
  endLine: z.int().positive(),
});
export type Place = z.infer<typeof place>;

/** A table as people call it: without the schema that everybody has (`public` in Postgres, `main` in SQLite). */
export function shownTable(name: string): string {
  return name.replace(/^(?:public|main)\./, '');
}

/** Something the evidence could not see, and why; `settle` is the command that would look there, where one would. */
export const gap = z.strictObject({ file: z.string().nullable(), reason: z.string(), settle: z.string().optional() });
export type Gap = z.infer<typeof gap>;
