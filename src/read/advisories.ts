import semver from 'semver';
import { SeaworthyError } from '../model/errors.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { askAdvisories, configuredRegistry } from '../world/registry.ts';
import { isTestCode } from './test-code.ts';
import { defineCollector } from './context.ts';

type Advisory = EvidenceValue<'advisories'>['advisories'][number];

export default defineCollector({
  name: 'read/advisories',
  needs: ['packages', 'dependencies'],
  yields: 'advisories',
  async run({ packages, dependencies }, { online, now }) {
    if (!online)
      throw new SeaworthyError(
        'registry',
        'reading asks nobody outside; with --online the registry is told the names and versions of the packages',
        {
          settle: 'seaworthy audit --no-run --online',
        },
      );
    const locked = [
      ...packages.value.locks.flatMap(({ lockfile, packages: all }) => all.map((one) => ({ ...one, lockfile }))),
      ...pinnedIn(dependencies.value.units),
    ];
    const versions = new Map<string, Set<string>>();
    for (const { name, version } of locked) versions.set(name, (versions.get(name) ?? new Set()).add(version));
    const found = versions.size === 0 ? new Map<string, never[]>() : await askAdvisories(await configuredRegistry(), versions);
    const imported = new Set(
      dependencies.value.units.flatMap(({ imports }) =>
        imports.filter(({ typeOnly, where }) => !typeOnly && !isTestCode(where.file)).map(({ name }) => name),
      ),
    );
    const advisories = locked.flatMap(({ name, version, lockfile, direct, development }) =>
      (found.get(name) ?? [])
        .filter(({ vulnerable_versions: range }) => semver.satisfies(version, range, { includePrerelease: true }))
        .map(({ id, title, severity, url, vulnerable_versions: range, cwe }): Advisory => ({
          lockfile,
          name,
          version,
          id: String(id),
          title: title.slice(0, 300),
          severity,
          url: /^https?:\/\//.test(url) ? url.slice(0, 300) : '',
          range: range.slice(0, 200),
          cwe: cwe.flatMap((text) => (/^CWE-\d+$/.test(text) ? [Number(text.slice(4))] : [])),
          direct,
          development,
          imported: imported.has(name),
        })),
    );
    return { value: { asked: now.toISOString().slice(0, 10), versions: locked.length, advisories }, gaps: packages.gaps };
  },
});

/** Without a lockfile, what is installed is known only of packages that are declared with one exact version. */
function pinnedIn(
  units: EvidenceValue<'dependencies'>['units'],
): Pick<Advisory, 'name' | 'version' | 'lockfile' | 'direct' | 'development'>[] {
  return units
    .filter(({ lockfile }) => lockfile === null)
    .flatMap(({ manifest, declared }) =>
      declared.flatMap(({ name, range, kind }) => {
        const version = semver.valid(range);
        return version === null ? [] : [{ name, version, lockfile: manifest, direct: true, development: kind === 'development' }];
      }),
    );
}
