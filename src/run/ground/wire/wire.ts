import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { greet, type Opening, relogin } from './handshake.ts';
import { errorMessage } from './messages.ts';
import { type Relay, relay } from './relay.ts';
import { openRules } from './rules.ts';
import type { Statement, Wire, WireGap, WireOptions } from './types.ts';

const maxGaps = 1_000;

/**
 * Opens a wire: a Postgres server for the app that passes every byte to the real Postgres and back, records each
 * statement on the side, and holds, delays, fails or cuts those that a rule names.
 * Throws what `net.Server.listen` throws, such as EADDRINUSE.
 */
export async function openWire(options: WireOptions): Promise<Wire> {
  const target = join(options.upstream.socketDir, `.s.PGSQL.${options.upstream.port}`);
  const listeners = new Set<(statement: Statement) => void>();
  const relays = new Set<Relay>();
  const sockets = new Set<Socket>();
  const gaps: WireGap[] = [];
  const told: Statement[] = [];
  let refused: { code: string; message: string } | null = null;
  let seq = 0;
  let connections = 0;

  const rules = openRules(() => {
    for (const each of relays) each.rulesChanged();
  });
  const settle = () => {
    for (let statement = told.shift(); statement !== undefined; statement = told.shift()) {
      for (const listener of listeners) listener(statement);
    }
  };
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };

  const session = (opening: Opening & { kind: 'session' }) => {
    const client = opening.socket;
    const connection = ++connections;
    if (refused !== null) {
      client.on('error', () => {});
      client.end(errorMessage('FATAL', refused.code, refused.message));
      client.resume();
      return;
    }
    const upstream = track(connect(target));
    const early = () => {
      client.end(errorMessage('FATAL', '57P03', 'the database of the proving ground does not answer'));
      client.resume();
    };
    const vanished = () => upstream.destroy();
    upstream.once('error', early);
    client.on('error', vanished);
    client.once('close', vanished);
    upstream.once('connect', () => {
      upstream.off('error', early);
      client.off('error', vanished);
      client.off('close', vanished);
      const joined = relay(client, upstream, {
        connection,
        maxRows: options.maxRows ?? 200,
        maxCell: options.maxCell ?? 4096,
        requestOf: options.requestOf ?? (() => null),
        nextSeq: () => ++seq,
        emit: (statement) => void told.push(statement),
        rules,
        skipPassword: options.login !== undefined,
        settle,
        gap: (reason) => void (gaps.length < maxGaps && gaps.push({ connection, reason })),
      });
      relays.add(joined);
      client.once('close', () => relays.delete(joined));
      upstream.write(options.login === undefined ? opening.packet : relogin(opening.packet, options.login));
      joined.start(opening.rest);
      client.resume();
    });
  };

  const cancel = (opening: Opening & { kind: 'cancel' }) => {
    const upstream = track(connect(target));
    const done = () => opening.socket.destroy();
    opening.socket.on('error', () => {});
    upstream.on('error', done);
    upstream.on('close', done);
    upstream.resume();
    upstream.write(opening.packet);
  };

  const server = createServer((client) => {
    client.setNoDelay(true);
    track(client);
    greet(client, options.tls, (opening) => (opening.kind === 'cancel' ? cancel(opening) : session(opening)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.listen, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();

  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    onStatement(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    intercept: (rule) => rules.add(rule),
    refuse(error) {
      refused = error;
    },
    cutAll() {
      const count = relays.size;
      for (const each of [...relays]) each.cut();
      return count;
    },
    openStatements() {
      let open = 0;
      for (const each of relays) open += each.open();
      return open;
    },
    connections: () => relays.size,
    gaps: () => gaps,
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}
