import { request as open, type IncomingMessage } from 'node:http';
import type { Exchange } from '../../model/transcript.ts';
import type { RequestSpec } from './types.ts';

const kept = 64 * 1024;
/** An answer that never ends is cut here. */
const largest = 16 * 1024 * 1024;

/** Sends one request to the app and reads the answer as it came: no redirect followed, nothing decompressed, no connection reused. */
export function sendRequest(spec: RequestSpec, port: number): Promise<Exchange> {
  const started = performance.now();
  const headers: Record<string, string> = { host: `localhost:${port}`, accept: '*/*', 'accept-encoding': 'identity' };
  for (const [name, value] of Object.entries(spec.headers)) headers[name.toLowerCase()] = value;
  if (spec.body !== null) headers['content-length'] = String(Buffer.byteLength(spec.body));
  const done = (response: Exchange['response'], failure: string | null): Exchange => ({
    actor: spec.actor,
    request: { method: spec.method, path: spec.path, headers, body: spec.body },
    response,
    failure,
    milliseconds: Math.round((performance.now() - started) * 10) / 10,
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => call.destroy(new Error(`no complete answer within ${spec.timeoutMs} ms`)), spec.timeoutMs);
    const settle = (exchange: Exchange) => {
      clearTimeout(timer);
      resolve(exchange);
    };
    const refuse = (error: Error) => settle(done(null, error.message));
    const call = open({
      host: '127.0.0.1',
      port,
      method: spec.method,
      path: spec.path,
      headers,
      agent: false,
      ...(spec.from ? { localAddress: spec.from } : {}),
    });
    call.on('error', refuse);
    call.on('response', (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const finish = () =>
        settle(done({ status: answer.statusCode ?? 0, headers: joinHeaders(answer), body: Buffer.concat(chunks).toString('utf8') }, null));
      answer.on('data', (chunk: Buffer) => {
        if (bytes < kept) chunks.push(chunk.subarray(0, kept - bytes));
        bytes += chunk.length;
        if (bytes > largest) {
          finish();
          call.destroy();
        }
      });
      answer.on('end', finish);
      answer.on('error', refuse);
    });
    call.end(spec.body ?? undefined);
  });
}

/** Headers by lower-case name; several of one name joined, Set-Cookie by line feed because its values hold commas. */
function joinHeaders(answer: IncomingMessage): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    if (values) joined[name] = values.join(name === 'set-cookie' ? '\n' : ', ');
  }
  return joined;
}
