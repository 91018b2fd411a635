import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/index.ts';
import { commandIn } from './support/command.ts';

/* A desk for tickets with live connections of every kind, audited with its faults and mended. */

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'seaworthy-live-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const seaworthy = commandIn(work);
const check = 'security/websocket-authorization';

async function audited(name: string, mended: boolean): Promise<{ report: Report; dir: string; file: string }> {
  const dir = join(work, name, 'app');
  cpSync(join(root, 'src', 'run', 'ground', 'testdata', 'desk'), dir, { recursive: true });
  // Express and the rest from an example, ws and socket.io from what lies above.
  symlinkSync(join(root, 'examples', 'harbor', 'node_modules'), join(dir, 'node_modules'));
  symlinkSync(join(root, 'node_modules'), join(work, name, 'node_modules'));
  if (mended) writeFileSync(join(dir, 'seaworthy.json'), '{ "env": { "MENDED": "yes" } }');
  await seaworthy('audit', dir, '--run');
  const file = join(dir, '.seaworthy', 'report.json');
  return { report: JSON.parse(readFileSync(file, 'utf8')) as Report, dir, file };
}

describe('with its faults', () => {
  let flawed: Awaited<ReturnType<typeof audited>>;
  beforeAll(async () => {
    flawed = await audited('flawed', false);
  });
  const found = () => flawed.report.findings.filter((finding) => finding.check === check && finding.status === 'fail');

  it('proves each, by the rows that came or changed', () => {
    expect(
      found()
        .map(({ subject, severity, impact }) => `${subject.name}, ${severity}: ${impact}`)
        .toSorted(),
    ).toEqual([
      'IO /, high: Any signed-in customer can read tickets of every customer over IO /.',
      'SSE /api/events, high: Any signed-in customer can read tickets of every customer over SSE /api/events.',
      'WS /inbox, high: Any web page that a signed-in customer opens can listen in, and speak, in their name.',
      'WS /news, critical: Anybody, without signing in, can read tickets of every customer over WS /news.',
      'WS /rooms, critical: Any signed-in customer can change tickets of every customer over WS /rooms.',
    ]);
  });

  it('keeps sessions out of the report', () => {
    expect(readFileSync(flawed.file, 'utf8')).not.toMatch(/eyJ[\w-]{10,}\.[\w-]{10,}\./);
  });

  it('shows again what was heard', async () => {
    const { id = '' } = found().find(({ subject }) => subject.name === 'WS /news') ?? {};
    const { code, out } = await seaworthy('replay', id, flawed.dir, '--report', flawed.file);
    expect([code, out.includes('It shows again.') || out]).toEqual([1, true]);
  });
});

it('mended, passes on every endpoint, with the owner having heard their own', async () => {
  const { report } = await audited('mended', true);
  expect(report.findings.filter((finding) => finding.check === check)).toEqual([]);
  const [passed] = report.passes.filter((one) => one.check === check);
  expect([passed?.class, passed?.subjects]).toEqual([
    'ran',
    ['IO /', 'SSE /api/events', 'WS /board', 'WS /inbox', 'WS /news', 'WS /rooms'],
  ]);
  expect(report.live.filter(({ cells }) => cells.some(({ actor, outcome }) => actor === 'owner' && outcome === 'own'))).toHaveLength(5);
});
