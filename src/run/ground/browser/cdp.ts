import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping.js';
import { WebSocket } from 'ws';

type Commands = ProtocolMapping.Commands;
type Events = ProtocolMapping.Events;

/** One target of the browser (a page, a worker, or the browser itself), spoken to in the Chrome DevTools Protocol. */
export interface Session {
  /** Sends a command; rejects when the browser refuses it, does not answer in time, or is gone. */
  send<K extends keyof Commands>(method: K, ...params: Commands[K]['paramsType']): Promise<Commands[K]['returnType']>;
  on<K extends keyof Events>(event: K, listener: (...event: Events[K]) => void): void;
  /** The same connection, another target. */
  at(sessionId: string): Session;
  /** Forgets the listeners of a target that is gone. */
  forget(sessionId: string): void;
  close(): void;
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A page whose script never ends answers no command. */
const patienceMs = 10_000;
const largest = 256 * 1024 * 1024;

type Listener = (event: unknown) => void;

/** Connects to a browser's debugging address. */
export async function connect(address: string): Promise<Session> {
  const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: largest });
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }>();
  const listeners = new Map<string, Map<string, Listener[]>>();
  let next = 1;
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => socket.close());
  socket.on('close', () => {
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer);
      reject(new Error('the browser has ended'));
    }
    waiting.clear();
  });
  socket.on('message', (data: Buffer) => {
    const { id, sessionId = '', method, params, result, error } = JSON.parse(data.toString('utf8')) as Message;
    if (method !== undefined) {
      for (const listener of listeners.get(sessionId)?.get(method) ?? []) listener(params);
      return;
    }
    const caller = waiting.get(id ?? 0);
    if (!caller) return;
    waiting.delete(id ?? 0);
    clearTimeout(caller.timer);
    if (error) caller.reject(new Error(error.message));
    else caller.resolve(result);
  });
  const session = (sessionId: string): Session => ({
    send(method, ...params) {
      return new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) return reject(new Error('the browser has ended'));
        const id = next++;
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(new Error(`the page did not answer within ${patienceMs / 1000} seconds`));
        }, patienceMs);
        waiting.set(id, { resolve: resolve as (result: unknown) => void, reject, timer });
        socket.send(JSON.stringify({ id, method, params: params[0], ...(sessionId === '' ? {} : { sessionId }) }));
      });
    },
    on(event, listener) {
      const mine = listeners.get(sessionId) ?? new Map<string, Listener[]>();
      listeners.set(sessionId, mine);
      mine.set(event, [...(mine.get(event) ?? []), listener as Listener]);
    },
    at: session,
    forget: (gone) => void listeners.delete(gone),
    close: () => socket.terminate(),
  });
  return session('');
}
