import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { commandIn } from '../../test/support/command.ts';
import { toJson } from '../report/json.ts';
import { sampleReport } from '../report/testdata/sample.ts';

const dir = mkdtempSync(join(tmpdir(), 'seaworthy-access-'));
const config = join(dir, 'seaworthy.json');
const seaworthy = commandIn(dir);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

beforeEach(() => {
  rmSync(config, { force: true });
  mkdirSync(join(dir, '.seaworthy'), { recursive: true });
  writeFileSync(join(dir, '.seaworthy', 'report.json'), toJson(sampleReport));
});

describe('seaworthy access', () => {
  it('shows the draft and writes nothing', async () => {
    const { code, out } = await seaworthy('access');
    expect([code, out.includes('1 question that only you can answer')]).toEqual([0, true]);
    expect(existsSync(config)).toBe(false);
  });

  it('writes the draft once, and says what it wrote', async () => {
    const { out } = await seaworthy('access', '--write');
    expect(out).toContain('  * /api/admin/*: admin');
    const text = readFileSync(config, 'utf8');
    expect(text).toContain('"$schema"');
    expect((await seaworthy('access', '--write')).out).toContain('nothing was written');
    expect(readFileSync(config, 'utf8')).toBe(text);
  });

  it('leaves alone what somebody wrote about the same endpoints', async () => {
    const own = '{ "access": { "rules": [{ "endpoint": "GET /api/admin/users", "allow": ["nobody"] }] } }';
    writeFileSync(config, own);
    await seaworthy('access', '--write');
    expect(readFileSync(config, 'utf8')).toBe(own);
  });

  it('confirms one rule or all in somebody’s name, and nobody’s word over again', async () => {
    expect((await seaworthy('access', '--all', '--by', 'Ann Lee')).out).toMatch(
      /^\* \/api\/admin\/\*: admin, confirmed by Ann Lee on \d{4}-/,
    );
    const text = readFileSync(config, 'utf8');
    const again = await seaworthy('access', '--confirm', '* /api/admin/*', '--by', 'Bob Ray');
    expect(again.out).toContain('confirmed before by Ann Lee');
    expect(readFileSync(config, 'utf8')).toBe(text);
    await seaworthy('access', '--confirm', 'GET /api/admin/users', '--allow', 'admin,manager', '--by', 'Bob Ray');
    expect(readFileSync(config, 'utf8')).toMatch(
      /"GET \/api\/admin\/users", "allow": \["admin", "manager"\], "confirmed": \{ "by": "Bob Ray"/,
    );
  });

  it('excuses no leak unless it is confirmed by itself, and says so then', async () => {
    const rule = '{ "endpoint": "GET /api/invoices/:id", "allow": ["signed-in"] }';
    writeFileSync(config, `{ "access": { "rules": [${rule}] } }`);
    const { out } = await seaworthy('access', '--all', '--by', 'Ann Lee');
    expect(out).toContain('GET /api/invoices/:id: left out, the last audit saw a leak to stranger');
    expect(readFileSync(config, 'utf8')).toContain(rule);
    const single = await seaworthy('access', '--confirm', 'GET /api/invoices/:id', '--by', 'Ann Lee');
    expect(single.out).toContain('the last audit saw a leak to stranger');
    expect(readFileSync(config, 'utf8')).not.toContain(rule);
  });

  it('says what is missing or wrong, and writes nothing then', async () => {
    const wrong: [string[], RegExp][] = [
      [['--all'], /--by/],
      [['--confirm', 'GET /gone', '--by', 'Ann Lee'], /no draft for GET \/gone/],
      [['--confirm', 'GET /gone', '--allow', 'admin', '--by', 'Ann Lee'], /No endpoint of the last audit/],
      [['--all', '--allow', 'admin', '--by', 'Ann Lee'], /one --confirm/],
    ];
    for (const [argv, expected] of wrong)
      expect(await seaworthy('access', ...argv)).toMatchObject({ code: 2, err: expect.stringMatching(expected) });
    expect(existsSync(config)).toBe(false);
    writeFileSync(config, '{ "access": [] }');
    expect((await seaworthy('access')).err).toContain('seaworthy.json:1: access: expected an object');
  });
});
