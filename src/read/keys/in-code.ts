import type { SourceFile } from '../code/value.ts';
import { keysInBuilders } from './in-builders.ts';
import { drizzlePackage, keysInDrizzle } from './in-drizzle.ts';
import { keysOfEntities } from './in-entities.ts';
import { keysOfModels } from './in-models.ts';
import type { Keys } from './tables.ts';

/** The keys, indexes and references that a file's models and migrations declare by calls and decorators. */
export function keysInCode(file: SourceFile, keys: Keys): void {
  const { facts, path } = file;
  const uses = (pattern: RegExp): boolean => facts.imports.some(([specifier]) => pattern.test(specifier));
  if (uses(drizzlePackage)) keysInDrizzle(file, keys);
  if (uses(/^(typeorm|sequelize-typescript)$/)) keysOfEntities(file, keys);
  if (uses(/^(sequelize|@sequelize\/core)$/) || /(^|\/)models\//.test(path)) keysOfModels(file, keys);
  if (/(^|\/)(migrations?|migrate|models)\//.test(path) || uses(/^knex$/)) keysInBuilders(file, keys);
}
