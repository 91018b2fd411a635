import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/index.ts';
import { commandIn } from './support/command.ts';

/* A small office in which every member may delete projects: nobody knows whether that is meant, until somebody says that it is not. */

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'seaworthy-intended-'));
const dir = join(work, 'office');
const config = join(dir, 'seaworthy.json');
afterAll(() => rmSync(work, { recursive: true, force: true }));

const seaworthy = commandIn(dir);
const [deletion, offers] = ['DELETE /api/projects/:id', 'GET /api/offers'];

async function audited(...options: string[]): Promise<Report> {
  await seaworthy('audit', '--run', ...options);
  return JSON.parse(readFileSync(join(dir, '.seaworthy', 'report.json'), 'utf8')) as Report;
}

const ofRoles = ({ findings }: Report) =>
  findings.filter(({ check, status }) => check === 'security/role-authorization' && status === 'fail');
const cell = ({ matrix }: Report, endpoint: string, actor: string) =>
  matrix.cells.find((one) => one.endpoint === endpoint && one.actor === actor);
const control = ({ controls }: Report, id: string) => controls.find((one) => one.id === id);

let before: Report;
beforeAll(async () => {
  cpSync(join(root, 'src', 'run', 'ground', 'testdata', 'office'), dir, { recursive: true });
  symlinkSync(join(root, 'examples', 'harbor', 'node_modules'), join(dir, 'node_modules'));
  before = await audited('--focus', deletion, '--focus', offers);
});

describe('before anybody says anything', () => {
  it('accuses nobody of what only the owner can say, and asks', async () => {
    expect(ofRoles(before)).toEqual([]);
    expect(cell(before, deletion, 'role:member')).toMatchObject({ outcome: 'allowed', answer: 'unknown', rule: null });
    const { out } = await seaworthy('access');
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(out.replace(/\s+/g, ' ')).toContain(
      `May every role (\`admin\` and \`member\`) delete projects that others of the same company made? Today: yes. ${deletion}`,
    );
    expect(JSON.parse((await seaworthy('access', '--format', 'json')).out)).toEqual(before.intended);
  });

  it('takes what others see of a company for a leak', () => {
    expect(cell(before, offers, 'stranger')).toMatchObject({ outcome: 'leak' });
    expect(cell(before, offers, 'stranger')?.finding).not.toBeNull();
  });
});

describe('once somebody has said what is meant', () => {
  let after: Report;
  beforeAll(async () => {
    writeFileSync(config, '{\n  // as on the server\n  "env": { "NODE_ENV": "production" }\n}\n');
    await seaworthy('access', '--write');
    await seaworthy('access', '--confirm', deletion, '--allow', 'admin', '--by', 'Ann Lee');
    await seaworthy('access', '--confirm', offers, '--allow', 'signed-in', '--by', 'Ann Lee');
    after = await audited('--focus', deletion, '--focus', offers);
  });

  it('has it in the configuration, and every other line as it was', () => {
    const text = readFileSync(config, 'utf8');
    expect(text).toContain('  // as on the server\n  "env": { "NODE_ENV": "production" }');
    expect(text).toMatch(
      /\{ "endpoint": "DELETE \/api\/projects\/:id", "allow": \["admin"\].*"confirmed": \{ "by": "Ann Lee", "on": "\d{4}-/,
    );
    expect(text.match(/"confirmed"/g)).toHaveLength(2);
  });

  it('finds who is kept out and gets through, with an experiment that shows it again', async () => {
    const [finding, ...more] = ofRoles(after);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ class: 'ran', subject: { name: deletion } });
    expect(finding?.message).toMatch(
      /^The application lets a member through here: deletes projects; only admin may, as Ann Lee confirmed on /,
    );
    expect(cell(after, deletion, 'role:member')).toMatchObject({
      outcome: 'leak',
      finding: finding?.id,
      rule: { lets: false, by: 'Ann Lee' },
    });
    expect(cell(after, deletion, 'role:admin')).toMatchObject({ outcome: 'intended', answer: 'intended' });
    const { code, out } = await seaworthy('replay', finding?.id ?? '');
    expect([code, out.includes('It shows again.') || out]).toEqual([1, true]);
  });

  it('takes what is shared by design for that, on a person’s word, and lets nothing pass on it', () => {
    expect(cell(after, offers, 'stranger')).toMatchObject({ outcome: 'intended', rule: { lets: true, by: 'Ann Lee' } });
    expect(cell(after, offers, 'stranger')?.reason).toMatch(/^shared by design, as Ann Lee confirmed on /);
    expect(after.findings.filter(({ subject }) => subject.name === 'public.offers')).toEqual([]);
    expect(after.passes.filter(({ class: kind }) => kind === 'stated').flatMap(({ subjects }) => subjects)).toContain('public.offers');
    expect(control(after, 'security/tenant-isolation')?.status).not.toBe('pass');
  });
});

describe('mended', () => {
  it('refuses, and is found to be flawless', async () => {
    writeFileSync(config, readFileSync(config, 'utf8').replace('"production"', '"production", "MENDED": "yes"'));
    const mended = await audited('--focus', deletion);
    expect(ofRoles(mended)).toEqual([]);
    expect(cell(mended, deletion, 'role:member')).toMatchObject({ outcome: 'refused' });
  });
});
