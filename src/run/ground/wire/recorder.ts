import { performance } from 'node:perf_hooks';
import { type Message, MalformedStream } from './framer.ts';
import { BodyReader, fromApp, fromPostgres, readColumns, readError, readRow } from './messages.ts';
import { columnsOf, Names, type Portal, type Prepared } from './prepared.ts';
import { splitStatements } from './split.ts';
import type { Candidate, Column, Statement } from './types.ts';

/** Something the app asked and Postgres has still to answer. */
export interface Expectation {
  kind: 'query' | 'execute' | 'parse' | 'bind' | 'describe-statement' | 'describe-portal' | 'close' | 'sync' | 'call';
  text: string;
  request: string | null;
  sentAt: number;
  prepared: Prepared | null;
  portal: Portal | null;
}

/** What a recorder is told and whom it tells. */
export interface RecorderOptions {
  connection: number;
  maxRows: number;
  maxCell: number;
  current: () => string | null;
  nextSeq: () => number;
  emit: (statement: Statement) => void;
}

/** A bound that only a hostile app reaches; beyond it the recording of the connection is given up. */
const maxExpectations = 100_000;
/** Bytes of rows kept for one statement, whatever `maxRows` says. */
const maxKept = 4 * 1024 * 1024;
/** Statements of one pipeline that wait for ReadyForQuery before they are told. */
const maxWaiting = 1_000;

const ends = new Set<Expectation['kind']>(['query', 'sync', 'call']);

