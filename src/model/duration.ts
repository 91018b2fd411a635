const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Time for experimenting that is given in words: milliseconds, or no limit. */
export type TimeLimit = number | 'full';

/** What an audit may spend on experiments unless it is told otherwise: five minutes. */
export const usualLimit: TimeLimit = 5 * units.m;

/** How a limit is written: `90s`, `5m`, `1h`, or `full` for none. */
export const limitPattern = /^(?:full|(\d{1,6}(?:\.\d{1,3})?)([smh]))$/;

/** A limit as it is written; null when it is written otherwise. */
export function limitOf(text: string): TimeLimit | null {
  const match = limitPattern.exec(text);
  if (!match) return null;
  return match[1] === undefined ? 'full' : Math.round(Number(match[1]) * units[match[2] as keyof typeof units]);
}

/** Milliseconds as people say them: `0.3 s`, `42 s`, `5 min`, `1 min 30 s`, `2 h 5 min`. */
export function spoken(milliseconds: number): string {
  const tenths = Math.round(milliseconds / 100);
  if (tenths < 100) return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  const parts =
    seconds < 3_600
      ? [[Math.floor(seconds / 60), 'min'] as const, [seconds % 60, 's'] as const]
      : [[Math.floor(seconds / 3_600), 'h'] as const, [Math.floor((seconds % 3_600) / 60), 'min'] as const];
  return parts.flatMap(([number, unit]) => (number > 0 ? [`${number} ${unit}`] : [])).join(' ');
}
