import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { Manifest } from './manifest.ts';
import type { MigrationPlan } from './migrations.ts';
import { findPrisma } from './prisma.ts';

const sqliteDrivers = ['better-sqlite3', 'sqlite3', 'sqlite', '@libsql/client', 'libsql', 'sql.js', '@prisma/adapter-better-sqlite3'];
const postgresDrivers = [
  'pg',
  'postgres',
  '@neondatabase/serverless',
  '@vercel/postgres',
  'pg-promise',
  'slonik',
  'pg-native',
  '@prisma/adapter-pg',
];

/** What the app has to speak to SQLite with: packages among its dependencies, or Node's own module. */
export function driversOf(dir: string, manifest: Manifest): string[] {
  return [...sqliteDrivers.filter((name) => manifest.dependencies.has(name)), ...(importsBuiltIn(dir) ? ['node:sqlite'] : [])];
}

/** Whether the app is made for SQLite alone: its schema says so, or it has no other driver. */
export function isForSqlite(dir: string, manifest: Manifest): boolean {
  const provider = declaredProvider(dir);
  if (provider !== null) return provider === 'sqlite';
  if (postgresDrivers.some((name) => manifest.dependencies.has(name))) return false;
  return driversOf(dir, manifest).length > 0;
}

/** The same plan for an app that is made for SQLite: its SQL files go into its own file, not into the ground's Postgres. */
export function forSqlite(plan: MigrationPlan, dir: string, env: Readonly<Record<string, string>>): MigrationPlan {
  if (plan.kind !== 'files') return plan;
  const file = fileOf(dir, env);
  if (file === null) return { kind: 'none', from: `${plan.from}, left alone: they are for SQLite, and nothing says into which file` };
  const words = [file, ...plan.files].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return { kind: 'command', from: plan.from, command: `node --disable-warning=ExperimentalWarning -e '${applyFiles}' ${words.join(' ')}` };
}

/** Runs in the app's place, for it is the app's SQL. What fails does not keep the rest from being done. */
const applyFiles = [
  'const [file, ...parts] = process.argv.slice(1)',
  'require("fs").mkdirSync(require("path").dirname(file), { recursive: true })',
  'const db = new (require("node:sqlite").DatabaseSync)(file)',
  'for (const part of parts) try { db.exec(require("fs").readFileSync(part, "utf8")) } catch (e) { process.exitCode = 1; console.error(part + ": " + e.message) }',
].join('; ');

/** The file that Prisma's schema, Drizzle's settings or the environment name, relative to the app; null when none does. */
function fileOf(dir: string, env: Readonly<Record<string, string>>): string | null {
  const prisma = findPrisma(dir);
  const text = prisma === null ? settingsOf(dir) : (/datasource\s+\w+\s*\{([^}]*)\}/.exec(read(join(dir, prisma.schema)))?.[1] ?? '');
  const [, literal, name] =
    /\burl\s*[:=]\s*(?:["'`]([^"'`]+)["'`]|env\("(\w+)"\))/.exec(text) ?? /\burl\s*[:=]\s*()process\.env\.(\w+)/.exec(text) ?? [];
  const url = literal || env[name ?? 'DATABASE_URL'] || '';
  if (url === '' || /^\w+:\/\//.test(url)) return null;
  const path = url.replace(/^(?:file|sqlite):/, '').replace(/\?.*$/, '');
  if (isAbsolute(path)) return null;
  // Prisma counts from the directory of its schema.
  return normalize(prisma === null ? path : join(dirname(prisma.schema), path));
}

/** The kind of database that Prisma's schema or Drizzle's settings name; null without either. */
function declaredProvider(dir: string): string | null {
  const prisma = findPrisma(dir);
  if (prisma !== null) {
    const source = /datasource\s+\w+\s*\{([^}]*)\}/.exec(read(join(dir, prisma.schema)))?.[1] ?? '';
    return /provider\s*=\s*"(\w+)"/.exec(source)?.[1] ?? null;
  }
  const dialect = /dialect:\s*["'](\w+)["']/.exec(settingsOf(dir))?.[1] ?? null;
  return dialect === 'turso' ? 'sqlite' : dialect;
}

/** The text of Drizzle's settings. */
function settingsOf(dir: string): string {
  return ['drizzle.config.ts', 'drizzle.config.js', 'drizzle.config.mjs'].map((file) => read(join(dir, file))).join('\n');
}

/** Whether one of the app's own files near its root imports `node:sqlite`. */
function importsBuiltIn(dir: string): boolean {
  return ['', 'src', 'server', 'src/db', 'db', 'lib', 'src/lib'].some((folder) => {
    const at = join(dir, folder);
    if (!existsSync(at)) return false;
    return readdirSync(at, { withFileTypes: true }).some(
      (entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name) && /["']node:sqlite["']/.test(read(join(at, entry.name))),
    );
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
