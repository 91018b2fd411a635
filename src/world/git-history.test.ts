import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFiles } from './folder.testing.ts';
import { readHistory } from './git-history.ts';

describe('the history of a folder', () => {
  const dir = mkdtempSync(join(tmpdir(), 'seaworthy-history-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', `user.email=${args[0] === 'commit' ? 'ada' : 'x'}@example.com`, ...args], {
      cwd: dir,
      encoding: 'utf8',
    });
  const lines = Array.from({ length: 400 }, (_, index) => `export const value${index} = ${index * 7919};`);

  beforeAll(() => {
    git('init', '-q', '-b', 'main');
    writeFiles(dir, { 'app/a.ts': lines.join('\n'), 'app/deep/b.ts': 'export {};', 'other.ts': 'x' });
    git('add', '.');
    git('commit', '-qm', 'first');
    for (let turn = 0; turn < 12; turn++) {
      lines[turn * 30] = `export const changed = ${turn};`;
      writeFileSync(join(dir, 'app/a.ts'), lines.join('\n'));
      if (turn % 4 === 0) writeFileSync(join(dir, 'app/deep/b.ts'), `export const turn = ${turn};`);
      git('commit', '-qam', `turn ${turn}`);
    }
    git('checkout', '-qb', 'side', 'HEAD~3');
    writeFileSync(join(dir, 'other.ts'), 'y');
    git('commit', '-qam', 'aside');
    git('checkout', '-q', 'main');
    git('merge', '-q', '--no-ff', '-m', 'join', 'side');
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const counts = (folder: string) =>
    Object.fromEntries([...(readHistory(folder)?.files ?? [])].map(([path, { commits }]) => [path, commits]));

  it('counts what git counts, loose or packed as differences', () => {
    const asGit = (path: string) => git('log', '--no-merges', '--oneline', '--', path).trim().split('\n').length;
    // The first commit has no parent, and is a move of everything.
    const expected = { 'app/a.ts': asGit('app/a.ts') - 1, 'app/deep/b.ts': asGit('app/deep/b.ts') - 1, 'other.ts': asGit('other.ts') - 1 };
    expect(expected).toEqual({ 'app/a.ts': 12, 'app/deep/b.ts': 3, 'other.ts': 1 });
    expect(counts(dir)).toEqual(expected);
    git('gc', '-q', '--aggressive', '--prune=now');
    expect(counts(dir)).toEqual(expected);
  });

  it('knows a folder inside a repository by its own paths', () => {
    expect(counts(join(dir, 'app'))).toEqual({ 'a.ts': 12, 'deep/b.ts': 3 });
  });

  it('says where commits are missing', () => {
    const shallow = `${dir}-shallow`;
    git('clone', '-q', '--depth', '3', `file://${dir}`, shallow);
    expect(readHistory(shallow)?.cut).toMatch(/not in this copy/);
    rmSync(shallow, { recursive: true, force: true });
  });

  it('is none without git', () => {
    expect(readHistory(tmpdir())).toBeNull();
  });
});
