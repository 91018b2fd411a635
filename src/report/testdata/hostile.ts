import { report as reportSchema } from '../../model/report.ts';
import type { Report } from '../../model/report.ts';
import { sampleReport } from './sample.ts';

/** What a hostile application may name its files, tables, users and errors. */
export const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\`\${1}\`\u0000\u001b[2J\u202egpj.exe\u200b</pre></details></table>-->`;

/** Words of the model that no application chooses. */
const ours = new Set([
  'startedAt', 'seed', 'profile', 'for', 'status', 'severity', 'class', 'bin', 'decision', 'verdict', 'outcome', 'answer', 'intended', 'do', 'shows', 'part', 'op', 'kind', 'id', 'fingerprint',
  'check', 'control', 'finding', 'findings', 'blockers', 'unproven', 'open', 'unblocks', 'checks', 'in', 'lacks', 'better', 'says',
]);

function spread(value: unknown, suffix: string, key = ''): unknown {
  if (typeof value === 'string') return ours.has(key) ? value : value + suffix;
  if (Array.isArray(value)) return value.map((inner) => spread(inner, suffix, key));
  if (value === null || typeof value !== 'object') return value;
  // Names of headers and columns are the application's own too.
  const named = key === 'headers' || key === 'before' || key === 'after' ? suffix : '';
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name + named, spread(inner, suffix, name)]));
}

/** The sample with `suffix` after every text that could come from an audited application. */
export function suffixed(suffix: string): Report {
  return reportSchema.parse({ ...(spread(sampleReport, suffix) as Report), tool: sampleReport.tool });
}
