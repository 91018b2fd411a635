import { availableParallelism } from 'node:os';
import { main } from '../../src/cli/main.ts';
import { ownVersion } from '../../src/index.ts';

export interface Session {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** For tests: the command line in this process, at home in a folder: 80 columns, no colours, nobody watching; at what time, may be said. */
export const commandIn =
  (cwd: string, now: () => Date = () => new Date()) =>
  async (...argv: string[]): Promise<Session> => {
    let [out, err] = ['', ''];
    const code = await main(argv, ownVersion(), {
      cwd,
      interactive: false,
      columns: () => 80,
      processors: availableParallelism(),
      signal: new AbortController().signal,
      style: (_format, text) => text,
      out: (text) => (out += text),
      err: (text) => (err += text),
      now,
      clock: () => performance.now(),
    });
    return { code, out, err };
  };
