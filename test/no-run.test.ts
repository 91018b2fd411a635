import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../src/index.ts';
import type { Report } from '../src/index.ts';
import { writeFiles } from '../src/world/folder.testing.ts';
import { server } from './support/shop.ts';

/*
 * `audit --no-run` through the real command line, in a process of its own in which sockets, names and programs are
 * forbidden. The applications are small, and some of them are hostile.
 */

const root = join(import.meta.dirname, '..');
const preload = fileURLToPath(new URL('./support/no-outside.ts', import.meta.url));
const bin = join(root, 'src', 'cli', 'bin.ts');

let home = '';
let app = '';
const homes: string[] = [];

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'seaworthy-no-run-')));
  homes.push(home);
  app = join(home, 'app');
  mkdirSync(app);
});
afterEach(() => {
  expect(existsSync(join(home, 'canary')), 'something of the audited tree was executed').toBe(false);
});
afterAll(() => {
  for (const one of homes) rmSync(one, { recursive: true, force: true });
});

const put = (path: string, content: string) => writeFiles(app, { [path]: content });

interface Session {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What was forbidden and tried all the same. */
  readonly tried: string;
}

const environment = (log: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  SEAWORTHY_CACHE: join(home, 'cache'),
  NO_OUTSIDE_LOG: log,
  NODE_NO_WARNINGS: '1',
});

function run(argv: readonly string[], cwd = app): Promise<Session> {
  const log = join(home, 'tried.log');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', preload, ...argv],
      { cwd, env: environment(log), maxBuffer: 64 * 1024 * 1024 },
      (error, out, err) => {
        const code = error === null ? 0 : Number(error.code ?? 99);
        resolve({ code, out, err, tried: existsSync(log) ? readFileSync(log, 'utf8') : '' });
      },
    );
  });
}

const seaworthy = (...argv: string[]): Promise<Session> => run([bin, ...argv]);

interface Reading extends Session {
  readonly report: Report;
  readonly json: string;
  readonly html: string;
}

/** Reads the application and expects a report. */
async function reading(out = 'out'): Promise<Reading> {
  const folder = join(home, out);
  const session = await seaworthy('audit', '--no-run', '--out', folder);
  expect(session.err.replace(/^(Reading|Checking|Deriving|Judging|In all) .*\n/gm, '')).toBe('');
  expect(session.tried).toBe('');
  const [json, html] = ['report.json', 'report.html'].map((name) => readFileSync(join(folder, name), 'utf8')) as [string, string];
  expect(readFileSync(join(folder, 'matrix.csv'), 'utf8')).toMatch(/^endpoint,where,actor,.*\r\n$/);
  const report = reportSchema.parse(JSON.parse(json));
  expect(session.code).toBe(1);
  return { ...session, report, json, html };
}

/** One line for a person, nothing on standard output, exit code 2. */
function expectSentence(session: Session, sentence: RegExp): void {
  expect(session).toMatchObject({ code: 2, out: '', tried: '' });
  expect(session.err).toMatch(sentence);
  expect(session.err.trimEnd().split('\n')).toHaveLength(1);
  expect(session.err).toMatch(/^seaworthy: .+\n$/);
}

function shop(): void {
  put(
    'package.json',
    '{ "name": "shop", "type": "module", "scripts": { "start": "node src/server.js" }, "dependencies": { "express": "^5.0.0", "pg": "^8.0.0" } }',
  );
  put('src/server.js', server);
  put('migrations/001.sql', 'CREATE TABLE orders (id serial PRIMARY KEY, total real);');
}

