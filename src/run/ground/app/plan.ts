import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SeaworthyError } from '../../../model/errors.ts';
import type { RunConfig } from '../types.ts';
import { frameworkOf, isBuilt, type Framework } from './frameworks.ts';
import { expanded, readManifest, scriptCommand, withEnvFiles, type Manifest } from './manifest.ts';
import { fetchesEngines, hasPrismaEngines, prismaGenerate, standIns, withoutPrismaMigrations } from './prisma.ts';
import { pythonStart } from './python.ts';
import { portOfCommand } from './start-port.ts';
import { readText } from './text.ts';
import { standInFor, withStandIn, type StandIn } from './prisma-stand-in.ts';
import { siblingBuilds } from './workspace.ts';

export { readManifest } from './manifest.ts';

/** Where and with what the app's programs run; paths as the app sees them. */
export interface Surroundings {
  readonly cwd: string;
  /** The port that the app is told to listen on; it may choose another. */
  readonly port: number;
  readonly health: string;
  readonly env: Readonly<Record<string, string>>;
  readonly invented: readonly { name: string; shape: string }[];
  /** The sample of the environment that the app brings. */
  readonly sample: Readonly<Record<string, string>>;
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

interface Found {
  readonly start: string;
  readonly command: string;
  readonly reason?: string;
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
  'server/src/index',
  'backend/index',
  'backend/server',
  'api/index',
];
const endings = ['.js', '.mjs', '.cjs', '.ts', '.mts'];
const asGood = ['start:prod', 'start:production', 'start:server'];
const lastResort = ['start', 'serve', 'server', 'preview', 'start:dev', 'dev'];

/** Commands that serve a developer: they compile as they go, watch files, or start several things at once. */
const forDevelopers =
  /\b(?:nest start|next dev|nodemon|ts-node-dev|tsnd|tsx watch|nux[ti] dev|remix (?:vite:)?dev|react-router dev|astro dev|vite dev|react-scripts start|ng serve|concurrently|npm-run-all|run-p|turbo run dev)\b|--watch\b|(?:^|&&\s*)vite(?:\s+--\S+(?:\s\S+)?)*\s*$/;

/**
 * How the app is to be built and started. `dir` is its unit in the copy. Throws `boot-failed` when nothing says so.
 * @param tree the same unit where its `node_modules` is to be looked at
 * @param copy the root of the copy
 */
export function findStart(dir: string, config: RunConfig | undefined, tree = dir, copy = dir): Start {
  const manifest = readManifest(dir);
  const framework = frameworkOf(manifest);
  const { start, command, reason = null } = findCommand(dir, manifest, framework, config);
  const plain = config?.start === undefined ? audible(withoutPrismaMigrations(command)) : command;
  const standIn = standInFor(dir, tree, copy);
  const engines = hasPrismaEngines(dir, tree)
    ? null
    : standIn?.ready
      ? "Prisma's engine is not in node_modules: its query compiler stands in for it, with the driver for pg"
      : 'Prisma\'s engine is not in node_modules, so that nothing that asks the database will work: run "npx prisma generate" in the app\'s folder, with the network, and audit again';
  const notes = [reason, engines].filter((note) => note !== null);
  return {
    start,
    command: withEnvFiles(manifest, plain),
    build: findBuild(dir, tree, manifest, framework, plain, config, standIn?.ready ? standIn : null),
    reason: notes.length === 0 ? null : notes.join('; '),
  };
}

/** The port that the start command sets by itself; null when it takes what it is told, or nothing says how to start. */
export function ownPort(dir: string, config: RunConfig | undefined): number | null {
  const manifest = readManifest(dir);
  try {
    return portOfCommand(expanded(manifest, findCommand(dir, manifest, frameworkOf(manifest), config).command));
  } catch {
    return null; // The sentence about it belongs to the start.
  }
}

function findCommand(dir: string, manifest: Manifest, framework: Framework | null, config: RunConfig | undefined): Found {
  if (config?.start) return { start: config.start, command: config.start };
  const script = scriptCommand(manifest, 'start');
  if (script !== null && !forDevelopers.test(script)) return { start: 'npm start', command: script };
  const web = procfile(dir);
  if (web !== null) return { start: web, command: web };
  const other =
    byScript(manifest, asGood, script === null) ??
    byFramework(framework, script === null) ??
    pythonStart(dir) ??
    byFile(dir, manifest) ??
    byScript(manifest, lastResort, script === null);
  if (other !== null) return other;
  throw new SeaworthyError(
    'boot-failed',
    'no way to start the app was found: package.json has no "start" script, there is no Procfile, no server.js or index.js, and no application of Django, FastAPI or Flask; add "start": "..." to seaworthy.json',
  );
}

function because(noStart: boolean): string {
  return noStart ? 'there is no "start" script' : 'its "start" script serves developers';
}

function byScript(manifest: Manifest, names: readonly string[], noStart: boolean): Found | null {
  for (const name of names) {
    const command = scriptCommand(manifest, name);
    if (command === null) continue;
    if (name === 'start') return { start: 'npm start', command, reason: 'its "start" script serves developers; no other way was found' };
    return { start: `npm run ${name}`, command, reason: `started by its "${name}" script: ${because(noStart)}` };
  }
  return null;
}

function byFramework(framework: Framework | null, noStart: boolean): Found | null {
  // A Vite front end with a server beside it is started by the server.
  if (framework?.serve == null || framework.name === 'Vite') return null;
  return {
    start: `${framework.name} as built`,
    command: framework.serve,
    reason: `started as ${framework.name} is in production: ${because(noStart)}`,
  };
}

function byFile(dir: string, manifest: Manifest): Found | null {
  const files = [manifest.main, ...entries.flatMap((entry) => endings.map((ending) => entry + ending))];
  for (const file of files) {
    if (!file || !existsSync(join(dir, file))) continue;
    const command = /\.m?ts$/.test(file)
      ? `if command -v tsx >/dev/null; then exec tsx ${file}; else exec node ${file}; fi`
      : `node ${file}`;
    return { start: `node ${file}`, command };
  }
  return null;
}

function procfile(dir: string): string | null {
  return /^web:\s*(.+)$/m.exec(readText(join(dir, 'Procfile')) ?? '')?.[1]?.trim() ?? null;
}

/** A start command that prints to us what it would put into log files; as it is when quotes make it hard to read. */
function audible(command: string): string {
  return /["'`]/.test(command) ? command : command.replace(/\s+[12&]?>>?\s*[\w./-]+\.(?:log|txt|out)\b(?:\s+2>&1)?/g, '');
}

/** The build command, when what the start command runs is made by a build and is not there; with what must be made before. */
function findBuild(
  dir: string,
  tree: string,
  manifest: Manifest,
  framework: Framework | null,
  command: string,
  config: RunConfig | undefined,
  standIn: StandIn | null,
): string | null {
  if (config?.build) return config.build;
  const build = needsBuild(dir, framework, expanded(manifest, command)) ? buildCommand(dir, manifest, framework) : null;
  const generate = build !== null && /\bprisma generate\b/.test(build) ? null : prismaGenerate(dir, tree, standIn !== null);
  const steps = [generate, ...siblingBuilds(dir), build].filter((step) => step !== null);
  if (steps.length === 0) return null;
  const prisma = steps.some((step) => /\bprisma generate\b/.test(expanded(manifest, step))) && fetchesEngines(dir, tree);
  const made = standIn === null ? steps.join(' && ') : withStandIn(steps.join(' && '), standIn);
  return withEnvFiles(manifest, [...(prisma ? [standIns] : []), made].join(' && '));
}

/** The package's own way to build, else its framework's, else the compiler. */
export function buildCommand(dir: string, manifest: Manifest, framework: Framework | null): string | null {
  const script = scriptCommand(manifest, 'build');
  if (script !== null) return withoutPrismaMigrations(script);
  if (framework?.build != null) return framework.build;
  return manifest.dependencies.has('typescript') && existsSync(join(dir, 'tsconfig.json')) ? 'tsc' : null;
}

/** Whether a command runs something that a build makes and that is not there. */
export function needsBuild(dir: string, framework: Framework | null, command: string): boolean {
  if (framework && command === framework.serve) return !isBuilt(dir, framework);
  if (framework?.serves?.test(command) && !isBuilt(dir, framework)) return true;
  const made = command.matchAll(/(?:^|[\s=])((?:\.\/)?(?:[\w.@-]+\/)*(?:dist|build|out|lib|\.output|\.next)(?:\/[\w./-]*)?)(?=\s|$)/g);
  return [...made].some(
    ([, path = '']) => !['', '.js', '.mjs', '.cjs', '/index.js'].some((ending) => existsSync(join(dir, path + ending))),
  );
}
