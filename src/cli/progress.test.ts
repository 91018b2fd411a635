import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressOn } from './progress.ts';
import type { Terminal } from './terminal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A terminal that writes down what it was told, with a clock that runs with the fake timers. */
function terminalOf(interactive: boolean, columns = 80) {
  let written = '';
  const terminal: Terminal = {
    cwd: '/',
    interactive,
    columns: () => columns,
    processors: 1,
    signal: new AbortController().signal,
    style: (_format, text) => text,
    out: () => {},
    err: (text) => void (written += text),
    now: () => new Date(),
    clock: () => Date.now(),
  };
  return { terminal, written: () => written };
}

/** The lines that a terminal shows in the end, without what was written over. */
function shown(written: string): string[] {
  return written.split('\n').map((line) => {
    expect(line.replaceAll('\u001b[K', '')).not.toMatch(/\u001b/);
    return line.split('\r').at(-1)?.split('\u001b[K')[0] ?? '';
  });
}

const drill = (detail: string, spent = 0, limit: number | null = 300_000) =>
  ({ type: 'phase', phase: 'drill', detail, spent, limit }) as const;

describe('progress', () => {
  it('is one plain line per phase where nobody watches', () => {
    const { terminal, written } = terminalOf(false);
    const progress = progressOn(terminal);
    progress.listen({ type: 'phase', phase: 'read', detail: '80 files' });
    vi.advanceTimersByTime(300);
    progress.listen({ type: 'phase', phase: 'ground', detail: 'copying the app' });
    progress.listen({ type: 'phase', phase: 'ground', detail: 'starting Postgres' });
    vi.advanceTimersByTime(2_000);
    progress.listen(drill('signing actors up'));
    vi.advanceTimersByTime(42_000);
    progress.listen({ type: 'phase', phase: 'check', detail: '15 checks' });
    progress.done();
    expect(written()).toBe(
      'Reading        0.3 s\nStarting       2 s\nExperimenting  42 s of 5 min\nChecking       0 s\nIn all         44 s\n',
    );
  });

  it('shows the running phase in a terminal, counts its seconds, and never fills the last column', () => {
    const { terminal, written } = terminalOf(true, 40);
    const progress = progressOn(terminal);
    progress.listen(drill('everyone tries everything: 10 of 221 endpoints'));
    expect(shown(written())).toEqual(['Experimenting  0 s of 5 min  everyone t']);
    vi.advanceTimersByTime(2_000);
    expect(shown(written())).toEqual(['Experimenting  2 s of 5 min  everyone t']);
    expect(written().split('\r').slice(1)).toHaveLength(3);
    progress.end();
    expect(shown(written())).toEqual(['Experimenting  2 s of 5 min', '']);
    vi.advanceTimersByTime(5_000);
    expect(shown(written())).toEqual(['Experimenting  2 s of 5 min', '']);
    for (const line of shown(written())) expect(line.length).toBeLessThan(40);
  });

  it('does not write the same again', () => {
    const { terminal, written } = terminalOf(true);
    const progress = progressOn(terminal);
    for (let index = 0; index < 5; index++) progress.listen({ type: 'phase', phase: 'ground', detail: 'copying the app' });
    expect(written().split('\r').slice(1)).toHaveLength(1);
    progress.end();
  });

  it('says in one line that an interrupted audit is gone on with, and counts the time spent before', () => {
    const { terminal, written } = terminalOf(true);
    const progress = progressOn(terminal);
    progress.listen({ type: 'phase', phase: 'read', detail: '80 files' });
    progress.listen({ type: 'resumed', finished: ['actors', 'stored-passwords'], milliseconds: 170_000 });
    progress.listen(drill('statements that fail', 60_000));
    vi.advanceTimersByTime(5_000);
    progress.end();
    expect(shown(written())).toEqual([
      'Reading        0 s',
      'Going on with the audit that was interrupted 3 min ago: actors, stored passwords are done; start over with --fresh',
      'Experimenting  1 min 5 s of 5 min',
      '',
    ]);
  });

  it('says in a line or two what running will do, and what is missing', () => {
    const { terminal, written } = terminalOf(true);
    const progress = progressOn(terminal);
    progress.listen({ type: 'phase', phase: 'read', detail: '80 files' });
    progress.listen({ type: 'plan', how: 'Express with npm: start (npm start)', missing: ['Redis\u001b[2J is not here'] });
    progress.end();
    expect(shown(written())).toEqual([
      'Reading        0 s',
      'To run         Express with npm: start (npm start)',
      'Missing        Redis\\u{1b}[2J is not here',
      '',
    ]);
  });

  it('knows what the next audit would not run again', () => {
    const progress = progressOn(terminalOf(false).terminal);
    const evidence = { type: 'evidence', present: true, reason: null, milliseconds: 1, taken: false } as const;
    progress.listen({ ...evidence, kind: 'schema', kept: false });
    progress.listen({ ...evidence, kind: 'stored-passwords', kept: true });
    expect(progress.kept).toEqual(['stored passwords']);
  });
});
