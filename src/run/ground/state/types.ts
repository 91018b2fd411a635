/** Cells in Postgres text form (ISO dates in UTC, hex bytea, `t` / `f`), by column name. */
export type Row = Record<string, string | null>;

/** One committed change of one row, or of a whole table. */
export interface RowChange {
  /** `schema.table`, unquoted; of a partitioned table the partition that holds the row. */
  table: string;
  /** `schema` stands for data definition: `table` is then the object, and `key` holds the command. */
  op: 'insert' | 'update' | 'delete' | 'truncate' | 'schema';
  /** Primary key columns as they are after the change (before it for a delete), else the whole row. */
  key: Row;
  /** The row before; null for an insert. */
  before: Row | null;
  /** The row after; null for a delete. Columns that are computed when read are left out. */
  after: Row | null;
  /** Transaction id. */
  transaction: string;
}

/** Where the sequences stand, by `schema.sequence`. */
export type Sequences = Record<string, { lastValue: string; isCalled: boolean }>;

/** What happened to the rows of one database since the last look, and its undoing. */
export interface State {
  /** Forgets everything committed up to now. */
  mark(): Promise<void>;
  /**
   * Everything committed since the last `mark` or `changes`, in commit order; each change is told once. Changes of a
   * transaction that is still open are told when it has committed.
   */
  changes(): Promise<RowChange[]>;
  /**
   * Applies the inverse of the changes, last first, in one transaction without triggers and foreign keys; `changes` will
   * not tell of it. All or nothing. Throws {@link StateError}.
   */
  undo(changes: readonly RowChange[]): Promise<void>;
  sequences(): Promise<Sequences>;
  restoreSequences(sequences: Sequences): Promise<void>;
  /** Tables whose changes cannot be seen, with the reason. */
  blind(): Promise<{ table: string; reason: string }[]>;
  close(): Promise<void>;
}

/** Where the database is and who may look into it. */
export interface StateOptions {
  /** Directory of the unix socket. */
  socketDir: string;
  port: number;
  /** A superuser who is trusted over that socket. */
  user: string;
  /**
   * Who puts rows back: a role with `pg_write_all_data`, BYPASSRLS and the right to set `session_replication_role`, so that a trigger of
   * the app that fires always does not run as superuser. The superuser when absent.
   */
  hand?: string;
  database: string;
  /** Changes kept between two looks; 200,000 when absent. Beyond them `changes` throws `needs-restore`. */
  maxChanges?: number;
}

/**
 * `needs-restore`: rows cannot be put back one by one, copy the template again. `blocked`: an open transaction of
 * the app holds what is needed. `unavailable`: Postgres is not set up for logical decoding, or has gone.
 */
export class StateError extends Error {
  override name = 'StateError';
  readonly code: 'needs-restore' | 'blocked' | 'unavailable';

  constructor(code: StateError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
