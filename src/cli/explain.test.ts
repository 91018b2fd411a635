import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandIn } from '../../test/support/command.ts';
import { checks, controls, triggerPolicies } from '../index.ts';
import { writers } from '../report/formats.ts';
import { sampleReport } from '../report/testdata/sample.ts';

const home = mkdtempSync(join(tmpdir(), 'seaworthy-explain-'));
const seaworthy = commandIn(home);
const report = sampleReport;
beforeAll(() => {
  mkdirSync(join(home, '.seaworthy'));
  writeFileSync(join(home, '.seaworthy', 'report.json'), writers.json(report));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const ids = [...new Set([...Object.keys(triggerPolicies), ...Object.keys(checks), ...controls.map(({ id }) => id)])];

describe('explain', () => {
  it('explains everything that there is, in 80 columns', async () => {
    const sessions = await Promise.all(ids.map(async (id) => ({ id, session: await seaworthy('explain', id) })));
    for (const { id, session } of sessions) {
      expect({ id, code: session.code, err: session.err }).toEqual({ id, code: 0, err: '' });
      expect(session.out).not.toMatch(/undefined|\[object/);
      // A word that is longer than a line stays whole.
      expect(session.out.split('\n').filter((line) => line.length > 80 && line.trim().includes(' '))).toEqual([]);
    }
  });

  it('names what stops a launch, under the questions of an operator', async () => {
    const { out } = await seaworthy('explain', 'payments');
    expect(out).toContain('Security and authorisation\n');
    expect(out.replace(/\s+/g, ' ')).toContain("Nobody reaches another user's objects by changing an id (security/object-authorization)");
    expect((await seaworthy('explain', 'pay')).out).toBe(out);
  });

  it('says of a finding what could happen, how sure it is and what it costs', async () => {
    const finding = report.findings.find(({ status, impact }) => status === 'fail' && impact !== '');
    const { out } = await seaworthy('explain', finding?.id.slice(-8) ?? '');
    for (const title of ['What could happen', 'How sure this is', 'What it costs', 'For your coding tool'])
      expect(out).toContain(`\n${title}\n`);
    expect(out).toMatch(/About [\d.]+ to [\d.]+ hours/);
  });

  it('takes the beginning of an id, and says what one may stand for', async () => {
    expect((await seaworthy('explain', 'sql-inj')).out).toContain('security/sql-injection\n');
    expect(await seaworthy('explain', 'security/se')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/"security\/se" may stand for security\//) as string,
    });
    expect((await seaworthy('explain', 'sql-injecton')).err).toBe(
      'seaworthy: "sql-injecton" is no check, control, trigger or finding; did you mean sql-injection?\n',
    );
  });

  it('lists what can be explained, all of it or an area', async () => {
    const all = await seaworthy('explain');
    expect(all.out).toContain('Before taking money (payments)');
    expect(all.out).toContain(report.findings.find(({ status }) => status === 'fail')?.id ?? '');
    expect((await seaworthy('explain', 'ai')).out).toContain('(ai/');
    for (const { out } of [all]) expect(out.split('\n').filter((line) => line.length > 80 && line.trim().includes(' '))).toEqual([]);
  });

  it('says the same as JSON', async () => {
    const one = JSON.parse((await seaworthy('explain', 'security/sql-injection', '--format', 'json')).out) as object;
    expect(one).toMatchObject({ schema: 1, kind: 'check', id: 'security/sql-injection' });
    const all = JSON.parse((await seaworthy('explain', '--format', 'json')).out) as { checks: unknown[]; controls: unknown[] };
    expect([all.checks.length, all.controls.length]).toEqual([Object.keys(checks).length, controls.length]);
  });
});
