import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Version = EvidenceValue<'runtimes'>['versions'][number];

const places: Readonly<Record<Version['from'], string>> = {
  image: 'the image',
  compose: 'the compose file',
  ci: 'the build',
  engines: 'engines',
  'version-file': 'the version file',
  hosting: 'the hosting',
  package: 'the package',
};

export default defineCheck({
  title: 'Development, staging and production agree',
  control: 'operability/config-and-parity',
  severity: 'low',
  cwe: [1395],
  standards: ['Twelve-Factor X'],
  why: 'What was tested on one version and runs on another was not tested. Differences between major versions show as errors that nobody can reproduce, on the day of a release.',
  remedy: 'Name one major version everywhere: in the image, in engines, in the version file, in the workflows and in compose files.',
  needs: ['runtimes'],
  *run({ runtimes: { value, gaps } }) {
    let compared = 0;
    for (const [product, all] of Map.groupBy(
      value.versions.filter(({ from }) => from !== 'package'),
      (one) => one.product,
    )) {
      const told = all.filter(({ lines }) => lines.length > 0);
      if (told.length < 2) continue;
      compared++;
      const about = { kind: 'application', name: product } as const;
      const clash = disagreement(told);
      if (clash === null) {
        yield pass('read', about);
        continue;
      }
      const [one, other] = clash;
      yield fail(
        'read',
        about,
        `${product} is ${one.version} in ${places[one.from]} (${one.where.file}) and ${other.version} in ${places[other.from]} (${other.where.file}).`,
        {
          severity: one.for !== 'development' && other.for !== 'development' ? 'medium' : 'low',
          where: other.where,
          impact: 'What passes where it is built or tried may fail where customers use it.',
          effect: 'differs',
        },
      );
    }
    if (gaps[0] !== undefined)
      yield unknown('read', application, `Not every version is known: ${gaps[0].file ?? 'the tree'} (${gaps[0].reason}).`);
    else if (compared === 0)
      yield value.versions.length === 0
        ? unknown(
            'read',
            application,
            'Nothing in the repository says which versions of runtime and database are used where, so they cannot be compared.',
          )
        : notApplicable('Each version is written in one place only, so nothing can disagree.');
  },
});

/**
 * Two places with no line in common, one of which is meant to be like the other: what runs and what it is tried on. A build that tries
 * several versions agrees when one of them is the one that runs.
 */
function disagreement(all: readonly Version[]): readonly [Version, Version] | null {
  const [ci, rest] = [all.filter(({ from }) => from === 'ci'), all.filter(({ from }) => from !== 'ci')];
  for (const [index, one] of rest.entries()) for (const other of rest.slice(index + 1)) if (!meet(one, other)) return [one, other];
  const [main] = rest;
  const first = ci[0];
  if (main === undefined) return null;
  return first !== undefined && !ci.some((one) => meet(one, main)) ? [main, first] : null;
}

function meet(one: Version, other: Version): boolean {
  return one.lines.some((line) => other.lines.includes(line));
}
