import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { TLSSocket } from 'node:tls';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { keptBody, type Row } from './ledger.ts';
import { fromPage, isPreflight, sharedWith } from './pages.ts';
import type { InForce } from './rules.ts';
import type { Answer, Call, Stub } from './stubs/types.ts';
import type { Behaviour } from './types.ts';
import type { Duplex } from 'node:stream';
import { keepMail, untilAny, wait, type World } from './world.ts';

type Request = IncomingMessage | Http2ServerRequest;
/** The compatibility layer of HTTP/2 answers like HTTP/1.1 (https://nodejs.org/api/http2.html#compatibility-api). */
type Response = ServerResponse;

const most = { request: 64 * 1024 * 1024, pieces: 200_000 };
const notAnswered = new Set(['refuse', 'unresolved', 'reset']);

/** Takes one request: records it, finds the rule that applies and the provider, and answers as they say. */
export async function serveWeb(
  world: World,
  scheme: 'http' | 'https',
  request: Request,
  answer: Response | Http2ServerResponse,
): Promise<void> {
  const response = answer as Response;
  const done = world.busy.begin();
  world.busy.asked(request.socket.remotePort ?? 0);
  const left = new AbortController();
  response.once('close', () => left.abort());
  try {
    const call = await readCall(scheme, request);
    // The wire records what a database is asked; it is no call to the outside.
    const database = await world.database?.query(call.method, call.path, call.headers, call.body.toString('utf8'));
    if (database)
      return void response.writeHead(database.status, { 'content-type': 'application/json' }).end(JSON.stringify(database.json));
    const stub = world.providers().of(call);
    if (fromPage(request) && isPreflight(call)) return void response.writeHead(204, sharedWith(call)).end();
    const row = record(world, request, call, stub);
    response.once('close', () => world.ledger.finish(row, response.writableFinished ? 'answered' : 'left'));
    const force = world.rules.choose({ ...row, path: request.url ?? '/' });
    row.rule = force?.id ?? null;
    // What a rule holds up is not going to rest by itself.
    if (force && (force.rule.delayMs !== undefined || ['hang', 'slow'].includes(force.rule.does?.do ?? '') || endless(force))) done();
    await answerCall({ world, call, stub, row, force, response, left: left.signal });
  } catch {
    breakOff(response); // the app hung up in the middle of its request, or asked for more than fits
  } finally {
    done();
  }
}