/**
 * Follows one connection from both sides and tells each statement once it is answered. Statements are told at
 * ReadyForQuery, when the state of the transaction is known; in order.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #names: Names;
  readonly #expected: Expectation[] = [];
  #head = 0;
  /** Postgres discards what it receives until Sync, after an error in the extended protocol. */
  #discarding = false;
  #copyIn = false;
  #columns: Column[] = [];
  #rows: (string | null)[][] = [];
  #returned = 0;
  #parts: string[] | null = null;
  #results = 0;
  #lastCompletion = 0;
  #status: Statement['transaction'] = 'idle';
  #waiting: Statement[] = [];
  #greeted = false;
  #keptBytes = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#names = new Names(options.maxCell);
  }

  /** What Postgres answers next, if anything. */
  get head(): Expectation | undefined {
    return this.#expected[this.#head];
  }

  /** Whether the transaction has failed, so that Postgres refuses everything but its end. */
  get failed(): boolean {
    return this.#status === 'failed';
  }

  /** Whether an answer is still to come. */
  awaits(expectation: Expectation): boolean {
    return this.#expected.indexOf(expectation, this.#head) !== -1;
  }

  /** Statements sent and not answered. */
  get open(): number {
    let open = 0;
    for (let at = this.#head; at < this.#expected.length; at++) {
      const kind = this.#expected[at]?.kind;
      if (kind === 'query' || kind === 'execute') open += 1;
    }
    return open;
  }

  /** What a Query or Execute message would run, for the rules; null when it runs nothing that is known. */
  candidate(message: Message): Candidate | null {
    if (this.#discarding || this.#copyIn) return null;
    const common = { connection: this.#options.connection, request: this.#options.current() };
    if (message.type === fromApp.query) return { text: new BodyReader(message.body).cutText(), binds: [], ...common };
    const portal = this.#names.portal(new BodyReader(message.body).text());
    return portal === null ? null : { text: portal.statement.text, binds: this.#names.bindsOf(portal), ...common };
  }

  /** A message of the app, as it goes to Postgres. Returns what it makes Postgres answer, if anything. */
  app(message: Message): Expectation | null {
    const { type, body } = message;
    if (this.#discarding && type !== fromApp.sync) return null;
    if (this.#copyIn) {
      if (type === fromApp.copyDone || type === fromApp.copyFail) this.#copyIn = false;
      return null;
    }
    switch (type) {
      case fromApp.query:
        this.#names.dropUnnamed();
        return this.#expect('query', new BodyReader(body).cutText());
      case fromApp.parse: {
        const prepared = this.#names.parse(body);
        return this.#expect('parse', prepared.text, prepared);
      }
      case fromApp.bind: {
        const portal = this.#names.bind(message);
        return this.#expect('bind', '', portal.statement, portal);
      }
      case fromApp.execute: {
        const portal = this.#names.portal(new BodyReader(body).text());
        return this.#expect('execute', portal?.statement.text ?? '', portal?.statement ?? null, portal);
      }
      case fromApp.describe:
        return this.#describe(body);
      case fromApp.close:
        this.#names.close(body);
        return this.#expect('close');
      case fromApp.sync:
        this.#discarding = false;
        return this.#expect('sync');
      case fromApp.functionCall:
        return this.#expect('call');
      default:
        return null;
    }
  }

  /** A message of Postgres. */
  postgres(message: Message): void {
    const { type, body } = message;
    switch (type) {
      case fromPostgres.dataRow:
        this.#returned += 1;
        if (this.#rows.length < this.#options.maxRows && this.#keptBytes < maxKept) {
          this.#keptBytes += body.length;
          const head = this.head;
          const columns = head?.kind === 'execute' ? columnsOf(head.portal) : this.#columns;
          this.#rows.push(readRow(body, columns, head?.portal?.bound.resultFormats ?? [], this.#options.maxCell));
        }
        return;
      case fromPostgres.rowDescription:
        return this.#described(readColumns(body));
      case fromPostgres.noData:
        return this.#described([]);
      case fromPostgres.parameterDescription:
        return this.#parameters(body);
      case fromPostgres.commandComplete:
        return this.#complete(new BodyReader(body).cutText(), null);
      case fromPostgres.portalSuspended:
        return this.#complete(null, null);
      case fromPostgres.emptyQuery:
        if (this.head?.kind === 'execute') this.#head += 1;
        return;
      case fromPostgres.parseComplete:
      case fromPostgres.bindComplete:
      case fromPostgres.closeComplete:
        this.#head += 1;
        return;
      case fromPostgres.copyIn:
        return this.#copyStarts();
      case fromPostgres.error:
        return this.#failed(body);
      case fromPostgres.readyForQuery:
        return this.#ready(body[0] ?? 0);
      default:
        return;
    }
  }

  #expect(kind: Expectation['kind'], text = '', prepared: Prepared | null = null, portal: Portal | null = null): Expectation {
    if (this.#expected.length - this.#head > maxExpectations) throw new MalformedStream('too many messages without an answer');
    const expectation = { kind, text, request: this.#options.current(), sentAt: performance.now(), prepared, portal };
    this.#expected.push(expectation);
    return expectation;
  }

  #describe(body: Buffer): Expectation {
    const reader = new BodyReader(body);
    if (reader.byte() === 0x53) return this.#expect('describe-statement', '', this.#names.statement(reader.text()));
    return this.#expect('describe-portal', '', null, this.#names.portal(reader.text()));
  }

  #described(columns: Column[]): void {
    const head = this.head;
    if (head?.kind === 'describe-statement') {
      if (head.prepared !== null) head.prepared.columns = columns;
    } else if (head?.kind === 'describe-portal') {
      if (head.portal !== null) head.portal.columns = columns;
    } else {
      this.#columns = columns;
      return;
    }
    this.#head += 1;
  }

  #parameters(body: Buffer): void {
    const prepared = this.head?.prepared;
    if (prepared === null || prepared === undefined) return;
    const reader = new BodyReader(body);
    const types: number[] = [];
    for (let left = reader.count(); left > 0; left--) types.push(reader.oid());
    prepared.types = types;
  }

  #copyStarts(): void {
    this.#copyIn = true;
    // Sync is ignored while Postgres reads COPY data, so those sent ahead are never answered.
    if (this.head?.kind !== 'execute') return;
    const after = this.#expected.splice(this.#head + 1);
    this.#expected.push(...after.filter((later) => later.kind !== 'sync'));
  }

  #complete(tag: string | null, error: Statement['error']): void {
    const head = this.head;
    if (head === undefined || (head.kind !== 'query' && head.kind !== 'execute')) return;
    const now = performance.now();
    const from = Math.max(head.sentAt, this.#lastCompletion);
    const text = head.kind === 'query' ? this.#partOf(head.text) : head.text;
    const counted = tag === null ? Number.NaN : Number(/ (\d+)$/.exec(tag)?.[1] ?? Number.NaN);
    this.#follow(tag, text);
    this.#tell({
      seq: this.#options.nextSeq(),
      connection: this.#options.connection,
      request: head.request,
      text,
      binds: head.portal === null ? [] : this.#names.bindsOf(head.portal),
      columns: head.kind === 'query' ? this.#columns : columnsOf(head.portal),
      rows: this.#rows,
      rowCount: Number.isNaN(counted) ? this.#returned : counted,
      tag,
      error,
      transaction: this.#status,
      startedAt: from,
      microseconds: Math.round((now - from) * 1000),
    });
    this.#lastCompletion = now;
    this.#clearResult();
    if (head.kind === 'execute') this.#head += 1;
  }

  #clearResult(): void {
    this.#rows = [];
    this.#columns = [];
    this.#returned = 0;
    this.#keptBytes = 0;
    this.#copyIn = false;
  }

  /** Which statement of a simple query the result at hand belongs to. */
  #partOf(text: string): string {
    if (this.#parts === null) {
      const semicolon = text.indexOf(';');
      const several = semicolon !== -1 && text.slice(semicolon + 1).trim() !== '';
      this.#parts = several ? splitStatements(text) : [text];
    }
    const part = this.#parts.length === 1 ? text : this.#parts[this.#results];
    this.#results += 1;
    return part ?? text;
  }

  /** The state of the transaction as the tag tells it; ReadyForQuery corrects it. */
  #follow(tag: string | null, text: string): void {
    if (tag === 'BEGIN' || tag === 'START TRANSACTION') this.#status = 'open';
    else if (tag === 'ROLLBACK' && /^\s*rollback\b[^;]*\bto\b/i.test(text)) this.#status = 'open';
    else if (tag === 'COMMIT' || tag === 'ROLLBACK' || tag === 'PREPARE TRANSACTION') this.#status = 'idle';
  }

  #tell(statement: Statement): void {
    this.#waiting.push(statement);
    if (this.#waiting.length > maxWaiting) this.#flush();
  }

  #flush(): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const statement of told) this.#options.emit(statement);
  }

  #failed(body: Buffer): void {
    const head = this.head;
    if (head === undefined) return;
    if (this.#status === 'open') this.#status = 'failed';
    if (head.kind === 'query' || head.kind === 'execute') this.#complete(null, readError(body));
    else if (head.kind === 'parse' || head.kind === 'bind') this.#refused(head, readError(body));
    this.#clearResult();
    if (ends.has(head.kind)) return;
    while (this.head !== undefined && this.head.kind !== 'sync') this.#head += 1;
    if (this.head === undefined) this.#discarding = true;
  }

  /** A statement that Postgres refused at Parse or Bind was sent by the app all the same: it is told, failed. */
  #refused(head: Expectation, error: Statement['error']): void {
    head.kind = 'execute';
    head.text = head.prepared?.text ?? '';
    this.#complete(null, error);
    this.#head -= 1;
  }

  #ready(status: number): void {
    if (!this.#greeted) {
      this.#greeted = true;
      return;
    }
    while (this.head !== undefined && !ends.has(this.head.kind)) this.#head += 1;
    this.#head += 1;
    if (this.#head >= this.#expected.length || this.#head > 512) {
      this.#expected.splice(0, this.#head);
      this.#head = 0;
    }
    this.#status = status === 0x54 ? 'open' : status === 0x45 ? 'failed' : 'idle';
    const last = this.#waiting.at(-1);
    if (last !== undefined) last.transaction = this.#status;
    this.#parts = null;
    this.#results = 0;
    this.#clearResult();
    this.#flush();
  }
}
