import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { errorMessage } from './messages.ts';

/** Request codes in place of a protocol version (PostgreSQL docs, "Message Formats": CancelRequest, SSLRequest, GSSENCRequest). */
const cancelCode = 80877102;
const tlsCode = 80877103;
const gssCode = 80877104;
/** First byte of a TLS connection (RFC 8446, ContentType); of a start-up packet it would be a length beyond all bounds. */
const tlsHandshake = 0x16;
/** Longest start-up packet Postgres takes (MAX_STARTUP_PACKET_LENGTH). */
const maxPacket = 10_000;

/** What the first packets of a client ask for. */
export type Opening =
  | { kind: 'session'; socket: Socket; packet: Buffer; rest: Buffer }
  | { kind: 'cancel'; socket: Socket; packet: Buffer };

/**
 * Reads a new client's packets up to its StartupMessage or CancelRequest, and answers its wishes for encryption.
 * A client that sends anything else is told so and cut off; then `opened` is never called.
 */
export function greet(client: Socket, tls: { key: string; cert: string } | undefined, opened: (opening: Opening) => void): void {
  let read: Buffer = Buffer.alloc(0);
  const stop = () => {
    client.off('data', onData);
    client.off('error', onError);
    client.pause();
  };
  const refuse = (text: string) => {
    stop();
    client.on('error', () => {});
    client.end(errorMessage('FATAL', '08P01', text));
    client.resume();
  };
  const onError = () => client.destroy();
  const onData = (chunk: Buffer) => {
    read = read.length === 0 ? chunk : Buffer.concat([read, chunk]);
    // No question asked first: TLS from the first byte (libpq's sslnegotiation=direct).
    if (read[0] === tlsHandshake && tls !== undefined && !(client instanceof TLSSocket)) {
      stop();
      client.unshift(read);
      return encrypt(client, tls, opened);
    }
    while (read.length >= 8) {
      const length = read.readInt32BE(0);
      if (length < 8 || length > maxPacket) return refuse('invalid length of startup packet');
      if (read.length < length) return;
      const packet = read.subarray(0, length);
      const rest = read.subarray(length);
      const code = packet.readInt32BE(4);
      if (code === tlsCode && tls !== undefined && !(client instanceof TLSSocket)) {
        // Bytes sent before the encryption could be taken for encrypted ones later (CVE-2021-23214).
        if (rest.length > 0) return refuse('received unencrypted data after SSL request');
        stop();
        client.write('S');
        return encrypt(client, tls, opened);
      }
      if (code === tlsCode || code === gssCode) {
        client.write('N');
        read = rest;
        continue;
      }
      if (code === cancelCode) {
        stop();
        return opened({ kind: 'cancel', socket: client, packet });
      }
      if (packet.readInt16BE(4) !== 3) return refuse(`unsupported frontend protocol ${packet.readInt16BE(4)}`);
      stop();
      return opened({ kind: 'session', socket: client, packet, rest });
    }
  };
  client.on('data', onData);
  client.on('error', onError);
}

/** Goes on inside TLS. The protocol name is what clients that do not ask first insist on. */
function encrypt(client: Socket, { key, cert }: { key: string; cert: string }, opened: (opening: Opening) => void): void {
  const secure = new TLSSocket(client, { isServer: true, key, cert, ALPNProtocols: ['postgresql'] });
  secure.on('error', () => client.destroy());
  client.on('error', () => secure.destroy());
  greet(secure, undefined, opened);
}

/**
 * The start-up packet with another user and database; the other parameters stay, but for `replication`, which the app's
 * user may not ask for.
 */
export function relogin(packet: Buffer, login: { user: string; database: string }): Buffer {
  const words = packet.toString('utf8', 8).split('\0');
  const parameters = [`user\0${login.user}\0database\0${login.database}\0`];
  for (let at = 0; at + 1 < words.length && words[at] !== ''; at += 2) {
    const name = words[at] ?? '';
    if (!['user', 'database', 'replication'].includes(name)) parameters.push(`${name}\0${words[at + 1] ?? ''}\0`);
  }
  const body = Buffer.from(`${parameters.join('')}\0`);
  const head = Buffer.from(packet.subarray(0, 8));
  head.writeInt32BE(body.length + 8, 0);
  return Buffer.concat([head, body]);
}
