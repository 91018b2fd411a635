import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit, reportSchema } from '../src/index.ts';
import type { AuditEvent, AuditOptions, Report } from '../src/index.ts';

/*
 * The example with planted flaws, audited with all the time that it takes, with none, and interrupted. The interrupted
 * audits run in processes of their own, because what they leave must survive these.
 */

const root = join(import.meta.dirname, '..');
const harbor = join(root, 'examples', 'harbor');
const bin = join(root, 'src', 'cli', 'bin.ts');
const work = mkdtempSync(join(tmpdir(), 'seaworthy-resume-'));
const cache = process.env['SEAWORTHY_CACHE'];

let whole: Report;
beforeAll(async () => {
  process.env['SEAWORTHY_CACHE'] = join(work, 'cache');
  whole = (await audited({ budget: 'full' })).report;
});
afterAll(() => {
  if (cache === undefined) delete process.env['SEAWORTHY_CACHE'];
  else process.env['SEAWORTHY_CACHE'] = cache;
  rmSync(work, { recursive: true, force: true });
});

interface Audited {
  readonly report: Report;
  readonly events: readonly AuditEvent[];
}

async function audited(options: Partial<AuditOptions> = {}): Promise<Audited> {
  const events: AuditEvent[] = [];
  const report = await audit({
    dir: harbor,
    run: true,
    for: [],
    profile: null,
    seed: 'seaworthy',
    unsealed: false,
    install: false,
    budget: null,
    fresh: false,
    jobs: 1,
    now: () => new Date(),
    clock: () => performance.now(),
    signal: new AbortController().signal,
    listen: (event) => void events.push(event),
    ...options,
  });
  return { report, events };
}

/** Everything that must not differ: what was found, what holds, and every cell of the matrix. */
function told({ findings, passes, notApplicable, controls, matrix }: Report) {
  return {
    findings: findings.map(({ fingerprint, status }) => `${fingerprint} ${status}`).toSorted(),
    passes,
    notApplicable,
    controls: controls.map(({ id, status }) => `${id} ${status}`),
    matrix: matrix.cells.map(({ endpoint, actor, outcome }) => `${endpoint} ${actor} ${outcome}`),
  };
}

/** The drills whose evidence came, by whether they ran. */
function drilled(events: readonly AuditEvent[], taken: boolean): string[] {
  const drills = ['actors', 'access', 'injection', 'faults', 'stored-passwords'];
  return events.flatMap((event) => (event.type === 'evidence' && drills.includes(event.kind) && event.taken === taken ? [event.kind] : []));
}

function left(): string[] {
  const dir = join(work, 'cache', 'unfinished');
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.json')) : [];
  return names.map((name) => readFileSync(join(dir, name), 'utf8'));
}

/** Audits in a process of its own, which gets the signal once the drill has finished. */
async function interruptedBy(signal: 'SIGINT' | 'SIGKILL', behind: string): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, [bin, 'audit', harbor, '--run', '--out', join(work, 'out')], {
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  const watch = setInterval(() => {
    if (!left().some((text) => text.includes(`"kind":"${behind}"`))) return;
    clearInterval(watch);
    child.kill(signal);
  }, 20);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(watch);
  return { code, err };
}

describe('an audit that is interrupted', () => {
  it('by Ctrl-C behind the access experiment says what is kept; the next runs the rest and finds the same', async () => {
    const { code, err } = await interruptedBy('SIGINT', 'access');
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('Kept for seven days: actors, access') as string });
    expect(existsSync(join(work, 'out', 'report.json'))).toBe(false);

    const { report, events } = await audited();
    expect(events).toContainEqual({ type: 'resumed', finished: ['actors', 'access'], milliseconds: expect.any(Number) as number });
    expect(drilled(events, true)).toEqual(['actors', 'access']);
    expect(drilled(events, false).toSorted()).toEqual(['faults', 'injection', 'stored-passwords']);
    expect(report.ran.resumed?.finished).toEqual(['actors', 'access']);
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    expect(told(report)).toEqual(told(whole));
    expect(left().length).toBe(0);
  });

  it('by a kill behind the injection experiment is gone on with too', async () => {
    expect((await interruptedBy('SIGKILL', 'injection')).code).toBeNull();
    const { report, events } = await audited();
    expect(drilled(events, true)).toEqual(['actors', 'access', 'injection']);
    expect(told(report)).toEqual(told(whole));
  });

  it('is started over when asked to', async () => {
    await interruptedBy('SIGKILL', 'actors');
    expect(left().length).toBe(1);
    const { report, events } = await audited({ fresh: true });
    expect(drilled(events, true)).toEqual([]);
    expect(report.ran.resumed).toBeUndefined();
    expect(told(report)).toEqual(told(whole));
    expect(left().length).toBe(0);
  });
});

