import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'What is shipped is listed',
  control: 'dependencies/sbom',
  severity: 'low',
  cwe: [1395],
  standards: ['ASVS v5.0.0-15.1.2', 'A03:2025'],
  why: 'On the day a package turns out to be hijacked the question is: do we ship it, where, and in which version? Customers with a security team ask for that list before they sign. Without a complete lockfile nobody can answer.',
  remedy: 'Commit the lockfile, and keep the list with each release: seaworthy audit --no-run --format cyclonedx > sbom.json',
  needs: ['packages'],
  *run({ packages: { value, gaps } }) {
    if (value.own.length === 0) return yield notApplicable('There is no package.json, so nothing is installed from a registry.');
    for (const { lockfile, packages } of value.locks) {
      const about = { kind: 'file', name: lockfile } as const;
      const unsealed = packages.filter(({ integrity }) => integrity === null);
      // yarn's newer lockfiles keep checksums of their own kind.
      if (unsealed.length === packages.length || unsealed.length === 0)
        yield pass('read', about, `${packages.length} packages in exact versions; --format cyclonedx writes them as a bill of materials.`);
      else
        yield pass(
          'read',
          about,
          `${packages.length} packages in exact versions, ${unsealed.length} without a checksum; --format cyclonedx writes them as a bill of materials.`,
        );
    }
    for (const { file, reason } of gaps)
      yield unknown('read', { kind: 'file', name: file ?? 'the tree' }, `What is shipped cannot be listed: ${reason}.`);
    if (value.locks.length === 0 && gaps.length === 0)
      yield fail(
        'read',
        application,
        'Packages are declared but no lockfile is committed, so nobody can list what a release contains: every install may bring something else.',
        {
          impact: 'When a package is found to be harmful, whether customers got it cannot be told.',
          effect: 'no-list',
        },
      );
  },
});
