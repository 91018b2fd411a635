import { describe, expect, it } from 'vitest';
import { contextOf } from './code/program.testing.ts';
import tests from './tests.ts';

/** The flaws that are seen in a test file beside `src/sum.ts`, for a unit with the given runner. */
async function flawsIn(code: string, runner = 'vitest'): Promise<string[]> {
  const files = {
    'package.json': JSON.stringify({ name: 'app', scripts: { test: runner }, devDependencies: { [runner]: '1.0.0' } }),
    'src/sum.ts': 'export const sum = (a: number, b: number) => a + b;\nexport const sumOf = (list: number[]) => list.reduce(sum, 0);',
    'test/helpers.ts':
      "import { expect } from 'vitest';\nexport function same(a: unknown, b: unknown) { expect(a).toEqual(b); }\nexport function quiet() { return 1; }",
    'src/sum.test.ts': `import { sum, sumOf } from './sum.ts';\n${code}`,
  };
  const { value } = await tests.run({} as never, contextOf(files));
  return [...value.cases.flatMap(({ flaws }) => flaws.map(({ flaw }) => flaw)), ...value.strays.map(({ flaw }) => flaw)];
}

describe('hollow tests', () => {
  it.each([
    ["it('x', () => { sum(1, 2); });", 'no-assertion'],
    ["import { quiet } from '../test/helpers.ts';\nit('x', () => { quiet(); });", 'no-assertion'],
    ["it('x', () => { expect(sum(1, 2)); });", 'unfinished-assertion'],
    ["it('x', () => { expect(load()).resolves.toBe(1); });", 'unfinished-assertion'],
    ["it('x', () => { load().then((n) => { expect(n).toBe(1); }); });", 'unawaited-promise'],
    ["it('x', async () => { try { await load(); } catch (e) { expect(e).toBeInstanceOf(Error); } });", 'conditional-assertion'],
    ["it('x', () => { expect(1).toBe(1); });", 'tautology'],
    ["it('x', () => { const list = [1]; sumOf(list); expect(list).toEqual(list); });", 'tautology'],
    ["it('x', () => { expect(sum).toBeDefined(); });", 'weak-assertion'],
    ["it('x', () => { expect(sum(1, 2)).toMatchSnapshot(); });", 'snapshot-only'],
    ["describe('all', () => { expect(sum(1, 2)).toBe(3); });", 'stray-assertion'],
    ["it.only('x', () => { expect(sum(1, 2)).toBe(3); });", 'focused'],
    ["it('x', { skip: true }, () => { expect(sum(1, 2)).toBe(3); });", 'disabled'],
    ["it('x', () => { const expected = sumOf([1, 2]); expect(sum(1, 2)).toBe(expected); });", 'own-oracle'],
    ["it('x', async () => { const load = vi.fn().mockResolvedValue(3); expect(await load()).toBe(3); });", 'mocked-subject'],
  ])('%s', async (code, flaw) => {
    expect(await flawsIn(code)).toEqual([flaw]);
  });

  it.each([
    "it('x', () => { expect(sum(1, 2)).toBe(3); });",
    "import { same } from '../test/helpers.ts';\nit('x', () => { same(sum(1, 2), 3); });",
    "import assert from 'node:assert';\nit('x', () => { assert.equal(sum(1, 2), 3); });",
    "it('x', async () => { await expect(load()).rejects.toThrow(); });",
    "it('x', () => expect(load()).resolves.toBe(1));",
    "it('x', async () => { await Promise.all([expect(load()).resolves.toBe(1)]); });",
    "it('x', () => { if (sum(1, 2) !== 3) throw new Error('no'); });",
    "it.each([[1, 2]])('x', (a, b) => { expect(sum(a, b)).toBe(3); });",
    "it('x', (done) => { load(done); });",
    "it.todo('x');",
    "import request from 'supertest';\nit('x', async () => { await request(app).get('/').expect(200); });",
    "it('x', () => { const pay = vi.fn().mockReturnValue(1); sumOf([1]); expect(pay).not.toHaveBeenCalled(); });",
  ])('nothing about %s', async (code) => {
    expect(await flawsIn(code)).toEqual([]);
  });

  it("takes a property of chai's for an assertion", async () => {
    expect(await flawsIn("import { expect } from 'chai';\nit('x', () => { expect(sum(1, 2) === 3).to.be.true; });", 'mocha')).toEqual([]);
  });
});