describe('an audit without time', () => {
  const failing = (report: Report): Set<string> =>
    new Set(report.findings.flatMap(({ status, check, subject }) => (status === 'fail' ? [`${check} ${subject.name}`] : [])));
  const passing = (report: Report, evidence?: string): string[] =>
    report.passes.flatMap((pass) => (evidence && pass.class !== evidence ? [] : pass.subjects.map((name) => `${pass.check} ${name}`)));

  it('passes nothing that one with time fails, and says what it left out and how to look', async () => {
    const { report } = await audited({ budget: 0 });
    expect(passing(report).filter((one) => failing(whole).has(one))).toEqual([]);
    const failed = new Set(whole.controls.filter(({ status }) => status === 'fail').map(({ id }) => id));
    expect(report.controls.filter(({ id, status }) => failed.has(id) && (status === 'pass' || status === 'not-applicable'))).toEqual([]);

    const settle = 'seaworthy audit --budget full';
    const touched = [
      'authentication',
      'client-side-authorization',
      'mass-assignment',
      'object-authorization',
      'password-storage',
      'response-fields',
      'role-authorization',
      'self-promotion',
      'session-verification',
      'sql-injection',
      'suspended-accounts',
      'tenant-isolation',
    ];
    const open = report.findings.filter((one) => one.settle === settle && one.subject.kind === 'application').map(({ check }) => check);
    expect(open.toSorted()).toEqual(['reliability/silent-failure', ...touched.map((name) => `security/${name}`)]);
    for (const check of open) expect(report.controls.find(({ checks }) => checks.includes(check))?.status).not.toBe('pass');

    expect(report.matrix.cells.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual(
      whole.matrix.cells.map(() => 'unknown: left out: the budget of 0 s was spent'),
    );
    expect(report.coverage.endpoints).toMatchObject({ cells: 0, leftOut: whole.matrix.cells.length });
    expect(report.coverage.gaps.filter((gap) => gap.settle === settle).length).toBeGreaterThanOrEqual(4);
    expect(report.works).toBeNull();
  });

  it('tries what matters most when there is time for some, with the same outcome as ever', async () => {
    // Time passes by the number of looks at the clock: the cut falls at the same place on every machine.
    let looks = 0;
    const { report } = await audited({ budget: 100_000, clock: () => (looks += 1_000) });
    const tried = report.matrix.cells.filter(({ reason }) => !reason.startsWith('left out'));
    const endpoints = [...new Set(tried.map(({ endpoint }) => endpoint))];
    expect(endpoints.length).toBeGreaterThan(5);
    expect(tried.length).toBeLessThan(whole.matrix.cells.length);
    expect(endpoints).not.toContain('GET /api/health');
    const full = new Map(whole.matrix.cells.map((cell) => [`${cell.endpoint} ${cell.actor}`, cell.outcome]));
    // What a role may is told by what it may elsewhere: with endpoints left out nobody is accused.
    const roles = (cell: (typeof tried)[number]): boolean => cell.actor.startsWith('role:') && cell.outcome === 'allowed';
    const other = tried.filter(
      (cell) => !roles(cell) && cell.outcome !== 'unknown' && cell.outcome !== full.get(`${cell.endpoint} ${cell.actor}`),
    );
    expect(other).toEqual([]);
    expect(passing(report, 'ran').filter((one) => failing(whole).has(one))).toEqual([]);
    expect(report.works?.of).toBe(endpoints.length);
  });
});
