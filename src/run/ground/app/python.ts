import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from './text.ts';

/** Packages that a Python app names in its requirements, pyproject.toml or Pipfile, in lower case; empty when it is none. */
export function pythonPackages(dir: string): ReadonlySet<string> {
  const names = new Set<string>();
  if (!existsSync(dir)) return names;
  for (const file of readdirSync(dir)) {
    const lists = /^requirements[\w.-]*\.txt$/.test(file) ? /^([A-Za-z][\w.-]*)/gm : null;
    const tables = file === 'pyproject.toml' || file === 'Pipfile' ? /^\s*["']?([A-Za-z][\w.-]*)(?=["'[<>=~! ;])/gm : null;
    const pattern = lists ?? tables;
    if (pattern === null) continue;
    for (const [, name = ''] of (readText(join(dir, file)) ?? '').matchAll(pattern)) names.add(name.toLowerCase());
  }
  return names;
}
