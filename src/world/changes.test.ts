import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { changesSince } from './changes.ts';
import { writeFiles } from './folder.testing.ts';
import { openTree } from './tree.ts';

describe('what changed since a commit', () => {
  const dir = mkdtempSync(join(tmpdir(), 'seaworthy-changes-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd: dir, encoding: 'utf8' }).trim();
  const body = (seed: number) => Array.from({ length: 40 }, (_, line) => `export const value${line} = ${(line + 1) * seed};`).join('\n');
  const since = async (name: string, folder = dir) => changesSince(await openTree(folder), name);
  let first = '';

  beforeAll(() => {
    git('init', '-q', '-b', 'main');
    writeFiles(dir, { 'src/a.ts': body(7), 'src/b.ts': body(11), 'app/c.ts': body(13), 'package.json': '{}' });
    git('add', '.');
    git('commit', '-qm', 'first');
    first = git('rev-parse', 'HEAD');
    git('tag', '-a', 'v1', '-m', 'one');
    git('update-ref', 'refs/remotes/origin/main', first);
    git('checkout', '-qb', 'work');
  });
  afterEach(() => {
    git('checkout', '-q', '-f', 'work');
    git('clean', '-fdq');
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is nothing where nothing changed, by any name of the commit', async () => {
    for (const name of [first, 'main', 'origin/main', 'v1', 'HEAD', 'refs/heads/main'])
      expect(await since(name)).toEqual({ base: first, changed: [], removed: [], renamed: new Map() });
  });

  it('is what was edited, added and removed, committed or not', async () => {
    writeFileSync(join(dir, 'src/a.ts'), `${body(7)}\nexport const more = 1;`);
    writeFiles(dir, { 'src/new.ts': 'export {};' });
    rmSync(join(dir, 'app/c.ts'));
    expect(await since('main')).toMatchObject({ changed: ['src/a.ts', 'src/new.ts'], removed: ['app/c.ts'] });
  });

  it('knows a file again under another name, also when some of it changed', async () => {
    renameSync(join(dir, 'src/a.ts'), join(dir, 'src/renamed.ts'));
    rmSync(join(dir, 'src/b.ts'));
    writeFileSync(join(dir, 'src/moved.ts'), body(11).replaceAll('value3', 'other'));
    const changes = await since('main');
    expect(changes).toMatchObject({ removed: [] });
    expect(typeof changes === 'string' ? changes : Object.fromEntries(changes.renamed)).toEqual({
      'src/moved.ts': 'src/b.ts',
      'src/renamed.ts': 'src/a.ts',
    });
  });

  it('counts from the last commit in common, not from where the other branch went on to', async () => {
    git('checkout', '-q', 'main');
    writeFileSync(join(dir, 'src/b.ts'), 'theirs');
    git('commit', '-qam', 'theirs');
    git('checkout', '-q', 'work');
    expect(await since('main')).toMatchObject({ base: first, changed: [] });
    git('update-ref', 'refs/heads/main', first);
  });

  it('sees the part of a repository that it was asked about', async () => {
    writeFileSync(join(dir, 'app/c.ts'), 'mine');
    writeFileSync(join(dir, 'src/a.ts'), 'mine');
    expect(await since('main', join(dir, 'app'))).toMatchObject({ changed: ['c.ts'] });
  });

  it('says why it cannot know', async () => {
    expect(await since('gone')).toContain('git knows no "gone"');
    expect(await since('../../etc')).toContain('git knows no');
    expect(await since('0'.repeat(40))).toContain('no commit in common');
  });
});
