import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/index.ts';
import { commandIn } from './support/command.ts';

/* A small shop that writes fields which nobody asked for and answers with more than it should, audited so and mended. */

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'seaworthy-fields-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const seaworthy = commandIn(work);

async function audited(name: string, mended: boolean): Promise<{ report: Report; file: string }> {
  const dir = join(work, name);
  cpSync(join(root, 'src', 'run', 'ground', 'testdata', 'stall'), dir, { recursive: true });
  symlinkSync(join(root, 'examples', 'harbor', 'node_modules'), join(dir, 'node_modules'));
  if (mended) writeFileSync(join(dir, 'seaworthy.json'), '{ "env": { "MENDED": "yes" } }');
  await seaworthy('audit', dir, '--run');
  const file = join(dir, '.seaworthy', 'report.json');
  return { report: JSON.parse(readFileSync(file, 'utf8')) as Report, file };
}

const checks = ['security/mass-assignment', 'security/response-fields'];
const found = ({ findings }: Report) => findings.filter((finding) => checks.includes(finding.check) && finding.status === 'fail');

describe('with its faults', () => {
  let flawed: Awaited<ReturnType<typeof audited>>;
  beforeAll(async () => {
    flawed = await audited('stall', false);
  });

  it('shows each at its endpoint, as grave as what can be set or seen', () => {
    const shown = found(flawed.report).map(({ check, subject, severity }) => `${check} ${subject.name} ${severity}`);
    expect(shown.toSorted()).toEqual([
      'security/mass-assignment POST /api/baskets high',
      'security/mass-assignment POST /api/register critical',
      'security/mass-assignment PUT /api/me critical',
      'security/response-fields GET /api/me high',
      'security/response-fields GET /api/sellers critical',
      'security/response-fields POST /api/forgot-password critical',
    ]);
  });

  it('says which fields, and who could do it', () => {
    const [basket] = found(flawed.report).filter((finding) => finding.subject.name === 'POST /api/baskets');
    expect(basket?.message).toContain('"price" (basket_lines.price became 31337)');
    expect(basket?.proof?.scenario?.actors).toMatchObject({ 'role:buyer': { part: 'role', role: 'buyer' } });
    const [code] = found(flawed.report).filter((finding) => finding.subject.name === 'POST /api/forgot-password');
    expect(code?.message).toBe('The answer to callers who are not signed in holds users.reset_code of other people.');
  });

  it('keeps the secrets themselves out of the report', () => {
    expect(readFileSync(flawed.file, 'utf8')).not.toMatch(/\$scrypt\$[0-9a-f]{32}/);
  });

  it('shows each again', async () => {
    for (const { id } of found(flawed.report)) {
      const { code, out } = await seaworthy('replay', id, join(work, 'stall'), '--report', flawed.file);
      expect([id, code, out.includes('It shows again.') || out]).toEqual([id, 1, true]);
    }
  });
});

describe('mended', () => {
  it('is found to be flawless, and was tried', async () => {
    const { report } = await audited('mended', true);
    expect(found(report)).toEqual([]);
    const passed = (check: string) => report.passes.filter((one) => one.check === check).flatMap(({ subjects }) => subjects);
    expect(passed('security/mass-assignment')).toEqual(expect.arrayContaining(['POST /api/baskets', 'POST /api/register', 'PUT /api/me']));
    // A key that is shown to whoever makes it, and a session that a login hands out, are meant.
    expect(passed('security/response-fields')).toEqual(expect.arrayContaining(['POST /api/keys', 'POST /api/login', 'GET /api/sellers']));
  });
});
