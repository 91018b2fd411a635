import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { messageOf } from '../../../../model/errors.ts';
import { StateError } from '../types.ts';
import { type Cell, quoted } from './cells.ts';

/** One file of the app's data: where it lies, and the name before the dot of its tables; `main` for the first. */
export interface SqliteFile {
  readonly path: string;
  readonly schema: string;
}

/** How long a lock of the app is waited for. */
const patience = { longestMs: 3_000, stepMs: 10 };

/**
 * Opens the files over one connection, under their names. The connection trusts nothing that stands in the files and never waits for a
 * lock: nothing else in this process could answer the app meanwhile. To put `rows` back it enforces no constraint but unique ones;
 * for `queries`, which may write rows that were never there, it enforces all.
 */
export function connect(files: readonly SqliteFile[], use: 'rows' | 'queries'): DatabaseSync {
  const [first, ...others] = files;
  if (!first) throw new StateError('unavailable', 'no SQLite file was named');
  files.forEach(refuseLinks);
  let db: DatabaseSync | null = null;
  try {
    const queries = use === 'queries';
    // The index of a full-text search is put back by writing its hidden tables, which a defensive connection may not.
    db = new DatabaseSync(first.path, { enableForeignKeyConstraints: queries, timeout: 0, defensive: queries });
    db.exec(
      `PRAGMA trusted_schema = OFF; PRAGMA ignore_check_constraints = ${queries ? 'OFF' : 'ON'}; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON`,
    );
    for (const { path, schema } of others) db.exec(`ATTACH '${path.replaceAll("'", "''")}' AS ${quoted(schema)}`);
    return db;
  } catch (thrown) {
    db?.close();
    throw stateError(thrown);
  }
}

/** The app must not lead us to a file that it could not read itself: we see more of the machine than it does. */
function refuseLinks({ path }: SqliteFile): void {
  for (const at of [path, `${path}-wal`, `${path}-shm`, `${path}-journal`]) {
    const there = lstatSync(at, { throwIfNoEntry: false });
    if (there && !there.isFile()) throw new StateError('unavailable', 'the database file is no ordinary file');
  }
  if (!existsSync(path)) throw new StateError('unavailable', 'the database file is no longer there');
  if (realpathSync(path) !== path) throw new StateError('unavailable', 'the database file lies behind a symbolic link');
}

/** A statement that gives rows as arrays of exact cells. */
export function exact(
  db: DatabaseSync,
  text: string,
): StatementSync & { all(...values: Cell[]): unknown[]; get(...values: Cell[]): unknown } {
  const statement = db.prepare(text);
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  return statement;
}

/** Result codes of SQLite (sqlite.org/rescode.html), without their extension. */
function resultCode(thrown: unknown): number | null {
  return thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : null;
}

const busy: readonly (number | null)[] = [5, 6];
const gone: readonly (number | null)[] = [10, 11, 14, 26];

/** What SQLite said, as the state's own kind of error. */
export function stateError(thrown: unknown): StateError {
  if (thrown instanceof StateError) return thrown;
  const code = resultCode(thrown);
  if (busy.includes(code)) return new StateError('blocked', 'the app holds a lock on its database file', thrown);
  if (gone.includes(code)) return new StateError('unavailable', `the database file cannot be read: ${messageOf(thrown)}`, thrown);
  return new StateError('needs-restore', `rows could not be put back: ${messageOf(thrown)}`, thrown);
}

/** Does the work inside one transaction, and again for a while when a lock of the app is in its way. Throws {@link StateError}. */
export async function inTransaction<T>(db: DatabaseSync, begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): Promise<T> {
  const started = performance.now();
  for (;;) {
    try {
      db.exec(begin);
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (thrown) {
      if (db.isTransaction) db.exec('ROLLBACK');
      if (!busy.includes(resultCode(thrown)) || performance.now() - started > patience.longestMs) throw stateError(thrown);
    }
    await new Promise((resolve) => setTimeout(resolve, patience.stepMs));
  }
}
