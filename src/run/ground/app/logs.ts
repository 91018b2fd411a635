import type { LogLine } from '../types.ts';

/** What the app printed, the latest part of it. */
export interface Logs {
  add(text: string, stream: 'out' | 'err'): void;
  since(seq: number): LogLine[];
  latest(): number;
  /** The last lines, for a person. */
  tail(count: number): string;
}

/** Keeps the last `kept` lines. */
export function openLogs(kept = 5_000): Logs {
  const lines: LogLine[] = [];
  let seq = 0;
  return {
    add(text, stream) {
      lines.push({ seq: ++seq, stream, text });
      if (lines.length > kept) lines.shift();
    },
    since: (from) => lines.filter((line) => line.seq > from),
    latest: () => seq,
    tail: (count) =>
      lines
        .slice(-count)
        .map((line) => `  | ${line.text.slice(0, 300)}`)
        .join('\n'),
  };
}
