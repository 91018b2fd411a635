import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checks, reportSchema } from '../src/index.ts';
import type { Finding, Report } from '../src/index.ts';
import { startCluster } from '../src/run/ground/wire/cluster.testing.ts';
import { controls } from '../src/judge/catalogue/index.ts';
import { commandIn } from './support/command.ts';
import type { Session } from './support/command.ts';
import { runTests, served } from './support/served.ts';

/*
 * The two examples, audited for real through the command line. FLAWS.json is the answer key of harbor, written by the
 * people who planted the flaws; only this test reads it.
 */

const root = join(import.meta.dirname, '..');
const [flawed, hardened] = [join(root, 'examples', 'harbor'), join(root, 'examples', 'harbor-hardened')];
const work = mkdtempSync(join(tmpdir(), 'seaworthy-audit-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Flaw {
  readonly id: string;
  readonly class: string;
  readonly endpoint: string | null;
  readonly file: string;
}
const flaws = JSON.parse(readFileSync(join(flawed, 'FLAWS.json'), 'utf8')) as Flaw[];

const seaworthy = commandIn(work);

interface Audited extends Session {
  readonly report: Report;
  readonly file: string;
}

async function auditOf(dir: string, name: string): Promise<Audited> {
  const session = await seaworthy('audit', dir, '--run', '--out', join(work, name));
  const file = join(work, name, 'report.json');
  expect(existsSync(file), session.err).toBe(true);
  return { ...session, file, report: JSON.parse(readFileSync(file, 'utf8')) as Report };
}

function failing(report: Report): Finding[] {
  return report.findings.filter((finding) => finding.status === 'fail');
}

/** A finding names an endpoint as its own, or among those through which rows of a table travelled. */
function names(finding: Finding, endpoint: string): boolean {
  const own = finding.endpoint ? `${finding.endpoint.method} ${finding.endpoint.path}` : null;
  return own === endpoint || finding.message.split(/ through |, |\.$/).includes(endpoint);
}

/** Everything that must not change from run to run. */
function stable({ findings, passes, notApplicable, controls, verdicts, scores }: Report) {
  return {
    findings: findings.map(({ fingerprint, status }) => `${fingerprint} ${status}`).toSorted(),
    passes,
    notApplicable,
    controls: controls.map(({ id, status }) => `${id} ${status}`),
    verdicts,
    scores,
  };
}

describe('harbor', () => {
  let first: Audited;
  const own = join(flawed, '.seaworthy', 'report.json');
  const written = (): number => statSync(own, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const before = written();
  beforeAll(async () => {
    first = await auditOf(flawed, 'harbor');
  });

  it('runs, ends no-go and says so by its exit code', () => {
    expect(first.report.ran).toMatchObject({ asked: true, done: true, seal: 'full' });
    expect(first.code).toBe(1);
    expect(Object.values(first.report.verdicts).some((verdict) => verdict?.decision === 'no-go' && verdict.applies)).toBe(true);
    expect(first.out).toContain('Not ready to');
    expect(first.err).not.toMatch(/\u001b/);
    expect(written(), 'with --out nothing is written into the application').toBe(before);
  });

  it('shows the access and injection flaws of the answer key by experiment, at their endpoints', () => {
    const experimental = Object.entries(checks)
      .filter(([, check]) =>
        [...check.needs, ...check.anyOf, ...check.uses].some((kind) => kind === 'access' || kind === 'injection' || kind === 'promotions'),
      )
      .map(([id]) => id);
    expect(experimental).toEqual(
      expect.arrayContaining(['security/object-authorization', 'security/self-promotion', 'security/tenant-isolation']),
    );
    const wanted = flaws.filter((flaw) => experimental.includes(flaw.class) && flaw.endpoint !== null);
    expect(wanted.length).toBeGreaterThan(10);
    const found = (flaw: Flaw) =>
      failing(first.report).some((one) => one.class === 'ran' && one.check === flaw.class && names(one, flaw.endpoint ?? ''));
    expect(wanted.filter((flaw) => !found(flaw)).map(({ id }) => id)).toEqual([]);
  });

  it('leads from every leak of the matrix to a finding with its proof', () => {
    const leaks = first.report.matrix.cells.filter(({ outcome }) => outcome === 'leak');
    expect(leaks.length).toBeGreaterThan(5);
    const proven = (id: string | null) => first.report.findings.find((finding) => finding.id === id)?.proof?.scenario != null;
    expect(leaks.filter(({ finding }) => !proven(finding)).map(({ actor, endpoint }) => `${actor} ${endpoint}`)).toEqual([]);
  });

  it('places what it read where the answer key has it', () => {
    const read = ['security/secrets-in-code', 'security/token-secret', 'security/cors-origins', 'dependencies/existing-packages'];
    const missing = flaws
      .filter((flaw) => read.includes(flaw.class))
      .filter((flaw) => !failing(first.report).some((one) => one.check === flaw.class && one.where?.file === flaw.file));
    expect(missing).toEqual([]);
  });

  it('lets no control pass that the answer key contradicts', () => {
    // A flaw is named by the check that would see it; its control is the one that this check is planned for.
    const contradicted = new Set(
      controls.filter(({ id, planned }) => flaws.some((flaw) => flaw.class === id || planned.includes(flaw.class))).map(({ id }) => id),
    );
    const calm = first.report.controls.filter(
      ({ id, status }) => contradicted.has(id) && (status === 'pass' || status === 'not-applicable'),
    );
    expect(calm.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
  });

  it('fits its own schema and the published one, and shows every control', () => {
    expect(reportSchema.safeParse(first.report).error).toBeUndefined();
    const published = z.fromJSONSchema(
      JSON.parse(readFileSync(join(root, 'schema', 'report.schema.json'), 'utf8')) as Parameters<typeof z.fromJSONSchema>[0],
    );
    expect(published.safeParse(first.report).error).toBeUndefined();
    expect(published.safeParse({ ...first.report, schema: 2 }).success).toBe(false);
    expect(controls).toHaveLength(113);
    expect(first.report.controls.map(({ id }) => id).toSorted()).toEqual(controls.map(({ id }) => id).toSorted());
  });

  it('says the same again for the same seed', async () => {
    const second = await auditOf(flawed, 'harbor-again');
    expect(stable(second.report)).toEqual(stable(first.report));
  });

  it('shows every experiment again on replay', async () => {
    const experiments = failing(first.report).filter((finding) => finding.class === 'ran' && finding.proof?.scenario);
    expect(experiments.length).toBeGreaterThan(10);
    const outcomes: Record<string, unknown> = {};
    const queue = experiments.values();
    const play = async (): Promise<void> => {
      for (const { id } of queue) {
        const { code, out, err } = await seaworthy('replay', id, flawed, '--report', first.file, '--format', 'json');
        outcomes[id] = code === 2 ? err : [code, (JSON.parse(out) as { reproduced: string }).reproduced];
      }
    };
    // Two at a time: each mostly waits for an application to start.
    await Promise.all([play(), play()]);
    expect(outcomes).toEqual(Object.fromEntries(experiments.map(({ id }) => [id, [1, 'yes']])));
  });

  it('writes its experiments as tests that fail on it and pass on the hardened twin', async () => {
    const [here, twin] = ['flawed', 'twin'].map((name) => join(work, name));
    if (here === undefined || twin === undefined) throw new Error('two folders');
    for (const [from, to] of [
      [flawed, here],
      [hardened, twin],
    ] as const) {
      cpSync(from, to, { recursive: true, filter: (path) => !/node_modules|\.seaworthy/.test(path) });
      symlinkSync(join(from, 'node_modules'), join(to, 'node_modules'));
    }
    const files = new Map<string, string>();
    const refused: string[] = [];
    for (const { id } of failing(first.report).filter((finding) => finding.proof?.scenario)) {
      const { code, out, err } = await seaworthy('replay', id, here, '--report', first.file, '--as-test');
      if (code === 0) files.set(id, /^ {2}(\S+\.test\.ts)$/m.exec(out)?.[1]?.slice(here.length + 1) ?? out);
      else refused.push(`${code} ${err}`);
    }
    // What a plain test cannot do is refused, and said: a statement that is made to fail, a model that is swayed, powers that are new.
    const plainly = /makes a statement of the database fail|lets a service outside answer otherwise|is told by the proving ground alone/;
    expect(refused.filter((one) => !one.startsWith('2 ') || !plainly.test(one))).toEqual([]);
    expect(refused.length).toBeLessThan(files.size / 4);
    // Several findings stand on one experiment.
    const texts = new Map(
      [...files].map(([id, file]) => [
        readFileSync(join(here, file), 'utf8')
          .replace(/^\/\/.*$/gm, '')
          .replace(/test\('(?:[^'\\]|\\.)*'/, ''),
        { id, file },
      ]),
    );
    const tests = [...texts.values()];
    expect(tests.length).toBeGreaterThan(10);
    const again = await seaworthy('replay', tests[0]?.id ?? '', here, '--report', first.file, '--as-test');
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('--force')]);

    const cluster = await startCluster();
    const outcomes = new Map<string, unknown[]>(tests.map(({ id }) => [id, []]));
    const play = async (dir: string, name: string, some: typeof tests): Promise<void> => {
      const app = await served(dir, cluster, name);
      const ended = await runTests(
        dir,
        some.map(({ file }) => file),
        { BASE_URL: app.url, DATABASE_URL: app.databaseUrl },
      );
      for (const { id, file } of some) outcomes.get(id)?.push(ended.get(file));
      await app.stop();
    };
    try {
      for (const { file } of tests) cpSync(join(here, file), join(twin, file));
      await play(here, 'flawed', tests);
      // The twin limits how many sign up from one address.
      for (const [part, some] of [tests.slice(0, 9), tests.slice(9, 18), tests.slice(18)].entries()) await play(twin, `twin${part}`, some);
    } finally {
      await cluster.stop();
    }
    const strict = ['POST /api/invoices/:id/pay', 'PUT /api/admin/settings'];
    const wanted = tests.map(({ id }) => {
      const scenario = first.report.findings.find((finding) => finding.id === id)?.proof?.scenario;
      const last = scenario?.steps.at(-1);
      const endpoint = last?.do === 'request' ? `${last.method} ${last.path.replace(/\{\{[^}]*\}\}/, ':id')}` : '';
      // The twin checks what these are sent, and keeps sums in another column: a test that no longer fits must say so instead of passing.
      const twinSays = strict.includes(endpoint)
        ? (expect.stringContaining('takes other requests by now') as string)
        : scenario?.effect.shows === 'answer-depends'
          ? (expect.stringContaining('does not exist') as string)
          : scenario?.effect.shows === 'let-in'
            ? (expect.stringMatching(/^passed$|does not exist/) as string)
            : 'passed';
      return [id, ['flaw', twinSays]];
    });
    expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(wanted));
  });

  it('does not show its leaks on the hardened twin', async () => {
    const access = ['security/authentication', 'security/object-authorization', 'security/tenant-isolation', 'security/sql-injection'];
    // Figures are shown with rows that are planted: the twin has other columns for them, and so it cannot be staged there.
    const isPlanted = (finding: Finding) => finding.proof?.scenario?.effect.shows === 'answer-depends';
    const leaks = access.map((check) =>
      failing(first.report).find((finding) => finding.check === check && finding.class === 'ran' && !isPlanted(finding)),
    );
    const outcomes: unknown[] = [];
    for (const leak of leaks) {
      const { code, out, err } = await seaworthy('replay', leak?.id ?? '', hardened, '--report', first.file);
      outcomes.push([code, out.includes('It no longer shows.') || `${out}${err}`]);
    }
    expect(outcomes).toEqual(access.map(() => [0, true]));
  });
});

describe('harbor-hardened', () => {
  it('is found to be flawless, by experiment', async () => {
    const { report } = await auditOf(hardened, 'hardened');
    expect(report.ran).toMatchObject({ done: true, seal: 'full' });
    expect(failing(report).map(({ id, message }) => `${id}: ${message}`)).toEqual([]);
    const cells = report.matrix.cells.filter(({ outcome }) => outcome === 'leak');
    expect(cells).toEqual([]);
    // Silence alone could mean that nothing was tried.
    expect(report.matrix.cells.length).toBeGreaterThan(100);
    expect(report.works?.operations).toBeGreaterThan(40);
  });
});
