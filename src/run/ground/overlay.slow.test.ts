import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFiles } from '../../world/folder.testing.ts';
import { openGround } from './index.ts';
import { groundOptions } from './ground.testing.ts';
import { probeSeal } from './seal.ts';

let temporary = '';
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'ground-test-'));
  process.env['TMPDIR'] = temporary;
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

/** What a build does to dependencies: fills caches, makes code, overwrites, replaces, removes, changes modes. */
const build = `
const { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
mkdirSync('node_modules/.cache/deep', { recursive: true });
writeFileSync('node_modules/.cache/deep/new', 'cache');
writeFileSync('node_modules/.prisma/client/index.js', 'module.exports = "made"');
appendFileSync('node_modules/.prisma/client/index.js', ' + " twice"');
rmSync('node_modules/plain/index.js');
writeFileSync('node_modules/plain/index.js', 'module.exports = "replaced"');
rmSync('node_modules/gone', { recursive: true });
renameSync('node_modules/plain/a', 'node_modules/plain/b');
chmodSync('node_modules/.prisma/client/index.js', 0o777);
mkdirSync('dist');
writeFileSync('dist/server.js', readFileSync('server.js'));
`;
const server = `
const { existsSync } = require('node:fs');
const seen = [require('plain'), require('../node_modules/.prisma/client'), existsSync('node_modules/gone'), existsSync('node_modules/plain/b')];
require('node:http').createServer((_, response) => response.end(JSON.stringify(seen))).listen(process.env.PORT);
`;

/** Every file of a tree with all that can be told of it, the time of its last change of any kind among it. */
function stateOf(dir: string): string {
  const format = '%P|%y|%m|%U|%G|%s|%i|%n|%T@|%C@|%l\\n';
  const files = execFileSync('find', [dir, '-printf', format], { encoding: 'utf8' })
    .split('\n')
    .toSorted((a, b) => (a < b ? -1 : 1));
  const sums = execFileSync('sh', ['-c', 'find "$1" -type f | sort | xargs md5sum', 'sh', dir], { encoding: 'utf8' });
  return `${files.join('\n')}\n${sums}`;
}

test.runIf(probeSeal().level === 'full')(
  'a build changes dependencies as it likes, and nothing of the owner',
  async () => {
    const dir = join(temporary, 'app');
    writeFiles(dir, {
      'package.json': JSON.stringify({ scripts: { build: 'node build.js', start: 'node dist/server.js' }, dependencies: { plain: '*' } }),
      'build.js': build,
      'server.js': server,
      'node_modules/plain/index.js': 'module.exports = "original"',
      'node_modules/plain/a': 'a',
      'node_modules/gone/index.js': '',
      'node_modules/.prisma/client/index.js': 'module.exports = "not made"',
    });
    const before = stateOf(dir);
    const ground = await openGround(groundOptions(dir));
    try {
      await ground.prepare();
      await ground.migrate();
      expect(await ground.boot()).toMatchObject({ notes: [] });
      const request = { actor: 'tester', method: 'GET', path: '/', headers: {}, body: null, timeoutMs: 5_000 };
      const seen = await ground.request(request);
      expect(JSON.parse(seen.exchange.response?.body ?? '')).toEqual(['replaced', 'made twice', false, true]);
    } finally {
      await ground.close();
    }
    expect(stateOf(dir)).toBe(before);
  },
  60_000,
);
