import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { joinHeaders } from '../http.ts';
import type { LiveFrame, LiveSpec } from '../types.ts';
import { eventSplitter, goesOn } from './event-stream.ts';
import { connectPacket, eventPacket, pong, readPacket } from './socket-io.ts';

/** What is kept of a connection: the latest frames, each cut. */
const kept = { frames: 1_000, characters: 64 * 1024 };
/** What a peer may send in one message before the connection is given up. */
const largest = 16 * 1024 * 1024;

/** A live connection to the app. */
export interface Connection {
  /** The address that it comes from, as the app sees it; null when no connection came about. */
  readonly from: Promise<string | null>;
  /** Resolves once the app has taken or refused it. */
  readonly settled: Promise<void>;
  /** The answer to the request that asked for it; null when none came. */
  readonly answer: () => { readonly status: number; readonly headers: Record<string, string> } | null;
  readonly accepted: () => boolean;
  /** Why it is over; null while it is open. */
  readonly ended: () => string | null;
  /** What came, oldest first. */
  readonly frames: () => readonly LiveFrame[];
  /** Sends one message (of socket.io: `["event", ...]` as JSON); false where nobody can. */
  send(text: string): boolean;
  close(): void;
}

/** Opens a live connection to a port on loopback. */
export function openConnection(spec: LiveSpec, port: number): Connection {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true, ...(spec.from ? { localAddress: spec.from } : {}) });
  const from = new Promise<string | null>((resolve) => {
    socket.once('connect', () => resolve(`${socket.localAddress}:${socket.localPort}`));
    socket.once('close', () => resolve(null));
  });
  const frames: LiveFrame[] = [];
  let count = 0;
  let ended: string | null = null;
  let accepted = false;
  let answer: ReturnType<Connection['answer']> = null;
  let settle = () => {};
  const settled = new Promise<void>((resolve) => (settle = resolve));
  const timer = setTimeout(() => line.end('it was neither taken nor refused in time'), spec.timeoutMs);
  let close = (): void => void socket.destroy();
  const line: Line = {
    answered(response) {
      answer = { status: response.statusCode ?? 0, headers: joinHeaders(response) };
    },
    accept() {
      accepted = true;
      clearTimeout(timer);
      settle();
    },
    frame(text) {
      frames.push({ seq: ++count, text: text.slice(0, kept.characters) });
      if (frames.length > kept.frames) frames.shift();
    },
    end(why) {
      clearTimeout(timer);
      ended ??= why;
      settle();
      close();
    },
  };
  const spoken = spec.transport === 'sse' ? listenToEvents(spec, port, socket, line) : speakWebSocket(spec, port, socket, line);
  close = () => spoken.close();
  return {
    from,
    settled,
    answer: () => answer,
    accepted: () => accepted,
    ended: () => ended,
    frames: () => frames,
    send: (text) => ended === null && accepted && spoken.send(text),
    close: () => line.end('hung up'),
  };
}

/** What happens to a connection. */
interface Line {
  answered(response: IncomingMessage): void;
  accept(): void;
  frame(text: string): void;
  end(why: string): void;
}

interface Spoken {
  send(text: string): boolean;
  close(): void;
}

function speakWebSocket(spec: LiveSpec, port: number, socket: Socket, line: Line): Spoken {
  const talks = spec.transport === 'socket.io';
  const { protocol, headers } = withoutProtocol(spec.headers);
  const client = new WebSocket(`ws://localhost:${port}${spec.path}`, protocol, {
    headers,
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: largest,
  });
  const namespace = spec.namespace ?? '/';
  let numbers = 0;
  client.on('upgrade', (response) => line.answered(response));
  client.on('unexpected-response', (_request, response) => {
    line.answered(response);
    line.end(`answered ${response.statusCode}`);
  });
  client.on('error', (error) => line.end(error.message));
  client.on('close', (code, reason) => line.end(`closed (${[code, reason.toString('utf8')].filter((part) => part !== '').join(' ')})`));
  if (!talks) client.on('open', () => line.accept());
  client.on('message', (data) => {
    const parts = Array.isArray(data) ? data : [Buffer.isBuffer(data) ? data : Buffer.from(data)];
    const text = Buffer.concat(parts).toString('utf8');
    if (!talks) return line.frame(text);
    const packet = readPacket(text, namespace);
    if (packet.kind === 'open') client.send(connectPacket(namespace, spec.auth ?? ''));
    if (packet.kind === 'ping') client.send(pong);
    if (packet.kind === 'connected') line.accept();
    if (packet.kind === 'refused') line.end(`refused ${packet.why.slice(0, 200)}`);
    if (packet.kind === 'disconnected') line.end('closed by the server');
    if (packet.kind === 'event' || packet.kind === 'answer') line.frame(packet.text);
  });
  return {
    send(text) {
      if (client.readyState !== WebSocket.OPEN) return false;
      client.send(talks ? eventPacket(namespace, text, ++numbers) : text);
      return true;
    },
    close() {
      client.terminate();
      socket.destroy();
    },
  };
}

/** `Sec-WebSocket-Protocol` is the client's own to set: some applications take the token there. */
function withoutProtocol(headers: Readonly<Record<string, string>>): { protocol: string[]; headers: Record<string, string> } {
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'sec-websocket-protocol');
  const named = Object.entries(headers).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
  return { protocol: named ? named.split(',').map((one) => one.trim()) : [], headers: Object.fromEntries(others) };
}

function listenToEvents(spec: LiveSpec, port: number, socket: Socket, line: Line): Spoken {
  const headers = { host: `localhost:${port}`, 'cache-control': 'no-cache', ...spec.headers, accept: 'text/event-stream' };
  const call = request({ method: 'GET', path: spec.path, headers, createConnection: () => socket });
  call.on('error', (error) => line.end(error.message));
  call.on('response', (response) => {
    line.answered(response);
    const status = response.statusCode ?? 0;
    const split = eventSplitter((event) => line.frame(event));
    if (status === 200 && goesOn(response.headers['content-type'])) {
      line.accept();
      response.on('data', (chunk: Buffer) => split(chunk.toString('utf8')));
      response.on('end', () => line.end('the answer came to its end'));
    } else line.end(status === 200 ? 'the answer is no stream of events' : `answered ${status}`);
    response.on('error', (error) => line.end(error.message));
  });
  call.end();
  return {
    send: () => false,
    close() {
      call.destroy();
      socket.destroy();
    },
  };
}
