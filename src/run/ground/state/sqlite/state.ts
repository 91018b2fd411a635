import { statSync } from 'node:fs';
import { type FoundRow, rowsShown, type Unguessable, unguessableValues } from './answers.ts';
import { type Row, type RowChange, type Sequences, type State, StateError } from '../types.ts';
import { quoted, textOf } from './cells.ts';
import { connect, inTransaction, type SqliteFile, stateError } from './connection.ts';
import { type Bounds, type Difference, differences, type Snapshot, type StoredRow, takeSnapshot } from './snapshot.ts';
import type { Table } from './catalogue.ts';
import { netChanges, putBack } from './undo.ts';

export interface SqliteStateOptions {
  /** The first is `main`. At most eleven. */
  readonly files: readonly SqliteFile[];
  /** Changes told at once; 200,000 when absent. Beyond them `changes` throws `needs-restore`. */
  readonly maxChanges?: number;
  /** 50,000 rows and 64 MiB a table when absent (a look at one so large takes a tenth of a second); larger tables are `blind`. */
  readonly bounds?: Bounds;
}

/** A {@link State} over files, which can also say cheaply whether anything was committed. */
export interface SqliteState extends State {
  /** Another text when somebody else has committed since; throws {@link StateError} `blocked` under an exclusive lock. */
  version(): string;
  /** The rows that an answer shows beyond doubt, as they are since the last look. */
  shown(answer: string): FoundRow[];
}

/** One change as it can be taken back: exact cells, and the look that it was told in. */
interface Noted {
  readonly look: number;
  readonly difference: Difference;
}

/**
 * Watches the rows of an app's SQLite files by comparing them with what they were, through a connection of its own. Transactions
 * cannot be seen: `transaction` is a number of its own for every change, and the changes of one look stand in the order
 * of tables and rows. Throws {@link StateError}.
 */
