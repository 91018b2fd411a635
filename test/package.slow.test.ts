import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, pack, problemsOf } from '../scripts/check-package.ts';
import type { Packed } from '../scripts/check-package.ts';
import { reportSchema } from '../src/index.ts';
import type { Report } from '../src/index.ts';
import { writeFiles } from '../src/world/folder.testing.ts';
import { server } from './support/shop.ts';

/* The package as its users get it: packed, installed elsewhere without what we develop with, and run from dist. */

const root = join(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'seaworthy-package-'));
const place = join(home, 'place');
afterAll(() => rmSync(home, { recursive: true, force: true }));

let packed: Packed;
beforeAll(() => {
  packed = pack(home);
  mkdirSync(place);
  writeFileSync(join(place, 'package.json'), '{ "name": "place", "private": true }');
  command(place, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', packed.tarball);
});

const own = 'seaworthy';

function seaworthy(...argv: string[]): { code: number | null; out: string; err: string } {
  const env = {
    ...process.env,
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
    SEAWORTHY_CACHE: join(home, 'cache'),
    NODE_PATH: '',
  };
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', own, ...argv], {
    cwd: place,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: status, out: stdout, err: stderr.replace(/^npm warn .*\n/gm, '') };
}

function reportIn(folder: string): Report {
  return reportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
}

function app(name: string, files: Readonly<Record<string, string>>): string {
  const dir = join(home, name);
  writeFiles(dir, files);
  return dir;
}

const manifest = '{ "name": "shop", "type": "module", "dependencies": { "express": "^5.0.0", "pg": "^8.0.0" } }';

