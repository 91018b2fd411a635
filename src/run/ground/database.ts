import pg from 'pg';
import { SeaworthyError, messageOf } from '../../model/errors.ts';
import type { SchemaTable } from '../../model/evidence/run.ts';
import type { Layout } from './layout.ts';
import { postgresPort, superuser } from './postgres.ts';
import { readSchema } from './schema.ts';
import type { FoundRow } from './state/sqlite/answers.ts';
import { openState } from './state/state.ts';
import type { State } from './state/types.ts';

/** The role with which we read, change and put back the app's rows. */
const hand = 'seaworthy_hand';

/** The app's database, whatever it is, and the way to put it back. */
export interface Database {
  readonly kind: 'postgres' | 'sqlite';
  readonly state: () => State;
  /** Runs a statement that may read and write all data of the app, but is no superuser; cells in text form. */
  sql(text: string, parameters: readonly (string | null)[]): Promise<Record<string, string | null>[]>;
  schema(): Promise<SchemaTable[]>;
  /** The rows that an answer shows beyond doubt; null where the wire sees them being read, which says more. */
  shown(answer: string): FoundRow[] | null;
  /** Another text when rows were committed that no wire tells of; always the same where one does. */
  version(): string;
  /** Keeps the database as it is now as the one to come back to, and begins to watch its rows. */
  keep(): Promise<void>;
  /** The database as it was when it was kept. Nobody else may be connected. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** The database that the ground brings along. */
export interface OwnDatabase extends Database {
  /** Lets go of Postgres, which is about to be restarted, and takes it up again. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
}

const asText = { getTypeParser: () => (value: unknown) => value } as unknown as NonNullable<pg.ClientConfig['types']>;

/** Makes the app's role and its database, which the role owns without being a superuser. */
export async function createDatabase(layout: Layout): Promise<OwnDatabase> {
  const at = { host: layout.socket, port: postgresPort, user: superuser };
  const connect = async (database: string, user: string = superuser) => {
    const client = new pg.Client({ ...at, user, database, types: asText });
    client.on('error', () => {}); // the query at hand or the next one reports it
    await client.connect();
    return client;
  };
  let main = await connect('postgres');
  await main.query("CREATE ROLE app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION PASSWORD 'app'");
  // Our own statements on the app's tables run its triggers and functions: they must gain nothing by that.
  await main.query(`CREATE ROLE ${hand} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB BYPASSRLS`);
  await main.query(`GRANT pg_read_all_data, pg_write_all_data TO ${hand}`);
  await main.query(`GRANT SET ON PARAMETER session_replication_role TO ${hand}`);
  await main.query('CREATE DATABASE app OWNER app');
  await main.query('REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC');
  let client: pg.Client | null = null;
  let state: State | null = null;
  const release = async () => {
    await client?.end();
    await state?.close();
    client = null;
    state = null;
  };
  const watch = async () => {
    state = await openState({ socketDir: layout.socket, port: postgresPort, user: superuser, hand, database: 'app' });
  };
  let kept = false;
  const endOthers = (database: string) =>
    main.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()', [database]);
  const database: OwnDatabase = {
    kind: 'postgres',
    schema: () => readSchema((text) => database.sql(text, [])),
    shown: () => null,
    version: () => '',
    state() {
      if (!state) throw new SeaworthyError('ground-failed', 'the database is not watched yet: migrate first');
      return state;
    },
    async sql(text, parameters) {
      client ??= await connect('app', hand);
      const answer = await client.query<Record<string, string | null>>(text, [...parameters]);
      // Several statements give several results; the last one counts.
      const last = Array.isArray(answer) ? (answer.at(-1) as pg.QueryResult<Record<string, string | null>>) : answer;
      return last.rows;
    },
    async keep() {
      await release();
      await endOthers('app');
      await main.query('DROP DATABASE IF EXISTS app_kept');
      await main.query('CREATE DATABASE app_kept OWNER app TEMPLATE app');
      kept = true;
      await watch();
    },
    async restore() {
      await release();
      await endOthers('app');
      try {
        await main.query('DROP DATABASE app WITH (FORCE)');
        await main.query('CREATE DATABASE app OWNER app TEMPLATE app_kept');
      } catch (thrown) {
        throw new SeaworthyError('ground-failed', `the database could not be put back: ${messageOf(thrown)}`, { cause: thrown });
      }
      await watch();
    },
    async suspend() {
      await release();
      await main.end();
    },
    async resume() {
      main = await connect('postgres');
      if (kept) await watch();
    },
    async close() {
      await release();
      await main.end();
    },
  };
  return database;
}
