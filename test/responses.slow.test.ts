import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Report } from '../src/index.ts';
import { commandIn } from './support/command.ts';

/* An app without any database: judged by its answers, in which the unguessable words of others must not stand. */

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'seaworthy-responses-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function lay(name: string, mended: boolean): string {
  const dir = join(work, name);
  cpSync(join(root, 'src', 'run', 'ground', 'testdata', 'errands'), dir, { recursive: true });
  symlinkSync(join(root, 'examples', 'harbor', 'node_modules'), join(dir, 'node_modules'));
  if (mended) {
    const file = join(dir, 'server.js');
    const [flawed, fixed] = [
      'find((one) => one.id === Number(req.params.id));',
      'find((one) => one.id === Number(req.params.id) && one.person === req.person.id);',
    ];
    const text = readFileSync(file, 'utf8');
    if (text.split(flawed).length !== 2) throw new Error('the errands no longer hold their fault once');
    writeFileSync(file, text.replace(flawed, fixed));
  }
  return dir;
}

const seaworthy = commandIn(work);

async function audited(dir: string): Promise<Report> {
  await seaworthy('audit', dir, '--run');
  return JSON.parse(readFileSync(join(dir, '.seaworthy', 'report.json'), 'utf8')) as Report;
}

const outcome = (report: Report, endpoint: string, actor: string): string | undefined =>
  report.matrix.cells.find((one) => one.endpoint === endpoint && one.actor === actor)?.outcome;

it('proves a leak by the words of its owner, and says what it cannot see', async () => {
  const dir = lay('errands', false);
  const report = await audited(dir);
  expect(report.ran.oracle?.kind).toBe('responses');
  expect(outcome(report, 'GET /errands/:id', 'stranger')).toBe('leak');
  expect(outcome(report, 'GET /errands', 'stranger')).toBe('refused');
  // Nobody can see whether the errand is gone.
  expect(outcome(report, 'DELETE /errands/:id', 'stranger')).toBe('unknown');
  const leak = report.findings.find((finding) => finding.check === 'security/object-authorization' && finding.status === 'fail');
  expect(leak).toMatchObject({ class: 'ran', endpoint: { method: 'GET', path: '/errands/:id' } });
  for (const check of ['schema/money-columns', 'schema/timestamps', 'schema/foreign-keys'])
    expect(report.findings.find((finding) => finding.check === check)?.status).toBe('unknown');
  const again = await seaworthy('replay', leak?.id ?? '', '--report', join(dir, '.seaworthy', 'report.json'), dir);
  expect(again.out).toContain('It shows again.');
});

it('is silent on the twin', async () => {
  const report = await audited(lay('mended', true));
  expect(outcome(report, 'GET /errands/:id', 'stranger')).toBe('refused');
  expect(report.findings.filter((finding) => finding.class === 'ran' && finding.status === 'fail')).toEqual([]);
});
