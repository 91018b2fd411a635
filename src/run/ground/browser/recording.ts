import type { Protocol } from 'devtools-protocol';
import type { Session } from './cdp.ts';
import type { ConsoleLine, PageRequest, Visit } from './types.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const most = { requests: 2_000, lines: 500, bytes: 64 * 1024, errors: 100 };

/** A request that takes longer than this is taken for one that waits for news (long polling) and holds nothing up. */
const longPollMs = 5_000;

/** Kinds of requests that stay open by their nature. */
const endless = new Set(['EventSource', 'WebSocket', 'Ping', 'Preflight']);

/** What the page and its workers do, written down as it happens. */
export interface Recording {
  /** Listens to one more target: the page, a frame, a worker. */
  follow(session: Session): Promise<void>;
  /** Requests under way that will come to an end by themselves. */
  underWay(): number;
  /** Moment of the latest request or answer. */
  changed(): number;
  /** The document that the main frame shows. */
  document(): { status: number | null; headers: Record<string, string> };
  /** Everything so far. */
  record(): Pick<Visit, 'requests' | 'console' | 'errors'> & { gaps: string[] };
}

interface Open {
  readonly row: Writable<PageRequest>;
  readonly since: number;
}

/** Begins a recording. @param app the origin of the app, whose answers are kept @param frame the main frame's id */
export function openRecording(app: string, frame: string): Recording {
  const started = performance.now();
  const requests: Writable<PageRequest>[] = [];
  const lines: ConsoleLine[] = [];
  const errors: string[] = [];
  const gaps = new Set<string>();
  const open = new Map<string, Open>();
  let latest = started;
  let document: ReturnType<Recording['document']> = { status: null, headers: {} };

  const finish = (id: string, failure: string | null) => {
    latest = performance.now();
    const entry = open.get(id);
    if (!entry) return;
    open.delete(id);
    entry.row.failure ??= failure;
    entry.row.milliseconds = Math.round(latest - entry.since);
  };
  const begin = (id: string, facts: Pick<PageRequest, 'method' | 'url' | 'type' | 'initiator' | 'body'>) => {
    latest = performance.now();
    if (requests.length >= most.requests) return void gaps.add(`the page made more than ${most.requests} requests`);
    const row: Writable<PageRequest> = {
      ...facts,
      status: null,
      answer: null,
      failure: null,
      at: Math.round(latest - started),
      milliseconds: null,
    };
    requests.push(row);
    open.set(id, { row, since: latest });
  };
  const say = (line: ConsoleLine) => {
    if (lines.length < most.lines) lines.push({ ...line, text: line.text.slice(0, 4_000) });
    else gaps.add(`the page's console had more than ${most.lines} lines`);
  };

  return {
    async follow(session) {
      session.on('Network.requestWillBeSent', ({ requestId, request, type = 'Other', initiator, redirectResponse }) => {
        if (request.url.startsWith('data:') || request.url.startsWith('blob:')) return;
        const before = open.get(requestId);
        if (before && redirectResponse) before.row.status = redirectResponse.status;
        finish(requestId, null);
        begin(requestId, {
          method: request.method,
          url: request.url.slice(0, 4_000) + (request.urlFragment ?? ''),
          type,
          initiator: { type: initiator.type, url: initiator.url ?? initiator.stack?.callFrames[0]?.url ?? null },
          body: bodyOf(request),
        });
      });
      session.on('Network.responseReceived', ({ requestId, response, type, frameId }) => {
        latest = performance.now();
        const entry = open.get(requestId);
        if (entry) entry.row.status = response.status;
        if (type !== 'Document' || frameId !== frame) return;
        document = { status: response.status, headers: lowerCase(response.headers) };
      });
      session.on('Network.loadingFinished', ({ requestId }) => {
        const entry = open.get(requestId);
        if (!entry || !wanted(entry.row, app)) return finish(requestId, null);
        // Asked for at once: the browser forgets it with the document. It counts as under way until then.
        session.send('Network.getResponseBody', { requestId }).then(
          ({ body, base64Encoded }) => {
            entry.row.answer = (base64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body).slice(0, most.bytes);
            finish(requestId, null);
          },
          () => finish(requestId, null),
        );
      });
      session.on('Network.loadingFailed', ({ requestId, errorText, blockedReason, corsErrorStatus, canceled }) => {
        const why = blockedReason ? `blocked: ${blockedReason}` : (corsErrorStatus?.corsError ?? errorText);
        const given = canceled === true && why === 'net::ERR_ABORTED';
        // An answer that came and was not read to its end is no failure.
        finish(requestId, !given ? why : open.get(requestId)?.row.status === null ? 'given up by the page' : null);
      });
      session.on('Network.webSocketCreated', ({ requestId, url, initiator }) => {
        begin(requestId, {
          method: 'GET',
          url,
          type: 'WebSocket',
          initiator: { type: initiator?.type ?? 'other', url: initiator?.stack?.callFrames[0]?.url ?? null },
          body: null,
        });
      });
      session.on('Network.webSocketHandshakeResponseReceived', ({ requestId, response }) => {
        const entry = open.get(requestId);
        if (entry) entry.row.status = response.status;
      });
      session.on('Network.webSocketFrameError', ({ requestId, errorMessage }) => finish(requestId, errorMessage));
      session.on('Network.webSocketClosed', ({ requestId }) => finish(requestId, null));
      session.on('Runtime.consoleAPICalled', ({ type, args, stackTrace }) => {
        const [frame] = stackTrace?.callFrames ?? [];
        const level = type === 'error' || type === 'assert' ? 'error' : type === 'warning' ? 'warning' : 'info';
        say({
          level,
          source: 'console',
          text: args.map(inWords).join(' '),
          url: frame?.url || null,
          line: frame ? frame.lineNumber + 1 : null,
        });
      });
      session.on('Log.entryAdded', ({ entry: { level, source, text, url, lineNumber } }) => {
        const kind = level === 'error' || level === 'warning' ? level : 'info';
        say({ level: kind, source, text, url: url ?? null, line: lineNumber === undefined ? null : lineNumber + 1 });
      });
      session.on('Runtime.exceptionThrown', ({ exceptionDetails: { text, exception, url, lineNumber } }) => {
        if (errors.length >= most.errors) return void gaps.add(`the page threw more than ${most.errors} errors`);
        const what = exception?.description ?? (exception ? `${text} ${inWords(exception)}` : text);
        errors.push(what.includes('\n') || !url ? what.slice(0, 4_000) : `${what.slice(0, 4_000)}\n    at ${url}:${lineNumber + 1}`);
      });
      await Promise.all([
        session.send('Network.enable', { maxPostDataSize: most.bytes }),
        session.send('Runtime.enable'),
        session.send('Log.enable').catch(() => {}), // workers have no log of their own
      ]);
    },
    underWay() {
      const now = performance.now();
      return [...open.values()].filter(({ row, since }) => !endless.has(row.type) && now - since < longPollMs).length;
    },
    changed: () => latest,
    document: () => document,
    record: () => ({ requests: requests.map((row) => ({ ...row })), console: [...lines], errors: [...errors], gaps: [...gaps] }),
  };
}

function wanted({ url, type }: PageRequest, app: string): boolean {
  return (type === 'Document' || type === 'XHR' || type === 'Fetch') && url.startsWith(`${app}/`);
}

function bodyOf({ hasPostData, postData, postDataEntries }: Protocol.Network.Request): string | null {
  if (!hasPostData) return null;
  const text = postData ?? (postDataEntries ?? []).map(({ bytes = '' }) => Buffer.from(bytes, 'base64').toString('utf8')).join('');
  return text.slice(0, most.bytes);
}

function lowerCase(headers: Protocol.Network.Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A value as the console shows it. */
function inWords(value: Protocol.Runtime.RemoteObject): string {
  if (value.type === 'string') return String(value.value);
  const { preview } = value;
  if (preview && value.subtype !== 'error') {
    const parts = preview.properties.map(({ name, value: shown = '' }) => (preview.subtype === 'array' ? shown : `${name}: ${shown}`));
    return preview.subtype === 'array' ? `[${parts.join(', ')}]` : `{${parts.join(', ')}}`;
  }
  return value.description ?? value.unserializableValue ?? String(value.value);
}
