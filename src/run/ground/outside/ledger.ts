import { createHash } from 'node:crypto';
import type { Mail, Outbound } from './types.ts';

const most = { rows: 5_000, mails: 2_000, bytes: 32 * 1024 * 1024 };
/** Of a request's body this much is kept. */
export const keptBody = 64 * 1024;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
/** A row of the ledger while the call lasts. */
export type Row = Writable<Outbound>;

/** What the app asked of the outside world, in its order. */
export interface Ledger {
  /** Begins a row: numbers it and notes the time. Headers and addresses are masked here. */
  begin(facts: Pick<Outbound, 'protocol' | 'kind' | 'provider' | 'method' | 'host' | 'path' | 'url' | 'headers' | 'body'>): Row;
  /** Ends a row; only the first end counts. */
  finish(row: Row, end: Exclude<Outbound['end'], 'open'>): void;
  keep(mail: Mail): void;
  since(seq: number): Outbound[];
  mails(seq: number): Mail[];
  /** Number of the latest row. */
  latest(): number;
}

/** Opens an empty ledger. It forgets the oldest rows when it grows too large. */
export function openLedger(): Ledger {
  const rows: Row[] = [];
  const mails: Mail[] = [];
  const opened = performance.now();
  let seq = 0;
  let bytes = 0;
  return {
    begin(facts) {
      const row: Row = {
        ...facts,
        seq: ++seq,
        by: 'app',
        at: Math.round(performance.now() - opened),
        path: maskedQuery(facts.path),
        url: maskedQuery(facts.url),
        headers: maskedHeaders(facts.headers),
        status: 0,
        rule: null,
        end: 'open',
        milliseconds: null,
        sent: 0,
        prompt: null,
      };
      rows.push(row);
      bytes += row.body.length;
      while (rows.length > most.rows || bytes > most.bytes) bytes -= rows.shift()?.body.length ?? 0;
      return row;
    },
    finish(row, end) {
      if (row.end !== 'open') return;
      row.end = end;
      row.milliseconds = Math.round(performance.now() - opened - row.at);
    },
    keep(mail) {
      mails.push(mail);
      if (mails.length > most.mails) mails.shift();
    },
    since: (from) => rows.filter((row) => row.seq > from).map((row) => ({ ...row })),
    mails: (from) => mails.filter((mail) => mail.seq > from),
    latest: () => seq,
  };
}

const secretHeader = /^(authorization|proxy-authorization|cookie|.*(api-?key|token|secret|password|signature).*)$/i;
const secretParameter = /([?&](?:[\w.-]*(?:key|token|secret|password|signature|credential|sig))=)([^&#]+)/gi;

/** First characters and hash: enough to tell which secret went where. */
export function masked(value: string): string {
  const shown = value.slice(0, Math.min(8, value.length >> 2));
  return `${shown}… #${createHash('sha256').update(value).digest('hex').slice(0, 12)}`;
}

function maskedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (!secretHeader.test(name)) return [name, value];
      const [, scheme = '', rest = ''] = /^([A-Za-z][\w-]* )?(.*)$/s.exec(value) ?? [];
      return [name, scheme + masked(rest)];
    }),
  );
}

function maskedQuery(address: string): string {
  return address.includes('?')
    ? address.replace(secretParameter, (_all, name: string, value: string) => name + masked(decode(value)))
    : address;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
