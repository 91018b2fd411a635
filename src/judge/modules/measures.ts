import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import { severities, shownTable } from '../../model/words.ts';
import type { Severity } from '../../model/words.ts';
import { dataClassOf } from '../words.ts';

/** What the verdicts on modules are made of; what is missing was not measured. */
export interface ModuleInput {
  readonly files: EvidenceValue<'files'>['files'];
  readonly findings: readonly Finding[];
  readonly endpoints: Report['endpoints'];
  /** The audit showed that the tests notice wrong behaviour. */
  readonly testsAssert: boolean;
  readonly structure?: EvidenceValue<'structure'> | undefined;
  readonly history?: EvidenceValue<'history'> | undefined;
  readonly tests?: EvidenceValue<'tests'> | undefined;
  readonly queries?: EvidenceValue<'queries'> | undefined;
  readonly samples?: EvidenceValue<'samples'> | undefined;
}

/** One module, measured. Null is what could not be measured. */
export interface Measures {
  readonly path: string;
  readonly files: number;
  readonly lines: number;
  readonly endpoints: number;
  readonly answering: number;
  /** Files outside that need it, by whatever way; endpoints whose code leads through it, its own among them. */
  readonly users: number | null;
  readonly through: number | null;
  readonly data: 'secrets' | 'personal' | 'money' | 'other';
  /** Commits that changed it, and the share of all. */
  readonly commits: number | null;
  readonly share: number;
  /** Tests that import it or ask its endpoints, and how many of them could not fail for it. */
  readonly testing: number;
  readonly hollow: number;
  /** The hardest function and its decisions. */
  readonly hardest: { readonly name: string; readonly complexity: number } | null;
  readonly commented: number | null;
  readonly unreachable: boolean;
  readonly findings: readonly Finding[];
  readonly worst: Severity | 'none';
}

const grave = new Set(['no-assertion', 'unfinished-assertion', 'unawaited-promise', 'tautology', 'mocked-subject', 'no-subject']);

/** Measures one module. */
export function measured(path: string, files: ReadonlySet<string>, input: ModuleInput): Measures {
  const structure = input.structure?.files.filter((file) => files.has(file.path)) ?? [];
  const endpoints = input.endpoints.filter((endpoint) => files.has(endpoint.file));
  const findings = input.findings.filter(
    (finding) => finding.status === 'fail' && fileOf(finding, input) !== null && files.has(fileOf(finding, input) ?? ''),
  );
  const around = input.structure === undefined ? null : usersOf(files, input.structure);
  const changed = input.history?.files.filter((file) => files.has(file.path)) ?? [];
  const commits = input.history === undefined ? null : Math.max(0, ...changed.map((file) => file.commits));
  const cases = testsOf(files, endpoints, input);
  const [hardest] = structure.flatMap((file) => file.hardest ?? []).toSorted((a, b) => b.complexity - a.complexity);
  const lines = input.files.filter((file) => files.has(file.path)).reduce((sum, file) => sum + file.lines, 0);
  const own = structure.filter(({ test }) => !test);
  return {
    path,
    files: files.size,
    lines,
    endpoints: endpoints.length,
    answering: endpoints.filter((endpoint) => endpoint.works === true).length,
    users: around === null ? null : around.size,
    through: around === null ? null : input.endpoints.filter((endpoint) => files.has(endpoint.file) || around.has(endpoint.file)).length,
    data: dataClassOf([...endpoints.flatMap(({ tables }) => tables), ...tablesIn(files, input)].map(shownTable)),
    commits,
    share: commits === null || !input.history ? 0 : commits / Math.max(1, input.history.commits),
    testing: cases.length,
    hollow: cases.filter(({ flaws }) => flaws.some(({ flaw }) => grave.has(flaw))).length,
    hardest: hardest === undefined ? null : { name: hardest.name, complexity: hardest.complexity },
    commented: own.length === 0 ? null : own.reduce((sum, { comments }) => sum + comments, 0) / Math.max(1, lines),
    unreachable: own.length > 0 && own.every(({ reachable, unit }) => !reachable && !(input.structure?.unsure.includes(unit) ?? false)),
    findings,
    worst: severities.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'none',
  };
}

/** Where a finding stands: its place, else the file of its endpoint. */
function fileOf(finding: Finding, { endpoints }: ModuleInput): string | null {
  if (finding.where) return finding.where.file;
  const { endpoint } = finding;
  if (endpoint === null) return null;
  return endpoints.find((one) => one.method === endpoint.method && one.path === endpoint.path)?.file ?? null;
}

/** Product files outside of the module from which imports lead into it. */
function usersOf(files: ReadonlySet<string>, structure: EvidenceValue<'structure'>): Set<string> {
  const users = new Map<string, string[]>();
  for (const { path, imports, test } of structure.files)
    if (!test) for (const one of imports) users.set(one, [...(users.get(one) ?? []), path]);
  const found = new Set<string>();
  const pending = [...files];
  for (let at = pending.pop(); at !== undefined; at = pending.pop())
    for (const user of users.get(at) ?? [])
      if (!found.has(user) && !files.has(user)) {
        found.add(user);
        pending.push(user);
      }
  return found;
}

function tablesIn(files: ReadonlySet<string>, { queries }: ModuleInput): string[] {
  return (queries?.queries ?? []).filter(({ where }) => files.has(where.file)).flatMap(({ tables }) => tables);
}

/** The tests of files that import the module, and of files that ask its endpoints. */
function testsOf(
  files: ReadonlySet<string>,
  endpoints: Report['endpoints'],
  { structure, tests, samples }: ModuleInput,
): EvidenceValue<'tests'>['cases'] {
  const importing = new Set(
    structure?.files.filter(({ test, imports }) => test && imports.some((one) => files.has(one))).map(({ path }) => path) ?? [],
  );
  const ids = new Set(endpoints.map(({ unit, method, path }) => `${unit}\0${method} ${path}`));
  for (const { source, endpoint, where } of samples?.samples ?? [])
    if (source === 'test' && endpoint !== null && ids.has(`${endpoint.unit}\0${endpoint.id}`)) importing.add(where.file);
  return tests?.cases.filter(({ where }) => importing.has(where.file)) ?? [];
}
