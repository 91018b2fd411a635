import { sha256 } from '../../world/hash.ts';
import { programOf } from '../code.ts';
import type { Program } from '../code.ts';
import type { ReadContext } from '../context.ts';

/** For tests: applications that live in memory, what is read of them, and the guards that many of them use. */

type Files = Readonly<Record<string, string | Buffer>>;

/** The context of a collector over a tree that lives in memory. */
export function contextOf(files: Files, cacheDir: string | null = null): ReadContext {
  const paths = Object.keys(files).sort();
  return {
    tree: {
      root: '/app',
      files: paths.map((path) => ({ path, bytes: Buffer.byteLength(files[path] ?? '') })),
      skipped: [],
      commit: null,
      tracked: null,
      absolute: (path) => `/app/${path}`,
      read: async (path) => Buffer.from(files[path] ?? ''),
      digest: async (path) => sha256(files[path] ?? ''),
    },
    cacheDir,
    jobs: 1,
    toolVersion: 'test',
    now: new Date('2026-11-01'),
    online: false,
  };
}

/** What is read of a tree. */
export function read(files: Files): Promise<Program> {
  return programOf(contextOf(files));
}

/** What is read of an Express application around the given lines, which begin on line 5 of `src/app.ts`. */
export function app(body: string, more: Files = {}): Promise<Program> {
  return read({
    'src/app.ts': `import express from 'express';\nimport pg from 'pg';\nconst pool = new pg.Pool();\nconst app = express();\n${body}\napp.listen(3000);`,
    ...more,
  });
}

/** The ids of the endpoints, in the order in which they are told. */
export function ids(program: Program): string[] {
  return program.routes.map(({ id }) => id);
}

/** The first endpoint of such an application. */
export async function first(body: string, more: Files = {}): Promise<Program['routes'][number]> {
  const route = (await app(body, more)).routes[0];
  if (route === undefined) throw new Error('no route was found');
  return route;
}

/** What each guard before the first endpoint does. */
export async function does(body: string, more: Files = {}): Promise<string[]> {
  return (await first(body, more)).guards.map((one) => `${one.does.join('+')}${one.refuses ? '' : ' (never refuses)'}`);
}

/** The verdict about each hole of every statement. */
export async function holes(body: string, more: Files = {}): Promise<string[]> {
  return (await app(body, more)).queries.flatMap((one) => one.holes.map(({ verdict }) => verdict));
}

/** A module with a guard that authenticates, one that asks for a role, and a wrapper of handlers. */
export const auth = `
import jwt from 'jsonwebtoken';
export function authenticate(req, res, next) {
  const token = req.headers.authorization;
  if (!token) return res.status(401).end();
  try { req.user = jwt.verify(token, process.env.SECRET); next(); } catch { res.status(401).end(); }
}
export const requireRole = (...roles) => (req, res, next) => {
  if (!roles.includes(req.user.role)) return res.status(403).end();
  next();
};
export const wrap = (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next);
`;

/** That module beside the application, and the line that imports it. */
export const withAuth = { 'src/auth.ts': auth };
export const importAuth = `import { authenticate, requireRole, wrap } from './auth.js';`;
