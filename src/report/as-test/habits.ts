import { drivers, nodeTest, runners } from './runners.ts';
import type { Driver, Runner } from './runners.ts';

/** What a repository holds, as far as it says where and how its tests are written. */
export interface Repository {
  /** Relative paths with forward slashes. */
  readonly files: readonly string[];
  /** The text of one of `textsWanted`. */
  readonly text: (path: string) => string | undefined;
}

/** How an application keeps its tests. */
export interface Habits {
  readonly language: 'javascript' | 'python';
  readonly runner: Runner;
  readonly typescript: boolean;
  /** `import` and not `require`. */
  readonly modules: boolean;
  readonly driver: Driver | null;
  readonly port: number;
  /** Where a new test goes: all of its path but the slug. */
  readonly place: { readonly folder: string; readonly prefix: string; readonly suffix: string };
  /** TypeScript is run through tsx. */
  readonly loader: boolean;
}

interface Manifest {
  readonly type?: unknown;
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, unknown>>;
}

const testFile = /\.(test|spec|e2e-spec)\.([cm]?[jt]sx?)$/;
const testFolder = /^(.*\/)?(tests?|__tests__|specs?)(?=\/)/;
const pythonTest = /(^|\/)(test_[^/]*|[^/]*_test)\.py$/;
const source = /\.([cm]?[jt]s|py)$/;
const sourcesRead = 400;

/** The files that `habitsOf` looks into. */
export function textsWanted(files: readonly string[], unit: string): string[] {
  const inside = within(files, unit);
  return [
    ...new Set([
      ...files.filter((path) => path === 'package.json' || path === joined(unit, 'package.json')),
      ...inside.filter((path) => testFile.test(path)).slice(0, 1),
      ...inside.filter((path) =>
        /(^|\/)\.env(\.(example|sample|template|development))?$|(^|\/)(requirements[^/]*\.txt|pyproject\.toml)$/.test(path),
      ),
      ...inside
        .filter((path) => source.test(path) && !testFile.test(path) && !/(^|\/)(public|migrations|scripts)\//.test(path))
        .slice(0, sourcesRead),
    ]),
  ];
}

/** How the application in this folder of the repository writes its tests; where it has none, plain Node's (or pytest's) way. */
export function habitsOf(repository: Repository, unit: string): Habits {
  const inside = within(repository.files, unit);
  const own = manifestAt(repository, joined(unit, 'package.json'));
  const root = manifestAt(repository, 'package.json');
  const isPython =
    own === null &&
    (root === null || unit !== '.') &&
    inside.some((path) => /(^|\/)(requirements[^/]*\.txt|pyproject\.toml|manage\.py)$/.test(path));
  const packages = [own, root].flatMap((manifest) => Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies }));
  const port = portOf(repository, inside, packages, isPython);
  if (isPython) return { ...pythonHabits(inside, unit), port };
  const script = [own, root].map((manifest) => String(manifest?.scripts?.['test'] ?? '')).find((text) => text !== '') ?? '';
  const called = [...runners, nodeTest].find((one) => one.called.test(script));
  const tests = inside.filter((path) => testFile.test(path));
  const runner =
    called ??
    runners.find((one) => packages.some((name) => one.known.test(name)) && (one.name !== 'playwright' || tests.length > 0)) ??
    nodeTest;
  const typescript = tests.length > 0 ? tests.filter((path) => /\.[cm]?tsx?$/.test(path)).length * 2 > tests.length : false;
  const sample = tests[0] === undefined ? undefined : repository.text(tests[0]);
  const isModule = (own ?? root)?.type === 'module';
  const alwaysModule = ['vitest', 'playwright', 'bun'].includes(runner.name) || (runner.name === 'node:test' && tests.length === 0);
  const modules = alwaysModule || typescript || isModule || (sample !== undefined && /^import\s/m.test(sample));
  const extension = typescript ? 'ts' : modules && !isModule && runner.name === 'node:test' ? 'mjs' : 'js';
  return {
    language: 'javascript',
    runner,
    typescript,
    modules,
    driver: drivers.find((driver) => packages.some((name) => driver.known.test(name))) ?? null,
    port,
    place: placeOf(tests, unit, script, extension),
    loader: packages.includes('tsx') && typescript,
  };
}

function pythonHabits(inside: readonly string[], unit: string): Omit<Habits, 'port'> {
  const tests = inside.filter((path) => pythonTest.test(path));
  const folder = mostCommon(tests.flatMap((path) => testFolder.exec(path)?.[0] ?? [])) ?? joined(unit, 'tests');
  const place = { folder: `${folder}/security`, prefix: 'test_', suffix: '.py' };
  return {
    language: 'python',
    runner: { ...nodeTest, name: 'pytest', run: (file) => `python -m pytest ${file}` },
    typescript: false,
    modules: false,
    driver: null,
    place,
    loader: false,
  };
}

/** Beside the tests that are there: in a folder of their own below the tests' folder, unless the test script looks into that one only. */
function placeOf(tests: readonly string[], unit: string, script: string, extension: string): Habits['place'] {
  const folders = tests.flatMap((path) => testFolder.exec(path)?.[0] ?? []);
  const beside = tests.length > 0 && folders.length === 0 && tests.every((path) => path.startsWith(joined(unit, 'src/')));
  const folder = mostCommon(folders) ?? joined(unit, beside ? 'src' : 'test');
  const kind = mostCommon(tests.flatMap((path) => testFile.exec(path)?.[1] ?? [])) ?? 'test';
  const suffix = `.${kind}.${extension}`;
  const name = folder.split('/').at(-1) ?? '';
  const flat = new RegExp(`\\b${name}/\\*\\.`).test(script);
  return flat ? { folder, prefix: 'security-', suffix } : { folder: `${folder}/security`, prefix: '', suffix };
}

function portOf(repository: Repository, inside: readonly string[], packages: readonly string[], isPython: boolean): number {
  const patterns = [
    /^PORT\s*=\s*["']?(\d{4,5})/m,
    /PORT\b[^\n]{0,40}?(?:\|\||\?\?|default\(|,)\s*['"]?(\d{4,5})/,
    /\.listen\(\s*(\d{4,5})/,
    /\bport\s*[:=]\s*(\d{4,5})/i,
  ];
  const texts = inside.filter((path) => source.test(path) || /(^|\/)\.env/.test(path)).flatMap((path) => repository.text(path) ?? []);
  for (const pattern of patterns) {
    const found = texts.map((text) => Number(pattern.exec(text)?.[1])).find((port) => port >= 1024 && port < 65_536);
    if (found !== undefined) return found;
  }
  if (isPython) return inside.some((path) => path.endsWith('manage.py')) ? 8000 : 5000;
  return packages.includes('@sveltejs/kit') ? 5173 : 3000;
}

function manifestAt({ text }: Repository, path: string): Manifest | null {
  try {
    const manifest: unknown = JSON.parse(text(path) ?? '');
    return typeof manifest === 'object' && manifest !== null ? manifest : null;
  } catch {
    return null; // None, or none that can be read.
  }
}

function within(files: readonly string[], unit: string): string[] {
  return unit === '.' || unit === '' ? [...files] : files.filter((path) => path.startsWith(`${unit}/`));
}

function joined(unit: string, path: string): string {
  return unit === '.' || unit === '' ? path : `${unit}/${path}`;
}

function mostCommon(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
