import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Severity } from '../../model/words.ts';

type Package = EvidenceValue<'packages'>['locks'][number]['packages'][number];
type Terms = Package['terms'];

const meanings: Readonly<Partial<Record<Terms, { severity: Severity; says: string; impact: string; remedy: string }>>> = {
  'network-copyleft': {
    severity: 'medium',
    says: 'asks whoever lets others use the program, also over a network, to give them its whole source',
    impact: 'A buyer or investor who finds it may ask to replace it first; its author may demand the source of the application.',
    remedy: 'Replace it, buy another licence from its author, or have a lawyer confirm that the way it is used does not oblige you.',
  },
  copyleft: {
    severity: 'medium',
    says: 'asks whoever hands out a program that contains it (a page, an app, a container for customers) to give its whole source too',
    impact: 'Shipping it in a page or an app without the source breaks the licence; a buyer or investor may ask to replace it first.',
    remedy: 'Replace it or keep it out of what is handed out, or have a lawyer confirm that the way it is used does not oblige you.',
  },
  restricted: {
    severity: 'medium',
    says: 'forbids some uses, or gives no right to use it at all',
    impact: 'Running the application as a business may need a licence that nobody bought.',
    remedy: 'Read the licence, buy the right to use it, or replace the package.',
  },
};

/** Licences that only forbid to compete with the author, and fall away after some years. */
const timed = /^(FSL|BUSL)/i;

export default defineCheck({
  title: 'Licences allow the use',
  control: 'dependencies/licences',
  severity: 'medium',
  cwe: [],
  standards: ['ISO/IEC 5230:2020 3.3.2'],
  why: "Every package is somebody else's work, lent under conditions. Most ask for a mention; a few ask for the whole source of what contains them or forbid business. Whoever buys or funds the company has this looked at, and finds it when it is late and dear to change.",
  remedy: 'Replace the package, or keep in writing why its licence allows what you do.',
  needs: ['packages'],
  *run({ packages: { value, gaps } }) {
    const shipped = value.locks.flatMap(({ lockfile, packages }) =>
      packages.filter(({ development }) => !development).map((one) => ({ ...one, lockfile })),
    );
    if (shipped.length === 0)
      return yield gaps.length > 0
        ? unknown('read', application, `No lockfile was read: ${gaps[0]?.file ?? 'the tree'} (${gaps[0]?.reason}).`)
        : value.locks.length === 0 && value.own.length > 0
          ? unknown('read', application, 'Without a lockfile it is not known which packages are shipped.', {
              settle: 'npm install && seaworthy audit',
            })
          : notApplicable('No packages are shipped.');
    // What is given away under the same kind of terms may contain such packages.
    const given = new Set(value.own.map(({ terms }) => terms));
    let failed = 0;
    const bad = shipped.filter(
      ({ terms }) => meanings[terms] !== undefined && !given.has(terms) && !(terms === 'copyleft' && given.has('network-copyleft')),
    );
    for (const [licence, some] of Map.groupBy(bad, (one) => one.licence ?? 'none')) {
      const first = some.find(({ direct }) => direct) ?? some[0];
      const meaning = first && meanings[first.terms];
      if (first === undefined || meaning === undefined) continue;
      failed++;
      const names = [...new Set(some.map(({ name }) => name))];
      const others =
        names.length === 1
          ? ''
          : ` and ${names.length - 1} more (${names
              .filter((name) => name !== first.name)
              .slice(0, 3)
              .join(', ')}${names.length > 4 ? ' …' : ''})`;
      yield fail(
        'read',
        { kind: 'package', name: names.length === 1 ? first.name : licence },
        `\`${first.name}\` ${first.version}${others} ${names.length === 1 ? 'is' : 'are'} installed with what is shipped${first.direct ? '' : ', because another package needs it'}. The licence, ${licence}, ${meaning.says}.`,
        {
          severity: timed.test(licence) ? 'low' : meaning.severity,
          impact: meaning.impact,
          remedy: meaning.remedy,
          where: { file: first.lockfile, line: 1, endLine: 1 },
          effect: first.terms,
        },
      );
    }
    const unclear = shipped.filter(({ terms }) => terms === 'unknown');
    if (unclear.length > 0) {
      const silent = unclear.filter(({ licence }) => licence === null).length;
      const names = [...new Set(unclear.map((one) => `\`${one.name}\`${one.licence === null ? '' : ` (${one.licence})`}`))];
      yield unknown(
        'read',
        { kind: 'application', name: 'packages without a known licence' },
        `The licence of ${unclear.length} of ${shipped.length} shipped packages is not known: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}.${silent === shipped.length ? ' This kind of lockfile does not tell, and the packages are not installed here.' : ''}`,
        silent > 0 ? { settle: 'npm install && seaworthy audit' } : {},
      );
    } else if (failed === 0)
      yield pass('read', application, `${shipped.length} shipped packages ask for no more than a mention or for changes to themselves.`);
  },
});
