import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/index.ts';
import { commandIn } from './support/command.ts';
import { layNotebook } from './support/notebook.ts';

/* An app that keeps its data in a SQLite file, audited with its two planted faults and without them. */

const work = mkdtempSync(join(tmpdir(), 'seaworthy-sqlite-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const seaworthy = commandIn(work);

async function audited(name: string, mended: boolean): Promise<{ report: Report; file: string; out: string }> {
  const dir = layNotebook(join(work, name), mended);
  const { out } = await seaworthy('audit', dir, '--run');
  const file = join(dir, '.seaworthy', 'report.json');
  return { report: JSON.parse(readFileSync(file, 'utf8')) as Report, file, out };
}

const ran = (report: Report) => report.findings.filter((finding) => finding.class === 'ran' && finding.status === 'fail');
const cell = (report: Report, endpoint: string, actor: string) =>
  report.matrix.cells.find((one) => one.endpoint === endpoint && one.actor === actor)?.outcome;

describe('with its faults', () => {
  let flawed: Awaited<ReturnType<typeof audited>>;
  beforeAll(async () => {
    flawed = await audited('notebook', false);
  });

  it('says that rows of the file were the oracle', () => {
    expect(flawed.report.ran.oracle).toEqual({
      kind: 'sqlite',
      detail: 'the app keeps its data in data/notebook.db (SQLite): it has it open',
    });
    expect(flawed.out.replace(/\s+/g, ' ')).toContain('judged by the rows of its SQLite file; its statements cannot be seen');
  });

  it('proves the read and the write of somebody else', () => {
    expect(
      ran(flawed.report)
        .map(({ check, endpoint }) => `${check} ${endpoint?.method} ${endpoint?.path}`)
        .toSorted(),
    ).toEqual(['security/object-authorization GET /api/notes/:id', 'security/object-authorization PUT /api/notes/:id']);
    const [write, read] = ran(flawed.report).toSorted((a, b) => (a.severity < b.severity ? -1 : 1));
    expect(write?.proof?.changes).toMatchObject([{ table: 'main.notes', op: 'update' }]);
    expect(write?.proof?.statements).toEqual([]);
    expect(read?.proof?.scenario?.effect).toMatchObject({ shows: 'row-read', table: 'main.notes' });
  });

  it('shows each again', async () => {
    for (const finding of ran(flawed.report)) {
      const { code, out } = await seaworthy('replay', finding.id, '--report', flawed.file);
      expect(out).toContain('It shows again.');
      expect(code).toBe(1);
    }
  });

  it('says of what needs statements that it could not be seen, and passes none of it', () => {
    for (const kind of ['injection', 'faults'])
      expect(flawed.report.evidence[kind]).toMatchObject({
        absent: { reason: expect.stringContaining('its statements cannot be seen') as string },
      });
    const claimed = flawed.report.passes.filter((one) => one.class === 'ran').map((one) => one.check);
    expect(claimed).not.toContain('security/sql-injection');
    expect(claimed).not.toContain('reliability/silent-failure');
    expect(claimed).toContain('security/password-storage');
  });

  it('is silent about the endpoints beside them', () => {
    expect(cell(flawed.report, 'GET /api/notes', 'stranger')).toBe('refused');
    expect(cell(flawed.report, 'DELETE /api/notes/:id', 'stranger')).toBe('refused');
    expect(cell(flawed.report, 'GET /api/notes/:id', 'anonymous')).toBe('refused');
  });
});

describe('without them', () => {
  it('finds nothing by running, and the refusals are proven', async () => {
    const { report } = await audited('twin', true);
    expect(ran(report).map((finding) => finding.message)).toEqual([]);
    for (const endpoint of ['GET /api/notes/:id', 'PUT /api/notes/:id', 'DELETE /api/notes/:id'])
      expect([cell(report, endpoint, 'owner'), cell(report, endpoint, 'stranger')]).toEqual(['own', 'refused']);
  });
});
