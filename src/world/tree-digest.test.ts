import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFiles } from './folder.testing.ts';
import { openTree } from './tree.ts';
import { changedSince, digestOf } from './tree-digest.ts';

describe('the code of a folder as a hash', () => {
  const root = mkdtempSync(join(tmpdir(), 'seaworthy-digest-'));
  const dir = join(root, 'app');
  const clone = join(root, 'clone');
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd, encoding: 'utf8' }).trim();
  const digest = async (folder: string) => (await digestOf(await openTree(folder))).digest;
  let commit = '';

  beforeAll(() => {
    writeFiles(dir, {
      'server.ts': 'export {};',
      'lib/a.ts': 'a',
      'kept.log': 'tracked all the same',
      '.gitignore': '*.log\n/data/\n.env\n',
      'web/.gitignore': '!seen.log\nbundle/\n',
      'web/seen.log': 'x',
      'seaworthy.json': '{}',
    });
    git(dir, 'init', '-q', '-b', 'main');
    git(dir, 'add', '-f', '.');
    git(dir, 'commit', '-qm', 'first');
    commit = git(dir, 'rev-parse', 'HEAD');
    git(root, 'clone', '-q', 'app', 'clone');
    writeFiles(dir, {
      '.env': 'A=1',
      'data/app.db': 'rows',
      'web/bundle/x.js': 'x',
      'web/deep/b.log': 'x',
      '.seaworthy/report.json': '{}',
    });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('is the same in a fresh clone, whatever git ignores, and whatever we are configured by', async () => {
    writeFileSync(join(dir, 'seaworthy.json'), '{ "profile": "internal" }');
    expect(await digest(dir)).toBe(await digest(clone));
    expect(await changedSince(await openTree(dir), commit)).toEqual([]);
  });

  it('changes with a content, a name, a file that is not added yet, and a tracked file that is ignored', async () => {
    const before = await digest(clone);
    const after: string[] = [];
    for (const change of [
      () => writeFileSync(join(clone, 'lib/a.ts'), 'b'),
      () => renameSync(join(clone, 'server.ts'), join(clone, 'serve.ts')),
      () => writeFileSync(join(clone, 'lib/new.ts'), ''),
      () => writeFileSync(join(clone, 'kept.log'), 'else'),
    ]) {
      change();
      after.push(await digest(clone));
    }
    expect(new Set([before, ...after]).size).toBe(5);
    expect(await changedSince(await openTree(clone), commit)).toEqual(['kept.log', 'lib/a.ts', 'lib/new.ts', 'serve.ts', 'server.ts']);
    expect(await changedSince(await openTree(clone), '0'.repeat(40))).toBeNull();
  });

  it('does not know commits without git', async () => {
    writeFiles(root, { 'bare/a.ts': 'x' });
    expect(await changedSince(await openTree(join(root, 'bare')), commit)).toBeNull();
  });
});
