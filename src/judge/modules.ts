import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { atLeast, severities } from '../model/words.ts';

const most = 30;
const sourceFile = /\.(?:[cm]?[jt]sx?|vue|svelte|sql|prisma)$/;
const testFile = /(?:^|\/)(?:tests?|__tests__|e2e|spec|cypress)\/|\.(?:test|spec)\.[cm]?[jt]sx?$/;
const notProduct = /(?:^|\/)(?:node_modules|dist|build|coverage|docs?|examples?|fixtures)\/|\.d\.ts$|\.config\.[cm]?[jt]s$/;

export interface ModuleInput {
  readonly files: EvidenceValue<'files'>['files'];
  readonly findings: readonly Finding[];
  readonly endpoints: Report['endpoints'];
  /** The audit showed that the tests notice wrong behaviour. */
  readonly testsAssert: boolean;
}

/**
 * Keep, harden or rebuild, for each folder of product code. Rebuild needs named grounds that this version does not
 * measure (churn, test strength, explainability), so it never says it; keep needs proof of behaviour.
 */
export function modules(input: ModuleInput): Report['modules'] {
  const product = input.files.filter((file) => sourceFile.test(file.path) && !testFile.test(file.path) && !notProduct.test(file.path));
  const tests = input.files.filter((file) => testFile.test(file.path));
  const groups = grouped(product.map((file) => file.path));
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, files]) => moduleOf(path, new Set(files), { ...input, files: product }, tests));
}

/** Files by folder, the deepest grouping that gives at most thirty. */
function grouped(files: readonly string[]): Map<string, string[]> {
  for (let depth = 4; depth > 1; depth -= 1) {
    const groups = byFolder(files, depth);
    if (groups.size <= most) return groups;
  }
  const groups = [...byFolder(files, 1)].toSorted(([, a], [, b]) => b.length - a.length);
  const rest = groups.slice(most - 1).flatMap(([, paths]) => paths);
  return new Map(
    [...groups.slice(0, most - 1), ...(rest.length > 0 ? [['(other folders)', rest] as const] : [])].map(([path, paths]) => [
      path,
      [...paths],
    ]),
  );
}

function byFolder(files: readonly string[], depth: number): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const folder = file.split('/').slice(0, -1).slice(0, depth).join('/') || '.';
    groups.set(folder, [...(groups.get(folder) ?? []), file]);
  }
  return groups;
}

function moduleOf(path: string, files: ReadonlySet<string>, input: ModuleInput, tests: ModuleInput['files']): Report['modules'][number] {
  const fails = input.findings.filter((finding) => finding.status === 'fail' && finding.where && files.has(finding.where.file));
  const endpoints = input.endpoints.filter((endpoint) => files.has(endpoint.file));
  const answering = endpoints.filter((endpoint) => endpoint.works === true).length;
  const names = new Set([...files].map(stem));
  const testing = tests.filter((test) => names.has(stem(test.path))).length;
  const worst = severities.find((severity) => fails.some((finding) => finding.severity === severity));
  const grave = fails.some((finding) => atLeast(finding.severity, 'medium'));
  const proven = endpoints.length > 0 && answering === endpoints.length && testing > 0 && input.testsAssert;
  return {
    path,
    verdict: grave ? 'harden' : proven && fails.length === 0 ? 'keep' : 'unproven',
    factors: {
      files: files.size,
      lines: input.files.filter((file) => files.has(file.path)).reduce((sum, file) => sum + file.lines, 0),
      endpoints: endpoints.length,
      answering,
      findings: fails.length,
      worst: worst ?? 'none',
      'test files': testing,
      'not measured': 'churn, test strength, how well people understand it',
    },
  };
}

/** `src/orders/routes.test.ts` -> `routes`. */
function stem(path: string): string {
  return (path.split('/').at(-1) ?? path).split('.')[0] ?? path;
}
