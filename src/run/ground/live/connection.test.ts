import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { sendRequest } from '../http.ts';
import type { LiveSpec } from '../types.ts';
import { openConnection, type Connection } from './connection.ts';

/* Real servers on loopback: ws, socket.io, and a stream of events. */

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function listening(server: HttpServer): Promise<number> {
  ends.push(
    () => void server.close(),
    () => server.closeAllConnections(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const spec = (part: Partial<LiveSpec>): LiveSpec => ({
  actor: 'owner',
  transport: 'websocket',
  path: '/',
  headers: {},
  timeoutMs: 2_000,
  ...part,
});

async function open(part: Partial<LiveSpec>, port: number): Promise<Connection> {
  const connection = openConnection(spec(part), port);
  ends.push(() => connection.close());
  await connection.settled;
  return connection;
}

async function frames(connection: Connection, count: number): Promise<string[]> {
  for (let waited = 0; connection.frames().length < count && waited < 200; waited++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return connection.frames().map(({ text }) => text);
}

describe('a WebSocket', () => {
  async function echo(): Promise<number> {
    const server = createServer();
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      if (request.headers.authorization !== 'Bearer good') return socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
      sockets.handleUpgrade(request, socket, head, (ws) => {
        ws.send(JSON.stringify({ origin: request.headers.origin, from: request.socket.remoteAddress }));
        ws.on('message', (data) => (String(data) === 'leave' ? ws.close(4403, 'not you') : ws.send(`heard ${String(data)}`)));
      });
    });
    return listening(server);
  }

  it('comes with headers, from an address of its own, and hears what is sent', async () => {
    const headers = { authorization: 'Bearer good', origin: 'https://elsewhere.example' };
    const connection = await open({ headers, from: '127.0.3.7' }, await echo());
    expect(connection.accepted()).toBe(true);
    expect(connection.answer()?.status).toBe(101);
    expect(connection.send('hello')).toBe(true);
    expect(await frames(connection, 2)).toEqual(['{"origin":"https://elsewhere.example","from":"127.0.3.7"}', 'heard hello']);
    expect(await connection.from).toMatch(/^127\.0\.3\.7:\d+$/);
  });

  it('is told why it is refused or closed', async () => {
    const port = await echo();
    const refused = await open({}, port);
    expect([refused.accepted(), refused.answer()?.status, refused.ended()]).toEqual([false, 401, 'answered 401']);
    expect(refused.send('hello')).toBe(false);
    const closed = await open({ headers: { authorization: 'Bearer good' } }, port);
    closed.send('leave');
    for (let waited = 0; closed.ended() === null && waited < 200; waited++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(closed.ended()).toBe('closed (4403 not you)');
  });

  it('gives up where nobody answers', async () => {
    const silent = createServer();
    silent.on('upgrade', () => {});
    const connection = await open({ timeoutMs: 50 }, await listening(silent));
    expect([connection.accepted(), connection.ended()]).toEqual([false, 'it was neither taken nor refused in time']);
  });
});

describe('socket.io', () => {
  async function rooms(): Promise<number> {
    const server = createServer();
    const io = new Server(server, { pingInterval: 20, pingTimeout: 200 });
    ends.push(() => void io.close());
    const guarded = io.of('/rooms');
    guarded.use((socket, next) => next(socket.handshake.auth['token'] === 'good' ? undefined : new Error('unauthorized')));
    guarded.on('connection', (socket) => {
      socket.on('join', (room: string, answer: (text: string) => void) => {
        socket.emit('joined', { room });
        answer(`you are in ${room}`);
      });
    });
    io.on('connection', (socket) => socket.emit('welcome'));
    return listening(server);
  }
  const path = '/socket.io/?EIO=4&transport=websocket';

  it('speaks in a namespace: events, their answers, and pings', async () => {
    const connection = await open({ transport: 'socket.io', path, namespace: '/rooms', auth: '{"token":"good"}' }, await rooms());
    expect(connection.accepted()).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 300)); // Who does not answer pings is gone by then.
    expect(connection.ended()).toBeNull();
    connection.send('["join","tickets"]');
    expect(await frames(connection, 2)).toEqual(['["joined",{"room":"tickets"}]', '["you are in tickets"]']);
  });

  it('is told that it may not', async () => {
    const connection = await open({ transport: 'socket.io', path, namespace: '/rooms' }, await rooms());
    expect([connection.accepted(), connection.ended()]).toEqual([false, 'refused {"message":"unauthorized"}']);
  });

  it('is let into the main namespace without a word', async () => {
    const connection = await open({ transport: 'socket.io', path }, await rooms());
    expect(await frames(connection, 1)).toEqual(['["welcome"]']);
  });
});

describe('a stream of events', () => {
  const stream = () =>
    createServer((request, response) => {
      if (request.url === '/plain') return response.end('no stream');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': a comment\n\nevent: one\nda');
      setTimeout(() => response.write('ta: 1\n\ndata: 2\r\n\r\n'), 20);
    });

  it('is heard event by event, wherever it is cut', async () => {
    const connection = await open({ transport: 'sse' }, await listening(stream()));
    expect(connection.accepted()).toBe(true);
    expect(await frames(connection, 2)).toEqual(['event: one\ndata: 1', 'data: 2']);
  });

  it('is none where the answer ends', async () => {
    const connection = await open({ transport: 'sse', path: '/plain' }, await listening(stream()));
    expect([connection.accepted(), connection.ended()]).toEqual([false, 'the answer is no stream of events']);
  });

  it('does not keep a plain request waiting, and is marked', async () => {
    const port = await listening(stream());
    const request = { actor: 'owner', method: 'GET', path: '/', headers: {}, body: null, timeoutMs: 60_000 };
    const exchange = await sendRequest(request, port);
    expect(exchange).toMatchObject({ failure: null, open: true, response: { status: 200 } });
    expect(exchange.response?.body).toContain('data: 2');
    expect(await sendRequest({ ...request, path: '/plain' }, port)).not.toHaveProperty('open');
  });
});
