import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../config/read.ts';
import { SeaworthyError } from '../model/errors.ts';
import { evidenceSchemas } from '../model/evidence/index.ts';
import type { EvidenceValue, Kind } from '../model/evidence/index.ts';
import type { Gap } from '../model/words.ts';
import { writeFiles } from '../world/folder.testing.ts';
import { limits, openTree } from '../world/tree.ts';
import type { Tree } from '../world/tree.ts';
import { contextAt } from './collectors.testing.ts';
import delivery from './delivery.ts';
import dependencies from './dependencies.ts';
import files from './files.ts';
import secrets from './secrets.ts';
import units from './units.ts';

/** Trees that want to crash the reader, to make it execute something, or to hide from it. */
let home = '';
let app = '';
let canary = '';

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'seaworthy-hostile-')));
  app = join(home, 'app');
  canary = join(home, 'canary');
  put('package.json', '{ "name": "shop", "dependencies": { "express": "^5.0.0" } }');
  put('src/good.js', "import express from 'express';\nimport left from 'left-behind';\n");
});

afterEach(() => {
  expect(existsSync(canary), 'something of the audited tree was executed').toBe(false);
  rmSync(home, { recursive: true, force: true });
});

const put = (path: string, content: string | Buffer) => writeFiles(app, { [path]: content });

type Read = { [K in 'files' | 'units' | 'dependencies' | 'delivery' | 'secrets']: { value: EvidenceValue<K>; gaps: readonly Gap[] } };

/** Runs every collector and checks what it yields against the schema; other files must still have been read. */
async function readAll(expectGood = true): Promise<Read & { tree: Tree }> {
  const context = await contextAt(app);
  const out: Partial<Record<Kind, unknown>> = {};
  for (const collector of [files, units, dependencies, delivery, secrets]) {
    const { value, gaps = [] } = await collector.run({} as never, context);
    evidenceSchemas[collector.yields].parse(value);
    out[collector.yields] = { value, gaps };
  }
  const read = { ...(out as unknown as Read), tree: context.tree };
  if (expectGood) {
    expect(read.files.value.files.map(({ path }) => path)).toContain('src/good.js');
    expect(read.dependencies.value.units.flatMap(({ imports }) => imports).map(({ name, status }) => `${name} ${status}`)).toContain(
      'left-behind missing',
    );
  }
  return read;
}

const reasonFor = (gaps: readonly Gap[], file: string) => gaps.find((gap) => gap.file === file)?.reason;

