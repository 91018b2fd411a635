import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFiles } from '../../../world/folder.testing.ts';
import { writeScriptRunners } from './scripts.ts';

const dir = mkdtempSync(join(tmpdir(), 'scripts-'));
const say = 'node -e "console.log(process.env.npm_package_name, ...process.argv.slice(1))" --';
const files = {
  'package.json': JSON.stringify({ name: 'root', scripts: { prehi: 'echo before', hi: `${say} hi` } }),
  'apps/api/package.json': JSON.stringify({ name: '@it/api', scripts: { start: `${say} api` } }),
  'apps/web/package.json': JSON.stringify({ name: '@it/web', scripts: { start: `${say} web` } }),
  'node_modules/.bin/tool': '#!/bin/sh\necho tool "$@"\n',
  'hello.ts': 'const word: string = "typed"; console.log(word);',
};
beforeAll(async () => {
  writeFiles(dir, files, 0o755);
  await writeScriptRunners(join(dir, 'bin'));
});
afterAll(() => rmSync(dir, { recursive: true }));

test.each([
  ['npm run hi', 'before\nroot hi'],
  ['npm run --silent hi -- -x "a b"', 'before\nroot hi -x a b'],
  ['yarn hi --port 3', 'before\nroot hi --port 3'],
  ['npm --prefix apps/api start', '@it/api api'],
  ['npm start --prefix apps/api', '@it/api api'],
  ['npm run start -w apps/api', '@it/api api'],
  ['npm run start --workspace=@it/web', '@it/web web'],
  ['npm run start --workspaces', '@it/api api\n@it/web web'],
  ['pnpm --filter @it/api start', '@it/api api'],
  ['pnpm --filter=./apps/web run start', '@it/web web'],
  ['yarn workspace @it/web start', '@it/web web'],
  ['bun run --cwd apps/api start', '@it/api api'],
  ['npx tool -a --flag=1', 'tool -a --flag=1'],
  ['npx --yes tool@1.2 x', 'tool x'],
  ['pnpm exec tool -p 1', 'tool -p 1'],
  ['npm exec -- tool 1', 'tool 1'],
  ['yarn tool 2', 'tool 2'],
])('%s', (line, printed) => {
  const path = `${join(dir, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`;
  const done = spawnSync('sh', ['-c', line], { cwd: dir, encoding: 'utf8', env: { PATH: path } });
  expect(done.stdout.trim() + done.stderr).toBe(printed);
});

test('a script that is not there fails', () => {
  const path = `${join(dir, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`;
  const done = spawnSync('sh', ['-c', 'npm run nothing'], { cwd: dir, encoding: 'utf8', env: { PATH: path } });
  expect(done).toMatchObject({ status: 1, stderr: expect.stringContaining('no script "nothing"') });
});
