import pg from 'pg';
import { prepare, readBlind, readTables, type Table, unprepare } from './catalogue.ts';
import { type Line, readLine } from './decoding.ts';
import { inverseOf } from './inverse.ts';
import { exactText, follow } from './replication.ts';
import { type Row, type RowChange, type Sequences, type State, StateError, type StateOptions } from './types.ts';

/** Statements of an undo that travel together. */
const batch = 500;
let opened = 0;

/**
 * Watches the rows of one database through logical decoding. Needs `wal_level=logical`, a superuser, and for each open
 * state one WAL sender and one replication slot. The database cannot be a TEMPLATE or be dropped until it is closed.
 * Throws {@link StateError}.
 */
export async function openState(options: StateOptions): Promise<State> {
  const { socketDir, port, user, database, maxChanges = 200_000 } = options;
  const client = new pg.Client({ host: socketDir, port, user, database, options: exactText });
  client.on('error', () => {}); // the query at hand or the next one reports it
  await client.connect();

  let lines: string[] = [];
  let overflow = false;
  let ended: StateError | null = null;
  let tables: Map<string, Table> | null = null;
  let token = 0;
  const awaited = new Map<string, PromiseWithResolvers<void>>();
  /** Transactions of our own that are not to be told. */
  const ours = new Set<string>();
  let skipping = false;

  const onLine = (line: string) => {
    if (line.startsWith('BEGIN ')) skipping = ours.delete(line.slice(6));
    if (line.startsWith('message: transactional: 1 prefix: seaworthy, ')) {
      const content = line.slice(line.indexOf(' content:') + 9);
      awaited.get(content)?.resolve();
      awaited.delete(content);
    } else if (!skipping) {
      if (lines.length < maxChanges) lines.push(line);
      else overflow = true;
    }
    if (line.startsWith('COMMIT ')) skipping = false;
  };
  const onEnd = (error: StateError) => {
    ended = error;
    for (const each of awaited.values()) each.reject(error);
  };
  const slot = `seaworthy_${process.pid}_${++opened}_${Date.now().toString(36)}`;
  const stream = await prepare(client)
    .then(() => follow(options, slot, onLine, onEnd))
    .catch(async (error: unknown) => {
      await unprepare(client).catch(() => {}); // the first error is the one to tell
      await client.end();
      throw error;
    });

  /** Waits until everything committed before this call has been received. */
  const catchUp = async () => {
    if (ended !== null) throw ended;
    const mine = String(++token);
    const seen = Promise.withResolvers<void>();
    seen.promise.catch(() => {});
    awaited.set(mine, seen);
    await client.query('SELECT pg_logical_emit_message(true, $1, $2)', ['seaworthy', mine]);
    // Since 16 a WAL sender can miss the wake-up of a flush just before it goes to sleep, for ten seconds; a byte on its
    // socket it does not miss.
    if (awaited.has(mine)) stream.confirm();
    await seen.promise;
  };
  const take = () => {
    const taken = { lines, overflow };
    lines = [];
    overflow = false;
    stream.confirm();
    return taken;
  };
  const known = async () => {
    tables ??= await readTables(client);
    return tables;
  };

  let turn: Promise<unknown> = Promise.resolve();
  /** One thing at a time, in the order asked. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };

  const changes = async (): Promise<RowChange[]> => {
    await catchUp();
    const taken = take();
    if (taken.overflow) throw new StateError('needs-restore', `more than ${maxChanges} changes at once`);
    const read = taken.lines.map(readLine);
    if (read.some((line) => line.kind === 'message' && line.prefix === 'seaworthy-schema')) tables = null;
    return rowChanges(read, await known());
  };

  let hand: pg.Client | null = null;
  /** The connection that puts rows back. */
  const handed = async (): Promise<pg.Client> => {
    if (options.hand === undefined) return client;
    if (hand === null) {
      hand = new pg.Client({ host: socketDir, port, user: options.hand, database, options: exactText });
      hand.on('error', () => (hand = null)); // the next undo connects anew
      await hand.connect();
    }
    return hand;
  };

  const undo = async (list: readonly RowChange[]) => {
    const catalogue = await known();
    const by = await handed();
    const statements = list.toReversed().flatMap((change) => inverseOf(change, catalogue) ?? []);
    if (statements.length === 0) return;
    const opening =
      "BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '3s'; SET CONSTRAINTS ALL DEFERRED; SELECT pg_current_xact_id()::text AS id";
    try {
      for (let at = 0; at < statements.length; at += batch) {
        const text = [...(at === 0 ? [opening] : []), ...statements.slice(at, at + batch)].join(';\n');
        const answers = [await by.query(text)].flat() as pg.QueryResult[];
        if (at === 0) {
          const id: string = answers[4]?.rows[0]?.id;
          ours.add(String(BigInt(id) & 0xffffffffn));
        }
        const off = answers.slice(at === 0 ? 5 : 0).findIndex((answer) => answer.rowCount !== 1);
        if (off !== -1) throw new StateError('needs-restore', `a row is no longer as it was left: ${statements[at + off]?.slice(0, 200)}`);
      }
      await by.query('COMMIT');
    } catch (error) {
      await by.query('ROLLBACK');
      if (error instanceof StateError) throw error;
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (code === '55P03') throw new StateError('blocked', 'an open transaction of the app holds a row that is to be put back', error);
      throw new StateError('needs-restore', `rows could not be put back: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  };

  return {
    mark: () => inTurn(async () => (await catchUp(), void take())),
    changes: () => inTurn(changes),
    undo: (list) => inTurn(() => undo(list)),
    sequences: () => inTurn(() => readSequences(client)),
    restoreSequences: (sequences) => inTurn(() => writeSequences(client, sequences)),
    blind: () => inTurn(() => readBlind(client)),
    close: () =>
      inTurn(async () => {
        await hand?.end();
        await stream.close();
        if (ended === null) await unprepare(client);
        await client.end();
      }),
  };
}

/** Decoded lines to changes, each with its transaction, its key and the cells that were not logged because they stayed. */
function rowChanges(lines: readonly Line[], tables: ReadonlyMap<string, Table>): RowChange[] {
  const changes: RowChange[] = [];
  let transaction = '';
  for (const line of lines) {
    if (line.kind === 'begin') transaction = line.transaction;
    else if (line.kind === 'truncate') {
      for (const table of line.tables) changes.push({ table, op: 'truncate', key: {}, before: null, after: null, transaction });
    } else if (line.kind === 'message') {
      const [command = '', object = ''] = line.content.split('\n');
      if (line.prefix === 'seaworthy-schema')
        changes.push({ table: object, op: 'schema', key: { command }, before: null, after: null, transaction });
    } else if (line.kind === 'row') {
      const table = tables.get(line.table);
      const { old, fresh } = line;
      for (const column of line.unchanged) if (fresh !== null) fresh[column] = old?.[column] ?? null;
      for (const column of table?.virtual ?? []) if (fresh !== null) delete fresh[column];
      // An old row is written without its nulls: give them back.
      const columns =
        fresh !== null ? Object.keys(fresh) : (table?.columns.filter((column) => !table.virtual.has(column)) ?? Object.keys(old ?? {}));
      const before = old === null ? null : pick(old, columns);
      const row = fresh ?? before ?? {};
      const key = table === undefined || table.key.length === 0 ? row : pick(row, table.key);
      changes.push({ table: line.table, op: line.op, key, before, after: fresh, transaction });
    }
  }
  return changes;
}

const pick = (row: Row, columns: readonly string[]): Row => Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));

async function readSequences(client: pg.Client): Promise<Sequences> {
  const { rows: names } = await client.query<{ name: string; quoted: string }>(`
    SELECT n.nspname || '.' || c.relname AS name, c.oid::regclass::text AS quoted FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND n.nspname NOT LIKE 'pg\\_t%'`);
  if (names.length === 0) return {};
  const selects = names.map(({ quoted }, at) => `SELECT ${at} AS at, last_value::text AS value, is_called AS called FROM ${quoted}`);
  const { rows } = await client.query<{ at: number; value: string; called: boolean }>(selects.join(' UNION ALL '));
  return Object.fromEntries(rows.map((row) => [names[row.at]?.name ?? '', { lastValue: row.value, isCalled: row.called }]));
}

async function writeSequences(client: pg.Client, sequences: Sequences): Promise<void> {
  const entries = Object.entries(sequences);
  if (entries.length === 0) return;
  await client.query(
    `SELECT setval(c.oid, s.value, s.called) FROM unnest($1::text[], $2::bigint[], $3::boolean[]) AS s(name, value, called)
     JOIN pg_class c ON c.relkind = 'S' JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname || '.' || c.relname = s.name`,
    [entries.map(([name]) => name), entries.map(([, each]) => each.lastValue), entries.map(([, each]) => each.isCalled)],
  );
}