export async function openSqliteState(options: SqliteStateOptions): Promise<SqliteState> {
  const { files, maxChanges = 200_000, bounds = { rows: 50_000, bytes: 64 * 1_048_576 } } = options;
  const schemas = files.map((file) => file.schema);
  let db = connect(files, 'rows');
  let inodes = inodesOf(files);
  let seen = '';
  /** Built when an answer is looked at, until a row changes. */
  let values: Unguessable | null = null;
  let looks = 0;
  const notes = new Map<string, Noted>();
  /** Per look: what was told, and what a virtual table changed of its own beside it. */
  const told = new Map<number, { count: number; hidden: Difference[] }>();

  const version = () => {
    try {
      return schemas.map((schema) => db.prepare(`PRAGMA ${quoted(schema)}.data_version`).get()?.['data_version']).join();
    } catch (thrown) {
      throw stateError(thrown);
    }
  };
  /** An app may put a whole new file in the place of the old one. */
  const followFile = () => {
    const now = inodesOf(files);
    if (now === inodes) return;
    const fresh = connect(files, 'rows');
    db.close();
    db = fresh;
    inodes = now;
    seen = '';
  };
  const read = () =>
    inTransaction(db, 'BEGIN', () => {
      seen = version();
      values = null;
      return takeSnapshot(db, schemas, bounds);
    });
  let current = await read();

  const note = (list: readonly Difference[]): RowChange[] => {
    const look = ++looks;
    const open = list.filter((difference) => !difference.table.hidden);
    told.set(look, { count: open.length, hidden: list.filter((difference) => difference.table.hidden) });
    const changes = open.map((difference, index) => {
      const transaction = `${look}.${index + 1}`;
      notes.set(transaction, { look, difference });
      return changeOf(difference, transaction);
    });
    for (const [oldest, { look: from }] of notes) {
      if (notes.size <= maxChanges) break;
      notes.delete(oldest);
      told.delete(from);
    }
    return changes;
  };

  const changes = async (): Promise<RowChange[]> => {
    followFile();
    if (seen === version()) return [];
    const before = current;
    current = await read();
    const definitions = definitionChanges(before, current);
    const grown = current.tooLarge.find((one) => !before.tooLarge.some((other) => other.table === one.table));
    if (grown) throw new StateError('needs-restore', `${grown.table} now holds ${grown.reason}`);
    const rows = differences(before, current);
    if (rows.length > maxChanges) throw new StateError('needs-restore', `more than ${maxChanges} changes at once`);
    return [...definitions, ...note(rows)];
  };

  const undo = async (list: readonly RowChange[]) => {
    if (list.length === 0) return;
    const noted = list.map((change) => {
      if (change.op === 'schema')
        throw new StateError('needs-restore', `${change.key['command']} of ${change.table} cannot be undone row by row`);
      const found = notes.get(change.transaction);
      if (found?.difference.table.shown !== change.table)
        throw new StateError('needs-restore', `the change of ${change.table} was not told here, or too long ago`);
      return found;
    });
    noted.sort((a, b) => a.look - b.look);
    const complete = [...new Set(noted.map((one) => one.look))].flatMap((look) => {
      const all = told.get(look);
      return all && noted.filter((one) => one.look === look).length === all.count ? all.hidden : [];
    });
    const net = netChanges([...noted.map((one) => one.difference), ...complete]);
    followFile();
    await inTransaction(db, 'BEGIN IMMEDIATE', () => putBack(db, net));
    values = null;
    for (const { table, before, after } of net) {
      const rows = current.rows.get(table.shown);
      if (after) rows?.delete(after.id);
      if (before) rows?.set(before.id, before.cells);
    }
  };

  let turn: Promise<unknown> = Promise.resolve();
  /** One thing at a time, in the order asked. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };

  return {
    version,
    shown: (answer) => rowsShown((values ??= unguessableValues(current)), answer),
    mark: () =>
      inTurn(async () => {
        followFile();
        if (seen !== version()) current = await read();
      }),
    changes: () => inTurn(changes),
    undo: (list) => inTurn(() => undo(list)),
    sequences: () =>
      inTurn(() =>
        inTransaction(db, 'BEGIN', () => {
          const found: Sequences = {};
          for (const schema of counting(schemas, db)) {
            const rows = db.prepare(`SELECT name, CAST(seq AS text) AS seq FROM ${quoted(schema)}.sqlite_sequence`).all();
            for (const row of rows) found[`${schema}.${String(row['name'])}`] = { lastValue: String(row['seq']), isCalled: true };
          }
          return found;
        }),
      ),
    restoreSequences: (sequences) =>
      inTurn(() =>
        inTransaction(db, 'BEGIN IMMEDIATE', () => {
          for (const schema of counting(schemas, db)) {
            const table = `${quoted(schema)}.sqlite_sequence`;
            db.exec(`DELETE FROM ${table}`);
            for (const [name, { lastValue }] of Object.entries(sequences))
              if (name.startsWith(`${schema}.`))
                db.prepare(`INSERT INTO ${table} (name, seq) VALUES (?, ?)`).run(name.slice(schema.length + 1), BigInt(lastValue));
          }
        }),
      ),
    blind: () => inTurn(async () => [...current.catalogue.blind, ...current.tooLarge]),
    close: () => inTurn(async () => db.close()),
  };
}

function counting(schemas: readonly string[], db: ReturnType<typeof connect>): string[] {
  return schemas.filter((schema) => db.prepare(`SELECT 1 FROM ${quoted(schema)}.sqlite_schema WHERE name = 'sqlite_sequence'`).get());
}

function inodesOf(files: readonly SqliteFile[]): string {
  return files
    .map(({ path }) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat) throw new StateError('unavailable', 'the database file is no longer there');
      return `${stat.dev}:${stat.ino}`;
    })
    .join();
}

function changeOf({ table, before, after }: Difference, transaction: string): RowChange {
  const [old, fresh] = [before && rowOf(table, before), after && rowOf(table, after)];
  const row = fresh ?? old ?? {};
  return {
    table: table.shown,
    op: old === null ? 'insert' : fresh === null ? 'delete' : 'update',
    key: table.key.length === 0 ? row : Object.fromEntries(table.key.map((column) => [column, row[column] ?? null])),
    before: old,
    after: fresh,
    transaction,
  };
}

function rowOf(table: Table, row: StoredRow): Row {
  return Object.fromEntries(table.columns.map((column, index) => [column, textOf(row.cells[index] ?? null)]));
}

/** What was created, dropped or altered. */
function definitionChanges(before: Snapshot, after: Snapshot): RowChange[] {
  const found: RowChange[] = [];
  const [old, fresh] = [before.catalogue.objects, after.catalogue.objects];
  for (const id of new Set([...old.keys(), ...fresh.keys()])) {
    const [was, is] = [old.get(id), fresh.get(id)];
    if (was?.sql === is?.sql) continue;
    const verb = was === undefined ? 'CREATE' : is === undefined ? 'DROP' : 'ALTER';
    const kind = (id.split(' ')[1] ?? '').toUpperCase();
    found.push({
      table: (is ?? was)?.table ?? '',
      op: 'schema',
      key: { command: `${verb} ${kind}` },
      before: null,
      after: null,
      transaction: '',
    });
  }
  return found;
}
