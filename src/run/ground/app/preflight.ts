import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../../model/errors.ts';
import { findServices } from '../services.ts';
import type { RunConfig } from '../types.ts';
import { frameworkOf } from './frameworks.ts';
import { managersOf } from './managers.ts';
import { readManifest, workspaceRoot, type Manifest } from './manifest.ts';
import { findMigrations } from './migrations.ts';
import { outdatedIn } from './outdated.ts';
import { driversOf } from './sqlite.ts';
import { pythonStart } from './python.ts';
import { plugAndPlay } from './pnp.ts';
import { findStart, type Start } from './plan.ts';
import { findPrisma, hasPrismaEngines, schemaText } from './prisma.ts';
import { standInFor } from './prisma-stand-in.ts';

/** What will happen when the app is run, and what is missing for that; all in words for a person. */
export interface Preflight {
  readonly packageManager: string | null;
  readonly framework: string | null;
  /** Its dependencies are installed first. */
  readonly install: boolean;
  /** Commands, as a person would type them; null when nothing is to be built, or nothing says how to start it. */
  readonly build: string | null;
  readonly migrations: string;
  readonly start: string | null;
  /** Services of this machine that the ground starts beside Postgres. */
  readonly services: readonly string[];
  /** Sentences that say what to do before it can run; empty when it can. */
  readonly missing: readonly string[];
}

/** Databases that the ground has not, by the packages that speak to them and by what Prisma calls them. */
const otherDatabases: readonly { readonly name: string; readonly packages: readonly string[]; readonly provider: string }[] = [
  { name: 'MongoDB', packages: ['mongoose', 'mongodb'], provider: 'mongodb' },
  { name: 'MySQL', packages: ['mysql', 'mysql2', 'mariadb'], provider: 'mysql' },
  { name: 'SQL Server', packages: ['mssql', 'tedious'], provider: 'sqlserver' },
];
/** Services that it has not. */
const otherServices: readonly { readonly name: string; readonly packages: readonly string[] }[] = [
  { name: 'Kafka', packages: ['kafkajs'] },
  { name: 'RabbitMQ', packages: ['amqplib'] },
];
const postgres = ['pg', 'postgres', '@neondatabase/serverless', '@vercel/postgres', 'pg-promise', 'slonik'];

/** Says what running a unit of the app in `root` would do, with `install` where its dependencies may be fetched. Only reads; takes milliseconds. */
export function preflight(root: string, unit: string, config: RunConfig | undefined, install = false): Preflight {
  const dir = join(root, unit);
  const manifest = readManifest(dir);
  const workspace = workspaceRoot(dir);
  const manager = [dir, workspace].flatMap(managersOf).toSorted((a, b) => withoutLock(a.lock) - withoutLock(b.lock))[0] ?? null;
  const missing: string[] = [];
  let start: Start | null = null;
  try {
    start = findStart(dir, config);
  } catch (thrown) {
    missing.push(messageOf(thrown));
  }
  const tool = manager?.tool ?? 'npm';
  const modules = [...new Set([dir, workspace])].map((at) => join(at, 'node_modules')).filter((at) => existsSync(at));
  const bare = manifest.hasDependencies && modules.length === 0 && plugAndPlay(dir, (path) => path) === null;
  if (bare && !install) missing.push(`the dependencies are not installed: run "${tool} install" in the app's folder, or pass --install`);
  const standIn = standInFor(dir, dir, root);
  if (!hasPrismaEngines(dir) && !standIn?.ready && !(standIn && install))
    missing.push(
      `Prisma's engine is not in node_modules: run "npx prisma generate" in the app's folder, with the network${standIn ? ', or pass --install, and its query compiler stands in' : ''}`,
    );
  missing.push(...outdatedIn(modules));
  const beside = findServices(dir);
  for (const { name, debian } of beside.missing)
    missing.push(
      `it uses ${name}, which is not on this machine: install it (Debian and Ubuntu: apt-get install ${debian}), and the proving ground starts one of its own`,
    );
  missing.push(...missingServices(dir, manifest));
  return {
    packageManager: manager?.tool ?? null,
    framework: frameworkOf(manifest)?.name ?? pythonStart(dir)?.framework ?? null,
    install: bare && install,
    build: start?.build ?? null,
    migrations: findMigrations(dir, config, root).from,
    start: start?.start ?? null,
    services: beside.found.map(({ name }) => name),
    missing,
  };
}

function withoutLock(lock: string): number {
  return Number(lock === 'package.json');
}

/** An app that can also use a database that we have gets that one: only what it cannot do without is missing. */
function missingServices(dir: string, manifest: Manifest): string[] {
  const has = (names: readonly string[]) => names.some((name) => manifest.dependencies.has(name));
  const prisma = findPrisma(dir);
  const provider =
    prisma === null ? null : (/datasource\s+\w+\s*\{[^}]*provider\s*=\s*"(\w+)"/.exec(schemaText(join(dir, prisma.schema)))?.[1] ?? null);
  const ours = has(postgres) || driversOf(dir, manifest).length > 0;
  const databases = otherDatabases.filter((each) => (provider === null ? !ours && has(each.packages) : provider === each.provider));
  return [...databases, ...otherServices.filter(({ packages }) => has(packages))].map(
    ({ name }) => `it wants ${name}, which the proving ground does not offer: it may not start, or answer only in part`,
  );
}

/** The plan in one line for a person, with what is missing apart. */
export function inWords(plan: Preflight): { how: string; missing: string[] } {
  const what = [plan.framework ?? 'the app', ...(plan.packageManager === null ? [] : [`with ${plan.packageManager}`])].join(' ');
  const steps = [
    ...(plan.install ? ['install its dependencies'] : []),
    ...(plan.build === null ? [] : [`build (${short(plan.build)})`]),
    plan.migrations.startsWith('no') ? plan.migrations : `migrate (${short(plan.migrations)})`,
    plan.start === null ? 'no way to start it was found' : `start (${short(plan.start)})`,
  ];
  const beside = plan.services.length === 0 ? '' : `; beside it ${plan.services.join(', ')}`;
  return { how: `${what}: ${steps.join(', ')}${beside}`, missing: [...plan.missing] };
}

/** Short, and without the values of variables that it sets. */
function short(whole: string): string {
  const command = whole.replace(/\b([A-Z_][A-Z0-9_]*)=(?:"[^"]*"|'[^']*'|\S+)/g, '$1=...');
  return command.length > 60 ? `${command.slice(0, 57)}...` : command;
}
