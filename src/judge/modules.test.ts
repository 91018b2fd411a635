import { describe, expect, it } from 'vitest';
import type { Finding } from '../model/finding.ts';
import { found } from './testdata/parts.ts';
import { moduleFactors, modules } from './modules.ts';
import type { ModuleInput } from './modules/measures.ts';

type Structure = NonNullable<ModuleInput['structure']>['files'][number];

/** A file of the application, its tests apart. */
function file(path: string, more: Partial<Structure> = {}): Structure {
  const test = path.includes('.test.');
  return {
    path,
    unit: '.',
    lines: 300,
    comments: 10,
    test,
    client: false,
    entry: null,
    reachable: true,
    imports: [],
    types: [],
    functions: 4,
    complexity: 12,
    hardest: null,
    unused: [],
    ...more,
  };
}

/** An application of these files, with these faults. */
function input(files: readonly Structure[], findings: readonly Finding[] = [], more: Partial<ModuleInput> = {}): ModuleInput {
  return {
    files: files.map(({ path, lines }) => ({ path, bytes: 1, lines, hash: '', language: 'typescript' })),
    findings,
    endpoints: [
      {
        unit: '.',
        method: 'GET',
        path: '/orders',
        file: 'src/orders/routes.ts',
        line: 1,
        guards: [],
        intended: 'unknown',
        works: null,
        tables: ['orders'],
      },
    ],
    testsAssert: false,
    structure: { files: [...files], cycles: [], crossings: [], readme: null, unsure: [] },
    ...more,
  };
}

const fault = (check: string, path: string, severity: Finding['severity']): Finding => ({
  ...found(check, check, { severity, where: { file: path, line: 1, endLine: 1 }, id: `${check}#${path}` }),
  factors: {},
  bin: 'can-wait',
});
const cases = (path: string, count: number, flaw?: 'no-assertion') => ({
  units: [],
  strays: [],
  cases: Array.from({ length: count }, (_, index) => ({
    unit: '.',
    where: { file: path, line: index, endLine: index },
    title: `${index}`,
    assertions: 1,
    flaws: flaw ? [{ flaw, line: 1, detail: '' }] : [],
  })),
});
const verdicts = (given: ModuleInput) => Object.fromEntries(modules(given).map(({ path, verdict }) => [path, verdict]));

describe('modules', () => {
  const orders = file('src/orders/routes.ts', { imports: ['src/stock/stock.ts'] });
  const stock = file('src/stock/stock.ts');
  const test = file('src/stock/stock.test.ts', { imports: ['src/stock/stock.ts'] });

  it('keeps what tests that assert reach, and leaves the rest unproven', () => {
    expect(verdicts(input([orders, stock, test], [], { tests: cases(test.path, 3) }))).toEqual({
      'src/orders': 'unproven',
      'src/stock': 'keep',
    });
    expect(verdicts(input([orders, stock, test], [], { tests: cases(test.path, 3, 'no-assertion') }))).toMatchObject({
      'src/stock': 'unproven',
    });
  });

  it('hardens where a fault of weight is named, tests or not', () => {
    const some = [fault('security/cors-origins', stock.path, 'medium'), fault('architecture/types', orders.path, 'low')];
    expect(verdicts(input([orders, stock, test], some, { tests: cases(test.path, 9) }))).toEqual({
      'src/orders': 'unproven',
      'src/stock': 'harden',
    });
  });

  it('hardens what nobody could follow and endpoints depend on, unless tests hold it', () => {
    const hard = { ...stock, hardest: { name: 'reserve', complexity: 40, where: { file: stock.path, line: 1, endLine: 90 } } };
    expect(verdicts(input([orders, hard, test]))).toMatchObject({ 'src/stock': 'harden' });
    expect(verdicts(input([orders, hard, test], [], { tests: cases(test.path, 5) }))).toMatchObject({ 'src/stock': 'keep' });
  });

  it('says rebuild only on three grounds and where hardening costs more, with its price', () => {
    const checks = [
      'security/sql-injection',
      'security/tenant-isolation',
      'correctness/atomicity',
      'correctness/race-conditions',
      'compliance/erasure',
      'tests/critical-coverage',
    ];
    const bad = { ...stock, hardest: { name: 'reserve', complexity: 60, where: { file: stock.path, line: 1, endLine: 200 } } };
    const faults = checks.map((check) => fault(check, stock.path, 'high'));
    const [, worst] = modules(input([orders, bad], faults));
    expect(worst).toMatchObject({ path: 'src/stock', verdict: 'rebuild', rebuild: { low: 6, high: 15 } });
    expect(worst?.rebuild?.because).toMatch(/hardening it costs \d+ to \d+ hours, for 6 faults stand in 300 lines/);
    // With tests that assert, or with a third of the faults, its shape can stay.
    expect(verdicts(input([orders, bad, test], faults, { tests: cases(test.path, 9) }))).toMatchObject({ 'src/stock': 'harden' });
    expect(verdicts(input([orders, bad], faults.slice(0, 2)))).toMatchObject({ 'src/stock': 'harden' });
    expect(verdicts(input([orders, { ...bad, lines: 590 }], faults))).toMatchObject({ 'src/stock': 'harden' });
  });

  it('measures who depends on it, and says how everything was measured', () => {
    const [, one] = modules(
      input([orders, stock, test], [], {
        tests: cases(test.path, 3),
        history: { commits: 40, days: 9, whole: true, files: [{ path: stock.path, commits: 7, people: 2 }] },
      }),
    );
    expect(one?.factors).toMatchObject({ 'used by': 1, 'endpoints through it': 1, changed: '7 of 40', tests: 3 });
    for (const name of Object.keys(one?.factors ?? {})) expect(name === 'worst' || name in moduleFactors).toBe(true);
  });

  it('takes a large file for a module of its own', () => {
    expect(Object.keys(verdicts(input([file('src/server/routes.ts', { lines: 2000 }), file('src/server/log.ts')])))).toEqual([
      'src/server',
      'src/server/routes.ts',
    ]);
  });
});
