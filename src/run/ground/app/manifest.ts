import { dirname, join, matchesGlob, relative } from 'node:path';
import { readText } from './text.ts';

/** The part of a package.json that matters for running. */
export interface Manifest {
  readonly name: string | null;
  readonly main?: string;
  readonly scripts: Readonly<Record<string, string>>;
  /** Names of its dependencies, those for development too. */
  readonly dependencies: ReadonlySet<string>;
  readonly hasDependencies: boolean;
  /** The `packageManager` field, such as `pnpm@9.1.0`. */
  readonly packageManager: string | null;
  /** Where the packages of its workspace lie, as patterns relative to it. */
  readonly workspaces: readonly string[];
}

/** Reads package.json of a directory; empty when there is none or it is no JSON object. */
export function readManifest(dir: string): Manifest {
  let raw: unknown;
  try {
    raw = JSON.parse(readText(join(dir, 'package.json')) ?? '{}');
  } catch {
    raw = {};
  }
  const fields = isRecord(raw) ? raw : {};
  const record = (name: string) => (isRecord(fields[name]) ? fields[name] : {});
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : null);
  const texts = Object.entries(record('scripts')).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  const main = text('main');
  return {
    name: text('name'),
    ...(main === null ? {} : { main }),
    scripts: Object.fromEntries(texts),
    dependencies: new Set(['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((name) => Object.keys(record(name)))),
    hasDependencies: Object.keys(record('dependencies')).length > 0,
    packageManager: text('packageManager'),
    workspaces: [...patterns(fields['workspaces']), ...pnpmPatterns(dir)],
  };
}

function patterns(value: unknown): string[] {
  const list: unknown = isRecord(value) ? value['packages'] : value;
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}

function pnpmPatterns(dir: string): string[] {
  const text = readText(join(dir, 'pnpm-workspace.yaml')) ?? '';
  return [...text.matchAll(/^\s*-\s*['"]?([^'"#\s]+)/gm)].map(([, pattern = '']) => pattern);
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

/** A command with the text of the package scripts that it calls: what it will run in the end. */
export function expanded(manifest: Manifest, command: string, depth = 3): string {
  if (depth === 0) return command;
  return command.replace(/\b(?:npm|pnpm|yarn|bun)(?: run(?:-script)?)?(?: (?:-s|--silent))? ([\w:.-]+)/g, (whole, name: string) => {
    const script = scriptCommand(manifest, name);
    return script === null ? whole : `${expanded(manifest, script, depth - 1)} `;
  });
}

/**
 * A command that finds the `.env` files which it reads by name. The user's own are never copied, the variables are set
 * anyway: empty ones will do.
 */
export function withEnvFiles(manifest: Manifest, command: string): string {
  const text = expanded(manifest, command);
  const named = [...text.matchAll(/(?:--env-file[= ]|\bdotenv(?:x run)?(?: -- )? -[ef] |\benv-cmd -f )([\w./-]+)/g)].map(
    ([, file = '']) => file,
  );
  const files = [...new Set([...named, ...(/\benv-cmd (?!-f)/.test(text) ? ['.env'] : [])])];
  return files.length === 0 ? command : `for f in ${files.join(' ')}; do [ -e "$f" ] || echo > "$f"; done; ${command}`;
}

/** The root of the workspace that `dir` belongs to, at most three directories up; `dir` itself when it stands alone. */
export function workspaceRoot(dir: string): string {
  let at = dir;
  for (let steps = 0; steps < 3 && dirname(at) !== at; steps++) {
    at = dirname(at);
    const path = relative(at, dir);
    if (readManifest(at).workspaces.some((pattern) => matchesGlob(path, pattern.replace(/^\.\/|\/$/g, '')))) return at;
  }
  return dir;
}
