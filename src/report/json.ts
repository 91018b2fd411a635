import type { Report } from '../model/report.ts';

/** The report as JSON with two spaces, keys in alphabetical order at every depth, and a line break at the end. */
export function toJson(report: Report): string {
  return `${JSON.stringify(sorted(report), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
