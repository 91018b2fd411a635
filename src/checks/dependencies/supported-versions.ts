import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Version = EvidenceValue<'runtimes'>['versions'][number];

/** What each kind of place decides, the one that decides most first. */
const order: readonly Version['from'][] = ['image', 'hosting', 'package', 'version-file', 'engines', 'compose', 'ci'];

export default defineCheck({
  title: 'Runtimes and packages are maintained',
  control: 'dependencies/outdated-dependencies',
  severity: 'medium',
  cwe: [1104, 1329],
  standards: ['ASVS v5.0.0-15.1.1', 'A03:2025'],
  why: 'When its makers no longer mend a runtime or framework, the next weakness that is found in it stays open for good, and everybody can read how it is used. The longer one waits, the more versions the move has to cross at once.',
  remedy: 'Move to a line that is still supported, and note the day on which that one ends.',
  needs: ['runtimes', 'packages'],
  *run({ runtimes, packages }) {
    const { asOf, versions } = runtimes.value;
    let judged = 0;
    for (const [product, all] of Map.groupBy(versions, (one) => one.product)) {
      const about = { kind: 'package', name: product } as const;
      const running = all.filter((one) => one.for === 'production');
      const known = (running.length > 0 ? running : all)
        .filter(({ ends }) => ends !== null)
        .toSorted((a, b) => order.indexOf(a.from) - order.indexOf(b.from));
      if (known.length === 0) continue;
      judged++;
      const ended = known.find(({ ends }) => ends !== null && ends < asOf);
      if (ended === undefined) {
        yield pass('read', about);
        continue;
      }
      const production = ended.for === 'production' && ended.from !== 'compose';
      const others = known.filter((one) => one !== ended && one.ends !== null && one.ends < asOf).length;
      yield fail(
        'read',
        about,
        `${ended.where.file} asks for ${product} ${ended.version}, which got its last security fix on ${ended.ends ?? ''} (${ended.source ?? ''}).${others > 0 ? ` So do ${others} other places.` : ''}`,
        {
          severity: production ? 'medium' : 'low',
          where: ended.where,
          impact: `Weaknesses that are found in ${product} from now on stay open, and are known to everybody.`,
          effect: 'ended',
        },
      );
    }
    const deprecated = packages.value.locks.flatMap(({ lockfile, packages: all }) =>
      all.filter((one) => one.direct && !one.development && one.deprecated !== null).map((one) => ({ ...one, lockfile })),
    );
    for (const { name, version, deprecated: words, lockfile } of deprecated) {
      judged++;
      yield fail(
        'read',
        { kind: 'package', name },
        `The authors of \`${name}\` ${version} ask not to use it any more: "${(words ?? '').slice(0, 160)}".`,
        {
          severity: 'low',
          where: { file: lockfile, line: 1, endLine: 1 },
          impact: 'It may get no further fixes, also none for weaknesses.',
          remedy: 'Do what its authors propose, or replace the package.',
          effect: 'deprecated',
        },
      );
    }
    const gap = [...runtimes.gaps, ...packages.gaps][0];
    if (gap !== undefined) yield unknown('read', application, `Not every version is known: ${gap.file ?? 'the tree'} (${gap.reason}).`);
    else if (judged === 0 && versions.length === 0)
      yield packages.value.own.length === 0
        ? notApplicable('Nothing asks for a runtime or a package.')
        : unknown(
            'read',
            application,
            'Nothing in the repository says which version of its runtime the application runs on (a Dockerfile, engines, .nvmrc).',
          );
  },
});
