import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { probeSeal } from './seal.ts';

/** What a Node says that is started inside the inner wall by another one. */
const script = `
import { spawnSync } from 'node:child_process';
const { innerCommand, outerCommand, probeSeal } = await import(process.argv[1] + '/seal.ts');
const { callFilter } = await import(process.argv[1] + '/syscalls.ts');
const seal = probeSeal();
const jail = { user: 'app', cwd: '/', readOnly: [], writable: [], etc: null, network: true, home: '/home/app', programs: true };
const ask = "console.log(JSON.stringify([process.execPath, require('fs').readdirSync(process.argv[1])]))";
const command = outerCommand(seal, null, innerCommand(seal, jail, [process.execPath, '-e', ask, process.argv[2]]));
const done = spawnSync('/bin/sh', ['-c', 'exec "$@" 3<&0 0</dev/null', 'sh', ...command], { input: callFilter() ?? '', encoding: 'utf8' });
process.stdout.write(done.stdout || done.stderr);
`;

test.runIf(probeSeal().level === 'full')('a Node below /tmp is there inside the wall, and nothing that lies beside it', () => {
  const dir = mkdtempSync('/tmp/seaworthy-test-');
  try {
    const node = join(dir, 'node');
    copyFileSync(process.execPath, node);
    writeFileSync(join(dir, 'private'), '');
    mkdirSync(join(dir, 'also-private'));
    const done = spawnSync(node, ['--input-type=module', '-e', script, import.meta.dirname, dir], { encoding: 'utf8' });
    expect(JSON.parse(done.stdout)).toEqual([node, ['node']]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
