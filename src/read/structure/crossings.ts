import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Program } from '../code.ts';

type Crossing = EvidenceValue<'structure'>['crossings'][number];

/** Packages that only a server can run; seeing one in code for browsers means that server code was sent to them, or that it cannot be built. */
const serverOnly =
  /^(npm:(pg|pg-pool|postgres|mysql2?|better-sqlite3|sqlite3|mongodb|mongoose|ioredis|redis|express|fastify|koa|@nestjs\/(core|common)|@hapi\/hapi|bcrypt|bcryptjs|argon2|jsonwebtoken|nodemailer|server-only|@prisma\/client|typeorm|sequelize|knex|drizzle-orm\/(node-postgres|postgres-js|neon-http|neon-serverless|mysql2|better-sqlite3)|stripe)|node:(fs|fs\/promises|child_process|net|tls|http|https|worker_threads|cluster|dgram))$/;
const most = 50;

/** The shortest way from code for browsers to code that only a server can run. */
export function crossingsOf(
  { files, resolve }: Program,
  graph: ReadonlyMap<string, readonly string[]>,
  clients: ReadonlySet<string>,
): Crossing[] {
  const because = new Map<string, string>();
  for (const [path, { facts }] of files) {
    for (const [specifier, , typeOnly] of facts.imports) {
      const target = resolve(path, specifier);
      if (!typeOnly && 'package' in target && serverOnly.test(target.package)) because.set(path, target.package.replace(/^npm:/, ''));
    }
  }
  const found: Crossing[] = [];
  const told = new Set<string>();
  for (const start of clients) {
    const file = files.get(start);
    if (file === undefined || found.length >= most) continue;
    const way = wayFrom(
      start,
      graph,
      (path) => because.has(path) && !clients.has(path),
      (path) => isBorder(files, path),
    );
    const end = way?.at(-1);
    const next = way?.[1];
    if (way === null || end === undefined || next === undefined || told.has(`${way.at(-2)}\0${end}`)) continue;
    told.add(`${way.at(-2)}\0${end}`);
    const line = file.facts.imports.find(([specifier]) => {
      const target = resolve(start, specifier);
      return 'file' in target && target.file === next;
    })?.[1];
    found.push({ way, line: line ?? 1, because: because.get(end) ?? '' });
  }
  return found;
}

/** Modules whose first words are `use server` are called over the network, not sent along. */
function isBorder(files: Program['files'], path: string): boolean {
  const [first] = files.get(path)?.facts.functions[0]?.b ?? [];
  return first?.k === 'x' && first.e.k === 'lit' && first.e.v === 'use server';
}

function wayFrom(
  start: string,
  graph: ReadonlyMap<string, readonly string[]>,
  isEnd: (path: string) => boolean,
  isBlocked: (path: string) => boolean,
): string[] | null {
  const from = new Map<string, string | null>([[start, null]]);
  const pending = [start];
  for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
    if (at !== start && isEnd(at)) {
      const way: string[] = [];
      for (let one: string | null = at; one !== null; one = from.get(one) ?? null) way.unshift(one);
      return way;
    }
    for (const next of graph.get(at) ?? [])
      if (!from.has(next) && !isBlocked(next)) {
        from.set(next, at);
        pending.push(next);
      }
  }
  return null;
}
