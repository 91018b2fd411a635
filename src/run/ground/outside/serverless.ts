import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { createWebSocketStream, WebSocketServer } from 'ws';

/**
 * What serverless Postgres drivers expect of their provider's proxy (github.com/neondatabase/serverless, CONFIG.md): a WebSocket on
 * `/v2` that carries the Postgres protocol, and `POST /sql` that takes one statement or a list of them as JSON. Both lead to the wire.
 */
export interface ServerlessDatabase {
  /** True when the upgrade was for a database and has been taken. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** The answer to a `POST /sql`; null when the request is no such thing. */
  query(method: string, path: string, headers: Readonly<Record<string, string | undefined>>, body: string): Promise<SqlAnswer | null>;
  close(): void;
}

export interface SqlAnswer {
  readonly status: number;
  readonly json: unknown;
}

interface Query {
  readonly query: string;
  readonly params?: readonly unknown[];
}

/** Bridges to the wire on a loopback port. */
export function serverlessDatabase(wire: { readonly host: string; readonly port: number }): ServerlessDatabase {
  const server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024 });
  return {
    upgrade(request, socket, head) {
      if (!/^\/v[12](\?|$)/.test(request.url ?? '')) return false;
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const database = connect(wire.port, wire.host);
        const stream = createWebSocketStream(webSocket);
        stream.on('error', () => database.destroy());
        database.on('error', () => webSocket.terminate());
        database.on('close', () => webSocket.close());
        stream.pipe(database);
        database.pipe(stream);
      });
      return true;
    },
    async query(method, path, headers, body) {
      if (method !== 'POST' || !/^\/sql(\?|$)/.test(path) || headers['neon-connection-string'] === undefined) return null;
      const parsed = parse(body);
      if (parsed === null) return { status: 400, json: { message: 'the body is no JSON with a query' } };
      return run(wire, parsed, headers);
    },
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

function parse(body: string): { batch: boolean; queries: Query[] } | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  const batch = (json as { queries?: unknown } | null)?.queries;
  const queries = Array.isArray(batch) ? batch : [json];
  return queries.every((one) => typeof (one as Query | null)?.query === 'string')
    ? { batch: Array.isArray(batch), queries: queries as Query[] }
    : null;
}

const isolation: Readonly<Record<string, string>> = {
  ReadUncommitted: 'READ UNCOMMITTED',
  ReadCommitted: 'READ COMMITTED',
  RepeatableRead: 'REPEATABLE READ',
  Serializable: 'SERIALIZABLE',
};

/** A list of statements is one transaction; a failure is told with the fields of the Postgres error. */
async function run(
  wire: { host: string; port: number },
  { batch, queries }: { batch: boolean; queries: readonly Query[] },
  headers: Readonly<Record<string, string | undefined>>,
): Promise<SqlAnswer> {
  const client = new pg.Client({ host: wire.host, port: wire.port, user: 'app', database: 'app', password: 'app' });
  client.on('error', () => {});
  try {
    await client.connect();
    const results: unknown[] = [];
    if (batch) {
      const level = isolation[headers['neon-batch-isolation-level'] ?? ''];
      await client.query(
        `BEGIN${level ? ` ISOLATION LEVEL ${level}` : ''}${headers['neon-batch-read-only'] === 'true' ? ' READ ONLY' : ''}`,
      );
    }
    for (const { query, params } of queries) {
      const result = await client.query({
        text: query,
        values: [...(params ?? [])],
        rowMode: 'array',
        types: { getTypeParser: () => (text: string) => text },
      });
      results.push(answerOf(result, headers['neon-array-mode'] === 'true'));
    }
    if (batch) await client.query('COMMIT');
    return { status: 200, json: batch ? { results } : results[0] };
  } catch (thrown) {
    const { message, severity, code, detail, hint, position, schema, table, column, dataType, constraint, file, line, routine } =
      thrown as pg.DatabaseError;
    return {
      status: 400,
      json: { message, severity, code, detail, hint, position, schema, table, column, dataType, constraint, file, line, routine },
    };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Values travel as Postgres prints them; the driver parses them by `dataTypeID`. */
function answerOf(result: pg.QueryArrayResult, arrays: boolean): unknown {
  const fields = result.fields.map(({ name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier, format }) => ({
    name,
    dataTypeID,
    tableID,
    columnID,
    dataTypeSize,
    dataTypeModifier,
    format,
  }));
  const rows = arrays
    ? result.rows
    : result.rows.map((row) => Object.fromEntries(row.map((cell: unknown, index) => [fields[index]?.name ?? String(index), cell])));
  return { command: result.command, rowCount: result.rowCount, rowAsArray: arrays, fields, rows };
}
