import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { writeFiles } from '../world/folder.testing.ts';
import { contextAt } from './collectors.testing.ts';
import history from './former-secrets.ts';
import secrets from './secrets.ts';

let dir = '';
const key = (n: string) => ['sk', 'live', `${n.repeat(3)}4eC39HqLyjWDarjtT1z`].join('_');
const git = (...args: string[]) =>
  execFileSync(
    'git',
    ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', '-c', 'core.hooksPath=/dev/null', ...args],
    {
      cwd: dir,
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
      stdio: 'pipe',
    },
  );

function commit(files: Readonly<Record<string, string>>, message: string): void {
  writeFiles(dir, files);
  git('add', '-A');
  git('commit', '-qm', message);
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'seaworthy-history-test-'));
  git('init', '-q', '-b', 'main');
  commit({ 'package.json': '{"name":"a"}', 'src/pay.js': `export const pay = '${key('abc')}';\n`, '.gitignore': '.env\n' }, 'one');
  commit({ 'src/pay.js': 'export const pay = process.env.PAY;\n', 'src/keep.js': `export const keep = '${key('kEp')}';\n` }, 'two');
  git('checkout', '-qb', 'side');
  commit({ 'src/side.js': `export const side = '${key('xYz')}';\n` }, 'three');
  git('checkout', '-q', 'main');
  git('checkout', '-qb', 'other');
  commit({ 'src/other.js': '1\n' }, 'four');
  git('checkout', '-q', 'main');
  git('merge', '-q', '--no-ff', '--no-commit', 'other');
  commit({ 'src/merged.js': `export const merged = '${key('mRg')}';\n` }, 'merge');
  git('rm', '-q', 'src/merged.js');
  git('commit', '-qm', 'five');
  writeFiles(dir, { '.env': `PAY_KEY=${key('abc')}\n` });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function found(): Promise<{ value: EvidenceValue<'former-secrets'>; gaps: readonly unknown[] }> {
  const context = await contextAt(dir);
  const present = await secrets.run({} as never, context);
  const { value, gaps } = await history.run({ secrets: { kind: 'secrets', class: 'read', ...present } } as never, context);
  return { value, gaps: gaps ?? [] };
}

describe('history', () => {
  it('tells what was removed, on every branch and in merges, and what is in use still', async () => {
    const { value, gaps } = await found();
    expect(gaps).toEqual([]);
    expect(value.secrets.map(({ file, line, certain, inUse }) => [file, line, certain, inUse])).toEqual([
      ['src/merged.js', 1, true, null],
      ['src/pay.js', 1, true, '.env'],
      ['src/side.js', 1, true, null],
    ]);
    expect(JSON.stringify(value)).not.toContain('4eC39');
  });

  it('starts nothing that the repository configures', async () => {
    const marker = join(dir, 'started');
    const script = join(dir, '.git', 'evil.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${marker}\ncat\n`, { mode: 0o755 });
    for (const name of [
      'core.fsmonitor',
      'core.pager',
      'pager.log',
      'diff.external',
      'core.sshCommand',
      'diff.evil.textconv',
      'filter.evil.smudge',
      'uploadpack.packObjectsHook',
    ])
      git('config', name, script);
    mkdirSync(join(dir, '.git', 'info'), { recursive: true });
    writeFileSync(join(dir, '.git', 'info', 'attributes'), '* diff=evil filter=evil\n');
    const { value } = await found();
    expect(value.secrets.length).toBe(3);
    expect(existsSync(marker)).toBe(false);
  });

  it('does not follow objects to another place', async () => {
    const info = join(dir, '.git', 'objects', 'info');
    mkdirSync(info, { recursive: true });
    writeFileSync(join(info, 'alternates'), '/somewhere/else\n');
    await expect(found()).rejects.toThrow('in another place');
    rmSync(join(info, 'alternates'));
  });
});