describe('contents', () => {
  it('syntax errors', async () => {
    put('src/broken.ts', 'export const = {{{ import x from');
    put('.github/workflows/ci.yml', 'on: [push\njobs: {{ *nowhere }}\n  - : : -');
    put('package-lock.json', '{"packages": ');
    const { dependencies: found } = await readAll();
    expect(reasonFor(found.gaps, 'src/broken.ts')).toContain('syntax error');
    expect(reasonFor(found.gaps, 'package-lock.json')).toContain('lockfile could not be read');
  });

  it('a minified file of 50 MB, and one below the limit in one line', async () => {
    put('src/huge.js', Buffer.alloc(50 * 1024 * 1024, 'a=b;'));
    put('public/bundle.min.js', `var password="${'x'.repeat(10)}",secretToken=f(${'passwordtokensecret_'.repeat(350_000)})`);
    const { files: seen, secrets: found } = await readAll();
    expect(reasonFor(seen.gaps, 'src/huge.js')).toBe(`larger than ${limits.fileBytes / 1024 / 1024} MiB`);
    expect(reasonFor(found.gaps, 'src/huge.js')).toBeDefined();
    expect(seen.value.files.map(({ path }) => path)).toContain('public/bundle.min.js');
  });

  it('binaries with the name of a source file', async () => {
    put('src/image.ts', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0x0d, 0xff, 0xfe, 0, 1]));
    const { files: seen, dependencies: found } = await readAll();
    expect(seen.value.files.find(({ path }) => path === 'src/image.ts')).toMatchObject({ language: 'binary', lines: 0 });
    expect(reasonFor(found.gaps, 'src/image.ts')).toContain('binary');
  });

  it('a package.json whose every field has the wrong type', async () => {
    put(
      'nested/package.json',
      '{"name": 7, "scripts": ["x"], "dependencies": "all", "devDependencies": {"a": {}, "__proto__": "1", "b": "1"}, "workspaces": {"packages": 3}, "imports": [[]], "jest": {"moduleNameMapper": 1}}',
    );
    put('worse/package.json', `{"scripts": {"test": ${'['.repeat(100_000)}`);
    put('list/package.json', '[]');
    const { units: found } = await readAll();
    expect(found.value.units.map(({ dir }) => dir)).toEqual(['.', 'nested']);
    expect(found.gaps.map(({ file }) => file)).toEqual(['list/package.json', 'worse/package.json']);
    expect(({} as Record<string, unknown>)['b']).toBeUndefined();
  });

  it('scripts and configurations are read and not run', async () => {
    const run = `touch ${canary}`;
    const code = `require('node:child_process').execSync(${JSON.stringify(run)});\nexport default { resolve: { alias: { '@ours': './src' } } };\n`;
    put(
      'package.json',
      JSON.stringify({
        name: 'shop',
        scripts: { preinstall: run, install: run, postinstall: run, prepare: run, test: run },
        dependencies: { express: '1' },
      }),
    );
    for (const name of [
      'vite.config.js',
      'babel.config.cjs',
      'next.config.mjs',
      'jest.config.js',
      '.eslintrc.js',
      '.secretlintrc.js',
      'prettier.config.js',
      '.yarnrc.yml',
      '.pnpmfile.cjs',
      'src/index.js',
    ])
      put(name, code);
    put('.secretlintrc.json', '{ "rules": [{ "id": "./evil.js" }] }');
    put('evil.js', code);
    put('.github/workflows/ci.yml', `on: push\njobs:\n  a:\n    steps:\n      - run: ${run}\n`);
    await readAll();
  });

  it('YAML that grows when aliases are expanded, and one that refers to itself', async () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefghij'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(', ')}]`),
    ].join('\n');
    put('.gitlab-ci.yml', `${bomb}\ntest:\n  script: *j\n`);
    put('.circleci/config.yml', 'jobs: &j\n  a:\n    steps: *j\ncommands:\n  x: { steps: [x, x, x] }\n');
    put('bitbucket-pipelines.yml', 'pipelines: &p\n  default:\n    - *p\n');
    put('pnpm-workspace.yaml', bomb);
    await readAll();
  });

  it('a seaworthy.json that is no configuration', async () => {
    put('seaworthy.json', `{"start": ["touch ${canary}"], "__proto__": {"profile": "prototype"}, "waivers": ${'['.repeat(50_000)}`);
    const { tree } = await readAll();
    expect(await readConfig(tree).catch((thrown: unknown) => (thrown as SeaworthyError).code)).toBe('config-invalid');
  });

  it('comments that try to switch findings off', async () => {
    const token = ['ghp', '_', 'q7Wk2ZtR9bVx4LmN8cYp3HsD6fGj1TuA5eKo'].join('');
    put(
      'src/token.js',
      `/* secretlint-disable */\n// secretlint-disable-next-line\nexport const github = '${token}'; // secretlint-disable-line\n`,
    );
    const { secrets: found } = await readAll();
    expect(found.value.secrets.map(({ type, where }) => `${type} ${where.line}`)).toEqual(['github-token 3']);
    expect(JSON.stringify(found)).not.toContain(token.slice(8));
  });
});

describe('trees', () => {
  it('links: loops, links out of the tree and links to secrets are not followed', async () => {
    writeFileSync(join(home, 'outside.js'), "import x from 'outside';\n");
    symlinkSync(app, join(app, 'src/loop'));
    symlinkSync(join(home, 'outside.js'), join(app, 'src/outside.js'));
    symlinkSync('/etc', join(app, 'etc'));
    symlinkSync('nowhere', join(app, 'dangling'));
    const { files: seen, tree } = await readAll();
    expect(seen.value.files.map(({ path }) => path)).toEqual(['package.json', 'src/good.js']);
    expect(seen.gaps.map(({ file }) => file)).toEqual(['dangling', 'etc', 'src/loop', 'src/outside.js']);
    for (const path of ['src/outside.js', '../outside.js', 'etc/hostname', '/etc/hostname'])
      await expect(tree.read(path)).rejects.toThrow('not a file of the tree');
  });

  it('pipes do not block', async () => {
    execFileSync('mkfifo', [join(app, 'src/pipe.js')]);
    expect(reasonFor((await readAll()).files.gaps, 'src/pipe.js')).toBe('not a regular file');
  });

  it('names with control characters, markup and bytes that are no text', async () => {
    put('src/\u001b[2Jclear.js', "import a from 'a';\n");
    put('src/new\nline.js', "import a from 'a';\n");
    put('src/\u202Esj.right-to-left.js', "import a from 'a';\n");
    put('src/<img src=x onerror=alert(1)>.js', "import a from 'markup';\n");
    writeFileSync(Buffer.concat([Buffer.from(join(app, 'src/')), Buffer.from([0xff, 0xfe]), Buffer.from('.js')]), 'x');
    mkdirSync(join(app, 'bad\u0007folder'));
    const { files: seen } = await readAll();
    expect(seen.value.files.map(({ path }) => path)).toEqual(['package.json', 'src/<img src=x onerror=alert(1)>.js', 'src/good.js']);
    expect(seen.gaps).toHaveLength(5);
    expect([...seen.value.files.map(({ path }) => path), ...seen.gaps.map(({ file }) => file)].join('')).toMatch(/^[^\p{Cc}\u202e]+$/u);
  });

  it('deep nesting', async () => {
    put(`${'d/'.repeat(limits.depth + 20)}deep.js`, 'x');
    put(`src/deep.js`, '['.repeat(20_000));
    put('src/calls.js', `require('deep-package');${'f('.repeat(3000)}${')'.repeat(3000)}`);
    const { files: seen } = await readAll();
    expect(seen.gaps.some(({ reason }) => reason.startsWith('nested deeper'))).toBe(true);
  });

  it('an empty folder, a file, and nothing at all', async () => {
    rmSync(app, { recursive: true });
    mkdirSync(app);
    const { files: seen, units: found, secrets: none } = await readAll(false);
    expect(seen.value.files).toEqual([]);
    expect(found.value.units).toMatchObject([{ dir: '.', kind: 'other' }]);
    expect(none).toEqual({ value: { secrets: [] }, gaps: [] });
    await expect(openTree(join(home, 'missing'))).rejects.toThrow(SeaworthyError);
    writeFileSync(canary + '.txt', '');
    await expect(openTree(canary + '.txt')).rejects.toThrow('is not a folder');
  });

  it('a folder that may not be read', async () => {
    put('locked/secret.js', 'x');
    chmodSync(join(app, 'locked'), 0o000);
    try {
      await readAll();
    } finally {
      chmodSync(join(app, 'locked'), 0o700);
    }
  });
});

