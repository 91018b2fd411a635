import { constants, type Stats } from 'node:fs';
import { chmod, chown, copyFile, mkdir, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { messageOf, SeaworthyError } from '../../../../model/errors.ts';
import type { Database } from '../../database.ts';
import { StateError } from '../types.ts';
import { type Cell, textOf } from './cells.ts';
import { connect, inTransaction, type SqliteFile } from './connection.ts';
import { readSqliteSchema } from './schema.ts';
import { openSqliteState, type SqliteState } from './state.ts';

/**
 * The app's SQLite files as its database. `kept` is the directory in which they are kept as they are now.
 * Throws {@link StateError} when they cannot be read.
 */
export async function openSqliteDatabase(files: readonly SqliteFile[], kept: string): Promise<Database> {
  const schemas = files.map((file) => file.schema);
  let state: SqliteState | null = null;
  let client: DatabaseSync | null = null;
  const owners = new Map<string, Stats>();
  const release = async () => {
    client?.close();
    client = null;
    await state?.close();
    state = null;
  };
  const queries = () => (client ??= connect(files, 'queries'));
  const watched = () => {
    if (!state) throw new SeaworthyError('ground-failed', 'the database is not watched yet');
    return state;
  };
  const giveBack = async (at: string) => {
    const before = owners.get(at);
    if (!before) return;
    await chown(at, before.uid, before.gid).catch(() => {}); // only root may give files away, and only then they are somebody else's
    await chmod(at, before.mode & 0o7777);
  };
  const database: Database = {
    kind: 'sqlite',
    state: watched,
    async sql(text, parameters) {
      const db = queries();
      try {
        return await inTransaction(db, 'BEGIN', () => {
          const statement = db.prepare(text.replace(/\$(\d+)/g, '?$1'));
          statement.setReadBigInts(true);
          return (
            statement
              // Whoever asks speaks as to Postgres: SQLite has no truth but 1 and 0.
              .all(...parameters.map((text) => (text === 'true' ? 1n : text === 'false' ? 0n : text)))
              .map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, textOf(cell as Cell)])))
          );
        });
      } catch (thrown) {
        const cause = thrown instanceof StateError ? thrown.cause : thrown;
        throw new SeaworthyError('ground-failed', `the statement failed on the app's SQLite file: ${messageOf(cause)}`, { cause });
      }
    },
    schema: async () => readSqliteSchema(queries(), schemas),
    shown: (answer) => watched().shown(answer),
    version() {
      try {
        return watched().version();
      } catch {
        return 'locked'; // whoever looks at the rows next says so
      }
    },
    async keep() {
      await release();
      owners.clear();
      await rm(kept, { recursive: true, force: true });
      await mkdir(kept);
      for (const { path, schema } of files) {
        for (const at of [dirname(path), path]) owners.set(at, await stat(at));
        const db = connect([{ path, schema: 'main' }], 'queries');
        try {
          await backup(db, join(kept, schema));
        } finally {
          db.close();
        }
      }
      state = await openSqliteState({ files });
    },
    async restore() {
      await release();
      for (const { path, schema } of files) {
        for (const companion of ['-wal', '-shm', '-journal']) await rm(path + companion, { force: true });
        // A reset of the files may have taken the directory, which the app had made at its start.
        await mkdir(dirname(path), { recursive: true });
        if ((await realpath(dirname(path))) !== dirname(path))
          throw new SeaworthyError('ground-failed', 'the directory of the database file lies behind a symbolic link');
        await rm(path, { force: true });
        await copyFile(join(kept, schema), path, constants.COPYFILE_EXCL);
        for (const at of [dirname(path), path]) await giveBack(at);
      }
      state = await openSqliteState({ files });
    },
    close: release,
  };
  await database.keep();
  return database;
}
