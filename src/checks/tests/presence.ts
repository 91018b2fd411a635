import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'There are tests and they pass',
  control: 'tests/presence',
  severity: 'medium',
  cwe: [1059],
  standards: ['ISO 25010 testability'],
  why: 'Without tests every change is a guess: what worked yesterday breaks today, and the first to find out is a customer. Tests that no command runs are forgotten within weeks.',
  remedy:
    'Begin with one test for each thing that must never break (signing in, paying, seeing only what is yours), and run them with `npm test`.',
  needs: ['tests', 'files'],
  *run({ tests: { value, gaps }, files }) {
    const source = files.value.files.filter(({ language }) =>
      /^(javascript|typescript|vue|svelte|python|go|ruby|java|php)$/.test(language),
    );
    if (source.length === 0) return yield notApplicable('There is no source code that tests could run.');
    const others = value.units.reduce((sum, unit) => sum + unit.others, 0);
    if (value.cases.length === 0 && others === 0) {
      const lines = source.reduce((sum, file) => sum + file.lines, 0);
      if (gaps.length > 0)
        yield unknown(
          'read',
          application,
          `No test was found, but some test files could not be read: ${gaps[0]?.file} (${gaps[0]?.reason}).`,
        );
      else
        yield fail('read', application, `There is not one automated test for ${source.length} files of source code (${lines} lines).`, {
          impact: 'Any change can break signing in, paying or somebody’s data, and nobody learns of it before the users do.',
          effect: 'none',
        });
      return;
    }
    const scripts = value.units.flatMap(({ script }) => script ?? []);
    for (const unit of value.units) {
      const count = value.cases.filter((one) => one.unit === unit.dir).length;
      if (count === 0) continue;
      const about = { kind: 'application', name: unit.dir === '.' ? 'tests' : `tests of ${unit.dir}` } as const;
      const [first] = unit.files;
      if (scripts.length === 0)
        yield fail('read', about, `${count} tests stand in ${unit.files.length} files, but no script of package.json runs them.`, {
          severity: 'low',
          impact: 'Tests that nobody runs rot unseen, and then say nothing.',
          remedy: 'Add a `test` script that runs them, and run it in continuous integration.',
          where: first === undefined ? null : { file: first, line: 1, endLine: 1 },
          effect: 'no-script',
        });
      else yield pass('read', about, `${count} tests in ${unit.files.length} files.`);
    }
    if (value.cases.length === 0) yield unknown('read', application, `${others} test files in other languages were counted and not read.`);
  },
});
