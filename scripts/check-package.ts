/** Builds and packs what npm would publish, and checks that it holds what it needs, nothing else, and works for importers. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { parseSync } from 'oxc-parser';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = join(import.meta.dirname, '..');

export interface Packed {
  readonly tarball: string;
  readonly files: readonly { path: string; size: number }[];
  /** Bytes of the tarball and of its contents. */
  readonly size: number;
  readonly unpackedSize: number;
}

interface Manifest {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Runs a program with the Node of this process first; returns what it printed, or throws with it. */
export function command(cwd: string, file: string, ...args: string[]): string {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** Builds afresh (what an older build left would be packed too) and packs into `folder`. */
export function pack(folder: string): Packed {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  command(root, 'npm', 'run', '--silent', 'build');
  const printed = command(root, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  const [packed] = JSON.parse(printed) as [Omit<Packed, 'tarball'> & { filename: string }];
  return { ...packed, tarball: join(folder, packed.filename) };
}

/** What may be in the package. */
const allowed = /^(bin\/[\w.-]+|dist\/.+\.(c?js|d\.c?ts)|schema\/[\w.-]+\.schema\.json|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
/** What only tests need, wherever it lies. */
const forbidden = /\.test\.|\.testing\.|(^|\/)(testdata|__snapshots__|fixtures|examples)\//;
/** Files that no import leads to: started as processes, read as data, or named by package.json. */
const needed = [
  'bin/seaworthy.cjs',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/cli/bin.js',
  'dist/read/code/worker.js',
  'dist/run/ground/process.js',
  'dist/run/ground/preload/preload.cjs',
  'schema/report.schema.json',
  'schema/seaworthy.schema.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'package.json',
];

/** Everything that is wrong with the package, a sentence each. */
export async function problemsOf(packed: Packed): Promise<string[]> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const paths = packed.files.map(({ path }) => path);
  const compiled = paths.filter((path) => path.startsWith('dist/'));
  const seen = typesFrom('dist/index.d.ts');
  const imports = new Set(compiled.filter((path) => !/\.d\.c?ts$/.test(path) || seen.has(path)).flatMap(packagesIn));
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytesOf(packed.tarball) } });
  return [
    ...paths.filter((path) => !allowed.test(path)).map((path) => `${path} has no place in the package`),
    ...paths.filter((path) => forbidden.test(path)).map((path) => `${path} is for tests only`),
    ...needed.filter((path) => !paths.includes(path)).map((path) => `${path} is missing from the package`),
    ...compiled.filter((path) => !existsSync(sourceOf(path))).map((path) => `${path} has no source`),
    ...[...imports].filter((name) => !(name in manifest.dependencies)).map((name) => `${name} is imported but is no dependency`),
    ...Object.keys(manifest.dependencies)
      .filter((name) => !imports.has(name))
      .map((name) => `${name} is a dependency that nothing imports`),
    ...(manifest.scripts['prepack']?.includes('build') ? [] : ['prepack does not build']),
    ...messages.map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`),
  ];
}

function bytesOf(file: string): ArrayBuffer {
  const bytes = readFileSync(file);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

function sourceOf(compiled: string): string {
  return join(
    root,
    compiled
      .replace(/^dist\//, 'src/')
      .replace(/(\.d\.ts|\.js)$/, '.ts')
      .replace(/\.d\.cts$/, '.cjs'),
  );
}

/** The declarations that whoever imports the package sees: those that the entry leads to. */
function typesFrom(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry) || !existsSync(join(root, entry))) return found;
  found.add(entry);
  for (const specifier of specifiersIn(entry).filter((one) => one.startsWith('.')))
    typesFrom(join(dirname(entry), specifier).replace(/\.js$/, '.d.ts'), found);
  return found;
}

/** Packages that a compiled file imports, asks `require.resolve` for, or names in its types. */
function packagesIn(path: string): string[] {
  return specifiersIn(path)
    .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
    .map(packageOf);
}

function specifiersIn(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const { module } = parseSync(path, text);
  return [
    ...module.staticImports.map((one) => one.moduleRequest.value),
    ...module.staticExports.flatMap((one) => one.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ...module.dynamicImports.map((one) => /^['"](.+)['"]$/.exec(text.slice(one.moduleRequest.start, one.moduleRequest.end))?.[1] ?? '.'),
    ...[...text.matchAll(/\brequire\.resolve\(['"]([^'"]+)['"]\)/g)].map((match) => match[1] ?? '.'),
  ];
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), 'seaworthy-pack-'));
  try {
    const packed = pack(folder);
    const problems = await problemsOf(packed);
    const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} kB`;
    const top = Map.groupBy(packed.files, ({ path }) => path.split('/')[0] ?? path);
    for (const [name, files] of top)
      console.log(
        `${name.padEnd(14)} ${String(files.length).padStart(4)} files  ${kilobytes(files.reduce((sum, { size }) => sum + size, 0))}`,
      );
    console.log(
      `${'tarball'.padEnd(14)} ${String(packed.files.length).padStart(4)} files  ${kilobytes(packed.size)}, unpacked ${kilobytes(packed.unpackedSize)}`,
    );
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