/** Takes a connection that is to become something else: a database's WebSocket; anything else is recorded and refused. */
export function serveUpgrade(world: World, scheme: 'http' | 'https', request: IncomingMessage, socket: Duplex, head: Buffer): void {
  world.busy.asked(request.socket.remotePort ?? 0);
  if (world.database?.upgrade(request, socket, head)) return;
  const call = callOf(scheme, request, Buffer.alloc(0));
  const row = record(world, request, call, world.providers().of(call));
  row.status = 501;
  world.ledger.finish(row, 'answered');
  socket.end('HTTP/1.1 501 Not Implemented\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
}

interface Turn {
  readonly world: World;
  readonly call: Call;
  readonly stub: Stub;
  readonly row: Row;
  readonly force: InForce | null;
  readonly response: Response;
  /** Aborted when the connection is gone. */
  readonly left: AbortSignal;
}

async function answerCall(turn: Turn): Promise<void> {
  const { world, call, stub, row, force, response, left } = turn;
  const does: Behaviour = force?.rule.does ?? { do: 'normal' };
  const cut = () => {
    world.ledger.finish(row, 'cut');
    breakOff(response);
  };
  if (force?.rule.delayMs !== undefined && !(await wait(force.rule.delayMs, left))) return;
  if (force && does.do === 'hang') await untilAny(force.removed, left);
  if (left.aborted) return;
  if (notAnswered.has(does.do)) return cut();
  if (does.do === 'answer') {
    const body = does.body ?? (does.status >= 400 ? stub.failure(does.status, 'The proving ground answers so.') : '');
    return send(turn, { status: does.status, body, ...(does.headers ? { headers: does.headers } : {}) }, does);
  }
  if (does.do === 'lie') return send(turn, { status: 200, body: stub.failure(500, 'Something went wrong on our end.') }, does);
  const say = does.do === 'say' ? (does.answers[Math.min(force?.before ?? 0, does.answers.length - 1)] ?? null) : null;
  const answer = stub.answer(call, { say, vouch: does.do === 'vouch' ? does.user : null });
  for (const mail of answer.mails ?? []) keepMail(world.ledger, row, mail);
  if (does.do === 'lose') return cut();
  await send(turn, answer, does);
}

function endless({ rule: { does } }: InForce): boolean {
  return does?.do === 'say' && does.answers.some((answer) => answer.endless);
}

async function send({ row, response, call, left }: Turn, answer: Answer, does: Behaviour): Promise<void> {
  row.status = answer.status;
  const type = typeof answer.body === 'string' ? (/^\s*<\?xml/.test(answer.body) ? 'application/xml' : 'text/plain') : 'application/json';
  const headers: Record<string, string | string[]> = {
    'content-type': type,
    'request-id': `req_${call.id}`,
    ...(row.by === 'page' ? sharedWith(call) : {}),
    ...answer.headers,
  };
  const write = (chunk: string | Buffer): Promise<void> => {
    row.sent += Buffer.byteLength(chunk);
    const fits = response.write(chunk);
    return fits || left.aborted
      ? Promise.resolve()
      : new Promise((resolve) => (response.once('drain', resolve), response.once('close', resolve)));
  };
  if (answer.pieces) {
    response.writeHead(answer.status, headers);
    const broken = does.do === 'malformed' ? [...takeSome(answer.pieces.each)] : null;
    let count = 0;
    for (const piece of broken ?? answer.pieces.each) {
      if (left.aborted || ++count > most.pieces) break;
      await write(broken?.length === count ? piece.slice(0, piece.length >> 1) : piece);
      const pace = does.do === 'slow' ? does.everyMs : answer.pieces.paceMs;
      if (pace > 0) await wait(pace, left);
    }
    response.end();
    return;
  }
  const whole = Buffer.isBuffer(answer.body)
    ? answer.body
    : Buffer.from(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
  const body = does.do === 'malformed' ? whole.subarray(0, Math.max(1, Math.floor(whole.length * 0.6))) : whole;
  const bodiless = call.method === 'HEAD' || answer.status === 204 || answer.status === 304;
  response.writeHead(answer.status, {
    ...(bodiless ? {} : { 'content-length': String(body.length) }),
    ...headers,
    ...(does.do === 'malformed' ? { 'content-length': String(body.length) } : {}),
  });
  if (does.do === 'slow' && !bodiless) {
    const step = Math.max(1, does.bytes ?? 16);
    for (let at = 0; at < body.length && !left.aborted; at += step) {
      await wait(does.everyMs, left);
      await write(body.subarray(at, at + step));
    }
    response.end();
    return;
  }
  if (bodiless) return void response.end();
  row.sent += body.length;
  response.end(body);
}

/** The first half of a stream, at least one piece; of an endless one the first twenty. */
function takeSome(pieces: Iterable<string>): string[] {
  const some: string[] = [];
  for (const piece of pieces) if (some.push(piece) >= 40) break;
  return some.slice(0, Math.max(1, some.length >> 1));
}

function breakOff(response: Response): void {
  const { stream } = response as ServerResponse & Partial<Pick<Http2ServerResponse, 'stream'>>;
  if (stream) return void stream.session?.destroy();
  if (response.socket instanceof TLSSocket) response.socket.destroy();
  else response.socket?.resetAndDestroy();
}

async function readCall(scheme: 'http' | 'https', request: Request): Promise<Call> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > most.request) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  return callOf(scheme, request, Buffer.concat(chunks));
}

function callOf(scheme: 'http' | 'https', request: Request, body: Buffer): Call {
  const headers = Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => !name.startsWith(':'))
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]),
  );
  const authority = String(request.headers[':authority'] ?? request.headers.host ?? 'localhost');
  const [, host = 'localhost', port] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
  const address = URL.parse(request.url ?? '/', 'http://here/') ?? new URL('http://here/');
  return {
    id: '',
    method: request.method ?? 'GET',
    scheme,
    host: host.toLowerCase(),
    port: Number(port ?? (scheme === 'https' ? 443 : 80)),
    path: address.pathname,
    query: address.searchParams,
    headers,
    body: decompress(body, headers['content-encoding']),
  };
}

function decompress(body: Buffer, encoding: string | undefined): Buffer {
  const limit = { maxOutputLength: most.request };
  try {
    if (encoding === 'gzip') return gunzipSync(body, limit);
    if (encoding === 'deflate') return inflateSync(body, limit);
    if (encoding === 'br') return brotliDecompressSync(body, limit);
  } catch {
    return body; // not what it says: kept as it came
  }
  return body;
}

function record(world: World, request: Request, call: Call, stub: Stub): Row {
  const path = request.url ?? '/';
  const usual = call.port === (call.scheme === 'https' ? 443 : 80);
  const row = world.ledger.begin({
    protocol: request.httpVersionMajor === 2 ? 'http/2' : 'http/1.1',
    kind: stub.kind,
    provider: stub.provider,
    method: call.method,
    host: call.host,
    path,
    url: `${call.scheme}://${call.host}${usual ? '' : `:${call.port}`}${path}`,
    headers: { ...call.headers },
    body: call.body.toString('utf8', 0, keptBody),
  });
  if (fromPage(request)) row.by = 'page';
  // The same call in the same place gets the same id.
  Object.assign(call, { id: createHash('sha256').update(`${row.seq} ${call.method} ${call.host}${path}`).digest('hex').slice(0, 24) });
  row.prompt = stub.prompt?.(call) ?? null;
  return row;
}
