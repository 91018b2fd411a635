import type { z } from 'zod';
import type { resetKind } from '../../model/scenario.ts';
import type { Exchange } from '../../model/transcript.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Visit, VisitSpec } from './browser/types.ts';
import type { Mail, Outbound, Webhook, WebhookWish, WorldRule } from './outside/types.ts';
import type { FoundRow } from './state/sqlite/answers.ts';
import type { RowChange } from './state/types.ts';
import type { Statement } from './wire/types.ts';

/** What `seaworthy.json` may say about running the app. */
export interface RunConfig {
  readonly start?: string | undefined;
  readonly build?: string | undefined;
  /** `null` when there is nothing to migrate. */
  readonly migrate?: string | null | undefined;
  readonly port?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Path that answers when the app is ready; `/` when absent. Any status counts. */
  readonly health?: string | undefined;
}

/** How to open a proving ground. */
export interface GroundOptions {
  /** The user's app (the whole repository); never written. */
  readonly dir: string;
  /** The unit to run, relative to `dir`; `''` or `.` is `dir` itself. */
  readonly unit: string;
  readonly config?: RunConfig | undefined;
  /** Variables that the app reads, from the read half; `fallback` when the code brings its own default. */
  readonly environment?: readonly { readonly name: string; readonly fallback: boolean }[] | undefined;
  readonly seed: string;
  /** Run even when the app cannot be sealed in fully. */
  readonly unsealed: boolean;
  /** Dependencies may be fetched from their registry. */
  readonly install: boolean;
  readonly signal: AbortSignal;
  readonly progress: (phase: string) => void;
}

export type SealLevel = 'full' | 'namespace' | 'none';

/** What came of starting the app. */
export interface BootResult {
  readonly start: string;
  readonly port: number;
  /** From the start command to the first answer. */
  readonly milliseconds: number;
  readonly invented: { name: string; shape: string }[];
  readonly notes: string[];
}

/** What the rows of the app are known by. */
export type Oracle = EvidenceValue<'boot'>['oracle'];

/** What came of starting the app for the first time. */
export interface Booted extends BootResult {
  readonly oracle: Oracle;
}

/** A request to send to the app from inside the ground. */
export interface RequestSpec {
  readonly actor: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  /** Loopback address to come from, such as `127.0.0.9`: another address, another rate-limit bucket. */
  readonly from?: string | undefined;
  /** A further instance of the app, by the name that it was started with; the first one when absent. */
  readonly instance?: string | undefined;
  /** Its id in statements and interferences, chosen beforehand; a number when absent. */
  readonly id?: string | undefined;
}

/** How a live connection speaks. */
export type Transport = 'websocket' | 'socket.io' | 'sse';

/** A live connection to be opened from inside the ground. */
export interface LiveSpec {
  readonly actor: string;
  readonly transport: Transport;
  /** With its query; of socket.io that of its own handshake. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of socket.io: which of its namespaces (`/` when absent), and what the client says of itself, as JSON. */
  readonly namespace?: string | undefined;
  readonly auth?: string | undefined;
  readonly timeoutMs: number;
  readonly from?: string | undefined;
  readonly instance?: string | undefined;
  /** Where it listens by itself; the app's own port when absent. */
  readonly port?: number | undefined;
}

/** Something that came over a live connection: a message, or an event with its name as it came. Numbers of one connection only grow. */
export interface LiveFrame {
  readonly seq: number;
  readonly text: string;
}

/** A live connection as it is now. */
export interface LiveState {
  /** Why it is over; null while it is open. */
  readonly ended: string | null;
  /** The latest, oldest first. */
  readonly frames: readonly LiveFrame[];
}

/** What opening a live connection gave; the body of `exchange` is what came at once. */
export interface Listened extends Observed, LiveState {
  /** Its name on the ground, until it is hung up. */
  readonly connection: string;
  readonly accepted: boolean;
}

/** What a message on a live connection caused; the body of `exchange` is what came after it. */
export interface Said extends Observed, LiveState {}

/** A line that the app printed. */
export interface LogLine {
  readonly seq: number;
  readonly stream: 'out' | 'err';
  readonly text: string;
}

/** One request with everything that it caused. */
export interface Observed {
  readonly exchange: Exchange;
  /** Rows that the answer shows beyond doubt, where no wire saw them being read; absent where one did. */
  readonly rows?: readonly FoundRow[];
  readonly statements: Statement[];
  readonly changes: RowChange[];
  readonly outbound: Outbound[];
  readonly logs: string[];
  /** Why something may be missing from this record. */
  readonly gaps: string[];
}

/** A visit with everything that it caused; `exchange` is the document after its scripts ran. */
export interface Visited extends Observed {
  readonly visit: Visit;
}

/** Interferes with statements whose text matches. */
export interface Interference {
  /** Source of a regular expression, matched without regard to case. */
  readonly statement: string;
  /** Only statements of this request, by the id that `Together.send` gave. */
  readonly request?: string | undefined;
  /** How many statements it catches; all when absent. */
  readonly times?: number | undefined;
  readonly does:
    /** Postgres raises this SQLSTATE (`57014`, `40001` ...) instead of executing it. */
    | { readonly do: 'fail'; readonly code: string; readonly message?: string | undefined }
    /** It waits until it is released: `before` Postgres receives it, or `after` Postgres has executed it and before the app hears of it. */
    | { readonly do: 'hold'; readonly at: 'before' | 'after' }
    | { readonly do: 'delay'; readonly at: 'before' | 'after'; readonly milliseconds: number }
    /** The connection breaks, `before` it is executed or `after`. */
    | { readonly do: 'cut'; readonly at: 'before' | 'after' };
}

