import type { CatalogueControl } from '../types.ts';

/** Controls of the area `schema`. */
export const schema: readonly CatalogueControl[] = [
  {
    id: 'schema/constraints',
    ref: 'V46',
    name: 'The database refuses impossible rows',
    mode: ['ran'],
    recipe:
      'After migration read the catalogue: *_id without FK, no PK, nullable that code assumes set, missing UNIQUE (email, slug, external id), no CHECK on status/amount, money as float, timestamp without tz, int4 keys, unindexed FK, duplicate index',
    evidence: 'table/column list + violating-insert demo',
    planned: [
      'schema/unique-constraints',
      'schema/not-null',
      'schema/check-constraints',
      'schema/money-columns',
      'schema/timestamps',
      'schema/foreign-keys',
    ],
  },
  {
    id: 'schema/query-plans-and-indexes',
    ref: 'V49',
    name: 'Query plans and missing indexes',
    mode: ['ran'],
    recipe: 'EXPLAIN (ANALYZE) captured queries at volume; create the proposed index, re-measure, drop',
    evidence: 'before/after ms; unused index list',
    planned: ['schema/indexes'],
  },
  {
    id: 'schema/migration-rehearsal',
    ref: 'V50',
    name: 'Migration rehearsal',
    mode: ['read', 'ran'],
    recipe:
      'Up from empty, up on seeded data, down, up again; schema equality; row survival; lock-taking statements; old code on new schema and new code on old schema',
    evidence: 'pass/fail per migration, lock class, ms',
    planned: ['schema/reversible-migrations', 'schema/safe-migrations'],
  },
  {
    id: 'schema/json-columns',
    ref: 'V51',
    name: 'JSON columns',
    mode: ['read', 'ran'],
    recipe: 'Columns of json/jsonb/text-json, key census, writer schemas, version key, index use',
    evidence: 'ledger + drift between writers',
    planned: ['schema/json-columns'],
  },
];
