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
import { pythonStart } from './python.ts';
import { plugAndPlay } from './pnp.ts';
import { findStart, type Start } from './plan.ts';
import { hasPrismaEngines } from './prisma.ts';
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

/** Services that the ground cannot offer; known by the packages that speak to them. */
const absent: readonly { readonly name: string; readonly dependencies: readonly string[]; readonly key: string }[] = [
  { name: 'MongoDB', dependencies: ['mongoose', 'mongodb'], key: 'MONGODB_URI' },
  { name: 'MySQL', dependencies: ['mysql', 'mysql2'], key: 'DB_CLIENT' },
  { name: 'Kafka', dependencies: ['kafkajs'], key: 'KAFKA_BROKERS' },
  { name: 'RabbitMQ', dependencies: ['amqplib'], key: 'RABBITMQ_URL' },
];
const postgres = [
  'pg',
  'postgres',
  '@neondatabase/serverless',
  '@vercel/postgres',
  'pg-promise',
  'slonik',
  '@prisma/client',
  'typeorm',
  'sequelize',
];

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
  missing.push(...missingServices(manifest));
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

function missingServices(manifest: Manifest): string[] {
  const hasPostgres = postgres.some((name) => manifest.dependencies.has(name));
  return absent
    .filter(({ dependencies }) => dependencies.some((name) => manifest.dependencies.has(name)))
    .map(({ name, key }) =>
      hasPostgres
        ? `it can use ${name}, which the proving ground does not offer: if it does not start, turn it off with "env": { "${key}": "..." } in seaworthy.json`
        : `it wants ${name}, which the proving ground does not offer: it may not start, or answer only in part`,
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