/** An interference in force. */
export interface InterferenceHandle {
  /** The statements that it caught so far. */
  caught(): Promise<{ text: string; binds: (string | null)[]; request: string | null }[]>;
  /** Waits until it has caught so many statements; false when that takes longer than the milliseconds given. */
  arrived(count: number, withinMs: number): Promise<boolean>;
  /** Lets everything go that it holds; it stays in force. */
  release(): Promise<void>;
  /** Takes it away and lets everything go that it holds. */
  remove(): Promise<void>;
}

/** What several requests at once caused. Rows cannot be told apart by request. */
export type Concert = Pick<Observed, 'statements' | 'changes' | 'outbound' | 'logs' | 'gaps'>;

/** Several requests at once. Until `end`, `Ground.request` and what else takes its turn waits. */
export interface Together {
  /** Sends a request without waiting for its answer; its id names it in statements and interferences. */
  send(spec: RequestSpec): Promise<string>;
  /** Sends requests so that they arrive within microseconds of each other. */
  burst(specs: readonly RequestSpec[]): Promise<string[]>;
  /** Waits for the answer to a request. */
  answer(id: string): Promise<Exchange>;
  /** Waits for all answers and until their effects have come to rest. */
  end(): Promise<Concert>;
}

/**
 * What can be put back, by name. `rows`: the database as it was after the migrations, copied from its template (the app is started anew for
 * that, since nobody may be connected), services such as Redis emptied. `sequences`: where they stood then. `files`: the app's own directory as it was when it was started.
 * `memory`: the app started anew on the same database. `world`: what the outside world remembers.
 */
export type ResetKind = Exclude<z.infer<typeof resetKind>, 'limiters'>;

/** A rule of the outside world in force. */
export interface WorldHandle {
  readonly id: number;
  /** Numbers of the ledger's rows that it applied to so far. */
  applied(): Promise<number[]>;
  /** Calls that it made hang are answered then. */
  remove(): Promise<void>;
}

/** The sealed place where the app runs. Every method rejects with a SeaworthyError when the ground is gone. */
export interface Ground {
  readonly seal: { readonly level: SealLevel; readonly notes: readonly string[] };
  /** Copies the tree and starts Postgres, the wire and the outside world. */
  prepare(): Promise<void>;
  /** Runs the app's own migrations; `from` says which. */
  migrate(): Promise<{ from: string }>;
  /** Builds when needed, starts the app and waits until it answers. */
  boot(): Promise<Booted>;
  /** Sends one request and waits until its effects have come to rest. One at a time: calls queue. */
  request(spec: RequestSpec): Promise<Observed>;
  /** Opens a live connection, which stays open until it is hung up, and waits until what that caused has come to rest. One at a time, like `request`. */
  listen(spec: LiveSpec): Promise<Listened>;
  /** Sends a message on a live connection and waits until its effects have come to rest. One at a time, like `request`. */
  say(connection: string, text: string): Promise<Said>;
  /** What live connections have received so far, in the order of their names. */
  heard(connections: readonly string[]): Promise<LiveState[]>;
  /** Closes live connections. */
  hangUp(connections: readonly string[]): Promise<void>;
  /** Looks at a page in a headless browser. One at a time, like `request`. Throws `part-missing` where there is no browser. */
  visit(spec: VisitSpec): Promise<Visited>;
  /** Takes row changes back. */
  undo(changes: readonly RowChange[]): Promise<void>;
  /** Runs a statement on the app's database, beside the wire, by a role that may read and write all its data but is no superuser; cells in text form. */
  sql(text: string, parameters?: readonly (string | null)[]): Promise<Record<string, string | null>[]>;
  /** The database's structure as it is now. */
  schema(): Promise<EvidenceValue<'schema'>>;
  /** Takes the turn for several requests at once. */
  together(): Promise<Together>;
  /** Puts back what is named; everything when nothing is. */
  reset(kinds?: readonly ResetKind[]): Promise<void>;
  /** Makes the database as it is now the one that its `rows` are put back to; the app is started anew. */
  keep(): Promise<void>;
  /** Starts the app anew on the same database. */
  restart(): Promise<BootResult>;
  /** Starts a further instance of the app on the same database, beside the first. */
  instance(name: string): Promise<BootResult>;
  /** Ends an instance (the first one when unnamed): at once, or with SIGTERM and so many milliseconds to end by itself. Takes effect at once. */
  kill(wish: { readonly instance?: string | undefined; readonly signal: 'SIGKILL' | 'SIGTERM'; readonly graceMs?: number }): Promise<void>;
  /** Moves the clock of app and database by so many seconds from the true time. Returns what it could not move or keep, in words. */
  clock(seconds: number): Promise<string[]>;
  logs(since?: number): Promise<LogLine[]>;
  /** What the app asked of the outside world after that row of the ledger. */
  outbound(since?: number): Promise<Outbound[]>;
  /** What it sent to people, by mail or SMS. */
  mails(since?: number): Promise<Mail[]>;
  /** Changes how the outside world behaves. Not to be awaited behind a request: it takes effect at once. */
  world(rule: WorldRule): Promise<WorldHandle>;
  /** An event as its provider would sign and send it; to be sent with `request`. */
  webhook(wish: WebhookWish): Promise<Webhook>;
  /** Not to be awaited behind a request: it takes effect at once. */
  intercept(rule: Interference): Promise<InterferenceHandle>;
  /** The variables that the app was started with. Values are secrets of this run: never print them. */
  environment(): Promise<Record<string, string>>;
  /** Ends every process and removes every file of the ground. */
  close(): Promise<void>;
}
