import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { commandIn } from '../../test/support/command.ts';
import { parseConfig } from '../config/read.ts';
import { parseBaseline } from '../index.ts';
import { writeFiles } from '../world/folder.testing.ts';
import { main } from './main.ts';

const home = mkdtempSync(join(tmpdir(), 'seaworthy-init-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

let app = '';
let number = 0;
beforeEach(() => {
  app = join(home, `app${++number}`);
  writeFiles(app, {
    'package.json': '{ "name": "shop", "type": "module", "dependencies": { "express": "^5.0.0" } }',
    'server.js':
      "import express from 'express';\nconst app = express();\napp.get('/things', (req, res) => res.json([]));\napp.listen(3000);\n",
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.git/config': '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:ada/shop.git\n',
  });
});

const read = (file: string) => readFileSync(join(app, file), 'utf8');
const init = (...argv: string[]) => commandIn(app)('init', ...argv);
const written = () =>
  readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('.git/'))
    .toSorted();

describe('init', () => {
  it('shows what it would write, and writes nothing unless it is told to', async () => {
    const before = written();
    const { code, out } = await init();
    expect(code).toBe(0);
    for (const file of ['seaworthy.json', '.github/workflows/seaworthy.yml', 'AGENTS.md', 'seaworthy.baseline.json'])
      expect(out).toContain(file);
    expect(out).toContain('npx seaworthy init --yes');
    expect(written()).toEqual(before);
  });

  it('writes what can be read again, and nothing the second time', async () => {
    const { code, out } = await init('--yes');
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(parseConfig(read('seaworthy.json')).problems).toEqual([]);
    const baseline = parseBaseline(read('seaworthy.baseline.json'), 'baseline');
    expect(baseline).toMatchObject({ ran: false, profile: 'public' });
    const before = written().map((name) => `${name} ${statSync(join(app, name)).mtimeMs}`);
    expect(await init('--yes')).toMatchObject({ code: 0, out: expect.stringContaining('Everything is there already') as string });
    expect(written().map((name) => `${name} ${statSync(join(app, name)).mtimeMs}`)).toEqual(before);
    // What was written is part of the baseline: the gate is open.
    expect(await commandIn(app)('gate', '--quiet')).toMatchObject({ code: 0, err: '' });
  });

  it('adds its block to an AGENTS.md once, and leaves every other file alone', async () => {
    writeFiles(app, {
      'AGENTS.md': '# Agents\n\nBe kind.\n',
      'seaworthy.json': '{ "port": 4000 }',
      '.github/workflows/seaworthy.yml': 'name: mine\n',
    });
    await init('--yes');
    await init('--yes');
    expect(read('AGENTS.md')).toMatch(/^# Agents\n\nBe kind\.\n\n<!-- seaworthy: begin -->/);
    expect(read('AGENTS.md').match(/seaworthy: begin/g)).toHaveLength(1);
    expect(read('seaworthy.json')).toBe('{ "port": 4000 }');
    expect(read('.github/workflows/seaworthy.yml')).toBe('name: mine\n');
  });

  it('writes through no link', async () => {
    const outside = join(home, `outside${number}`);
    mkdirSync(outside);
    writeFileSync(join(outside, 'agents'), 'theirs\n');
    symlinkSync(outside, join(app, '.github'));
    symlinkSync(join(outside, 'agents'), join(app, 'AGENTS.md'));
    symlinkSync(join(outside, 'new'), join(app, 'seaworthy.json'));
    const { code, out } = await init('--yes');
    expect(code).toBe(0);
    for (const file of ['.github', 'AGENTS.md', 'seaworthy.json']) expect(out).toContain(`${file} is a symbolic link`);
    expect(readdirSync(outside)).toEqual(['agents']);
    expect(readFileSync(join(outside, 'agents'), 'utf8')).toBe('theirs\n');
  });

  it('gives GitLab a job and the one line that includes it', async () => {
    writeFiles(app, { '.gitlab-ci.yml': 'test:\n  script: npm test\n' });
    const { out } = await init('--yes');
    expect(out).toContain('include: .gitlab/seaworthy.gitlab-ci.yml');
    expect(existsSync(join(app, '.gitlab/seaworthy.gitlab-ci.yml'))).toBe(true);
    expect(existsSync(join(app, '.github'))).toBe(false);
    expect(read('.gitlab-ci.yml')).toBe('test:\n  script: npm test\n');
  });

  it('writes a hook that can be executed, only where it is wanted and none is there', async () => {
    await init('--yes', '--ci', 'none', '--hook');
    expect(statSync(join(app, '.git/hooks/pre-push')).mode & 0o111).not.toBe(0);
    writeFiles(app, { '.husky/pre-push': 'npm test\n' });
    expect((await init('--yes', '--hook')).out).toMatch(/\.husky\/pre-push +is there already/);
    expect(read('.husky/pre-push')).toBe('npm test\n');
  });

  it('asks three questions at most, and goes by the answers', async () => {
    const questions: string[] = [];
    const answers = ['internal', 'none', 'y'];
    const code = await main(['init'], '0.0.0', {
      cwd: app,
      interactive: true,
      columns: () => 80,
      processors: 1,
      signal: new AbortController().signal,
      style: (_format, text) => text,
      out: () => {},
      err: () => {},
      now: () => new Date(),
      clock: () => 0,
      ask: async (question) => {
        questions.push(question);
        return answers[questions.length - 1] ?? '';
      },
    });
    expect(code).toBe(0);
    expect(questions).toHaveLength(3);
    expect(parseConfig(read('seaworthy.json')).config).toMatchObject({ profile: 'internal' });
    expect(existsSync(join(app, '.github'))).toBe(false);
    expect(existsSync(join(app, '.git/hooks/pre-push'))).toBe(true);
    expect(parseBaseline(read('seaworthy.baseline.json'), 'baseline').profile).toBe('internal');
  });

  it('says as JSON what it wrote', async () => {
    const { out } = await init('--yes', '--format', 'json');
    const said = JSON.parse(out) as { written: boolean; known: number; files: { file: string; does: string }[] };
    expect(said).toMatchObject({ written: true, known: expect.any(Number) as number });
    expect(said.files.map(({ file, does }) => `${does} ${file}`)).toContain('create AGENTS.md');
  });

  it('sets up a folder inside a repository: the workflow lies at its top and names the folder', async () => {
    writeFiles(app, {
      'apps/web/package.json': '{ "name": "web", "dependencies": { "express": "^5.0.0" } }',
      'apps/web/index.js': 'export {};\n',
    });
    await init('apps/web', '--yes');
    expect(read('.github/workflows/seaworthy.yml')).toContain('directory: "apps/web"');
    expect(existsSync(join(app, 'apps/web/seaworthy.baseline.json'))).toBe(true);
    expect(existsSync(join(app, 'seaworthy.json'))).toBe(false);
  });
});
