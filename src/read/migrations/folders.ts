import { posix } from 'node:path';
import { parse as parseJsonc } from 'jsonc-parser';
import { z } from 'zod';
import type { Migration } from '../../model/evidence/supply.ts';
import type { Gap } from '../../model/words.ts';
import type { Running } from '../../source/hazards.ts';
import type { Tree } from '../../world/tree.ts';
import { manifestsOf } from '../manifest.ts';
import type { Manifest } from '../manifest.ts';

/** Migrations that one tool runs, in its order. */
export interface MigrationFolder {
  readonly dir: string;
  readonly tool: Migration['tool'];
  readonly running: Running;
  /** `back` where the files beside it tell. */
  readonly files: readonly { readonly path: string; readonly back: Migration['back'] | null }[];
}

const maxFiles = 2000;
const journal = z.looseObject({ dialect: z.string().optional(), entries: z.array(z.looseObject({ tag: z.string() })).optional() });

/** Finds the folders by what their tools keep there; SQL of other databases than PostgreSQL becomes a gap. */
export async function migrationFolders(tree: Tree): Promise<{ folders: MigrationFolder[]; gaps: Gap[] }> {
  const gaps: Gap[] = [];
  const folders: MigrationFolder[] = [];
  const manifests = await manifestsOf(tree);
  const byFolder = Map.groupBy(
    tree.files
      .map(({ path }) => path)
      .filter((path) => /(^|\/)(migrations?|migrate|drizzle)\//.test(path) && !/(^|\/)(fixtures|__tests__|tests?)\//.test(path)),
    (path) => folderOf(path),
  );
  for (const [dir, paths] of [...byFolder].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found =
      (await prisma(tree, dir, paths, gaps)) ?? (await drizzle(tree, dir, paths, gaps)) ?? plain(dir, paths, manifests.owner(`${dir}/x`));
    if (found === null || found.files.length === 0) continue;
    if (found.files.length > maxFiles)
      gaps.push({ file: dir, reason: `only the first ${maxFiles} of ${found.files.length} migrations were read` });
    folders.push({ ...found, files: found.files.slice(0, maxFiles) });
  }
  return { folders, gaps };
}

/** Up to and with the folder whose name says what lies in it. */
function folderOf(path: string): string {
  return /^(?:.*\/)?(?:migrations?|migrate|drizzle)(?=\/)/.exec(posix.dirname(path) + '/')?.[0] ?? posix.dirname(path);
}

async function prisma(tree: Tree, dir: string, paths: readonly string[], gaps: Gap[]): Promise<MigrationFolder | null> {
  const scripts = paths.filter((path) => /\/[^/]+\/migration\.sql$/.test(path)).sort();
  if (scripts.length === 0) return null;
  const lock = paths.find((path) => path.endsWith('/migration_lock.toml'));
  const provider = lock === undefined ? null : /provider\s*=\s*"(\w+)"/.exec((await tree.read(lock)).toString('utf8'))?.[1];
  if (provider !== null && provider !== undefined && !/^(postgres|cockroach)/.test(provider)) {
    gaps.push({ file: dir, reason: `migrations of ${provider}, which are not judged` });
    return { dir, tool: 'prisma', running: 'at-once', files: [] };
  }
  const all = new Set(paths);
  const files = scripts.map((path) => ({ path, back: all.has(path.replace(/migration\.sql$/, 'down.sql')) ? ('written' as const) : null }));
  return { dir, tool: 'prisma', running: 'at-once', files };
}

async function drizzle(tree: Tree, dir: string, paths: readonly string[], gaps: Gap[]): Promise<MigrationFolder | null> {
  const file = paths.find((path) => path === `${dir}/meta/_journal.json`);
  if (file === undefined) return null;
  const { dialect, entries } = journal.catch({}).parse(parseJsonc((await tree.read(file)).toString('utf8')));
  if (dialect !== undefined && !/^(pg|postgres)/.test(dialect)) {
    gaps.push({ file: dir, reason: `migrations of ${dialect}, which are not judged` });
    return { dir, tool: 'drizzle', running: 'wrapped', files: [] };
  }
  const known = new Set(paths);
  const named = (entries ?? []).map(({ tag }) => `${dir}/${tag}.sql`).filter((path) => known.has(path));
  const scripts = named.length > 0 ? named : paths.filter((path) => path.endsWith('.sql')).sort();
  return { dir, tool: 'drizzle', running: 'wrapped', files: scripts.map((path) => ({ path, back: null })) };
}

/** Scripts and code of the tools that the package declares. */
function plain(dir: string, paths: readonly string[], owner: Manifest | null): MigrationFolder | null {
  const own = paths.filter((path) => !/\.d\.ts$|(^|\/)(index|meta|snapshot)[^/]*$/.test(path.slice(dir.length + 1)));
  const scripts = own.filter((path) => path.endsWith('.sql'));
  const backward = /([._-]|\/)down\.sql$|(^|\/)U\d[\d._]*__[^/]*\.sql$|\.undo\.sql$|(^|\/)(down|rollback)\/[^/]+$/i;
  const forward = scripts.filter((path) => !backward.test(path)).sort(inOrder);
  if (forward.length > 0) {
    const flyway = forward.every((path) => /(^|\/)[VR][\d._]*__/.test(path));
    const tool = /(^|\/)supabase\/migrations$/.test(dir) ? 'supabase' : flyway ? 'flyway' : 'sql';
    // Somebody who has one way back meant to have it for all.
    const pairs = scripts.length > forward.length;
    const stems = new Set(scripts.filter((path) => backward.test(path)).map(stemOf));
    const files = forward.map((path) => ({
      path,
      back: pairs ? (stems.has(stemOf(path)) ? ('written' as const) : ('absent' as const)) : null,
    }));
    return { dir, tool, running: 'one-by-one', files };
  }
  const code = own.filter((path) => /\.[cm]?[jt]s$/.test(path) && /\d{3,}/.test(path.slice(path.lastIndexOf('/') + 1))).sort(inOrder);
  const names = new Set(Object.keys({ ...owner?.dependencies.runtime, ...owner?.dependencies.development }));
  const tool =
    (['typeorm', 'knex', 'sequelize', 'node-pg-migrate'] as const).find((name) => names.has(name)) ??
    (names.has('objection') ? 'knex' : null);
  if (code.length === 0 || tool === null) return null;
  const running = tool === 'sequelize' ? 'one-by-one' : 'wrapped';
  return { dir, tool, running, files: code.map((path) => ({ path, back: null })) };
}

/** What two directions of one migration have in common. */
function stemOf(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/[._-](up|down|undo)\.sql$|\.sql$/i, '')
    .replace(/^[VU](?=\d)/, '');
}

/** By the number that a name begins with, else by name. */
function inOrder(a: string, b: string): number {
  const [x, y] = [a, b].map((path) => /^[VR]?(\d+)/.exec(path.slice(path.lastIndexOf('/') + 1))?.[1] ?? '');
  return x !== '' && y !== '' && x !== y ? Number(x) - Number(y) : a < b ? -1 : 1;
}
