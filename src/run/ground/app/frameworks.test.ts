import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFiles } from '../../../world/folder.testing.ts';
import { readExample } from './examples.ts';
import { findStart } from './plan.ts';
import { plugAndPlay } from './pnp.ts';
import { inWords, preflight } from './preflight.ts';

let dir = '';
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'frameworks-'))));
afterEach(() => rmSync(dir, { recursive: true }));
const write = (files: Record<string, string>) => writeFiles(dir, files);
const manifest = (dependencies: string[], scripts: Record<string, string> = {}, more: object = {}) =>
  JSON.stringify({ dependencies: Object.fromEntries(dependencies.map((name) => [name, '*'])), scripts, ...more });

test.each([
  ['Next.js', ['next'], 'next build', 'next start', '.next/BUILD_ID'],
  ['Nuxt', ['nuxt'], 'nuxt build', 'node .output/server/index.mjs', '.output/server/index.mjs'],
  ['SvelteKit', ['@sveltejs/kit', 'vite'], 'vite build', 'node build/index.js', 'build/index.js'],
  ['React Router', ['@react-router/serve', 'vite'], 'react-router build', 'react-router-serve', 'build/server/index.js'],
  ['Remix', ['@remix-run/serve'], 'remix vite:build', 'remix-serve', 'build/server/index.js'],
  ['Astro', ['@astrojs/node'], 'astro build', 'dist/server/entry.mjs', 'dist/server/entry.mjs'],
  ['NestJS', ['@nestjs/core'], 'nest build', 'node dist/main.js', 'dist/main.js'],
])('%s without a script for production is built and served as usual', (name, dependencies, build, serve, made) => {
  write({ 'package.json': manifest(dependencies, { dev: 'whatever dev' }) });
  const plan = findStart(dir, undefined);
  expect(plan).toMatchObject({ start: `${name} as built`, reason: expect.stringContaining('no "start" script') });
  expect(plan.build).toContain(build);
  expect(plan.command).toContain(serve);
  write({ [made]: '' });
  expect(findStart(dir, undefined).build).toBeNull();
});

describe('the start', () => {
  test('of developers gives way to that of production', () => {
    write({ 'package.json': manifest(['@nestjs/core'], { start: 'nest start', 'start:prod': 'node dist/main', build: 'nest build' }) });
    expect(findStart(dir, undefined)).toMatchObject({ start: 'npm run start:prod', command: 'node dist/main', build: 'nest build' });
  });
  test('of developers is taken when there is no other', () => {
    write({ 'package.json': manifest([], { start: 'nodemon x' }) });
    expect(findStart(dir, undefined)).toMatchObject({ start: 'npm start', reason: expect.stringContaining('developers') });
  });
  test('of a server stands before the Vite front end beside it', () => {
    write({ 'package.json': manifest(['express', 'vite'], { dev: 'vite' }), 'server/index.js': '' });
    expect(findStart(dir, undefined).command).toBe('node server/index.js');
  });
  test('needs the build of the framework that it calls', () => {
    write({ 'package.json': manifest(['next'], { start: 'next start --port 4002', build: 'next build' }) });
    expect(findStart(dir, undefined).build).toBe('next build');
  });
  test('is looked through: a script that calls another one', () => {
    write({
      'package.json': manifest([], { 'start:prod': 'node dist/main', build: 'tsc' }),
      Procfile: 'web: npm run start:prod',
    });
    expect(findStart(dir, undefined)).toMatchObject({ command: 'npm run start:prod', build: 'tsc' });
  });
  test('finds the .env file that it names, though the real one stays away', () => {
    write({ 'package.json': manifest([], { start: 'node --env-file=.env server.js' }) });
    expect(findStart(dir, undefined).command).toBe('for f in .env; do [ -e "$f" ] || echo > "$f"; done; node --env-file=.env server.js');
  });
  test('prints to us, not into files', () => {
    write({ 'package.json': manifest([], { start: 'node server.js > app.log 2> err.log' }) });
    expect(findStart(dir, undefined).command).toBe('node server.js');
  });
  test('does not migrate by Prisma, whose migrations were applied', () => {
    write({ 'package.json': manifest([], { start: 'npx prisma migrate deploy && node server.js' }) });
    expect(findStart(dir, undefined).command).toBe('node server.js');
  });
});

