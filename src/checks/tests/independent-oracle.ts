import { defineCheck, fail, notApplicable, pass } from '../../model/check.ts';

export default defineCheck({
  title: 'Expected results do not come from the code under test',
  control: 'tests/independent-oracle',
  severity: 'low',
  cwe: [1059],
  standards: ['ISO 25010 testability'],
  why: 'When the expected value is computed by the code that is tested, or by a copy of it, both are wrong together and the test stays green. That is how a wrong tax rate or a wrong rounding passes a full test suite.',
  remedy: 'Write the expected value as a literal that a person worked out, or check a property that must hold whatever the code does.',
  needs: ['tests'],
  uses: ['clones'],
  *run({ tests: { value }, clones }) {
    const copies =
      clones?.value.groups.filter((group) => group.copies.some(({ test }) => test) && group.copies.some(({ test }) => !test)) ?? [];
    if (value.cases.length === 0) return yield notApplicable('There are no tests whose expected values could be read.');
    for (const { dir } of value.units) {
      const cases = value.cases.filter(({ unit }) => unit === dir);
      if (cases.length === 0) continue;
      const prefix = dir === '.' ? '' : `${dir}: `;
      const places = cases.flatMap(({ where, flaws }) =>
        flaws
          .filter(({ flaw }) => flaw === 'own-oracle' || flaw === 'mocked-subject')
          .slice(0, 1)
          .map(({ line, detail }) => ({ file: where.file, line, detail })),
      );
      const files = new Set(cases.map(({ where }) => where.file));
      for (const group of copies) {
        const copy = group.copies.find(({ test, where }) => test && files.has(where.file));
        const original = group.copies.find(({ test }) => !test);
        if (copy !== undefined && original !== undefined)
          places.push({
            file: copy.where.file,
            line: copy.where.line,
            detail: `this is a copy of ${original.where.file}:${original.where.line}`,
          });
      }
      const [first] = places;
      const about = { kind: 'application', name: `${prefix}expected values of tests` } as const;
      if (first === undefined) {
        yield pass('read', about, `${cases.length} tests were read.`);
        continue;
      }
      const shown = places.slice(0, 5).map(({ file, line }) => `${file}:${line}`);
      const more = places.length > shown.length ? ` and ${places.length - shown.length} more` : '';
      yield fail(
        'read',
        about,
        `${places.length} of ${cases.length} tests take what they expect from the code under test, a copy of it or a mock in its place: ${shown.join(', ')}${more}. ${sentence(first.detail)}`,
        {
          severity: places.length > 0.1 * cases.length ? 'medium' : 'low',
          impact: 'A mistake in that code is in the expectation too, so these tests cannot see it.',
          where: { file: first.file, line: first.line, endLine: first.line },
          effect: 'own-oracle',
        },
      );
    }
  },
});

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
