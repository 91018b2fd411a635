import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFiles } from '../../../world/folder.testing.ts';
import { findMigrations } from './migrations.ts';
import { startFromSource } from './from-source.ts';
import { findStart } from './plan.ts';
import { upPart } from './sql-files.ts';

let dir = '';
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'plan-'))));
afterEach(() => rmSync(dir, { recursive: true }));
const write = (files: Record<string, string>) => writeFiles(dir, files);
const scripts = (all: Record<string, string>) => ({ 'package.json': JSON.stringify({ scripts: all }) });

describe('the start', () => {
  test("is the owner's word before anything else", () => {
    write(scripts({ start: 'node a.js' }));
    expect(findStart(dir, { start: 'node b.js' })).toMatchObject({ start: 'node b.js', command: 'node b.js' });
  });
  test('is npm start with what goes before it', () => {
    write(scripts({ prestart: 'echo 1', start: 'node a.js' }));
    expect(findStart(dir, undefined)).toEqual({ start: 'npm start', command: 'echo 1 && node a.js', build: null, reason: null });
  });
  test('is the Procfile, then main, then a file of a usual name', () => {
    write({ 'src/server.js': '', 'package.json': '{"main": "entry.js"}' });
    expect(findStart(dir, undefined).command).toBe('node src/server.js');
    write({ 'entry.js': '' });
    expect(findStart(dir, undefined).command).toBe('node entry.js');
    write({ Procfile: 'release: x\nweb: node web.js\n' });
    expect(findStart(dir, undefined).command).toBe('node web.js');
  });
  test('is at last the dev script, and says so', () => {
    write(scripts({ dev: 'nodemon x' }));
    expect(findStart(dir, undefined)).toMatchObject({ start: 'npm run dev', reason: expect.stringContaining('"dev"') });
  });
  test('is missing: the sentence says what to add', () => {
    expect(() => findStart(dir, undefined)).toThrow(/add "start"/);
  });
});

describe('the build', () => {
  test('is needed when what is started is not there', () => {
    write(scripts({ start: 'node dist/main.js', build: 'tsc' }));
    expect(findStart(dir, undefined).build).toBe('tsc');
    write({ 'dist/main.js': '' });
    expect(findStart(dir, undefined).build).toBeNull();
  });
  test('finds dist/main for dist/main.js', () => {
    write({ ...scripts({ start: 'NODE_ENV=production node ./dist/main', build: 'tsc' }), 'dist/main.js': '' });
    expect(findStart(dir, undefined).build).toBeNull();
  });
});

describe('the migrations', () => {
  test("are the app's own script", () => {
    write({ ...scripts({ 'db:migrate': 'knex migrate:latest' }), 'migrations/1.sql': '' });
    expect(findMigrations(dir, undefined)).toEqual({ kind: 'command', from: 'npm run db:migrate', command: 'knex migrate:latest' });
  });
  test('are files in the order of their numbers, without the ways down', () => {
    write({
      'migrations/10_c.sql': '',
      'migrations/2_b.up.sql': '',
      'migrations/2_b.down.sql': '',
      'migrations/1_a.sql': '',
      'migrations/readme.md': '',
    });
    expect(findMigrations(dir, undefined)).toMatchObject({
      kind: 'files',
      files: ['migrations/1_a.sql', 'migrations/2_b.up.sql', 'migrations/10_c.sql'],
    });
  });
  test('are folders with a way up and one down', () => {
    write({ 'migrations/001/up.sql': '', 'migrations/001/down.sql': '' });
    expect(findMigrations(dir, undefined)).toMatchObject({ files: ['migrations/001/up.sql'] });
  });
  test('are a schema file', () => {
    write({ 'db/schema.sql': '' });
    expect(findMigrations(dir, undefined)).toMatchObject({ from: 'db/schema.sql' });
  });
  test('are none when the owner says so', () => {
    write({ 'schema.sql': '' });
    expect(findMigrations(dir, { migrate: null }).kind).toBe('none');
  });
  test.each(['-- Down', '-- migrate:down', '-- +goose Down', '--- down ---', '-- Down Migration', '-- rollback'])('end at %s', (line) => {
    expect(upPart(`-- Up\nCREATE TABLE a ();\n${line}\nDROP TABLE a;`)).toBe('-- Up\nCREATE TABLE a ();\n');
  });
  test('do not end at a remark about going down', () => {
    const text = '-- down here it gets hard\nCREATE TABLE a ();';
    expect(upPart(text)).toBe(text);
  });
});

describe('the start from the source', () => {
  const unloadable = "| code: 'ERR_MODULE_NOT_FOUND', | url: 'file:///app/dist/app'";
  const app = (dev: string, dependencies: Record<string, string> = { tsx: '*' }) => ({
    'package.json': JSON.stringify({ scripts: { start: 'node dist/index.js', build: 'tsc', dev }, dependencies }),
    'src/index.ts': '',
  });
  test.each([
    ['tsx watch src/index.ts', { tsx: '*' }, 'tsx src/index.ts'],
    ['nodemon --exec "ts-node" src/index.ts', { 'ts-node': '*' }, 'ts-node --transpile-only src/index.ts'],
    ['ts-node-dev --respawn --transpile-only ./src/index.ts', { 'ts-node-dev': '*' }, 'ts-node --transpile-only ./src/index.ts'],
  ])('does what %s does', (dev, dependencies, command) => {
    write(app(dev, dependencies));
    const start = findStart(dir, undefined);
    expect(startFromSource(dir, start, unloadable)).toMatchObject({
      start: command,
      command,
      build: 'tsc',
      reason: expect.stringContaining('Node cannot load what "npm start" runs'),
    });
    expect(startFromSource(dir, start, 'Error: SECRET is required')).toBeNull();
  });
  test('is not tried without something that runs it, or without the file', () => {
    write(app('tsx watch src/index.ts', {}));
    expect(startFromSource(dir, findStart(dir, undefined), unloadable)).toBeNull();
    write(app('tsx watch src/main.ts'));
    expect(startFromSource(dir, findStart(dir, undefined), unloadable)).toBeNull();
  });
});