describe('the build', () => {
  const schema = 'generator client {\n  provider = "prisma-client-js"\n}';
  test('makes the Prisma client where the dependencies are there without it', () => {
    write({
      'package.json': manifest(['@prisma/client'], { start: 'node server.js' }),
      'prisma/schema.prisma': schema,
      'node_modules/x/y': '',
    });
    expect(findStart(dir, undefined).build).toBe('prisma generate --schema prisma/schema.prisma');
    write({ 'node_modules/.prisma/client/schema.prisma': '' });
    expect(findStart(dir, undefined).build).toBeNull();
  });
  test('looks for the Prisma client in the dependencies that are lent, which the copy does not show', () => {
    const files = { 'package.json': manifest(['@prisma/client'], { start: 'node server.js' }), 'prisma/schema.prisma': schema };
    write({ ...files, 'tree/node_modules/@prisma/client/package.json': '{"version": "6.10.0"}' });
    mkdirSync(join(dir, 'node_modules'));
    const tree = join(dir, 'tree');
    expect(findStart(dir, undefined, tree).build).toContain('prisma generate');
    write({ 'tree/node_modules/.prisma/client/schema.prisma': '' });
    expect(findStart(dir, undefined, tree).build).toBeNull();
  });
  test('makes the Prisma client with stand-ins for engines that are not there, and says what that means', () => {
    write({
      'package.json': manifest(['@prisma/client'], { start: 'next start', build: 'prisma generate && prisma db push && next build' }),
      'prisma/schema.prisma': schema,
      'node_modules/@prisma/client/package.json': '{"version": "6.10.0"}',
    });
    const plan = findStart(dir, undefined);
    expect(plan.reason).toContain("Prisma's engine is not in node_modules");
    expect(plan.build).toBe(
      'export PRISMA_SCHEMA_ENGINE_BINARY=/bin/true PRISMA_QUERY_ENGINE_LIBRARY=/bin/true && prisma generate --schema prisma/schema.prisma',
    );
    write({ 'node_modules/@prisma/client/package.json': '{"version": "7.1.0"}' });
    expect(findStart(dir, undefined).reason).toBeNull();
    expect(findStart(dir, undefined).build).toContain('PRISMA_SCHEMA_ENGINE_BINARY');
    write({ 'node_modules/@prisma/client/package.json': '{"version": "6.10.0"}' });
    write({ 'node_modules/@prisma/engines/libquery_engine.so.node': '', 'node_modules/@prisma/engines/schema-engine-x': '' });
    expect(findStart(dir, undefined)).toMatchObject({ reason: null, build: 'prisma generate --schema prisma/schema.prisma' });
  });
  test('looks for a client with a place of its own there', () => {
    const own = schema.replace('\n}', '\n  output = "../generated/prisma"\n}');
    write({ 'package.json': manifest(['@prisma/client'], { start: 'node server.js' }), 'prisma/schema.prisma': own });
    expect(findStart(dir, undefined).build).toBe('prisma generate --schema prisma/schema.prisma');
    write({ 'generated/prisma/client.ts': '' });
    expect(findStart(dir, undefined).build).toBeNull();
  });
  test('begins with the packages of the workspace that it needs', () => {
    write({
      'package.json': JSON.stringify({ workspaces: ['apps/*', 'packages/*'] }),
      'apps/api/package.json': manifest(['@it/db'], { start: 'node dist/index.js', build: 'tsc' }),
      'packages/db/package.json': manifest(['@it/schema'], { build: 'tsc' }, { name: '@it/db' }),
      'packages/schema/package.json': manifest([], { build: 'tsc' }, { name: '@it/schema' }),
      'packages/other/package.json': manifest([], { build: 'tsc' }, { name: '@it/other' }),
    });
    expect(findStart(join(dir, 'apps/api'), undefined).build).toBe(
      '(cd ../../packages/schema && npm run build) && (cd ../../packages/db && npm run build) && tsc',
    );
  });
});

