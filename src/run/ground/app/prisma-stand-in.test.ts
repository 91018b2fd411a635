import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFiles } from '../../../world/folder.testing.ts';
import { findStart } from './plan.ts';
import { adapterHome, standInFor } from './prisma-stand-in.ts';
import { preflight } from './preflight.ts';
import { writeScriptRunners } from './scripts.ts';

let dir = '';
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'stand-in-'))));
afterEach(() => rmSync(dir, { recursive: true }));
const schema = (provider = 'postgresql', more = '') =>
  `generator client {\n  provider = "prisma-client-js"\n${more}}\n\ndatasource db {\n  provider = "${provider}"\n  url = env("DATABASE_URL")\n}\n`;
const app = (version: string, text = schema()) => ({
  'package.json': JSON.stringify({
    scripts: { start: 'next start', build: 'prisma generate && next build' },
    dependencies: { next: '*', '@prisma/client': '*' },
  }),
  'prisma/schema.prisma': text,
  'node_modules/@prisma/client/package.json': JSON.stringify({ version }),
});
const adapter = { [`${adapterHome}/node_modules/@prisma/adapter-pg/package.json`]: '{"main": "index.js"}' };

test.each([
  ['6.10.0', schema(), '@prisma/adapter-pg@6.10.0'],
  ['6.19.1', schema(), '@prisma/adapter-pg@6.19.1'],
  ['6.6.0', schema(), null],
  ['5.22.0', schema(), null],
  ['7.1.0', schema(), null],
  ['6.10.0', schema('mysql'), null],
])('for Prisma %s the stand-in is %#', (version, text, name) => {
  writeFiles(dir, app(version, text));
  expect(standInFor(dir)?.adapter ?? null).toBe(name);
});

test('nothing stands in for an engine that is there', () => {
  writeFiles(dir, { ...app('6.10.0'), 'node_modules/@prisma/engines/libquery_engine.so.node': '' });
  expect(standInFor(dir)).toBeNull();
});

test('what is missing is said, and no longer once it may be fetched', () => {
  writeFiles(dir, app('6.10.0'));
  expect(preflight(dir, '.', undefined).missing).toEqual([expect.stringContaining('or pass --install')]);
  expect(preflight(dir, '.', undefined, true).missing).toEqual([]);
  expect(findStart(dir, undefined).build).not.toContain('seaworthy-prisma');
});

test('with the adapter there, the schema is edited before and the client after it is made', () => {
  writeFiles(dir, { ...app('6.10.0'), ...adapter });
  const { build, reason } = findStart(dir, undefined);
  expect(build).toMatch(
    /^export PRISMA_\S+ \S+ && seaworthy-prisma edit prisma\/schema\.prisma && prisma generate && seaworthy-prisma wrap prisma +&& next build$/,
  );
  expect(reason).toContain('its query compiler stands in');
});

test.each([
  ['6.10.0', '', 'previewFeatures = ["queryCompiler", "driverAdapters"]'],
  ['6.10.0', '  previewFeatures = ["relationJoins"]\n', 'previewFeatures = ["relationJoins", "queryCompiler", "driverAdapters"]'],
  ['6.19.0', '  engineType = "library"\n', 'engineType = "client"'],
])('the program makes the client of %s use the adapter', async (version, more, line) => {
  writeFiles(dir, {
    ...app(version, schema('postgresql', more)),
    ...adapter,
    [`${adapterHome}/node_modules/@prisma/adapter-pg/index.js`]:
      'exports.PrismaPg = class { constructor(options) { this.options = options; } };',
    'node_modules/.prisma/client/index.js': 'exports.PrismaClient = class { constructor(options) { this.options = options; } };',
    'use.js':
      "const { PrismaClient } = require('./node_modules/.prisma/client/index.js');\n" +
      "class Own extends PrismaClient { constructor() { super({ log: ['error'], datasources: { db: { url: 'postgres://own' } } }); } }\n" +
      'console.log(JSON.stringify([new PrismaClient().options, new Own().options]));',
  });
  await writeScriptRunners(join(dir, 'bin'));
  const env = { PATH: process.env['PATH'], DATABASE_URL: 'postgres://wire' };
  const run = (file: string, ...args: string[]) => execFileSync(file, args, { cwd: dir, env, encoding: 'utf8' });
  run(join(dir, 'bin/seaworthy-prisma'), 'edit', 'prisma/schema.prisma');
  const edited = readFileSync(join(dir, 'prisma/schema.prisma'), 'utf8');
  expect(edited).toContain(line);
  expect(edited.match(/engineType|previewFeatures/g)).toHaveLength(1);
  run(join(dir, 'bin/seaworthy-prisma'), 'wrap', 'prisma');
  expect(JSON.parse(run('node', 'use.js'))).toEqual([
    { adapter: { options: { connectionString: 'postgres://wire' } } },
    { adapter: { options: { connectionString: 'postgres://own' } }, log: ['error'] },
  ]);
});
