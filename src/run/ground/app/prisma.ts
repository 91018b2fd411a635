import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { readManifest, workspaceRoot } from './manifest.ts';
import { readText } from './text.ts';
import { packagesOf } from './workspace.ts';

/** An app's Prisma schema, relative to the unit, and the migrations beside it. */
export interface PrismaSchema {
  readonly schema: string;
  readonly folder: string;
}

const places = ['prisma/schema.prisma', 'schema.prisma', 'src/prisma/schema.prisma', 'db/schema.prisma', 'server/prisma/schema.prisma'];

/** Finds the Prisma schema of a unit, or that of a package beside it in its workspace. */
export function findPrisma(dir: string): PrismaSchema | null {
  const root = workspaceRoot(dir);
  const dirs = [dir, ...(root === dir ? [] : [root, ...packagesOf(root).map((each) => each.dir)])];
  for (const at of dirs) {
    const schemas = existsSync(join(at, 'prisma/schema')) ? ['prisma/schema', ...places] : places;
    const found = schemas.find((place) => existsSync(join(at, place)));
    if (found === undefined) continue;
    const schema = relative(dir, join(at, found));
    const beside = join(dirname(schema), 'migrations');
    return { schema, folder: existsSync(join(dir, beside)) ? beside : join(schema, 'migrations') };
  }
  return null;
}

/**
 * The command that makes the Prisma client where it was not made yet.
 * @param anew also where it was made before
 * @param tree the same unit where its `node_modules` is to be looked at: in a copy that is lent them it looks empty
 */
export function prismaGenerate(dir: string, tree = dir, anew = false): string | null {
  const prisma = findPrisma(dir);
  if (prisma === null) return null;
  const text = schemaText(join(dir, prisma.schema));
  const generator = /generator\s+\w+\s*\{[^}]*provider\s*=\s*"prisma-client(?:-js)?"[^}]*\}/.exec(text)?.[0];
  if (generator === undefined) return null;
  const home = join(dir, dirname(prisma.schema));
  const output = /^\s*output\s*=\s*"([^"]+)"/m.exec(generator)?.[1];
  if (output !== undefined && !output.includes('node_modules'))
    return existsSync(join(home, output)) && !anew ? null : generate(dir, prisma);
  const modules = prismaModules(dir, tree);
  if (anew) return generate(dir, prisma);
  return modules.length === 0 || modules.some((at) => existsSync(join(at, '.prisma/client/schema.prisma'))) ? null : generate(dir, prisma);
}

function generate(dir: string, { schema }: PrismaSchema): string {
  // Prisma 7 reads its configuration in the directory of the package that has the schema.
  let at = dirname(schema);
  while (at !== '.' && at !== '' && readManifest(join(dir, at)).name === null && at.includes('/')) at = dirname(at);
  const home = schema.startsWith('..') ? at : '.';
  const command = `prisma generate --schema ${relative(join(dir, home), join(dir, schema))}`;
  return home === '.' ? command : `(cd ${home} && npx ${command})`;
}

/** The text of a schema: a file, or a folder of them. */
export function schemaText(path: string): string {
  if (path.endsWith('.prisma')) return readText(path) ?? '';
  return readdirSync(path)
    .filter((name) => name.endsWith('.prisma'))
    .map((name) => readText(join(path, name)) ?? '')
    .join('\n');
}

/**
 * Whether the app can ask its database by Prisma: its engines, which an install script fetches, are in the dependencies; also
 * true when that cannot be seen or is no matter (Prisma 7 has none). Without them the client can still be made, with stand-ins.
 */
export function hasPrismaEngines(dir: string, tree = dir): boolean {
  return modulesWithPrisma(dir, tree).every((at) => {
    const version = /"version":\s*"(\d+)/.exec(readText(join(at, '@prisma/client/package.json')) ?? '')?.[1];
    return Number(version) >= 7 || holdsEngine(at, /query_engine|query-engine/);
  });
}

/** Whether making the client would fetch an engine: every version wants that for schemas, though it does not use it. */
export function fetchesEngines(dir: string, tree = dir): boolean {
  return !hasPrismaEngines(dir, tree) || !modulesWithPrisma(dir, tree).every((at) => holdsEngine(at, /schema-engine/));
}

function modulesWithPrisma(dir: string, tree: string): string[] {
  return prismaModules(dir, tree).filter((at) => existsSync(join(at, '@prisma/client/package.json')));
}

/** Every `node_modules` in which the unit may find Prisma. */
export function prismaModules(dir: string, tree: string): string[] {
  const prisma = findPrisma(dir);
  // In a workspace it may lie beside the package that has the schema.
  const home = prisma === null ? tree : join(tree, dirname(prisma.schema), '..');
  const places = [...new Set([tree, home, workspaceRoot(tree)])].map((at) => join(at, 'node_modules'));
  return places.filter((at) => existsSync(at));
}

function holdsEngine(modules: string, name: RegExp): boolean {
  return ['@prisma/engines', '.prisma/client']
    .map((place) => join(modules, place))
    .some((place) => existsSync(place) && readdirSync(place).some((file) => name.test(file)));
}

/** What stands in for the engines while the client is made. */
export const standIns = 'export PRISMA_SCHEMA_ENGINE_BINARY=/bin/true PRISMA_QUERY_ENGINE_LIBRARY=/bin/true';

/**
 * A start or build command without the steps that migrate by Prisma: we have applied its migrations as SQL, its own
 * engine would find a database that it does not know.
 */
export function withoutPrismaMigrations(command: string): string {
  const steps = command.split(/\s*&&\s*/);
  const kept = steps.filter((step) => !/^(?:\S+=\S+\s+)*(?:npx |pnpm (?:exec |dlx )?|yarn |bunx )?prisma (?:migrate|db push)\b/.test(step));
  return kept.length === 0 ? command : kept.join(' && ');
}
