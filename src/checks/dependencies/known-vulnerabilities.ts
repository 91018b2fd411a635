import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Severity } from '../../model/words.ts';

type Advisory = EvidenceValue<'advisories'>['advisories'][number];

const order = ['critical', 'high', 'moderate', 'low', 'info'] as const;

export default defineCheck({
  title: 'No reachable dependency has a known vulnerability',
  control: 'dependencies/known-vulnerabilities',
  severity: 'high',
  cwe: [1395, 937],
  standards: ['ASVS v5.0.0-15.2.1', 'A03:2025'],
  why: 'Published weaknesses are tried on every address of the internet within days, by programs. Nobody has to be interested in your application for that.',
  remedy:
    'Update to a version outside the affected range (npm audit fix proposes one); where there is none, replace the package or keep callers away from what is weak.',
  needs: ['advisories'],
  *run({ advisories: { value, gaps } }) {
    if (value.versions === 0)
      return yield gaps.length > 0
        ? unknown('read', application, `Which packages are installed is not known: ${gaps[0]?.file ?? 'the tree'} (${gaps[0]?.reason}).`)
        : notApplicable('No lockfile names the packages that are installed, and no package is declared with one exact version.');
    for (const [name, all] of Map.groupBy(value.advisories, (one) => one.name)) {
      const [worst] = all.toSorted((a, b) => weight(a) - weight(b));
      if (worst === undefined) continue;
      const others = new Set(all.map(({ id }) => id)).size - 1;
      const reach = worst.development
        ? 'It is only used while developing.'
        : worst.imported
          ? 'The code of the application imports it.'
          : worst.direct
            ? 'The application declares it.'
            : 'Another package brings it along; whether what is weak is ever reached was not looked at.';
      yield fail(
        'read',
        { kind: 'package', name },
        `\`${name}\` ${worst.version} has a published weakness: ${worst.title} (${worst.severity}, affects ${worst.range}${worst.url === '' ? '' : `, ${worst.url}`}${others > 0 ? `, and ${others} more` : ''}). ${reach}`,
        {
          severity: severityOf(worst),
          impact: worst.development
            ? 'Those who develop it are exposed, users are not.'
            : 'Whoever can send the application what reaches that package can use a weakness that is known to everybody.',
          where: { file: worst.lockfile, line: 1, endLine: 1 },
          effect: worst.id,
        },
      );
    }
    if (value.asked === null)
      yield unknown(
        'read',
        application,
        'Only a few weaknesses of packages that everybody uses were looked for: reading asks nobody outside. With --online the registry is told the names and versions of the packages.',
        { settle: 'seaworthy audit --no-run --online' },
      );
    else if (gaps.length > 0)
      yield unknown('read', application, `Not every package was asked about: ${gaps[0]?.file ?? 'the tree'} (${gaps[0]?.reason}).`);
    else if (value.advisories.length === 0)
      yield pass('read', application, `The registry knew of no weakness in ${value.versions} packages on ${value.asked}.`);
  },
});

/** What is shipped before what is not, what is imported before what is not, the worst first. */
function weight({ severity, development, imported }: Advisory): number {
  return order.indexOf(severity) + (development ? 20 : 0) + (imported ? 0 : 1.5);
}

function severityOf({ severity, development, imported }: Advisory): Severity {
  if (development || severity === 'low' || severity === 'info') return 'low';
  if (severity === 'moderate') return imported ? 'medium' : 'low';
  return imported ? 'high' : 'medium';
}
