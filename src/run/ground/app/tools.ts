import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from './manifest.ts';

/** A migration tool that is run by its own command line, inside the seal. */
export interface MigrationTool {
  readonly name: string;
  /** One of these dependencies, or one of these files, shows it. */
  readonly dependencies: readonly string[];
  /** Files that it must have to be of use; the first that is there becomes `$FILE`. */
  readonly files: readonly string[];
  readonly command: string;
  /** A folder with migrations that it wants; none is asked for when absent. */
  readonly folders?: readonly string[];
}

/** First match wins. */
const tools: readonly MigrationTool[] = [
  {
    name: 'knex',
    dependencies: ['knex'],
    files: ['knexfile.js', 'knexfile.cjs', 'knexfile.mjs', 'src/knexfile.js', 'db/knexfile.js'],
    command: 'knex migrate:latest --knexfile "$FILE"',
  },
  {
    name: 'knex',
    dependencies: ['knex'],
    files: ['knexfile.ts', 'src/knexfile.ts', 'src/db/knexfile.ts', 'db/knexfile.ts'],
    command: 'node --import tsx node_modules/knex/bin/cli.js migrate:latest --knexfile "$FILE"',
  },
  {
    name: 'TypeORM',
    dependencies: ['typeorm'],
    files: ['src/data-source.ts', 'src/database/data-source.ts', 'src/config/data-source.ts', 'src/db/data-source.ts', 'data-source.ts'],
    command: 'typeorm-ts-node-commonjs migration:run -d "$FILE"',
  },
  {
    name: 'Sequelize',
    dependencies: ['sequelize-cli'],
    files: ['.sequelizerc', 'config/config.json', 'config/config.js', 'config/database.js', 'config/config.cjs'],
    folders: ['migrations', 'db/migrations', 'src/migrations', 'src/db/migrations', 'database/migrations', 'server/migrations'],
    command: 'sequelize-cli db:migrate',
  },
  {
    name: 'MikroORM',
    dependencies: ['@mikro-orm/migrations'],
    files: ['mikro-orm.config.ts', 'mikro-orm.config.js', 'src/mikro-orm.config.ts'],
    command: 'mikro-orm migration:up',
  },
  {
    name: 'node-pg-migrate',
    dependencies: ['node-pg-migrate'],
    files: ['migrations', 'db/migrations', 'database/migrations', 'src/migrations'],
    command: 'node-pg-migrate up -m "$FILE"',
  },
  { name: 'db-migrate', dependencies: ['db-migrate'], files: ['database.json'], command: 'db-migrate up' },
  { name: 'Django', dependencies: [], files: ['manage.py'], command: 'python3 "$FILE" migrate --noinput' },
  { name: 'Alembic', dependencies: [], files: ['alembic.ini'], command: 'python3 -m alembic upgrade head' },
];

/** The tool that a unit migrates with, and its command. */
export function findTool(dir: string, manifest: Manifest): { from: string; command: string } | null {
  for (const { name, dependencies, files, folders, command } of tools) {
    if (dependencies.length > 0 && !dependencies.some((each) => manifest.dependencies.has(each))) continue;
    const file = files.find((each) => existsSync(join(dir, each)));
    if (file === undefined) continue;
    if (folders && !folders.some((each) => existsSync(join(dir, each)) && readdirSync(join(dir, each)).length > 0)) continue;
    return { from: `${name} (${file})`, command: command.replace('"$FILE"', file) };
  }
  return null;
}
