import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Outbound } from '../types.ts';
import type { Authority } from './certificates.ts';
import { openNames, type Names } from './names.ts';
import { answerCall } from './stubs.ts';

const kept = 64 * 1024;
const remembered = 5_000;

/** The world as the app finds it: every name leads here, every request is recorded and answered. */
export interface Outside {
  since(seq: number): Outbound[];
  /** TCP ports that belong to us and not to the app. */
  readonly ports: readonly number[];
  /** Number of the latest request. */
  latest(): number;
  close(): void;
}

/** Opens the outside world on a loopback address: DNS, HTTP and HTTPS. */
export async function openOutside(host: string, authority: Authority, ports = { dns: 53, http: 80, https: 443 }): Promise<Outside> {
  const calls: Outbound[] = [];
  let seq = 0;
  const listener =
    (scheme: 'http' | 'https'): RequestListener =>
    async (request, response) => {
      const body = await readBody(request).catch(() => '');
      const name = request.headers.host ?? host;
      const call = { method: request.method ?? 'GET', host: name, path: request.url ?? '/', body };
      const number = ++seq;
      const answer = answerCall(call, number);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
      calls.push({ ...call, seq: number, url: `${scheme}://${name}${call.path}`, headers, status: answer.status });
      if (calls.length > remembered) calls.shift();
      response.writeHead(answer.status, { 'content-type': 'application/json', 'request-id': `req_${number}` });
      response.end(JSON.stringify(answer.body));
    };
  const plain = createServer(listener('http'));
  const secure = createSecureServer(
    {
      ...authority.leaf('localhost'),
      SNICallback: (name, done) => done(null, createSecureContext(authority.leaf(name))),
    },
    listener('https'),
  );
  // Hang-ups and failed handshakes are the app's affair.
  for (const server of [plain, secure]) server.on('clientError', (_error, socket) => socket.destroy());
  const bound = [await listen(plain, host, ports.http), await listen(secure, host, ports.https)];
  const names: Names = await openNames(host, ports.dns);
  return {
    since: (from) => calls.filter((call) => call.seq > from),
    ports: bound,
    latest: () => seq,
    close() {
      names.close();
      for (const server of [plain, secure]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (bytes < kept) chunks.push(chunk.subarray(0, kept - bytes));
    bytes += chunk.length;
  }
  return Buffer.concat(chunks).toString('utf8');
}
