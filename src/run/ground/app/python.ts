import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages that a Python app names in its requirements, pyproject.toml or Pipfile, in lower case; empty when it is none. */
export function pythonPackages(dir: string): ReadonlySet<string> {
  const names = new Set<string>();
  if (!existsSync(dir)) return names;
  for (const file of readdirSync(dir)) {
    const lists = /^requirements[\w.-]*\.txt$/.test(file) ? /^([A-Za-z][\w.-]*)/gm : null;
    const tables = file === 'pyproject.toml' || file === 'Pipfile' ? /^\s*["']?([A-Za-z][\w.-]*)(?=["'[<>=~! ;])/gm : null;
    const pattern = lists ?? tables;
    if (pattern === null || !lstatSync(join(dir, file)).isFile()) continue;
    for (const [, name = ''] of readFileSync(join(dir, file), 'utf8').matchAll(pattern)) names.add(name.toLowerCase());
  }
  return names;
}