describe('the package', () => {
  it('holds what it needs and nothing else', async () => {
    expect(await problemsOf(packed)).toEqual([]);
  });

  it('would be refused with a part missing or a part too many', async () => {
    const files = [...packed.files.filter(({ path }) => path !== 'dist/run/ground/process.js'), { path: 'fixtures/a.ts', size: 1 }];
    expect(await problemsOf({ ...packed, files })).toEqual([
      'fixtures/a.ts has no place in the package',
      'fixtures/a.ts is for tests only',
      'dist/run/ground/process.js is missing from the package',
    ]);
  });

  it('brings nothing that only its developers use', () => {
    const installed = readdirSync(join(place, 'node_modules'));
    for (const name of ['vitest', 'typescript', 'oxlint', 'knip', 'publint']) expect(installed).not.toContain(name);
  });

  it('says its version and its usage', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(seaworthy('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect(seaworthy('--help')).toMatchObject({ code: 0, out: expect.stringContaining('seaworthy audit') as string });
    expect(seaworthy('polish')).toEqual({ code: 2, out: '', err: 'seaworthy: There is no command "polish"; see seaworthy --help.\n' });
  });

  it('tells an old Node in one line that it is too old', () => {
    const bin = join(place, 'node_modules', 'seaworthy', 'bin', 'seaworthy.cjs');
    for (const version of ['22.18.0', '20.20.2', '0.10.48']) {
      const script = `Object.defineProperty(process, 'versions', { value: Object.assign({}, process.versions, { node: '${version}' }) }); require(${JSON.stringify(bin)});`;
      const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
      expect({ status, stdout, stderr }).toEqual({
        status: 2,
        stdout: '',
        stderr: `seaworthy needs Node 22.19 or newer; this is ${version}.\n`,
      });
    }
  });

  it('can be imported', () => {
    const script = `
      import { audit, checks, ownVersion, reportSchema } from 'seaworthy';
      import config from 'seaworthy/schema/config' with { type: 'json' };
      import report from 'seaworthy/schema/report' with { type: 'json' };
      console.log(typeof audit, Object.keys(checks).length > 10, ownVersion(), typeof reportSchema.parse, config.title, report.type);
    `;
    expect(command(place, process.execPath, '--input-type=module', '-e', script)).toMatch(
      /^function true \S+ function seaworthy\.json object\n$/,
    );
  });

  it('reads a small application', () => {
    const dir = app('small', {
      'package.json': manifest,
      'src/server.js': server,
      'migrations/001.sql': 'CREATE TABLE orders (id serial);',
    });
    const { code, out, err } = seaworthy('audit', dir, '--no-run');
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('Reading') as string });
    expect(out).toContain('Not ');
    const report = reportIn(join(dir, '.seaworthy'));
    expect(report.controls).toHaveLength(113);
    expect(report.findings.map(({ check }) => check)).toContain('security/sql-injection');
    expect(existsSync(join(dir, '.seaworthy', 'report.html'))).toBe(true);
    expect(readFileSync(join(dir, '.seaworthy', '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('reads a large one with help, and what is nested too deeply in another process', () => {
    const routes = Array.from({ length: 400 }, (_, index) => `app.get('/things/${index}', (req, res) => res.json({ n: ${index} }));`).join(
      '\n',
    );
    const parts = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`src/part${index}.js`, `${server}\n${routes}`]));
    const deep = `export default ${'['.repeat(3_000)}${']'.repeat(3_000)};`;
    const dir = app('large', { 'package.json': manifest, ...parts, 'src/deep.js': deep });
    expect(seaworthy('audit', dir, '--no-run')).toMatchObject({ code: 1 });
    const { coverage } = reportIn(join(dir, '.seaworthy'));
    expect(coverage.files.lines).toBeGreaterThan(20_000);
    // Without its own readers, dist would leave such a file unread for another reason.
    expect(coverage.gaps.filter(({ reason }) => reason.includes('no process could be started'))).toEqual([]);
  });

  it('sets up the gate in a project of somebody new, and stops what makes it worse', () => {
    const dir = app('newcomer', {
      'package.json': manifest,
      'package-lock.json': '{ "name": "shop", "lockfileVersion": 3, "packages": {} }',
      '.gitignore': 'node_modules\n.seaworthy\n',
      'src/server.js':
        "import express from 'express';\nimport { requireUser } from './guard.js';\nimport { pool } from './db.js';\nconst app = express();\napp.get('/orders', requireUser, async (req, res) => {\n  const { rows } = await pool.query('SELECT id, total FROM orders WHERE user_id = $1 LIMIT 50', [req.user.id]);\n  res.json(rows);\n});\napp.listen(3000);\n",
      'src/guard.js':
        "import { pool } from './db.js';\nexport async function requireUser(req, res, next) {\n  const { rows } = await pool.query('SELECT user_id FROM sessions WHERE token = $1', [req.headers.authorization]);\n  if (rows.length === 0) return res.status(401).json({ error: 'Sign in first' });\n  req.user = { id: rows[0].user_id };\n  next();\n}\n",
      'src/db.js': "import pg from 'pg';\nexport const pool = new pg.Pool();\n",
      'migrations/001.sql': 'CREATE TABLE orders (id serial PRIMARY KEY, user_id integer NOT NULL, total integer NOT NULL);\n',
    });
    const git = (...args: string[]) => command(dir, 'git', '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args);
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-qm', 'as it is');
    const begun = seaworthy('init', dir, '--yes');
    expect(begun).toMatchObject({ code: 0, out: expect.stringContaining('npx seaworthy gate') as string });
    git('add', '-A');
    git('commit', '-qm', 'set up the gate');
    expect(seaworthy('gate', dir, '--quiet')).toEqual({
      code: 0,
      out: 'The gate is open.\nNothing is worse than the baseline.\n',
      err: '',
    });
    const file = join(dir, 'src', 'server.js');
    const open =
      "app.get('/everything', async (req, res) => {\n  const { rows } = await pool.query('SELECT id, user_id, total FROM orders LIMIT 50');\n  res.json(rows);\n});\napp.listen";
    writeFileSync(file, readFileSync(file, 'utf8').replace('app.listen', open));
    const worse = seaworthy('gate', dir);
    expect(worse.code).toBe(1);
    expect(worse.out).toContain('The gate is shut.');
    expect(worse.out).toContain('GET /everything src/server.js:');
    expect(worse.out).not.toContain('GET /orders src');
    expect(reportIn(join(dir, '.seaworthy')).ran).toMatchObject({ asked: false, done: false });
    expect([begun.out, worse.out].flatMap((text) => text.split('\n')).filter((line) => line.length > 80 && !line.includes(dir))).toEqual(
      [],
    );
  });

  it('runs an application in its proving ground and replays what it found', ({ skip }) => {
    const sealer = 'bwrap';
    if (spawnSync(sealer, ['--version']).status !== 0) skip('bubblewrap is not installed');
    const dir = join(home, 'harbor');
    cpSync(join(root, 'examples', 'harbor'), dir, { recursive: true, verbatimSymlinks: true });
    const { code, err } = seaworthy('audit', dir, '--run');
    expect({ code, err }).toMatchObject({ code: 1 });
    const report = reportIn(join(dir, '.seaworthy'));
    expect(report.ran).toMatchObject({ done: true, seal: 'full' });
    const leak = report.findings.find((one) => one.check === 'security/object-authorization' && one.class === 'ran');
    expect(leak?.status).toBe('fail');
    const replayed = seaworthy('replay', leak?.id ?? '', dir, '--report', join(dir, '.seaworthy', 'report.json'));
    expect(replayed).toMatchObject({ code: 1, out: expect.stringContaining('It shows again.') as string });
  });
});
