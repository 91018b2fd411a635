import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/index.ts';
import { commandIn } from './support/command.ts';

/* An app whose screens keep three actions for administrators: once its server does not, and once it does. */

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'seaworthy-screens-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const seaworthy = commandIn(work);
const hidden = [
  `delete('/api/posts/:id', authenticate`,
  `get('/api/admin/members', authenticate`,
  `post('/api/announcements', authenticate`,
];

async function audited(name: string, mended: boolean): Promise<{ report: Report; file: string }> {
  const dir = join(work, name);
  cpSync(join(root, 'src', 'run', 'ground', 'testdata', 'staffroom'), dir, { recursive: true });
  symlinkSync(join(root, 'examples', 'harbor', 'node_modules'), join(dir, 'node_modules'));
  const server = join(dir, 'server.js');
  let text = readFileSync(server, 'utf8');
  for (const open of mended ? hidden : []) {
    expect(text).toContain(open);
    text = text.replace(open, `${open}, requireRole('admin')`);
  }
  writeFileSync(server, text);
  await seaworthy('audit', dir, '--run');
  const file = join(dir, '.seaworthy', 'report.json');
  return { report: JSON.parse(readFileSync(file, 'utf8')) as Report, file };
}

const past = (report: Report) => report.findings.filter(({ check }) => check === 'security/client-side-authorization');
const names = (report: Report, status: string) => past(report).flatMap((one) => (one.status === status ? [one.subject.name] : []));

describe('where only the screens hide it', () => {
  let flawed: Awaited<ReturnType<typeof audited>>;
  beforeAll(async () => {
    flawed = await audited('flawed', false);
  });

  it('proves a read, a deletion and an addition by somebody who is shown no button', () => {
    expect(names(flawed.report, 'fail').toSorted()).toEqual(['DELETE /api/posts/:id', 'GET /api/admin/members', 'POST /api/announcements']);
    for (const finding of past(flawed.report)) {
      expect(finding).toMatchObject({ class: 'ran', severity: 'high' });
      expect(finding.message).toContain('to admin only');
    }
    const [deletion] = past(flawed.report).filter(({ subject }) => subject.name.startsWith('DELETE'));
    expect(deletion?.message).toContain(`web/Posts.jsx:27: isAdmin (user.role === 'admin')`);
  });

  it('fails the control', () => {
    expect(flawed.report.controls.find(({ id }) => id === 'security/ui-only-guard')).toMatchObject({ status: 'fail', class: 'ran' });
  });

  it('does not accuse whom the screens do offer it', () => {
    const byRole = flawed.report.findings.filter(({ check, status }) => check === 'security/role-authorization' && status === 'fail');
    expect(byRole).toEqual([]);
    expect(flawed.report.matrix.cells.filter((cell) => cell.actor === 'role:admin' && cell.outcome === 'leak')).toEqual([]);
  });

  it('shows each again', async () => {
    for (const finding of past(flawed.report)) {
      const { out } = await seaworthy('replay', finding.id, '--report', flawed.file);
      expect(out).toContain('It shows again.');
    }
  });
});

describe('where the server asks as well', () => {
  it('accuses nobody, and whom the screens keep out is refused', async () => {
    const { report } = await audited('mended', true);
    expect(names(report, 'fail')).toEqual([]);
    expect(report.controls.find(({ id }) => id === 'security/ui-only-guard')?.status).not.toBe('fail');
    const kept = report.matrix.cells.filter(({ endpoint, actor }) => endpoint === 'DELETE /api/posts/:id' && actor === 'stranger');
    expect(kept.map(({ status }) => status)).toEqual([403]);
  });
});
