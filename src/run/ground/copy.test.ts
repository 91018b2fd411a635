import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyTree, modulesAbove } from './copy.ts';

test('a copy has the sources and nothing secret, heavy or foreign', async () => {
  const root = mkdtempSync(join(tmpdir(), 'copy-'));
  const [from, to] = [join(root, 'from'), join(root, 'to')];
  for (const dir of ['src', 'node_modules/x', 'packages/a/node_modules', '.git', '.seaworthy'])
    mkdirSync(join(from, dir), { recursive: true });
  for (const file of ['src/a.js', '.env', '.env.local', '.env.example', '.git/HEAD', 'node_modules/x/i.js', 'run.sh'])
    writeFileSync(join(from, file), file);
  chmodSync(join(from, 'run.sh'), 0o755);
  symlinkSync('/etc/passwd', join(from, 'link'));
  const copied = await copyTree(from, to, null);
  expect(copied.modules.sort()).toEqual(['', 'packages/a']);
  expect(copied.notes).toEqual([]);
  expect(readFileSync(join(to, 'src/a.js'), 'utf8')).toBe('src/a.js');
  expect(existsSync(join(to, '.env.example'))).toBe(true);
  for (const gone of ['.env', '.env.local', '.git', '.seaworthy', 'node_modules']) expect(existsSync(join(to, gone))).toBe(false);
  expect(lstatSync(join(to, 'run.sh')).mode & 0o111).toBe(0o111);
  expect(lstatSync(join(to, 'link')).isSymbolicLink()).toBe(true);
  expect(await modulesAbove(join(from, 'packages', 'a'))).toContain(join(from, 'node_modules'));
  rmSync(root, { recursive: true });
});
