import type { AuditEvent } from '../index.ts';
import type { Terminal } from './terminal.ts';

const titles: Readonly<Record<Extract<AuditEvent, { type: 'phase' }>['phase'], string>> = {
  read: 'Reading',
  ground: 'Starting',
  derive: 'Deriving',
  drill: 'Experimenting',
  check: 'Checking',
  judge: 'Judging',
};

/** One calm line per phase with the time it took; on a terminal the running one is rewritten in place. */
export function progressOn(terminal: Terminal): { listen: (event: AuditEvent) => void; end: () => void } {
  let current: { title: string; detail: string; since: number } | null = null;
  const seconds = (from: number): string => `${((terminal.clock() - from) / 1_000).toFixed(1)} s`;
  const close = (): void => {
    if (!current) return;
    terminal.err(`${terminal.interactive ? '\r\u001b[2K' : ''}${current.title.padEnd(14)} ${seconds(current.since)}\n`);
    current = null;
  };
  return {
    listen(event) {
      if (event.type === 'evidence') return;
      const title = titles[event.phase];
      if (current?.title !== title) {
        close();
        current = { title, detail: event.detail, since: terminal.clock() };
      }
      current.detail = event.detail;
      if (terminal.interactive) terminal.err(`\r\u001b[2K${title.padEnd(14)} ${seconds(current.since)}  ${event.detail}`.slice(0, 90));
    },
    end: close,
  };
}
