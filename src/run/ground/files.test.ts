import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { keepFiles } from './files.ts';

let base = '';
afterEach(() => rm(base, { recursive: true, force: true }));

it('puts back what was changed, removed or added, and leaves dependencies alone', async () => {
  base = await mkdtemp(join(tmpdir(), 'kept-files-'));
  const dir = join(base, 'app');
  await mkdir(join(dir, 'uploads'), { recursive: true });
  await mkdir(join(dir, 'node_modules', 'a'), { recursive: true });
  await writeFile(join(dir, 'settings.json'), 'first');
  await writeFile(join(dir, 'uploads', 'a.txt'), 'a');
  await writeFile(join(dir, 'run.sh'), 'echo');
  await chmod(join(dir, 'run.sh'), 0o755);
  await symlink('settings.json', join(dir, 'link'));

  const kept = await keepFiles(dir, join(base, 'kept'));
  await writeFile(join(dir, 'settings.json'), 'other');
  await rm(join(dir, 'uploads'), { recursive: true });
  await rm(join(dir, 'run.sh'));
  await rm(join(dir, 'link'));
  await mkdir(join(dir, 'new', 'deep'), { recursive: true });
  await writeFile(join(dir, 'new', 'deep', 'b.txt'), 'b');
  await writeFile(join(dir, 'node_modules', 'a', 'cache'), 'kept as it is');
  await kept.restore();

  expect(await readFile(join(dir, 'settings.json'), 'utf8')).toBe('first');
  expect(await readFile(join(dir, 'uploads', 'a.txt'), 'utf8')).toBe('a');
  expect((await lstat(join(dir, 'run.sh'))).mode & 0o777).toBe(0o755);
  expect(await readlink(join(dir, 'link'))).toBe('settings.json');
  await expect(lstat(join(dir, 'new'))).rejects.toThrow('ENOENT');
  expect(await readFile(join(dir, 'node_modules', 'a', 'cache'), 'utf8')).toBe('kept as it is');
});