describe('preflight', () => {
  test('says what will happen', () => {
    write({
      'package.json': manifest(['hono', '@hono/node-server', 'pg'], {
        start: 'node dist/index.js',
        build: 'tsc',
        migrate: 'node migrate.js',
      }),
      'pnpm-lock.yaml': '',
      'node_modules/pg/package.json': '{}',
    });
    expect(preflight(dir, '.', undefined)).toEqual({
      packageManager: 'pnpm',
      framework: 'Hono',
      install: false,
      build: 'tsc',
      migrations: 'npm run migrate',
      start: 'npm start',
      services: [],
      missing: [],
    });
  });
  test('says what is missing and what to do', () => {
    write({ 'package.json': manifest(['mongoose']), 'yarn.lock': '' });
    const { missing, start } = preflight(dir, '.', undefined);
    expect(start).toBeNull();
    expect(missing).toEqual([
      expect.stringContaining('add "start"'),
      expect.stringContaining('run "yarn install"'),
      expect.stringContaining('MongoDB'),
    ]);
  });
  test('puts it into one line, and names a service that the ground starts', () => {
    write({
      'package.json': manifest(['express', 'ioredis'], { start: 'node server.js' }),
      'package-lock.json': '',
      'node_modules/x/y': '',
    });
    expect(inWords(preflight(dir, '.', undefined))).toEqual({
      how: 'Express with npm: no migrations found, start (npm start); beside it Redis',
      missing: [],
    });
  });
  test('names a package that looks well and does not work, and what is installed first', () => {
    write({ 'package.json': manifest(['express', 'pg'], { start: 'node server.js' }), 'package-lock.json': '' });
    expect(inWords(preflight(dir, '.', undefined, true))).toEqual({
      how: 'Express with npm: install its dependencies, no migrations found, start (npm start)',
      missing: [],
    });
    for (const [version, works] of [
      ['8.0.3', true],
      ['8.0.2', false],
      ['5.1.0', false],
      ['8.16.0', true],
    ] as const) {
      write({ 'node_modules/pg/package.json': `{"version": "${version}"}` });
      expect(preflight(dir, '.', undefined).missing, version).toEqual(
        works ? [] : [expect.stringContaining(`its pg ${version} never gets`)],
      );
    }
  });
  test('knows the archives of Yarn beside the app, and misses those that lie elsewhere', () => {
    write({ 'package.json': manifest(['express'], { start: 'node server.js' }), 'yarn.lock': '__metadata:', '.pnp.cjs': '' });
    expect(preflight(dir, '.', undefined).missing).toEqual([expect.stringContaining('yarn install')]);
    write({ '.yarn/cache/express.zip': '' });
    expect(preflight(dir, '.', undefined).missing).toEqual([]);
    expect(plugAndPlay(dir, (path) => path.replace(dir, '/seen here'))).toBe('--require "/seen here/.pnp.cjs"');
  });
  test.each([
    ['mysql2 alone', ['mysql2', 'sequelize'], {}, ['it wants MySQL']],
    ['one among several', ['mysql2', 'pg', 'knex'], {}, []],
    ['a file will do', ['mysql2', 'better-sqlite3'], {}, []],
    ["Prisma's word", ['@prisma/client'], { 'prisma/schema.prisma': 'datasource db {\n  provider = "mongodb"\n}' }, ['it wants MongoDB']],
    ['a queue', ['pg', 'amqplib'], {}, ['it wants RabbitMQ']],
  ])('names what it cannot do without: %s', (_, dependencies, files, wants) => {
    write({
      'package.json': manifest(dependencies, { start: 'node server.js' }),
      'package-lock.json': '',
      'node_modules/x/y': '',
      ...files,
    });
    expect(preflight(dir, '.', undefined).missing).toEqual(wants.map((each) => expect.stringContaining(each)));
  });
  test('does not wait for a pipe in the place of a file', () => {
    execFileSync(
      'mkfifo',
      ['package.json', 'Procfile', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.env.example', 'requirements.txt'].map((name) =>
        join(dir, name),
      ),
    );
    expect(preflight(dir, '.', undefined)).toMatchObject({ framework: null, start: null });
    expect(readExample(dir)).toEqual({});
  });
});
