import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

/**
 * The arrows of the house, as data: what each room may import of ours, and which packages and Node modules.
 * `*` means any; a rule that no longer matches anything fails too.
 */
interface Room {
  readonly ours: readonly string[];
  readonly packages: readonly string[] | '*';
  readonly node: readonly string[] | '*';
}

const rooms: Record<string, Room> = {
  model: { ours: [], packages: ['zod'], node: [] },
  source: { ours: ['model'], packages: ['oxc-parser', '@lezer/common', '@lezer/python', 'libpg-query', 'scslre'], node: [] },
  knowledge: { ours: ['model'], packages: [], node: [] },
  read: {
    ours: ['model', 'source', 'knowledge', 'world'],
    packages: [
      'oxc-parser',
      'yaml',
      'jsonc-parser',
      'zod',
      '@secretlint/core',
      '@secretlint/secretlint-rule-preset-recommend',
      '@secretlint/types',
      'semver',
      'dockerfile-ast',
    ],
    node: '*',
  },
  'run/ground': { ours: ['model', 'world'], packages: '*', node: '*' },
  'run/drills': { ours: ['model', 'run/ground'], packages: [], node: [] },
  ask: { ours: ['model'], packages: [], node: [] },
  derive: { ours: ['model'], packages: [], node: [] },
  checks: { ours: ['model'], packages: [], node: [] },
  judge: { ours: ['model'], packages: [], node: [] },
  report: { ours: ['model'], packages: [], node: [] },
  checkpoint: { ours: ['model'], packages: ['canonicalize'], node: ['node:crypto'] },
  world: { ours: ['model'], packages: ['zod', 'ignore'], node: '*' },
  config: { ours: ['model'], packages: ['zod', 'jsonc-parser'], node: [] },
  engine: {
    ours: ['model', 'read', 'run/ground', 'run/drills', 'ask', 'derive', 'checks', 'judge', 'world', 'config', 'checkpoint'],
    packages: [],
    node: [],
  },
  cli: {
    ours: ['index', 'model', 'report', 'config'],
    packages: [],
    node: ['node:util', 'node:fs', 'node:fs/promises', 'node:path', 'node:process', 'node:os', 'node:readline/promises'],
  },
  index: { ours: ['model', 'engine', 'checks', 'judge', 'world', 'checkpoint'], packages: [], node: [] },
};

const root = join(import.meta.dirname, '..', 'src');

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.includes('/testdata/'));
}

function roomOf(file: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => file.startsWith(`${room}/`) || file === `${room}.ts`)
    .toSorted((a, b) => b.length - a.length)[0];
}

interface Import {
  readonly file: string;
  readonly specifier: string;
}

function importsIn(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const { module } = parseSync(file, text);
  return [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.dynamicImports
      .map((entry) => text.slice(entry.moduleRequest.start, entry.moduleRequest.end))
      .filter((request) => /^['"]/.test(request))
      .map((request) => request.slice(1, -1)),
    ...module.staticExports.flatMap((entry) => entry.entries.flatMap((one) => (one.moduleRequest ? [one.moduleRequest.value] : []))),
  ].map((specifier) => ({ file, specifier }));
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const files = sources(root);
const imports = files.flatMap(importsIn);

describe('architecture', () => {
  it('has a room for every file', () => {
    expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  it('has files in every room', () => {
    expect(Object.keys(rooms).filter((room) => !files.some((file) => roomOf(file) === room))).toEqual([]);
  });

  it('keeps to the arrows', () => {
    const wrong = imports.flatMap(({ file, specifier }) => {
      const from = roomOf(file);
      const rule = from ? rooms[from] : undefined;
      if (!rule) return [];
      if (specifier.startsWith('node:')) return rule.node === '*' || rule.node.includes(specifier) ? [] : [`${file} -> ${specifier}`];
      if (!specifier.startsWith('.'))
        return rule.packages === '*' || rule.packages.includes(packageOf(specifier)) ? [] : [`${file} -> ${specifier}`];
      const target = join('/', file, '..', specifier).slice(1);
      const to = roomOf(target);
      return to === from || (to !== undefined && rule.ours.includes(to)) ? [] : [`${file} -> ${target}`];
    });
    expect(wrong).toEqual([]);
  });

  it('has no rule that matches nothing', () => {
    const used = new Set(
      imports.map(({ file, specifier }) => {
        const to = specifier.startsWith('.')
          ? roomOf(join('/', file, '..', specifier).slice(1))
          : specifier.startsWith('node:')
            ? specifier
            : packageOf(specifier);
        return `${roomOf(file)} ${to}`;
      }),
    );
    const stale = Object.entries(rooms).flatMap(([room, rule]) =>
      [...rule.ours, ...(rule.packages === '*' ? [] : rule.packages), ...(rule.node === '*' ? [] : rule.node)]
        .filter((target) => !used.has(`${room} ${target}`))
        .map((target) => `${room} -> ${target}`),
    );
    expect(stale).toEqual([]);
  });

  it('has checks without clock, randomness, process, network or promises', () => {
    const forbidden = /\b(Date\.now|new Date|Math\.random|process\.|fetch\(|await|async|Promise|setTimeout|globalThis|console\.)/;
    const wrong = files.filter(
      (file) => file.startsWith('checks/') && forbidden.test(readFileSync(join(root, file), 'utf8').replace(/'[^'\n]*'|`[^`]*`/g, "''")),
    );
    expect(wrong).toEqual([]);
  });
});
