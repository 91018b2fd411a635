import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from './manifest.ts';
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

/** Packages for SQLite among the dependencies. */
export function driversOf(manifest: Manifest): string[] {
  return sqliteDrivers.filter((name) => manifest.dependencies.has(name));
}

/** Whether the app is made for SQLite alone: its schema says so, or it has no other driver. */
export function isForSqlite(dir: string, manifest: Manifest): boolean {
  const provider = declaredProvider(dir);
  if (provider !== null) return provider === 'sqlite';
  if (postgresDrivers.some((name) => manifest.dependencies.has(name))) return false;
  return driversOf(manifest).length > 0 || importsBuiltIn(dir);
}

/** The kind of database that Prisma's schema or Drizzle's settings name; null without either. */
function declaredProvider(dir: string): string | null {
  const prisma = findPrisma(dir);
  if (prisma !== null) {
    const source = /datasource\s+\w+\s*\{([^}]*)\}/.exec(read(join(dir, prisma.schema)))?.[1] ?? '';
    return /provider\s*=\s*"(\w+)"/.exec(source)?.[1] ?? null;
  }
  const settings = ['drizzle.config.ts', 'drizzle.config.js', 'drizzle.config.mjs'].map((file) => read(join(dir, file))).join('\n');
  const dialect = /dialect:\s*["'](\w+)["']/.exec(settings)?.[1] ?? null;
  return dialect === 'turso' ? 'sqlite' : dialect;
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
