import type { CatalogueControl } from '../types.ts';

/** Controls of the area `dependencies`. */
export const dependencies: readonly CatalogueControl[] = [
  {
    id: 'dependencies/known-vulnerabilities',
    ref: 'V40',
    name: 'Known vulnerabilities',
    mode: ['read', 'ran'],
    recipe: 'Lockfile vs offline OSV snapshot (dated); rank by import reachability and by modules really loaded at run time',
    evidence: 'CVE, path, reached? snapshot date shown',
    planned: ['dependencies/known-vulnerabilities'],
  },
  {
    id: 'dependencies/outdated-dependencies',
    ref: 'V41',
    name: 'Outdated or abandoned packages',
    mode: ['read'],
    recipe: 'Major-behind, EOL runtimes, unmaintained',
    evidence: 'table',
    planned: ['dependencies/supported-versions'],
  },
  {
    id: 'dependencies/existing-packages',
    ref: 'V42',
    name: 'Packages that do not exist',
    mode: ['read'],
    recipe: 'Imports not in manifest (workspace-aware), manifest not in lockfile/registry, age/typosquat signals; unresolvable at boot',
    evidence: 'import line; offline: lockfile+node_modules proof, online: registry check opt-in',
    planned: ['dependencies/existing-packages'],
  },
  {
    id: 'dependencies/licences',
    ref: 'V43',
    name: 'Licences',
    mode: ['read'],
    recipe: 'Licence census and conflicts (due diligence)',
    evidence: 'table',
    planned: ['dependencies/licences'],
  },
  {
    id: 'dependencies/sbom',
    ref: 'V44',
    name: 'Bill of materials (SBOM)',
    mode: ['read'],
    recipe: 'CycloneDX out',
    evidence: 'file',
    planned: ['dependencies/bill-of-materials'],
  },
  {
    id: 'dependencies/build-pipeline',
    ref: 'V45',
    name: 'Build pipeline',
    mode: ['read'],
    recipe: 'Lockfile enforced, install scripts, pinned actions, token permissions, secrets in CI',
    evidence: 'list',
    planned: ['dependencies/pinned-versions', 'dependencies/workflow-permissions'],
  },
];
