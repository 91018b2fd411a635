import { posix } from 'node:path';
import { messageOf } from '../model/errors.ts';
import type { Migration } from '../model/evidence/supply.ts';
import type { Gap } from '../model/words.ts';
import { emptySchema, readMigration } from '../source/hazards.ts';
import type { ReadScript, Running, SchemaSoFar } from '../source/hazards.ts';
import { loadSqlParser } from '../source/sql.ts';
import { sha256 } from '../world/hash.ts';
import type { Tree } from '../world/tree.ts';
import { factsVersion } from './code/facts.ts';
import { sourcesOf } from './code/load.ts';
import { defineCollector } from './context.ts';
import type { ReadContext } from './context.ts';
import { codeMigration } from './migrations/builders.ts';
import { migrationFolders } from './migrations/folders.ts';
import type { MigrationFolder } from './migrations/folders.ts';
import { ascii, openPack } from './pack.ts';

/** Raised whenever a migration is judged otherwise; part of the cache key. */
const rulesVersion = 1;
const maxBytes = 2 * 1024 * 1024;

interface Outcome {
  readonly migrations: Migration[];
  readonly gaps: Gap[];
}

export default defineCollector({
  name: 'read/migrations',
  needs: [],
  yields: 'migrations',
  async run(_given, context) {
    const { folders, gaps } = await migrationFolders(context.tree);
    const pack = openPack(
      context.cacheDir,
      `migrations-${sha256(context.tree.root).slice(0, 16)}`,
      `${context.toolVersion}-${rulesVersion}-${factsVersion}`,
    );
    const migrations: Migration[] = [];
    for (const folder of folders) {
      const digests = await Promise.all(folder.files.map(({ path }) => context.tree.digest(path)));
      const key = sha256(JSON.stringify([folder, digests]));
      const stored = pack.get(key);
      const found: Outcome = stored === undefined ? await read(folder, context) : (JSON.parse(stored) as Outcome);
      if (stored === undefined) pack.put(key, ascii(JSON.stringify(found)));
      migrations.push(...found.migrations);
      gaps.push(...found.gaps);
    }
    pack.save();
    return { value: { migrations }, gaps };
  },
});

async function read(folder: MigrationFolder, context: ReadContext): Promise<Outcome> {
  const gaps: Gap[] = [];
  const migrations: Migration[] = [];
  const schema = emptySchema();
  await loadSqlParser();
  for (const [index, { path, back }] of folder.files.entries()) {
    try {
      const found = path.endsWith('.sql')
        ? await sqlMigration(context.tree, path, folder, schema)
        : await inCode(context, path, folder.running);
      if (found === null) continue;
      const { hazards, loses, understood, unread } = found;
      if (unread > 0)
        gaps.push({ file: path, reason: `${unread} of ${unread + understood} statements are not PostgreSQL's, or were not understood` });
      migrations.push({
        file: path,
        tool: folder.tool,
        first: index === 0,
        understood,
        unread,
        hazards: index === 0 ? [] : hazards,
        back: back ?? found.back ?? 'unsupported',
        loses: index === 0 ? [] : loses,
      });
    } catch (thrown) {
      gaps.push({ file: path, reason: messageOf(thrown).slice(0, 200) });
    }
  }
  const sum = (of: 'understood' | 'unread') => migrations.reduce((all, one) => all + one[of], 0);
  if (folder.tool === 'sql' && sum('unread') * 4 > sum('understood'))
    return { migrations: [], gaps: [{ file: folder.dir, reason: 'migrations that are not written for PostgreSQL, which are not judged' }] };
  return { migrations, gaps };
}

type Found = ReadScript & { readonly back: Migration['back'] | null };

/** Marks of tools that keep both directions in one file: dbmate, goose, node-pg-migrate, Rambler. */
const downMark = /^--\s*(migrate:down|\+goose Down|Down Migration|rambler down)\b.*$/im;

async function sqlMigration(tree: Tree, path: string, folder: MigrationFolder, schema: SchemaSoFar): Promise<Found> {
  const bytes = await tree.read(path);
  if (bytes.length > maxBytes) throw new Error(`larger than ${maxBytes / 1024 / 1024} MiB`);
  const text = bytes.toString('utf8');
  const mark = downMark.exec(text);
  const read = readMigration(mark === null ? text : text.slice(0, mark.index), folder.running, schema);
  if (mark === null) return { ...read, back: null };
  const back = readMigration(text.slice(mark.index), folder.running, emptySchema());
  return { ...read, back: back.understood + back.unread > 0 ? 'written' : 'empty' };
}

async function inCode(context: ReadContext, path: string, running: Running): Promise<Found | null> {
  const { readings } = await sourcesOf(context);
  const facts = readings.find((one) => one.path === path)?.facts();
  if (facts === undefined) return null;
  if (typeof facts === 'string') throw new Error(facts);
  return codeMigration({ path, unit: posix.dirname(path), facts }, running);
}
