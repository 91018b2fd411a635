import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { TestFlaw } from '../../model/evidence/tests.ts';

type Tests = EvidenceValue<'tests'>;
type Place = { file: string; line: number; detail: string };

interface Class {
  /** What the tests concerned do, after "3 of 40 tests". */
  readonly says: string;
  readonly remedy: string;
  /** The share of a unit's tests from which on it is more than a blemish; null where it always stays one. */
  readonly from: number | null;
}

const classes: Partial<Record<TestFlaw, Class>> = {
  'no-assertion': { says: 'assert nothing', remedy: 'Assert what the code gave back, stored or refused.', from: 0.1 },
  'unfinished-assertion': {
    says: 'hold an assertion that compares nothing',
    remedy: 'Finish it with a matcher that is called, and await it where it is a promise.',
    from: 0.05,
  },
  'unawaited-promise': { says: 'end before their assertions run', remedy: 'Return or await the promise.', from: 0.05 },
  'conditional-assertion': {
    says: 'assert only under a condition',
    remedy: 'Assert always; where an error is expected use `rejects` or `toThrow`.',
    from: 0.1,
  },
  tautology: {
    says: 'compare a constant or a value with itself',
    remedy: 'Compare what the code gave with what it must give.',
    from: 0.05,
  },
  'mocked-subject': {
    says: 'replace the very thing they are to test',
    remedy: 'Mock what the code calls (payments, mail), never the code under test.',
    from: 0.05,
  },
  'no-subject': {
    says: 'import nothing of the application and ask it nothing',
    remedy: 'Import the real code, or send requests to the running application.',
    from: 0.05,
  },
  focused: { says: 'are marked as the only ones to run', remedy: 'Remove `.only`; let the linter refuse it.', from: 0 },
  disabled: { says: 'are left out', remedy: 'Mend or delete them.', from: 0.3 },
  'stray-assertion': { says: 'stand outside of every test', remedy: 'Move them into a test.', from: null },
  'weak-assertion': { says: 'only ask whether there is anything at all', remedy: 'Assert what it is.', from: 0.3 },
  'snapshot-only': {
    says: 'only compare with a snapshot of what the code once gave',
    remedy: 'Assert the few values that matter.',
    from: 0.5,
  },
  'same-title': { says: 'share their name with a neighbour', remedy: 'Say in each name what differs.', from: null },
};

export default defineCheck({
  title: 'Tests assert behaviour',
  control: 'tests/hollow-tests',
  severity: 'low',
  cwe: [1059],
  standards: ['ISO 25010 testability'],
  why: 'A test that cannot fail is worse than none: it is green while the application is broken, and everybody relies on the green. Generated tests often look complete and assert little.',
  remedy: 'For each test ask what change of the code would make it fail; if none would, assert the result, or delete it.',
  needs: ['tests'],
  *run({ tests: { value, gaps } }) {
    if (value.cases.length === 0 && value.strays.length === 0)
      return yield gaps.length > 0
        ? unknown('read', { kind: 'application', name: 'application' }, 'No test could be read.')
        : notApplicable('There are no tests whose assertions could be read.');
    for (const { dir } of value.units) {
      const cases = value.cases.filter(({ unit }) => unit === dir);
      const strays = value.strays.filter(({ unit }) => unit === dir);
      if (cases.length + strays.length === 0) continue;
      const prefix = dir === '.' ? '' : `${dir}: `;
      let grave = false;
      for (const [flaw, one] of Object.entries(classes)) {
        const places = placesOf(flaw, cases, strays);
        const [first] = places;
        if (first === undefined) continue;
        const heavy = one.from !== null && places.length > one.from * cases.length;
        grave ||= heavy;
        yield fail('read', { kind: 'application', name: `${prefix}tests that ${one.says}` }, messageOf(places, cases.length, one), {
          severity: heavy ? 'medium' : 'low',
          impact: `What these tests seem to protect can break and they stay green: ${first.detail}.`,
          remedy: one.remedy,
          where: { file: first.file, line: first.line, endLine: first.line },
          effect: flaw,
        });
      }
      if (!grave) yield pass('read', { kind: 'application', name: `${prefix}tests` }, `${cases.length} tests were read.`);
    }
  },
});

/** One place for each test, so that a test counts once for each class. */
function placesOf(flaw: string, cases: Tests['cases'], strays: Tests['strays']): Place[] {
  const places = cases.flatMap(({ where, flaws, assertions }) => {
    const mine = flaws.filter((one) => one.flaw === flaw);
    const [first] = mine;
    // A condition beside assertions that always run takes little away.
    if (first === undefined || (flaw === 'conditional-assertion' && mine.length < assertions)) return [];
    return [{ file: where.file, line: first.line, detail: first.detail }];
  });
  const outside = strays.filter((one) => one.flaw === flaw).map(({ where, detail }) => ({ file: where.file, line: where.line, detail }));
  return [...places, ...outside];
}

function messageOf(places: readonly Place[], of: number, { says }: Class): string {
  const shown = places.slice(0, 5).map(({ file, line }) => `${file}:${line}`);
  const more = places.length > shown.length ? ` and ${places.length - shown.length} more` : '';
  return `${places.length} of ${of} tests ${says}: ${shown.join(', ')}${more}.`;
}
