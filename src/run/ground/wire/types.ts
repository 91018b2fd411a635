/** One column of a result, as RowDescription gives it (PostgreSQL docs, "Message Formats"). */
export interface Column {
  name: string;
  /** Object id of the table the column comes from; 0 when it is computed. */
  table: number;
  /** Attribute number of the column in that table; 0 when it is computed. */
  attribute: number;
  /** Object id of the data type. */
  type: number;
  /** How the cells travelled: 0 text, 1 binary. */
  format: 0 | 1;
}

/** What Postgres said against a statement. */
export interface StatementError {
  /** SQLSTATE, five characters. */
  code: string;
  message: string;
  constraint?: string;
  table?: string;
}

/** One statement that the app sent and Postgres answered. */
export interface Statement {
  /** Order of completion on this wire, from 1. */
  seq: number;
  /** Number of the client connection, from 1. */
  connection: number;
  /** The HTTP request that it was sent for, or null. */
  request: string | null;
  /** SQL text, cut at 1 MiB; one statement even when the client sent several in one message. */
  text: string;
  /** Parameter values in Postgres text form; a binary value of an unknown type is `\x` and hex. */
  binds: (string | null)[];
  columns: Column[];
  /** At most `maxRows` rows, cells in text form cut at `maxCell` bytes. */
  rows: (string | null)[][];
  /** Rows the command tag speaks of, else the rows that were returned. */
  rowCount: number;
  /** Command tag such as `UPDATE 1`; null when it failed or the portal was suspended. */
  tag: string | null;
  error: StatementError | null;
  /** State of the transaction after the statement; `idle` after COMMIT and after any statement outside one. */
  transaction: 'idle' | 'open' | 'failed';
  /** Milliseconds, `performance.now()`, when it went to Postgres. */
  startedAt: number;
  /** Until Postgres completed it, without the wait for statements pipelined before it. */
  microseconds: number;
}

/** What a rule sees of a statement before it is sent. */
export interface Candidate {
  text: string;
  binds: (string | null)[];
  connection: number;
  request: string | null;
}

/** What to do with a statement before Postgres receives it. `error` makes Postgres itself raise that SQLSTATE. */
export type Before = 'hold' | 'cut' | { delayMs: number } | { error: { code: string; message: string } };

/** What to do with the answer, once Postgres has executed the statement and before the app sees any of it. */
export type After = 'hold' | 'cut' | { delayMs: number };

/** Which statements to interfere with, and how. */
export interface Rule {
  match(statement: Candidate): boolean;
  before?: Before;
  after?: After;
  /** How many statements it catches; all when absent. */
  times?: number;
  /** Called at each catch: when the statement is held, delayed or failed, or (only `after`) has been executed. */
  onCaught?(caught: Caught): void;
}

/** A statement in the grip of a rule. */
export interface Caught extends Candidate {
  /** Milliseconds, `performance.now()`. */
  caughtAt: number;
  /** Lets it go on; harmless when it has gone already. */
  release(): void;
}

/** A rule in force. */
export interface Interception {
  /** The first statement caught. Never settles when there is none: race it against a time-out. */
  readonly arrived: Promise<Caught>;
  readonly caught: readonly Caught[];
  /** Lets everything go that this rule holds; the rule stays in force. */
  release(): void;
  /** Takes the rule away and lets everything go that it holds. */
  remove(): void;
}

/** A place where the recording is not complete, and why. */
export interface WireGap {
  connection: number;
  reason: string;
}

/** A running wire. */
export interface Wire {
  /** TCP port; 0 when it listens on a path. */
  port: number;
  /** Calls `listener` for every statement, before any later event of this process. Returns the unsubscription. */
  onStatement(listener: (statement: Statement) => void): () => void;
  intercept(rule: Rule): Interception;
  /** New connections are answered with this error (`53300`, `57P03` ...) until null is set. */
  refuse(error: { code: string; message: string } | null): void;
  /** Ends every open connection at once, as a crash of the database would. Returns how many. */
  cutAll(): number;
  /** Statements sent to Postgres and not yet answered. */
  openStatements(): number;
  /** Client connections now open. */
  connections(): number;
  /** Connections whose recording broke; at most the first 1,000. */
  gaps(): readonly WireGap[];
  close(): Promise<void>;
}

/** How to open a wire. */
export interface WireOptions {
  /** Directory of the real Postgres' unix socket, and its port number. */
  upstream: { socketDir: string; port: number };
  /** Port 0 picks a free one. */
  listen: { host: string; port: number } | { path: string };
  /** Whatever user, password and database the app names, it is let in as this one. Who insists on being asked for a proof (libpq's channel_binding=require) leaves. */
  login?: { user: string; database: string };
  /** PEM key and certificate; without it a request for TLS is answered "no". */
  tls?: { key: string; cert: string };
  /** Rows kept per statement; 200 when absent. */
  maxRows?: number;
  /** Bytes kept per cell and per bind; 4,096 when absent. */
  maxCell?: number;
  /**
   * Id of the HTTP request that a statement belongs to. `mark` is what the preload said of it (marks.ts): an address, `?` where it did not
   * know, empty outside of any request; null when it said nothing, as in an app that is not Node's.
   */
  requestOf?: (mark: string | null) => string | null;
}