describe('git', () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', app, '-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'init.defaultBranch=main', ...args], {
      env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
      encoding: 'utf8',
    }).trim();

  it('none', async () => {
    const { tree } = await readAll();
    expect([tree.commit, tree.tracked]).toEqual([null, null]);
  });

  it('a configuration that starts programs', async () => {
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'x');
    const commit = git('rev-parse', 'HEAD');
    const run = join(home, 'run.sh');
    writeFileSync(run, `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 });
    writeFileSync(
      join(app, '.git/config'),
      `[core]\n\tfsmonitor = ${run}\n\thooksPath = ${home}\n\tsshCommand = ${run}\n\tpager = ${run}\n[filter "x"]\n\tclean = ${run}\n\tprocess = ${run}\n[diff "x"]\n\ttextconv = ${run}\n[include]\n\tpath = ${run}\n`,
    );
    put('.gitattributes', '* filter=x diff=x\n');
    put('untracked.js', 'x');
    const { tree } = await readAll();
    expect(tree.commit).toBe(commit);
    expect([...(tree.tracked ?? [])].sort()).toEqual(['package.json', 'src/good.js']);
  });

  it('every index format, packed references, worktrees, folders below the root, odd names', async () => {
    put('größe/naïve file.js', 'x');
    put('package-b.json', '{}');
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'x');
    const names = git('-c', 'core.quotePath=false', 'ls-files').split('\n').sort();
    for (const version of ['2', '4', '3']) {
      git('update-index', '--index-version', version);
      // Extended flags, which version 3 is for.
      if (version === '3') {
        put('later.js', 'x');
        git('add', '--intent-to-add', 'later.js');
        names.push('later.js');
      }
      expect([...((await openTree(app)).tracked ?? [])].sort(), `version ${version}`).toEqual(names.sort());
    }
    git('reset', '-q');
    git('pack-refs', '--all');
    git('worktree', 'add', '-q', join(home, 'tree'));
    for (const dir of [app, join(home, 'tree')]) expect((await openTree(dir)).commit).toBe(git('rev-parse', 'HEAD'));
    expect([...((await openTree(join(app, 'src'))).tracked ?? [])]).toEqual(['good.js']);
    put('elsewhere/own.js', 'x');
    expect((await openTree(join(app, 'elsewhere'))).commit).toBeNull();
  });

  it('files of git that point elsewhere or are damaged', async () => {
    for (const [path, content] of [
      ['HEAD', 'ref: refs/../../../../../../../../etc/hostname\n'],
      ['HEAD', 'ref: refs/heads/loop\n'],
      ['index', 'DIRC\u0000\u0000\u0000\u0002\u00ff\u00ff\u00ff\u00ff'],
      ['index', Buffer.concat([Buffer.from('DIRC'), Buffer.from([0, 0, 0, 4, 0, 0, 255, 255]), Buffer.alloc(4000, 255)])],
      ['commondir', '/etc\n'],
    ] as const) {
      rmSync(join(app, '.git'), { recursive: true, force: true });
      git('init', '-q');
      git('add', '.');
      git('commit', '-qm', 'x');
      put('.git/refs/heads/loop', 'ref: refs/heads/loop\n');
      put(`.git/${path}`, content);
      const { tree } = await readAll();
      if (path === 'HEAD') expect(tree.commit).toBeNull();
      if (path === 'index') expect(reasonFor(tree.skipped, '.git/index')).toBe('the git index is damaged');
    }
    rmSync(join(app, '.git'), { recursive: true });
    put('.git', `gitdir: ${'../'.repeat(30)}etc\n`);
    expect((await readAll()).tree.tracked).toBeNull();
  });
});
