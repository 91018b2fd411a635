import { messageOf } from '../model/errors.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Gap } from '../model/words.ts';
import { defineCollector } from './context.ts';
import { lockfileOf, manifestsOf } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { installedLicence, installedManifest } from './packages/installed.ts';
import { statedLicence, termsOf } from './packages/licence.ts';
import { packagesIn } from './packages/locks.ts';
import type { Locked } from './packages/locks.ts';

type Lock = EvidenceValue<'packages'>['locks'][number];

/** How many installed packages are looked at for a licence that the lockfile does not tell. */
const maxInstalled = 6000;

export default defineCollector({
  name: 'read/packages',
  needs: [],
  yields: 'packages',
  async run(_given, { tree }) {
    const manifests = await manifestsOf(tree);
    const gaps: Gap[] = [...manifests.gaps];
    const governed = Map.groupBy(manifests.all, (manifest) => lockfileOf(tree, manifest)?.file ?? null);
    const locks: Lock[] = [];
    let looks = 0;
    for (const [lockfile, units] of governed) {
      if (lockfile === null) continue;
      try {
        if (lockfile.endsWith('.lockb'))
          throw new Error('the binary lockfile of bun is not read; `bun install --save-text-lockfile` writes a readable one');
        const found = packagesIn(lockfile, (await tree.read(lockfile)).toString('utf8'));
        const own = new Set(manifests.all.map(({ name }) => name));
        const shipped = neededBy(found, units);
        const direct = new Set(units.flatMap(({ dependencies }) => Object.values(dependencies).flatMap((some) => Object.keys(some))));
        const packages = found
          .filter(({ name }) => !own.has(name))
          .map((one) => {
            const development = one.development ?? !shipped.has(one.name);
            const licence = one.licence ?? (!development && looks++ < maxInstalled ? installedIn(tree.root, units, one) : null);
            const { name, version, integrity, deprecated } = one;
            return { name, version, licence, terms: termsOf(licence), integrity, direct: direct.has(name), development, deprecated };
          });
        locks.push({ lockfile, packages });
      } catch (thrown) {
        gaps.push({ file: lockfile, reason: `the lockfile could not be read: ${messageOf(thrown).slice(0, 200)}` });
      }
    }
    const own = manifests.all.map(({ dir, name, raw }) => {
      const licence = statedLicence(raw);
      return {
        dir,
        name,
        version: typeof raw['version'] === 'string' ? raw['version'].slice(0, 100) : '0.0.0',
        licence,
        terms: termsOf(licence),
      };
    });
    return { value: { locks, own }, gaps };
  },
});

/** The licence of a package that is installed in that version, as it states it or as the text beside it opens. */
function installedIn(root: string, units: readonly Manifest[], { name, version }: Pick<Locked, 'name' | 'version'>): string | null {
  for (const dir of new Set(['.', ...units.map((unit) => unit.dir)])) {
    const found = installedManifest(root, dir, name, version);
    if (found !== null) return statedLicence(found) ?? installedLicence(root, dir, name);
  }
  return null;
}

/** Names of all that packages need when they run, by name alone: where two versions differ, more is counted as shipped, never less. */
function neededBy(found: readonly Locked[], units: readonly Manifest[]): Set<string> {
  const needs = new Map<string, Set<string>>();
  for (const one of found) for (const name of one.needs) needs.set(one.name, (needs.get(one.name) ?? new Set()).add(name));
  const shipped = new Set(units.flatMap(({ dependencies: { runtime, optional } }) => Object.keys({ ...runtime, ...optional })));
  for (const name of shipped) for (const next of needs.get(name) ?? []) shipped.add(next);
  return shipped;
}
