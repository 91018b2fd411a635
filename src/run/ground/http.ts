import { request as open, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Exchange } from '../../model/transcript.ts';
import { goesOn } from './live/event-stream.ts';
import type { RequestSpec } from './types.ts';

const kept = 64 * 1024;
/** An answer that never ends is cut here. */
const largest = 16 * 1024 * 1024;
/** An answer that is meant to go on (server-sent events) is cut after so long a silence, and after so long in any case. */
const listening = { quietMs: 500, longestMs: 2_000 };

/** A request on its way. */
export interface Flight {
  /** The address that it comes from, as the app sees it (`127.0.0.1:40312`); null when no connection came about. */
  readonly from: Promise<string | null>;
  /** Lets a request go that was held back. */
  fire(): void;
  readonly exchange: Promise<Exchange>;
}

/** Sends one request to the app and reads the answer as it came: no redirect followed, nothing decompressed, no connection reused. */
export function sendRequest(spec: RequestSpec, port: number): Promise<Exchange> {
  return openRequest(spec, port, false).exchange;
}

/**
 * Opens a connection for one request. Held back, the request waits in full on an open connection until `fire`: several of them, fired in one
 * turn, arrive within microseconds. Time counts from `fire`.
 */
export function openRequest(spec: RequestSpec, port: number, held: boolean): Flight {
  let started = performance.now();
  const headers: Record<string, string> = { host: `localhost:${port}`, accept: '*/*', 'accept-encoding': 'identity' };
  for (const [name, value] of Object.entries(spec.headers)) headers[name.toLowerCase()] = value;
  if (spec.body !== null) headers['content-length'] = String(Buffer.byteLength(spec.body));
  const done = (response: Exchange['response'], failure: string | null, open = false): Exchange => ({
    actor: spec.actor,
    request: { method: spec.method, path: spec.path, headers, body: spec.body },
    response,
    failure,
    ...(open ? { open } : {}),
    milliseconds: Math.round((performance.now() - started) * 10) / 10,
  });
  const socket = connect({ host: '127.0.0.1', port, noDelay: true, ...(spec.from ? { localAddress: spec.from } : {}) });
  if (held) socket.cork();
  const from = new Promise<string | null>((resolve) => {
    socket.once('connect', () => resolve(`${socket.localAddress}:${socket.localPort}`));
    socket.once('close', () => resolve(null));
  });
  let fire = () => {};
  const exchange = new Promise<Exchange>((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (exchange: Exchange) => {
      clearTimeout(timer);
      resolve(exchange);
      socket.destroy();
    };
    const refuse = (error: Error) => settle(done(null, error.message));
    const call = open({ method: spec.method, path: spec.path, headers, createConnection: () => socket });
    fire = () => {
      started = performance.now();
      timer = setTimeout(() => call.destroy(new Error(`no complete answer within ${spec.timeoutMs} ms`)), spec.timeoutMs);
      socket.uncork();
    };
    call.on('error', refuse);
    call.on('response', (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const finish = (open = false) =>
        settle(
          done({ status: answer.statusCode ?? 0, headers: joinHeaders(answer), body: Buffer.concat(chunks).toString('utf8') }, null, open),
        );
      const endless = goesOn(answer.headers['content-type']);
      const until = performance.now() + listening.longestMs;
      const cutSoon = () => {
        clearTimeout(timer);
        timer = setTimeout(() => finish(true), Math.max(0, Math.min(listening.quietMs, until - performance.now())));
      };
      if (endless) cutSoon();
      answer.on('data', (chunk: Buffer) => {
        if (endless) cutSoon();
        if (bytes < kept) chunks.push(chunk.subarray(0, kept - bytes));
        bytes += chunk.length;
        if (bytes > largest) {
          finish();
          call.destroy();
        }
      });
      answer.on('end', () => finish());
      answer.on('error', refuse);
    });
    call.end(spec.body ?? undefined);
    if (!held) fire();
  });
  return { from, fire: () => fire(), exchange };
}

/** Headers by lower-case name; several of one name joined, Set-Cookie by line feed because its values hold commas. */
export function joinHeaders(answer: IncomingMessage): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    if (values) joined[name] = values.join(name === 'set-cookie' ? '\n' : ', ');
  }
  return joined;
}
