import { connect } from 'node:net';
import { join } from 'node:path';
import { Framer } from '../wire/framer.ts';
import { fromPostgres, message, readError } from '../wire/messages.ts';
import { StateError, type StateOptions } from './types.ts';

/** A running stream of decoded changes. */
export interface Stream {
  /** Tells Postgres that everything received may be forgotten; it looks for more at once. */
  confirm(): void;
  close(): Promise<void>;
}

/** Text forms that are read back exactly, whatever the cluster's settings are. */
export const exactText =
  '-c datestyle=ISO -c timezone=UTC -c intervalstyle=postgres -c bytea_output=hex -c extra_float_digits=1 -c lc_monetary=C -c client_encoding=UTF8';

/**
 * Follows the changes of one database through a temporary logical replication slot, over the streaming replication
 * protocol (PostgreSQL docs, "Streaming Replication Protocol"). The slot disappears with the connection.
 * Creating it waits until every transaction that is writing has ended; gives up after ten seconds (`blocked`).
 * @param onLine one line of `test_decoding`
 * @param onEnd the connection ended without `close`
 */
export async function follow(
  options: StateOptions,
  slot: string,
  onLine: (line: string) => void,
  onEnd: (error: StateError) => void,
): Promise<Stream> {
  const socket = connect(join(options.socketDir, `.s.PGSQL.${options.port}`));
  const framer = new Framer(() => Number.POSITIVE_INFINITY);
  const ready = Promise.withResolvers<void>();
  const commands = [
    `CREATE_REPLICATION_SLOT "${slot}" TEMPORARY LOGICAL test_decoding (SNAPSHOT 'nothing')`,
    `START_REPLICATION SLOT "${slot}" LOGICAL 0/0 ("include-xids" '1', "skip-empty-xacts" '1')`,
  ];
  let received = 0n;
  let closing = false;
  let failure: StateError | null = null;

  const confirm = () => {
    const status = Buffer.alloc(34);
    status.write('r', 0, 'latin1');
    for (const at of [1, 9, 17]) status.writeBigInt64BE(received, at);
    if (!socket.destroyed) socket.write(message('d', status));
  };
  const streamed = (body: Buffer) => {
    const end = body.readBigInt64BE(body[0] === 0x77 ? 9 : 1);
    if (end > received) received = end;
    if (body[0] === 0x77) onLine(body.toString('utf8', 25));
    else if (body[17] === 1) confirm();
  };
  socket.on('data', (chunk: Buffer) => {
    framer.push(chunk);
    for (let found = framer.next(); found !== null; found = framer.next()) {
      if (found.type === fromPostgres.copyData) streamed(found.body);
      else if (found.type === fromPostgres.copyBoth) ready.resolve();
      else if (found.type === fromPostgres.error) {
        const said = readError(found.body);
        failure = new StateError('unavailable', `logical decoding: ${said.message} (${said.code})`);
        socket.destroy();
      } else if (found.type === fromPostgres.readyForQuery) {
        const command = commands.shift();
        if (command !== undefined) socket.write(message('Q', command));
      }
    }
  });
  const startUp = Buffer.from(`user\0${options.user}\0database\0${options.database}\0replication\0database\0options\0${exactText}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(startUp.length + 8, 0);
  head.writeInt32BE(196608, 4);
  socket.write(Buffer.concat([head, startUp]));

  const patience = setTimeout(() => {
    failure = new StateError('blocked', 'no replication slot within ten seconds: a transaction that writes stays open');
    socket.destroy();
  }, 10_000);
  socket.on('error', (error) => {
    failure ??= new StateError('unavailable', 'the connection for logical decoding failed', error);
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  void closed.then(() => {
    const error = failure ?? new StateError('unavailable', 'the connection for logical decoding ended');
    ready.reject(error);
    if (!closing) onEnd(error);
  });
  try {
    await ready.promise;
  } finally {
    clearTimeout(patience);
  }
  return {
    confirm,
    async close() {
      closing = true;
      socket.end(message('X'));
      setTimeout(() => socket.destroy(), 1000).unref();
      await closed;
    },
  };
}
