import { defineCheck, fail, notApplicable, pass } from '../../model/check.ts';

export default defineCheck({
  title: 'What need not be dynamic is not',
  control: 'performance/prerenderable-pages',
  severity: 'low',
  cwe: [1050],
  standards: [],
  why: 'A page that is the same for everybody can be made once, when the application is built. Made anew for each visitor it is slower, costs a server, and fails when that fails.',
  remedy: 'Take the setting away; where the page changes now and then, set `revalidate` to the seconds that it may be old.',
  needs: ['operation', 'units'],
  *run({ operation: { value }, units }) {
    for (const { where, setting, needed } of value.dynamicPages) {
      const subject = { kind: 'file', name: where.file } as const;
      if (needed) yield pass('read', subject);
      else
        yield fail(
          'read',
          subject,
          `\`${setting}\` has the page made anew for each visitor, though nothing on it waits for data or depends on who asks.`,
          {
            impact: 'Visitors wait longer for a page that could lie ready.',
            where,
            effect: 'forced-dynamic',
          },
        );
    }
    if (value.dynamicPages.length > 0) return;
    yield notApplicable(
      units.value.units.some(({ frameworks }) => frameworks.includes('next'))
        ? 'No page is told to be made anew for each visitor.'
        : 'No framework here makes pages ahead of time by a setting that can be read.',
    );
  },
});
