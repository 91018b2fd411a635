import type { CatalogueControl } from '../types.ts';

/** Controls of the area `tests`. */
export const tests: readonly CatalogueControl[] = [
  {
    id: 'tests/presence',
    ref: 'V100',
    name: 'Tests exist and run',
    mode: ['ran'],
    recipe: 'Run thrice; flakes; unit/integration/e2e census; which critical flows have none',
    evidence: 'run log',
    planned: ['tests/presence', 'tests/flakiness'],
  },
  {
    id: 'tests/hollow-tests',
    ref: 'V101',
    name: 'Tests that would notice a fault',
    mode: ['read', 'ran'],
    recipe: 'No/weak assertion, mocks of the subject, expected value computed by the subject; mutate critical modules and count survivors',
    evidence: 'mutation score per module, surviving mutants',
    planned: ['tests/assertions', 'tests/mutation'],
  },
  {
    id: 'tests/coverage-and-abnormal-cases',
    ref: 'V102',
    name: 'Coverage and abnormal cases',
    mode: ['read', 'ran'],
    recipe: 'Branch coverage; presence of boundary, error, authz, concurrency cases; threshold in CI',
    evidence: 'gap list',
    planned: ['tests/critical-coverage'],
  },
  {
    id: 'tests/independent-oracle',
    ref: 'V104',
    name: 'Tests that do not merely repeat the code',
    mode: ['read', 'ran'],
    recipe: "Properties from schema, policy and money rules, not from the code's author",
    evidence: 'failing property',
    planned: ['tests/independent-oracle'],
  },
];
