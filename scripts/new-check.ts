/** `npm run new:check -- <area>/<name>`: writes a check, its fixture pair, and the generated files. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { areas } from '../src/model/words.ts';

const root = join(import.meta.dirname, '..');
const id = process.argv[2] ?? '';
const [area = '', name = ''] = id.split('/');
if (!areas.some((one) => one === area) || !/^[a-z][a-z-]+$/.test(name)) {
  console.error(`Usage: npm run new:check -- <area>/<name>, with one of ${areas.join(', ')} and a lower-case noun.`);
  process.exit(2);
}

const check = `import { defineCheck, fail, notApplicable, pass } from '../../model/check.ts';

export default defineCheck({
  title: 'A sentence that is true when the check passes',
  control: '${area}/the-control-it-serves',
  severity: 'medium',
  why: 'Why it hurts in production, in two or three sentences.',
  remedy: 'What to do, as an imperative sentence.',
  needs: ['files'],
  *run({ files }) {
    for (const file of files.value.files) {
      const subject = { kind: 'file' as const, name: file.path };
      yield file.bytes > 0 ? pass('read', subject) : fail('read', subject, 'What is wrong, and why it hurts.', { effect: 'empty' });
    }
    if (files.value.files.length === 0) yield notApplicable('There are no files.');
  },
});
`;

function put(path: string, text: string): void {
  const full = join(root, path);
  if (existsSync(full)) {
    console.error(`${path} is there already.`);
    process.exit(2);
  }
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  console.log(path);
}

put(`src/checks/${id}.ts`, check);
for (const [pair, content] of [
  ['fail-empty', ''],
  ['pass-filled', 'export const answer = 42;\n'],
] as const) {
  put(`fixtures/${id}/${pair}/app/package.json`, '{ "name": "fixture", "version": "1.0.0" }\n');
  put(`fixtures/${id}/${pair}/app/index.js`, content);
}
spawnSync(process.execPath, [join(root, 'scripts/generate.ts')], { stdio: 'inherit' });
console.log(
  'Now: write the check, make the pair differ only in the fix, run npx vitest run test/fixtures.test.ts -u and read the snapshot.',
);
