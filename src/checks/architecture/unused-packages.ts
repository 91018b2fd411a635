import { defineCheck, fail, notApplicable, pass } from '../../model/check.ts';

export default defineCheck({
  title: 'Declared packages are used',
  control: 'architecture/dead-code',
  severity: 'low',
  cwe: [1164, 561],
  standards: ['ISO/IEC 25010 maintainability'],
  why: 'Each package is code of strangers that is installed, shipped and updated for good. One that nothing uses costs the same attention as any other and gives nothing; its weaknesses count all the same.',
  remedy: 'Uninstall it, and run the tests; put it back with a comment where it turns out to be needed.',
  needs: ['dependencies'],
  *run({ dependencies: { value } }) {
    const units = value.units.filter(({ declared }) => declared.some(({ kind }) => kind === 'runtime'));
    if (units.length === 0) return yield notApplicable('No package is declared to be shipped.');
    for (const { manifest, unused } of units) {
      const about = { kind: 'file', name: manifest } as const;
      const [first] = unused;
      if (first === undefined) {
        yield pass('read', about);
        continue;
      }
      const names = unused
        .slice(0, 12)
        .map(({ name }) => `\`${name}\``)
        .join(', ');
      yield fail(
        'read',
        about,
        `${manifest} declares ${unused.length === 1 ? 'a package that' : `${unused.length} packages that`} nothing imports, starts or names: ${names}${unused.length > 12 ? ' and others' : ''}.`,
        {
          where: { file: manifest, line: first.line, endLine: first.line },
          impact: 'More code of strangers is shipped and has to be kept up to date than the application needs.',
          effect: 'unused',
        },
      );
    }
  },
});
