import { z } from 'zod';
import { place } from '../words.ts';

/** What is wrong with a test, in one word; `docs/measured/hollow-tests.md` says which rule of the field each is. */
export const testFlaw = z.enum([
  'no-assertion',
  'unfinished-assertion',
  'unawaited-promise',
  'conditional-assertion',
  'stray-assertion',
  'focused',
  'disabled',
  'same-title',
  /** Compares a constant with itself. */
  'tautology',
  /** Only asks whether something is there at all. */
  'weak-assertion',
  /** Only compares with a snapshot that the tool itself wrote. */
  'snapshot-only',
  /** The module under test is replaced, or what is asserted is what the mock was told to say. */
  'mocked-subject',
  /** Nothing of the application is imported or asked. */
  'no-subject',
  /** The expected value is computed by the code under test. */
  'own-oracle',
]);
export type TestFlaw = z.infer<typeof testFlaw>;

/** Automatic tests as the code declares them: one row per test, with what would keep it from noticing a fault. */
export const tests = z.strictObject({
  units: z.array(
    z.strictObject({
      dir: z.string(),
      /** Test runners among its packages or in its test files. */
      runners: z.array(z.string()),
      /** The command of the package's script that runs tests; null where there is none or it is npm's placeholder. */
      script: z.string().nullable(),
      files: z.array(z.string()),
      /** Endpoints that stand in tables of its tests, from which the requests are made: `POST /orders/1`. */
      listed: z.array(z.string()),
      /** Test files in languages whose tests are counted and not read. */
      others: z.int(),
    }),
  ),
  cases: z.array(
    z.strictObject({
      unit: z.string(),
      where: place,
      /** Titles of the groups around it and its own, joined by ` > `. */
      title: z.string(),
      assertions: z.int(),
      flaws: z.array(z.strictObject({ flaw: testFlaw, line: z.int(), detail: z.string() })),
    }),
  ),
  /** Flaws that belong to no test: assertions outside of all tests, groups that are left out. */
  strays: z.array(z.strictObject({ unit: z.string(), flaw: testFlaw, where: place, detail: z.string() })),
});
