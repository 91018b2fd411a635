import type { AuditEvent } from '../index.ts';
import { spoken } from '../model/duration.ts';
import { oneLine } from '../report/visible.ts';
import type { Terminal } from './terminal.ts';

const titles: Readonly<Record<Extract<AuditEvent, { type: 'phase' }>['phase'], string>> = {
  read: 'Reading',
  ground: 'Starting',
  derive: 'Deriving',
  drill: 'Experimenting',
  check: 'Checking',
  judge: 'Judging',
};

/** What to call the evidence of a drill. */
const drills: Readonly<Record<string, string>> = { 'stored-passwords': 'stored passwords' };

/** The running phase. */
interface Phase {
  readonly title: string;
  readonly since: number;
  /** Milliseconds that were spent on it before, and what may be spent on it in all; null for as much as it takes. */
  readonly spent: number;
  readonly limit: number | null;
  detail: string;
}

export interface Progress {
  readonly listen: (event: AuditEvent) => void;
  /** Closes the running line. */
  readonly end: () => void;
  /** Closes the running line and says how long all of it took. */
  readonly done: () => void;
  /** The drills that the next audit need not run again, should this one be interrupted. */
  readonly kept: readonly string[];
}

const everySecond = 1_000;

/** One calm line per phase with the time it took; on a terminal the running one is rewritten in place, never wider than the terminal. */
export function progressOn(terminal: Terminal): Progress {
  const began = terminal.clock();
  const kept: string[] = [];
  let current: Phase | null = null;
  let ticking: NodeJS.Timeout | undefined;
  let shown = '';
  const line = ({ title, since, spent, limit }: Phase): string =>
    `${title.padEnd(14)} ${spoken(spent + terminal.clock() - since)}${limit === null ? '' : ` of ${spoken(limit)}`}`;
  const show = (): void => {
    if (!current || !terminal.interactive) return;
    // One column stays free: some terminals wrap when the last one is written.
    const text = `${line(current)}  ${current.detail}`.slice(0, Math.max(20, terminal.columns() - 1));
    if (text !== shown) terminal.err(`\r${text}\u001b[K`);
    shown = text;
  };
  const close = (): void => {
    clearInterval(ticking);
    if (current) terminal.err(`${terminal.interactive ? '\r' : ''}${line(current)}${terminal.interactive ? '\u001b[K' : ''}\n`);
    current = null;
    shown = '';
  };
  const say = (sentence: string): void => {
    close();
    terminal.err(`${sentence}\n`);
  };
  return {
    kept,
    listen(event) {
      if (event.type === 'evidence') {
        if (event.kept) kept.push(drills[event.kind] ?? event.kind);
      } else if (event.type === 'plan') {
        say(`${'To run'.padEnd(14)} ${oneLine(event.how)}`);
        for (const sentence of event.missing) terminal.err(`${'Missing'.padEnd(14)} ${oneLine(sentence)}\n`);
      } else if (event.type === 'resumed') {
        const finished = event.finished.map((kind) => drills[kind] ?? kind).join(', ');
        const verb = event.finished.length === 1 ? 'is' : 'are';
        say(`Going on with the audit that was interrupted ${ago(event.milliseconds)}: ${finished} ${verb} done; start over with --fresh`);
      } else {
        const title = titles[event.phase];
        if (current?.title !== title) {
          close();
          const { spent, limit } = event.phase === 'drill' ? event : { spent: 0, limit: null };
          current = { title, since: terminal.clock(), spent, limit, detail: event.detail };
          if (terminal.interactive) ticking = setInterval(show, everySecond).unref();
        }
        current.detail = event.detail;
        show();
      }
    },
    end: close,
    done: () => say(`${'In all'.padEnd(14)} ${spoken(terminal.clock() - began)}`),
  };
}

/** `just now`, `3 min ago`, `2 days ago`; to the minute. */
function ago(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}
