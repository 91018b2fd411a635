import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeaworthyError } from '../../../model/errors.ts';
import type { RunConfig } from '../types.ts';

/** Where and with what the app's programs run; paths as the app sees them. */
export interface Surroundings {
  readonly cwd: string;
  /** The port that the app is told to listen on; it may choose another. */
  readonly port: number;
  readonly health: string;
  readonly env: Readonly<Record<string, string>>;
  readonly invented: readonly { name: string; shape: string }[];
  /** What was left out of the copy. */
  readonly notes: readonly string[];
}

/** How the app is built and started. */
export interface Start {
  /** What a person would call it: `npm start`, `node server.js`. */
  readonly start: string;
  /** What `sh -c` gets. */
  readonly command: string;
  /** Build command, when what the start command runs is not there. */
  readonly build: string | null;
  /** Why this way, where it is not the usual one. */
  readonly reason: string | null;
}

export type AppPlan = Surroundings & Start;

/** The part of a package.json that matters for running. */
export interface Manifest {
  readonly main?: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly hasDependencies: boolean;
}

/** Reads package.json of a directory; empty when there is none or it is no JSON object. */
export function readManifest(dir: string): Manifest {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  } catch {
    return { scripts: {}, hasDependencies: false };
  }
  const fields = isRecord(raw) ? raw : {};
  const scripts = isRecord(fields['scripts']) ? fields['scripts'] : {};
  const texts = Object.entries(scripts).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return {
    ...(typeof fields['main'] === 'string' ? { main: fields['main'] } : {}),
    scripts: Object.fromEntries(texts),
    hasDependencies: isRecord(fields['dependencies']) && Object.keys(fields['dependencies']).length > 0,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A package script with its `pre` script, as `sh -c` text. */
export function scriptCommand(manifest: Manifest, name: string): string | null {
  const script = manifest.scripts[name];
  if (script === undefined) return null;
  const before = manifest.scripts[`pre${name}`];
  return before === undefined ? script : `${before} && ${script}`;
}

const entries = [
  'server',
  'index',
  'app',
  'main',
  'src/server',
  'src/index',
  'src/app',
  'src/main',
  'server/index',
  'server/server',
  'api/index',
];
const endings = ['.js', '.mjs', '.cjs', '.ts', '.mts'];
const asGood = ['start:prod', 'start:production', 'start:server'];
const lastResort = ['serve', 'server', 'start:dev', 'dev'];

/** How the app is to be built and started. `dir` is its unit in the copy. Throws `boot-failed` when nothing says so. */
export function findStart(dir: string, config: RunConfig | undefined): Start {
  const { start, command, reason = null } = findCommand(dir, config);
  return { start, command, build: findBuild(dir, command, config), reason };
}

function findCommand(dir: string, config: RunConfig | undefined): { start: string; command: string; reason?: string } {
  if (config?.start) return { start: config.start, command: config.start };
  const manifest = readManifest(dir);
  const script = scriptCommand(manifest, 'start');
  if (script !== null) return { start: 'npm start', command: script };
  const web = procfile(dir);
  if (web !== null) return { start: web, command: web };
  const named = byScript(manifest, asGood);
  if (named !== null) return named;
  const files = [manifest.main, ...entries.flatMap((entry) => endings.map((ending) => entry + ending))];
  for (const file of files) {
    if (!file || !existsSync(join(dir, file))) continue;
    const command = /\.m?ts$/.test(file)
      ? `if command -v tsx >/dev/null; then exec tsx ${file}; else exec node ${file}; fi`
      : `node ${file}`;
    return { start: `node ${file}`, command };
  }
  const other = byScript(manifest, lastResort);
  if (other !== null) return other;
  throw new SeaworthyError(
    'boot-failed',
    'no way to start the app was found: package.json has no "start" script, there is no Procfile and no server.js or index.js; add "start": "..." to seaworthy.json',
  );
}

function byScript(manifest: Manifest, names: readonly string[]): { start: string; command: string; reason: string } | null {
  for (const name of names) {
    const command = scriptCommand(manifest, name);
    if (command !== null)
      return { start: `npm run ${name}`, command, reason: `started by its "${name}" script: there is no "start" script` };
  }
  return null;
}

function procfile(dir: string): string | null {
  try {
    return /^web:\s*(.+)$/m.exec(readFileSync(join(dir, 'Procfile'), 'utf8'))?.[1]?.trim() ?? null;
  } catch {
    return null;
  }
}

/** The build command when the start command runs something that a build makes and that is not there. */
function findBuild(dir: string, command: string, config: RunConfig | undefined): string | null {
  if (config?.build) return config.build;
  const build = scriptCommand(readManifest(dir), 'build');
  if (build === null) return null;
  const made = [...command.matchAll(/(?:^|[\s=])((?:\.\/)?(?:dist|build|out|lib|\.output|\.next)(?:\/[\w./-]*)?)(?=\s|$)/g)].map(
    (match) => match[1] ?? '',
  );
  if (/\bnext start\b/.test(command)) made.push('.next');
  return made.some((path) => !['', '.js', '.mjs', '.cjs', '/index.js'].some((ending) => existsSync(join(dir, path + ending))))
    ? build
    : null;
}