/** Everything that an application can bring for others to execute. */
function traps(): void {
  const touch = `require('node:fs').writeFileSync(${JSON.stringify(join(home, 'canary'))}, '')`;
  const code = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(join(home, 'canary'))}, '');\nexport default {};\n`;
  for (const name of ['eslint.config.js', 'vite.config.ts', 'drizzle.config.ts', 'seaworthy.config.js', 'next.config.mjs', 'knexfile.js'])
    put(name, code);
  for (const name of ['seaworthy.js', 'seaworthy.cjs', '.pnp.cjs', '.secretlintrc.js']) put(name, touch);
  put('.npmrc', `node-options=--require=${join(app, 'seaworthy.cjs')}\n`);
  put('node_modules/express/index.js', touch);
  put('node_modules/express/package.json', '{ "name": "express", "main": "index.js" }');
  put('tsconfig.json', '{ "extends": "./node_modules/express/index.js", "compilerOptions": { "plugins": [{ "name": "express" }] } }');
}

/** A repository whose settings would start a program for whoever asks git anything. */
function hostileGit(): void {
  execFileSync('git', ['init', '-q', app]);
  execFileSync('git', ['-C', app, 'add', '-A']);
  execFileSync('git', ['-C', app, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'one']);
  const config = join(app, '.git', 'config');
  const command = `touch ${join(home, 'canary')}`;
  writeFileSync(
    config,
    `${readFileSync(config, 'utf8')}[core]\n\tfsmonitor = ${command}\n\tpager = ${command}\n\tsshCommand = ${command}\n`,
  );
}

describe('reading only', () => {
  it('is watched by a guard that works', async () => {
    const tries = `
      import { connect, createServer } from 'node:net';
      import { execFileSync, fork, spawn } from 'node:child_process';
      import { lookup } from 'node:dns/promises';
      for (const act of [() => connect(1, '127.0.0.1'), () => createServer().listen(0), () => spawn('true'), () => fork('x.js'), () => execFileSync('true'), () => lookup('example.com'), () => fetch('http://127.0.0.1')])
        try { await act(); } catch {}
    `;
    const { tried } = await run(['--input-type=module', '-e', tries]);
    expect(tried.trim().split('\n')).toEqual([
      'net.Socket.connect',
      'net.Server.listen',
      'child_process.spawn',
      `ChildProcess.spawn ${process.execPath} x.js`,
      'child_process.execFileSync',
      'dns.promises.lookup',
      'globalThis.fetch',
    ]);
  });

  it('opens no socket, starts nothing and executes nothing of the application', async () => {
    shop();
    traps();
    hostileGit();
    const { report, out } = await reading();
    expect(report.ran).toEqual({ asked: false, done: false, seal: null, reason: 'not asked for (--no-run)' });
    expect(report.findings.some(({ check, status }) => check === 'security/sql-injection' && status === 'fail')).toBe(true);
    expect(report.findings.filter(({ class: evidence }) => evidence === 'ran')).toEqual([]);
    expect(report.controls).toHaveLength(113);
    expect(out).toContain('Not ');
    expect(existsSync(join(app, '.seaworthy'))).toBe(false);
  });

  it('starts nothing but readers of its own, in a tree large enough for several', async () => {
    shop();
    const routes = Array.from({ length: 400 }, (_, index) => `app.get('/things/${index}', (req, res) => res.json({ n: ${index} }));`).join(
      '\n',
    );
    for (let file = 0; file < 60; file++) put(`src/part${file}.js`, `${server}\n${routes}`);
    const { report } = await reading();
    expect(report.coverage.files.lines).toBeGreaterThan(20_000);
  });

  it('makes no such system call either, where strace can tell', async ({ skip }) => {
    const tracer = 'strace';
    if (spawnSync(tracer, ['-o', '/dev/null', 'true']).status !== 0) skip();
    shop();
    traps();
    const trace = join(home, 'trace');
    const argv = [
      '-f',
      '-qq',
      '-e',
      'trace=connect,bind,listen,sendto,execve',
      '-o',
      trace,
      process.execPath,
      bin,
      'audit',
      '--no-run',
      '--out',
      join(home, 'out'),
    ];
    const { status } = spawnSync(tracer, argv, { cwd: app, env: environment('/dev/null') });
    expect(status).toBe(1);
    const calls = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => /^\d+ +\w+\(/.test(line));
    expect(calls.map((line) => line.replace(/^\d+ +/, '').slice(0, 60))).toEqual([expect.stringContaining('execve(')]);
  });

  it('says the same again, byte for byte but for times: with a warm cache, with none, and elsewhere', async () => {
    shop();
    put('src/other.ts', 'export const key: string = process.env.API_KEY ?? "";\n');
    const settled = ({ json, html }: Reading) => {
      const report = JSON.parse(json) as Report;
      const { startedAt, durationMs, timings: _timings, ...rest } = report;
      const seconds = Math.max(1, Math.round(durationMs / 1_000));
      return {
        json: JSON.stringify(rest),
        html: html.replaceAll(startedAt.slice(0, 16).replace('T', ' '), 'WHEN').replaceAll(`, ${seconds} s.`, ', LONG.'),
      };
    };
    const cold = settled(await reading('cold'));
    expect(cold.html).toContain('WHEN');
    expect(settled(await reading('warm'))).toEqual(cold);
    // Another folder of the same name, written in another order.
    const elsewhere = join(home, 'elsewhere', 'app');
    for (const path of readdirSync(app, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .toReversed()) {
      const from = join(path.parentPath, path.name);
      cpSync(from, from.replace(app, elsewhere));
    }
    app = elsewhere;
    rmSync(join(home, 'cache'), { recursive: true });
    expect(settled(await reading('moved'))).toEqual(cold);
  });
});

describe('what is no application', () => {
  it('an empty folder', async () => {
    expectSentence(await seaworthy('audit', '--no-run'), /This folder holds no application/);
  });

  it('pictures and words', async () => {
    put('README.md', '# Holidays\n');
    put('beach.png', '\u0089PNG\r\n');
    expectSentence(await seaworthy('audit', '--no-run'), /This folder holds no application/);
    expect(existsSync(join(app, '.seaworthy')), 'nothing is written').toBe(false);
  });

  it('no folder at all, and a file', async () => {
    put('file', '');
    expectSentence(await seaworthy('audit', 'nowhere', '--no-run'), /nowhere cannot be opened/);
    expectSentence(await seaworthy('audit', 'file', '--no-run'), /file is not a folder/);
  });
});

describe('wrong usage', () => {
  it.each<[string[], RegExp]>([
    [['polish'], /There is no command "polish"/],
    [['audit', '--fast'], /--fast/],
    [['audit', '--for', 'fun'], /--for takes one of/],
    [['audit', '--format', 'pdf'], /--format takes one of/],
    [['audit', '--seed'], /--seed/],
    [['replay'], /replay takes the id/],
    [['replay', 'x#1'], /No report was found/],
    [['explain', 'nothing-like-it'], /is no check, control, trigger or finding/],
    [['\u001b[31mred'], /There is no command/],
  ])('is answered in one line: %j', async (argv, sentence) => {
    const session = await seaworthy(...argv);
    expectSentence(session, sentence);
    expect(session.err).not.toContain('\u001b');
  });

  it('a report that is none', async () => {
    put('report.json', '{"schema": 1}');
    expectSentence(await seaworthy('replay', 'x#1', '--report', 'report.json'), /is not a report of this version/);
  });
});

describe('a report that lies elsewhere', () => {
  it('is replayed in the folder that is named, never in the one around it', async () => {
    shop();
    await seaworthy('audit', '--no-run', '--out', 'elsewhere');
    const { findings } = JSON.parse(readFileSync(join(app, 'elsewhere', 'report.json'), 'utf8')) as Report;
    expectSentence(await seaworthy('replay', findings[0]?.id ?? '', '--report', 'elsewhere/report.json'), /Which app is this report about/);
  });
});

describe('configuration', () => {
  it('tells every error as path: what was expected', async () => {
    shop();
    put('seaworthy.json', '{ "port": "5000", "for": ["fun"], "access": { "rules": [{ "endpoint": "orders" }] }, "startt": "x" }');
    const { code, out, err, tried } = await seaworthy('audit', '--no-run');
    expect({ code, out, tried }).toEqual({ code: 2, out: '', tried: '' });
    const lines = err.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const line of lines) expect(line).toMatch(/^(seaworthy: )?seaworthy\.json:\d+: [\w[\].]+: expected .+/);
    for (const path of ['port', 'for[0]', 'access.rules[0].endpoint', 'access.rules[0].allow', 'startt'])
      expect(err).toContain(`: ${path}: `);
  });

  it('is never code', async () => {
    shop();
    const touch = `require('node:fs').writeFileSync(${JSON.stringify(join(home, 'canary'))}, '')`;
    for (const text of [`module.exports = (${touch}, {});`, `{ "start": (${touch}) }`, `import x from 'y'`, '']) {
      put('seaworthy.json', text);
      expectSentence(await seaworthy('audit', '--no-run'), /seaworthy\.json:1: expected valid JSON/);
    }
  });

  it('runs no command of it while reading', async () => {
    shop();
    const command = `touch ${join(home, 'canary')}`;
    put('seaworthy.json', JSON.stringify({ start: command, build: command, migrate: command, env: { NODE_OPTIONS: '--require ./x' } }));
    await reading();
  });
});

describe('hostile repositories', () => {
  it('manifests that are no JSON', async () => {
    shop();
    put('package.json', '{ "name": "shop", ');
    put('package-lock.json', '\u0000\u0001');
    put('tsconfig.json', '}{');
    const { report } = await reading();
    expect(report.coverage.gaps.map(({ file }) => file)).toContain('package.json');
  });

  it('links in circles, out of the tree, and instead of files', async () => {
    shop();
    put('outside-is-not-here.txt', '');
    writeFileSync(join(home, 'private.js'), "export const password = 'never-to-be-read-4711';");
    symlinkSync('.', join(app, 'loop'));
    symlinkSync('..', join(app, 'src', 'up'));
    symlinkSync('b', join(app, 'a'));
    symlinkSync('a', join(app, 'b'));
    symlinkSync(join(home, 'private.js'), join(app, 'src', 'private.js'));
    symlinkSync('/dev/zero', join(app, 'seaworthy.json'));
    execFileSync('mkfifo', [join(app, 'src', 'pipe.js')]);
    const { json } = await reading();
    expect(json).not.toContain('never-to-be-read');
  });

  it('names that want to be markup or to rule the terminal', async () => {
    const clean = async (): Promise<Reading> => {
      shop();
      return reading('clean');
    };
    const calm = await clean();
    const tag = '<script>alert(1)</script>';
    const evil = `${tag}<img src=x onerror=alert(1)>"'\`&\u001b[31m\u001b]0;owned\u0007\u202e`;
    const quoted = JSON.stringify(evil);
    app = join(home, `${tag.replaceAll('/', '∕')} \u001b[31m`);
    mkdirSync(app);
    shop();
    put(
      'package.json',
      JSON.stringify({
        name: evil,
        scripts: { [evil]: evil, start: evil },
        dependencies: { express: '^5.0.0', [evil]: '*', [`@x/${tag}`]: evil },
      }),
    );
    put(
      'src/evil.js',
      `// ${evil}
import express from 'express';
import nothing from ${quoted};
import pg from 'pg';
const app = express();
const pool = new pg.Pool({ connectionString: process.env[${quoted}] ?? process.env['<b>X'] });
app.get(${JSON.stringify(`/${evil}/:id`)}, async (req, res) => { /* ${evil} */
  const { rows } = await pool.query(${JSON.stringify(`SELECT '${evil.replaceAll("'", '')}' FROM "${tag}" WHERE id = `)} + req.params[${quoted}]);
  try { res.json(rows); } catch (error) {}
});
`,
    );
    put(`src/${tag}.js`, server);
    put('src/\u001b[31mred\u0007.js', server);
    put('src/turned\u202egnp.js', server);
    put('src/new\nline.js', server);
    put('migrations/002<b>.sql', `CREATE TABLE "${tag}" (id serial, "pass\u001b[31m" real); CREATE TABLE broken ((;`);
    put(
      '.github/workflows/<b>.yml',
      `name: ${quoted}\non: push\njobs:\n  ${quoted}:\n    runs-on: x\n    steps:\n      - name: ${quoted}\n        run: echo ${tag}\n`,
    );
    put('.env.example', `${tag}=1\n`);
    const { report, json, html, out, err } = await reading();
    for (const text of [out, err]) expect(text).not.toMatch(/(?![\n\t])\p{Cc}|\p{Cf}/u);
    expect(html).not.toMatch(/(?![\n\t])\p{Cc}|\p{Cf}/u);
    const known = new Set([...elementsOf(calm.html), ...ours]);
    expect(elementsOf(html).filter((element) => !known.has(element))).toEqual([]);
    expect(html).toContain('&lt;script&gt;');
    // In JSON a control character is an escape, never a raw byte, and the name survives unchanged.
    expect(json).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(report.endpoints.map(({ path }) => path)).toContain(`/${evil}/:id`);
    const printed = await seaworthy('audit', '--no-run', '--out', join(home, 'out'), '--format', 'html');
    expect(printed.out).toBe(readFileSync(join(home, 'out', 'report.html'), 'utf8'));
  });

  it('no git, a file instead of .git, and a damaged one', async () => {
    shop();
    expect((await reading()).report.target.commit).toBeNull();
    put('.git', 'gitdir: /etc\n');
    expect((await reading()).report.target.commit).toBeNull();
    rmSync(join(app, '.git'));
    put('.git/HEAD', 'ref: refs/heads/../../../../etc/passwd\n');
    put('.git/index', 'DIRC\u0000\u0000');
    expect((await reading()).report.target.commit).toBeNull();
  });
});

/** Elements that our own page may hold beyond those of the page of a clean application. */
const ours = new Set([
  'details',
  'summary',
  'pre',
  'table',
  'tr',
  'td',
  'th',
  'li',
  'ol',
  'ul',
  'code',
  'p',
  'span',
  'div',
  'strong',
  'article',
  'h3',
  'h4',
  'a',
]);

/** Names of the elements of a page, and of what no page of ours may hold: handlers and addresses that run. */
function elementsOf(html: string): string[] {
  const markup = html.replace(/<style>[\s\S]*?<\/style>/g, '');
  return [...markup.matchAll(/<\/?([a-z!][\w-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)].flatMap(([, name = '', attributes = '']) => [
    name.toLowerCase(),
    ...(/\son\w+\s*=|javascript:|\ssrc\s*=/i.test(attributes.replace(/"[^"]*"/g, (value) => (/javascript:/i.test(value) ? value : '""')))
      ? [`${name}${attributes}`]
      : []),
  ]);
}

describe('a secret', () => {
  // Put together here, so that nothing in this repository looks like a credential.
  const values = {
    stripe: ['sk', 'live', '51Kq8ZtR2mXw7Vb4Nc9Yh3Jd6Lf'].join('_'),
    github: ['ghp', 'R7tKq2Zm9Xw4Vb8Nc3Yh6Jd1Lf5Gs0Pa2Ue'].join('_'),
    aws: ['AKIA', 'Q7ZK2MX9W4VB8NC3'].join(''),
    password: 'hT9x-Vw3q_Zr7m',
    slack: ['xoxb', '730191371234', '1234567890123', 'Kq8ZtR2mXw7Vb4Nc9Yh3Jd6L'].join('-'),
    random: 'p9Xw4Vb8Nc3Yh6Jd1Lf5Gs0Pa2Ue7tKq',
  };
  const database = `postgres://admin:${values.password}@db.prod.acme-shop.io:5432/shop`;
  const pem = ['-----BEGIN', ' RSA PRIVATE KEY-----'].join('');
  const key = 'MIIEpAIBAAKCAQEAz7Kq8ZtR2mXw7Vb4Nc9Yh3Jd6LfGs0Pa2Ue5tKq1Zm9Xw4Vb8';

  it('shows its value nowhere: not in the reports, not on the terminal, not in the cache', async () => {
    shop();
    put(
      'src/keys.ts',
      `import express from 'express';
import Stripe from 'stripe';
import jwt from 'jsonwebtoken';
import pg from 'pg';
// the old one was ${values.github}
export const stripe = new Stripe('${values.stripe}', { apiVersion: '2024' });
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL ?? '${database}' });
const SESSION_SECRET = '${values.random}';
const slack = { token: '${values.slack}', key: \`${values.aws}\` };
const app = express();
app.get('/debug/${values.stripe}', (req, res) => res.json(jwt.sign({ id: req.query.id }, '${values.random}')));
app.post('/hook', async (req, res) => {
  await fetch('https://api.stripe.com/v1/charges?key=${values.stripe}', { headers: { authorization: 'Bearer ${values.github}' } });
  await pool.query("SELECT * FROM keys WHERE key = '${values.stripe}' AND id = " + req.body.id);
  if (req.headers['x-key'] !== '${values.random}') return res.status(401).end();
  try { await pool.query("UPDATE keys SET v = '${values.github}'"); } catch (error) { console.log('${values.slack}', error); }
  res.json({});
});
`,
    );
    put('.env', `DATABASE_URL=${database}\nSTRIPE_KEY=${values.stripe}\nSESSION_SECRET=${values.random}\n`);
    put('.env.example', `STRIPE_KEY=${values.stripe}\n`);
    put('migrations/002.sql', `INSERT INTO keys VALUES ('${values.stripe}');\n`);
    put('config/prod.yml', `database: ${database}\ngithub_token: ${values.github}\n`);
    put(
      '.github/workflows/ci.yml',
      `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    env:\n      TOKEN: ${values.github}\n    steps:\n      - run: curl -H "Authorization: ${values.slack}" https://x.io\n      - run: STRIPE=${values.stripe} npm test\n`,
    );
    put('deploy/id_rsa', `${pem}\n${key}\n${key}\n`);
    put(
      'Dockerfile',
      `FROM node:24\nENV STRIPE_KEY=${values.stripe}\nRUN echo ${values.github}\nCMD node src/server.js ${values.stripe}\n`,
    );
    put(
      'package.json',
      JSON.stringify({
        name: 'shop',
        scripts: { start: `STRIPE=${values.stripe} node src/server.js`, deploy: `curl -u x:${values.github} x.io` },
        dependencies: { express: '^5.0.0', private: `git+https://x:${values.github}@github.com/a/b.git` },
      }),
    );
    hostileGit();
    const { report, json, html, out, err } = await reading();
    expect(report.findings.filter(({ check }) => check === 'security/secrets-in-code').length).toBeGreaterThanOrEqual(3);
    const cache = readdirSync(join(home, 'cache'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
    expect(cache).toContain('/hook');
    const places = { json, html, out, err, cache };
    const leaked = Object.entries({ ...values, key }).flatMap(([name, value]) =>
      Object.entries(places).flatMap(([place, text]) => {
        const at = text.indexOf(value);
        return at < 0 ? [] : [`${name} in ${place}: ${text.slice(Math.max(0, at - 120), at + value.length + 20)}`];
      }),
    );
    expect(leaked).toEqual([]);
  });

  it('is told apart in seaworthy.json without being repeated', async () => {
    shop();
    put('seaworthy.json', JSON.stringify({ env: { STRIPE_KEY: values.stripe } }));
    const session = await seaworthy('audit', '--no-run');
    expectSentence(session, /env\.STRIPE_KEY: expected a made-up value/);
    expect(session.err).not.toContain(values.stripe);
  });
});
