import semver from 'semver';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { knownAdvisories } from '../knowledge/tables/advisories.ts';
import { askAdvisories, configuredRegistry } from '../world/registry.ts';
import type { PublishedAdvisory } from '../world/registry.ts';
import { isTestCode } from './test-code.ts';
import { defineCollector } from './context.ts';

type Advisory = EvidenceValue<'advisories'>['advisories'][number];

export default defineCollector({
  name: 'read/advisories',
  needs: ['packages', 'dependencies'],
  yields: 'advisories',
  async run({ packages, dependencies }, { online, now }) {
    const locked = [
      ...packages.value.locks.flatMap(({ lockfile, packages: all }) => all.map((one) => ({ ...one, lockfile }))),
      ...pinnedIn(dependencies.value.units),
    ];
    const versions = new Map<string, Set<string>>();
    for (const { name, version } of locked) versions.set(name, (versions.get(name) ?? new Set()).add(version));
    // Nobody outside is asked unless --online says so: then the registry is told the names and versions of the packages.
    const asked = online && versions.size > 0 ? await askAdvisories(await configuredRegistry(), versions) : new Map<string, never[]>();
    const found = online ? asked : wellKnown();
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
    return { value: { asked: online ? now.toISOString().slice(0, 10) : null, versions: locked.length, advisories }, gaps: packages.gaps };
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

/** What is known without asking. */
function wellKnown(): Map<string, PublishedAdvisory[]> {
  const found = new Map<string, PublishedAdvisory[]>();
  for (const { name, id, title, severity, range, cwe } of knownAdvisories)
    found.set(name, [
      ...(found.get(name) ?? []),
      { id, title, severity, url: `https://github.com/advisories/${id}`, vulnerable_versions: range, cwe: [...cwe] },
    ]);
  return found;
}
