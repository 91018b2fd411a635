import type { Ledger, Row } from './ledger.ts';
import { codesIn, linksIn } from './mail/message.ts';
import type { Rules } from './rules.ts';
import type { ServerlessDatabase } from './serverless.ts';
import type { Providers } from './stubs/index.ts';
import type { Draft } from './stubs/types.ts';

/** What the servers of the outside world share. */
export interface World {
  readonly ledger: Ledger;
  readonly rules: Rules;
  /** Changes when the world forgets. */
  providers(): Providers;
  readonly busy: Busy;
  /** Databases that are reached by HTTP and WebSocket. */
  readonly database: ServerlessDatabase | null;
}

/** Work of the outside world that will come to rest by itself. */
export interface Busy {
  /** Begins a piece of work; the function ends it, and may be called again. */
  begin(): () => void;
  /** A connection from this port on which nothing was asked yet. It counts for a moment: clients also connect in advance. */
  connected(from: number): void;
  /** It is asked something, or gone. */
  asked(from: number): void;
  count(): number;
}

const freshMs = 250;

/** Counts work under way. */
export function openBusy(): Busy {
  let working = 0;
  const fresh = new Map<number, number>();
  return {
    begin() {
      let open = true;
      working += 1;
      return () => {
        if (open) working -= 1;
        open = false;
      };
    },
    connected: (from) => void fresh.set(from, performance.now()),
    asked: (from) => void fresh.delete(from),
    count() {
      const now = performance.now();
      for (const [key, since] of fresh) if (now - since > freshMs) fresh.delete(key);
      return working + fresh.size;
    },
  };
}

/** Waits, but not beyond the signal. True when the time was over first. */
export function wait(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const stop = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve(true);
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Waits for any of the signals. */
export function untilAny(...signals: AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    if (signals.some((signal) => signal.aborted)) return resolve();
    for (const signal of signals) signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Keeps a message with what leads on from it. */
export function keepMail(ledger: Ledger, row: Row, { from, to, subject, text, html }: Draft): void {
  const mail = { from, to, subject, text, html };
  ledger.keep({ seq: row.seq, via: row.provider, ...mail, links: linksIn(mail), codes: codesIn(mail) });
}
