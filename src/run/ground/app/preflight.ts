import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../../model/errors.ts';
import { findServices } from '../services.ts';
import type { RunConfig } from '../types.ts';
import { frameworkOf } from './frameworks.ts';
import { managersOf } from './managers.ts';
import { readManifest, workspaceRoot, type Manifest } from './manifest.ts';
import { findMigrations } from './migrations.ts';
import { findStart, type Start } from './plan.ts';
import { hasPrismaEngines } from './prisma.ts';

/** What will happen when the app is run, and what is missing for that; all in words for a person. */
export interface Preflight {
  readonly packageManager: string | null;
  readonly framework: string | null;
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

/** Says what running the app in `dir` would do. Only reads; takes milliseconds. */
export function preflight(dir: string, config: RunConfig | undefined): Preflight {
  const manifest = readManifest(dir);
  const root = workspaceRoot(dir);
  const manager = [dir, root].flatMap(managersOf).toSorted((a, b) => bare(a.lock) - bare(b.lock))[0] ?? null;
  const missing: string[] = [];
  let start: Start | null = null;
  try {
    start = findStart(dir, config);
  } catch (thrown) {
    missing.push(messageOf(thrown));
  }
  const tool = manager?.tool ?? 'npm';
  if (manifest.hasDependencies && ![dir, root].some((at) => existsSync(join(at, 'node_modules'))))
    missing.push(`the dependencies are not installed: run "${tool} install" in the app's folder, or pass --install`);
  if (!hasPrismaEngines(dir))
    missing.push('Prisma\'s engine is not in node_modules: run "npx prisma generate" in the app\'s folder, with the network');
  const beside = findServices(dir);
  for (const { name, debian } of beside.missing)
    missing.push(
      `it uses ${name}, which is not on this machine: install it (Debian and Ubuntu: apt-get install ${debian}), and the proving ground starts one of its own`,
    );
  missing.push(...missingServices(manifest));
  return {
    packageManager: manager?.tool ?? null,
    framework: frameworkOf(manifest)?.name ?? null,
    build: start?.build ?? null,
    migrations: findMigrations(dir, config).from,
    start: start?.start ?? null,
    services: beside.found.map(({ name }) => name),
    missing,
  };
}

function bare(lock: string): number {
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
