import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { RunConfig } from '../types.ts';
import { initFiles } from './compose.ts';
import { frameworkOf } from './frameworks.ts';
import { expanded, readManifest, scriptCommand, withEnvFiles, workspaceRoot, type Manifest } from './manifest.ts';
import { buildCommand, needsBuild } from './plan.ts';
import { findPrisma } from './prisma.ts';
import { journalFiles, upFiles } from './sql-files.ts';
import { findTool } from './tools.ts';

/** How the app's database comes to be. Files are relative to the unit. */
export type MigrationPlan =
  | {
      readonly kind: 'command';
      readonly from: string;
      readonly command: string;
      /** What must be built before, because the command runs it. */
      readonly build?: string;
      /** What to say when it fails, beyond its last lines. */
      readonly hint?: string;
    }
  | {
      readonly kind: 'files';
      readonly from: string;
      readonly files: readonly string[];
      /** Whose database the files expect. */
      readonly platform?: 'supabase';
    }
  | { readonly kind: 'none'; readonly from: string };

const scripts = [
  'migrate',
  'db:migrate',
  'migrate:up',
  'migrate:deploy',
  'migrate:latest',
  'migrate:prod',
  'db:migrate:up',
  'db:migrate:deploy',
  'db:migrate:prod',
  'db:deploy',
  'migration:run',
  'migrations:run',
  'migration:up',
  'migrate:run',
  'db:migration:run',
  'typeorm:migration:run',
  'knex:migrate',
  'sequelize:migrate',
  'prisma:migrate',
  'db:push',
  'db:sync',
  'db:setup',
  'db:init',
  'setup:db',
  'init:db',
  'setup-db',
  'init-db',
];
const folders = [
  'migrations',
  'db/migrations',
  'database/migrations',
  'src/migrations',
  'src/db/migrations',
  'src/database/migrations',
  'server/migrations',
  'server/db/migrations',
  'supabase/migrations',
  'drizzle',
  'drizzle/migrations',
  'src/drizzle',
  'src/db/drizzle',
  'sql/migrations',
  'sql',
  'db/sql',
  'db/init',
  'database',
];
const files = ['schema.sql', 'init.sql', 'database.sql', 'setup.sql', 'db.sql', 'structure.sql'];
const fileFolders = ['', 'db', 'database', 'sql', 'src/db', 'src/database', 'server/db', 'supabase', 'scripts', 'docker', 'config'];

/** Commands that write migrations, ask questions, or go back. */
const notForUs =
  /\b(?:drizzle-kit generate|migrate:make|migration:(?:generate|create|revert)|migrate:rollback|prisma migrate (?:dev|reset|diff))\b/;

/**
 * Finds the app's migrations: its own script, its tool, SQL files, a schema file; in the unit, else in its workspace, else in the
 * repository around it.
 * @param top the root of the repository
 */
export function findMigrations(dir: string, config: RunConfig | undefined, top = dir): MigrationPlan {
  if (config?.migrate === null) return { kind: 'none', from: 'nothing to migrate, says seaworthy.json' };
  if (config?.migrate !== undefined) return { kind: 'command', from: config.migrate, command: config.migrate };
  const manifest = readManifest(dir);
  const root = workspaceRoot(dir);
  const found =
    prismaFiles(dir) ??
    drizzleFiles(dir, manifest) ??
    ownScript(dir, manifest) ??
    sqlFolder(dir, '') ??
    ownTool(dir, manifest) ??
    prismaPush(dir, manifest) ??
    drizzlePush(dir, manifest) ??
    schemaFile(dir, '') ??
    (root === dir ? null : sqlFolder(dir, upTo(root, dir))) ??
    ofDatabaseImage(dir, top) ??
    (top === dir ? null : (sqlFolder(dir, upTo(top, dir)) ?? schemaFile(dir, upTo(top, dir))));
  return found ?? { kind: 'none', from: 'no migrations found' };
}

/** The way up from `dir` to a directory around it. */
function upTo(root: string, dir: string): string {
  const way = relative(dir, root);
  return way === '' ? '' : `${way}/`;
}

