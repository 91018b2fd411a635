import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, scriptCommand, type Manifest } from './manifest.ts';
import type { Start } from './plan.ts';

/** What Node says when it cannot load what a build made, or a package of the workspace that is written in TypeScript. */
const unloadable =
  /ERR_MODULE_NOT_FOUND|ERR_UNSUPPORTED_DIR_IMPORT|ERR_UNKNOWN_FILE_EXTENSION|ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX|ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING|ERR_REQUIRE_ESM|ERR_REQUIRE_CYCLE_MODULE|Cannot use import statement outside a module|Unexpected token 'export'/;
const forDevelopers = ['dev', 'start:dev', 'dev:server', 'server:dev', 'develop'];
/** What runs TypeScript, and how; first match wins. */
const runners: readonly { readonly name: string; readonly packages: readonly string[]; readonly command: string }[] = [
  { name: 'tsx', packages: ['tsx'], command: 'tsx' },
  { name: 'ts-node', packages: ['ts-node', 'ts-node-dev'], command: 'ts-node --transpile-only' },
  { name: 'swc', packages: ['@swc-node/register'], command: 'node --import @swc-node/register/esm-register' },
];

/**
 * How an app is started from its source, the way its developers do, when its last words say that Node could not load what
 * was built; null when that is not what went wrong, or nothing runs its source.
 */
export function startFromSource(dir: string, start: Start, lastWords: string): Start | null {
  if (!unloadable.test(lastWords)) return null;
  const manifest = readManifest(dir);
  for (const name of forDevelopers) {
    const file = sourceIn(dir, scriptCommand(manifest, name));
    const runner = file === null ? null : runnerOf(manifest);
    if (file === null || runner === null) continue;
    const line = `${runner.command} ${file}`;
    const reason = `started from its source, as its "${name}" script does: Node cannot load what "${start.start}" runs`;
    return { ...start, start: line, command: line, reason: start.reason === null ? reason : `${reason}; ${start.reason}` };
  }
  return null;
}

function sourceIn(dir: string, script: string | null): string | null {
  const files = [...(script ?? '').matchAll(/(?:^|\s)((?:\.\/)?[\w@./-]+\.[cm]?tsx?)(?=\s|$|["'])/g)].map(([, file = '']) => file);
  return files.find((file) => existsSync(join(dir, file)) && !/\.config\./.test(file)) ?? null;
}

function runnerOf(manifest: Manifest): (typeof runners)[number] | null {
  return runners.find(({ packages }) => packages.some((name) => manifest.dependencies.has(name))) ?? null;
}
