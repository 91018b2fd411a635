import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Report } from '../src/index.ts';
import { commandIn } from './support/command.ts';

/* Sessions of people who were suspended or deleted, and sessions that ran out: let in by one application, refused by its twin. */

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'seaworthy-leavers-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const flawed = "'SELECT user_id FROM sessions WHERE id = $1'";
const fixed = `'SELECT s.user_id FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1 AND s.expires_at > now() AND u.suspended_at IS NULL'`;

function lay(name: string, mended: boolean): string {
  const dir = join(work, name);
  cpSync(join(root, 'src', 'run', 'ground', 'testdata', 'leavers'), dir, { recursive: true });
  symlinkSync(join(root, 'examples', 'harbor', 'node_modules'), join(dir, 'node_modules'));
  const file = join(dir, 'server.js');
  const text = readFileSync(file, 'utf8');
  if (text.split(flawed).length !== 2) throw new Error('the guard is no longer what the test mends');
  if (mended) writeFileSync(file, text.replace(flawed, fixed));
  return dir;
}

const seaworthy = commandIn(work);

async function audited(dir: string): Promise<Report> {
  await seaworthy('audit', dir, '--run');
  return JSON.parse(readFileSync(join(dir, '.seaworthy', 'report.json'), 'utf8')) as Report;
}

const checks = ['security/suspended-accounts', 'security/session-verification'];
const told = (report: Report) =>
  Object.fromEntries(
    report.findings.filter(({ check }) => checks.includes(check)).map((one) => [one.subject.name, `${one.status}: ${one.message}`]),
  );

it('shows that sessions outlive their accounts and their own end', async () => {
  const dir = lay('leavers', false);
  const report = await audited(dir);
  const ended = 'fail: It answered 200 to a session that had run out, though it refuses callers without a token.';
  expect(told(report)).toEqual({
    'public.users.suspended_at': expect.stringMatching(
      /^fail: With users\.suspended_at = .*, the login refuses them, but a session from before is let in at 2 of 2/,
    ),
    'public.users.archived': expect.stringMatching(/^unknown: .*the login and 2 of 2 endpoints let them in all the same/),
    'public.users': expect.stringMatching(/^fail: With their row of users deleted, a session from before is let in at 2 of 2/),
    'GET /me': ended,
    'GET /notes': ended,
  });
  for (const name of ['public.users.suspended_at', 'public.users', 'GET /notes']) {
    const finding = report.findings.find(({ subject, check }) => subject.name === name && checks.includes(check));
    const again = await seaworthy('replay', finding?.id ?? '', '--report', join(dir, '.seaworthy', 'report.json'), dir);
    expect(again.out).toContain('It shows again.');
  }
});

it('is silent on the twin whose guard asks', async () => {
  const report = await audited(lay('mended', true));
  expect(told(report)).toEqual({ 'public.users.archived': expect.stringMatching(/^unknown: /) });
  expect(report.passes.find(({ check }) => check === 'security/suspended-accounts')?.subjects.toSorted()).toEqual([
    'public.users',
    'public.users.suspended_at',
  ]);
  expect(report.passes.find(({ check }) => check === 'security/session-verification')?.subjects.toSorted()).toEqual([
    'GET /me',
    'GET /notes',
  ]);
});
