/**
 * Writes what follows from the tree: the indexes of checks and of knowledge, and a docs page per check.
 * `--check` writes nothing and fails when a file is stale.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Check } from '../src/model/check.ts';

const root = join(import.meta.dirname, '..');
const checking = process.argv.includes('--check');
const stale: string[] = [];
const generated = '// Written by scripts/generate.ts (npm run generate). Do not edit.\n';

function put(path: string, text: string): void {
  const full = join(root, path);
  if (existsSync(full) && readFileSync(full, 'utf8') === text) return;
  stale.push(path);
  if (checking) return;
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}

function modulesIn(folder: string): string[] {
  const base = join(root, folder);
  return readdirSync(base, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && entry.name !== 'index.ts')
    .map((entry) => relative(base, join(entry.parentPath, entry.name)).replaceAll('\\', '/').replace(/\.ts$/, ''))
    .toSorted();
}

function identifier(id: string): string {
  return id.replace(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, '');
}

function page(id: string, check: Check): string {
  const list = (items: readonly string[]): string => items.map((item) => `\`${item}\``).join(', ') || 'none';
  return [
    `# ${id}`,
    '',
    `> ${check.title}`,
    '',
    check.why,
    '',
    '## What to do',
    '',
    check.remedy,
    '',
    '## How it is known',
    '',
    '| | |',
    '|---|---|',
    `| control | \`${check.control}\` |`,
    `| severity when it fails | ${check.severity} |`,
    `| needs | ${list(check.needs)} |`,
    `| any of | ${list(check.anyOf)} |`,
    `| uses when there | ${list(check.uses)} |`,
    `| weakness | ${check.cwe.map((number) => `CWE-${number}`).join(', ') || 'none'} |`,
    `| contributes evidence to | ${check.standards.join(', ') || 'none'} |`,
    '',
    `Fixtures: [\`fixtures/${id}\`](../../../fixtures/${id})`,
    '',
  ].join('\n');
}

const ids = modulesIn('src/checks');
put(
  'src/checks/index.ts',
  `${generated}import type { Check } from '../model/check.ts';\n${ids.map((id) => `import ${identifier(id)} from './${id}.ts';`).join('\n')}\n\n/** Every check, by its id: its path below this folder. */\nexport const checks: Readonly<Record<string, Check>> = {\n${ids.map((id) => `  '${id}': ${identifier(id)},`).join('\n')}\n};\n`,
);

const libraries = modulesIn('src/knowledge').filter((name) => name !== 'types' && !/^(tables|flows)\//.test(name));
put(
  'src/knowledge/index.ts',
  `${generated}import type { Library } from './types.ts';\n${libraries.map((id) => `import ${identifier(id)} from './${id}.ts';`).join('\n')}\n\n/** What the known libraries' symbols mean. */\nexport const libraries: readonly Library[] = [\n${libraries.map((id) => `  ${identifier(id)},`).join('\n')}\n];\n`,
);

const loaded = await Promise.all(
  ids.map(async (id) => {
    const module = (await import(pathToFileURL(join(root, 'src/checks', `${id}.ts`)).href)) as { default: Check };
    return [id, module.default] as const;
  }),
);
for (const [id, check] of loaded) put(`docs/checks/${id}.md`, page(id, check));
put(
  'docs/checks/README.md',
  `# Checks\n\nWritten by \`npm run generate\` from the checks themselves.\n\n| check | true when it passes | severity |\n|---|---|---|\n${loaded.map(([id, check]) => `| [${id}](${id}.md) | ${check.title} | ${check.severity} |`).join('\n')}\n`,
);
if (existsSync(join(root, 'docs/checks'))) {
  for (const entry of readdirSync(join(root, 'docs/checks'), { withFileTypes: true, recursive: true })) {
    const path = relative(join(root, 'docs/checks'), join(entry.parentPath, entry.name)).replaceAll('\\', '/');
    if (!entry.isFile() || path === 'README.md' || ids.includes(path.replace(/\.md$/, ''))) continue;
    stale.push(`docs/checks/${path}`);
    if (!checking) rmSync(join(root, 'docs/checks', path));
  }
}

if (checking && stale.length > 0) {
  console.error(`Stale, run "npm run generate": ${stale.join(', ')}`);
  process.exit(1);
}
if (!checking) console.log(stale.length > 0 ? `Wrote ${stale.join(', ')}` : 'Nothing to write.');
