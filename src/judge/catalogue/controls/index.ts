import { ai } from './ai.ts';
import { architecture } from './architecture.ts';
import { compliance } from './compliance.ts';
import { correctness } from './correctness.ts';
import { dependencies } from './dependencies.ts';
import { observability } from './observability.ts';
import { operability } from './operability.ts';
import { performance } from './performance.ts';
import { reliability } from './reliability.ts';
import { schema } from './schema.ts';
import { security } from './security.ts';
import { tests } from './tests.ts';
import type { CatalogueControl } from '../types.ts';

/** Every control of the catalogue: 113 rows, by area. */
export const controls: readonly CatalogueControl[] = [
  ...security,
  ...reliability,
  ...observability,
  ...dependencies,
  ...schema,
  ...performance,
  ...operability,
  ...correctness,
  ...compliance,
  ...architecture,
  ...tests,
  ...ai,
];
