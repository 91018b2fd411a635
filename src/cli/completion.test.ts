import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandIn } from '../../test/support/command.ts';
import { checks, controls, triggerPolicies } from '../index.ts';
import { commandNames } from './commands.ts';

const seaworthy = commandIn(process.cwd());

/** What bash offers at the end of a line. */
async function offered(...line: string[]): Promise<string[]> {
  const { out: script } = await seaworthy('completion', 'bash');
  const words = ['seaworthy', ...line].map((word) => `'${word}'`).join(' ');
  const asks = `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=${line.length}; _seaworthy; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', asks], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion', () => {
  it('offers commands in bash', async () => {
    expect(await offered('')).toEqual(commandNames);
    expect(await offered('ex')).toEqual(['explain', 'export']);
  });

  it('offers the options of the command, and no others', async () => {
    expect(await offered('gate', '--ba')).toEqual(['--base', '--baseline']);
    expect(await offered('audit', '--ba')).toEqual([]);
    expect(await offered('audit', '--no')).toEqual(['--no-run']);
    expect(await offered('--he')).toEqual(['--help']);
  });

  it('offers the values of options that take few', async () => {
    expect(await offered('audit', '--for', 'pay')).toEqual(['payments']);
    expect(await offered('audit', '--profile', '')).toEqual(['prototype', 'internal', 'public']);
    expect(await offered('gate', '--format', '')).toEqual(['text', 'json', 'markdown', 'sarif', 'junit']);
    expect(await offered('gate', '--format', '=', 'js')).toEqual(['json']);
    expect(await offered('audit', '--seed', '')).toEqual([]);
  });

  it('offers everything that can be explained', async () => {
    expect(await offered('explain', 'pay')).toEqual(['payments']);
    const ids = new Set([...Object.keys(checks), ...controls.map(({ id }) => id), ...Object.keys(triggerPolicies)]);
    expect(new Set(await offered('explain', ''))).toEqual(ids);
  });

  it.each(['zsh', 'fish'])('is a script that %s can read', async (shell) => {
    const { out } = await seaworthy('completion', shell);
    for (const word of [...commandNames, 'no-run', 'security/sql-injection', 'sensitive-data']) expect(out).toContain(word);
    const folder = mkdtempSync(join(tmpdir(), 'seaworthy-completion-'));
    writeFileSync(join(folder, 'script'), out);
    const { error, status, stderr } = spawnSync(shell, ['-n', join(folder, 'script')], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    // Where the shell is not installed, its text is all there is to look at.
    if (error === undefined) expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('names the shells it knows', async () => {
    expect(await seaworthy('completion', 'basch')).toMatchObject({
      code: 2,
      err: 'seaworthy: completion takes one of bash, zsh, fish, not "basch"; did you mean bash?\n',
    });
  });
});