/** What the compose file gives to the image of its database, to be run when that starts for the first time. */
function ofDatabaseImage(dir: string, top: string): MigrationPlan | null {
  for (const at of new Set([dir, top])) {
    const files = initFiles(at).flatMap((path) =>
      path.endsWith('.sql') ? [path] : upFiles(join(at, path)).map((file) => `${path}/${file}`),
    );
    const found = files.filter((file) => existsSync(join(at, file))).map((file) => upTo(at, dir) + file);
    if (found.length > 0) return { kind: 'files', from: `${found.join(', ')}, which the compose file gives to its database`, files: found };
  }
  return null;
}

/** Prisma keeps its migrations as SQL: applied in order they need nothing of its engine. */
function prismaFiles(dir: string): MigrationPlan | null {
  const prisma = findPrisma(dir);
  if (prisma === null) return null;
  const found = upFiles(join(dir, prisma.folder));
  return found.length === 0
    ? null
    : { kind: 'files', from: `${prisma.folder}/*/migration.sql`, files: found.map((file) => `${prisma.folder}/${file}`) };
}

/** Drizzle's folder with a journal, unless the only script that the app has pushes the schema itself. */
function drizzleFiles(dir: string, manifest: Manifest): MigrationPlan | null {
  const own = scripts.map((name) => manifest.scripts[name]).filter((script) => script !== undefined);
  if (own.some((script) => /drizzle-kit push/.test(script)) && !own.some((script) => /migrate/.test(script))) return null;
  for (const folder of folders) {
    const found = journalFiles(join(dir, folder));
    if (found && found.length > 0)
      return { kind: 'files', from: `${folder}/*.sql in the order of its journal`, files: found.map((file) => `${folder}/${file}`) };
  }
  return null;
}

function ownScript(dir: string, manifest: Manifest): MigrationPlan | null {
  for (const name of scripts) {
    const command = scriptCommand(manifest, name);
    if (command === null) continue;
    const text = expanded(manifest, command);
    if (notForUs.test(text) || /\b(?:prisma|supabase|docker|docker-compose)\s/.test(text)) continue;
    const build = needsBuild(dir, null, text) ? buildCommand(dir, manifest, frameworkOf(manifest)) : null;
    return { kind: 'command', from: `npm run ${name}`, command: withEnvFiles(manifest, command), ...(build === null ? {} : { build }) };
  }
  return null;
}

function sqlFolder(dir: string, at: string): MigrationPlan | null {
  for (const folder of folders.map((each) => `${at}${each}`)) {
    const found = upFiles(join(dir, folder));
    if (found.length === 0) continue;
    const plan = { kind: 'files', from: `${folder}/*.sql`, files: found.map((file) => `${folder}/${file}`) } as const;
    return folder.includes('supabase/') ? { ...plan, platform: 'supabase' } : plan;
  }
  return null;
}

function ownTool(dir: string, manifest: Manifest): MigrationPlan | null {
  const tool = findTool(dir, manifest);
  return tool && { kind: 'command', ...tool };
}

function prismaPush(dir: string, manifest: Manifest): MigrationPlan | null {
  const prisma = findPrisma(dir);
  if (prisma === null || !(manifest.dependencies.has('prisma') || manifest.dependencies.has('@prisma/client'))) return null;
  return {
    kind: 'command',
    from: `prisma db push (${prisma.schema} has no migrations)`,
    command: `prisma db push --accept-data-loss --schema ${prisma.schema}`,
    hint: `Prisma has no migrations here, and its schema engine could not make the tables: write them down once, outside, with "npx prisma migrate diff --from-empty --to-schema-datamodel ${prisma.schema} --script > schema.sql"`,
  };
}

function schemaFile(dir: string, above: string): MigrationPlan | null {
  for (const folder of fileFolders) {
    for (const file of files) {
      const path = above + (folder === '' ? file : `${folder}/${file}`);
      if (!existsSync(join(dir, path))) continue;
      const plan = { kind: 'files', from: path, files: [path] } as const;
      return folder === 'supabase' ? { ...plan, platform: 'supabase' } : plan;
    }
  }
  return null;
}

function drizzlePush(dir: string, manifest: Manifest): MigrationPlan | null {
  const config = ['drizzle.config.ts', 'drizzle.config.js', 'drizzle.config.mjs'].find((file) => existsSync(join(dir, file)));
  return config === undefined || !manifest.dependencies.has('drizzle-kit')
    ? null
    : { kind: 'command', from: `drizzle-kit push (${config})`, command: 'drizzle-kit push --force' };
}
