/**
 * Measures reading against small applications whose flaws others have labelled by file (hadrix-ai/hadrix, folder `evals/`, which is no part of this
 * repository; docs/measured/labelled-apps.md has the classes, written down before measuring, and the figures):
 *
 *   node bench/labelled-apps.ts DIR [suite] [--online]    DIR holds folders with `cases/` and `expected_findings.json`
 *
 * Each case is an application of its own and is read from a copy without comments, since comments name the flaws. Prints found / labelled for each
 * suite, each label that was missed, and every other failing finding of severity medium or above, to be looked at by hand.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import type { Report } from '../src/index.ts';
import { audited } from '../test/support/audited.ts';

/** Which of our checks say what a label says, by words of the label; the first row that fits counts. */
const classes: readonly (readonly [says: RegExp, checks: readonly string[]])[] = [
  [
    /Authorization header presence|presence of Authorization|trusts frontend session|checking signatures/,
    ['security/session-verification', 'security/authentication'],
  ],
  [/^Log[io]n (UI|API)|^Password login/, ['security/login-rate-limit']],
  [/size limits/, ['performance/request-limits', 'security/uploads']],
  [/Upload handler stores|Plugin upload/, ['security/uploads', 'security/path-traversal']],
  [/^Client component (writes|runs)/, ['reliability/input-validation', 'security/row-security-enabled']],
  [/verifying (org|ownership)|not enforced/, ['security/object-authorization', 'security/tenant-isolation', 'security/authentication']],
  [/secret key|service role|bot token|API key/, ['security/secrets-in-code', 'security/server-keys-in-client']],
  [/CORS/, ['security/cors-origins']],
  [/Debug endpoint/, ['security/debug-endpoints', 'security/response-fields']],
  [/bucket/, ['security/storage-buckets']],
  [/anon key/, ['security/server-keys-in-client', 'security/session-verification']],
  [/SQL|\.or\(\)/, ['security/sql-injection', 'security/nosql-injection']],
  [/HTML/, ['security/html-injection']],
  [/^\w+@\d/, ['dependencies/known-vulnerabilities']],
];

interface Label {
  readonly category: string;
  readonly file: string;
  readonly description: string;
}

const online = process.argv.includes('--online');
const [dir = '.', only] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const others: string[] = [];
let found = 0;
let of = 0;
for (const suite of readdirSync(dir).toSorted()) {
  const expected = join(dir, suite, 'expected_findings.json');
  if (!existsSync(expected) || (only !== undefined && !suite.includes(only))) continue;
  const labels = JSON.parse(readFileSync(expected, 'utf8')) as Label[];
  let hits = 0;
  for (const name of readdirSync(join(dir, suite, 'cases')).toSorted()) {
    const { findings } = await read(join(dir, suite, 'cases', name));
    const failing = findings.filter(({ status }) => status === 'fail');
    const here = labels.filter(({ file }) => file.startsWith(`cases/${name}/`));
    const told = new Set<unknown>();
    for (const { file, description } of here) {
      const path = file.slice(`cases/${name}/`.length);
      const checks = classes.find(([says]) => says.test(description))?.[1] ?? [];
      // Of several labels about one file, each names its package.
      const [, about = ''] = /^(\S+)@\d/.exec(description) ?? [];
      const match = failing.filter(
        ({ check, where, message }) => checks.includes(check) && where?.file === path && message.includes(about),
      );
      for (const one of match) told.add(one);
      if (match.length > 0) hits++;
      else console.log(`missed: ${suite} ${file}: ${description}`);
    }
    for (const one of failing)
      if (!told.has(one) && /critical|high|medium/.test(one.severity))
        others.push(`${suite}/${name}: ${one.severity} ${one.check} ${one.where?.file}:${one.where?.line}: ${one.message}`);
  }
  console.log(`${suite}: ${hits}/${labels.length}`);
  found += hits;
  of += labels.length;
}
console.log(`all: ${found}/${of} (${Math.round((100 * found) / Math.max(of, 1))} %)\nother findings:\n${others.join('\n')}`);
process.exit();

/** The report of a case, read from a copy without comments. */
async function read(from: string): Promise<Report> {
  const copy = mkdtempSync(join(tmpdir(), 'labelled-'));
  try {
    cpSync(from, copy, { recursive: true });
    for (const path of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
      if (path.endsWith('.md')) rmSync(join(copy, path));
      if (!/\.[cm]?[jt]sx?$/.test(path)) continue;
      const text = readFileSync(join(copy, path), 'utf8');
      writeFileSync(join(copy, path), bare(path, text));
    }
    return await audited(copy, false, online);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The text with its comments blanked, lines kept. */
function bare(path: string, text: string): string {
  let result = text;
  for (const { start, end } of parseSync(path, text).comments.toReversed())
    result = result.slice(0, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ') + result.slice(end);
  return result;
}
