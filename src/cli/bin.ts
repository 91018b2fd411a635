import process from 'node:process';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';

// Before the rest is loaded, so that it counts for the rest; a second start then compiles nothing.
const cache = process.env['SEAWORTHY_CACHE'] || join(homedir(), '.cache', 'seaworthy');
process.getBuiltinModule('node:module').enableCompileCache(join(cache, 'compiled'));
const [{ ownVersion }, { main }, { styleFor }] = await Promise.all([import('../index.ts'), import('./main.ts'), import('./terminal.ts')]);

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => interrupted.abort(new Error(`ended by ${signal}`)));

// Without a terminal `isTTY` is missing, and what is missing would be missing in reports too.
const interactive = [process.stdin, process.stderr].every(({ isTTY }) => isTTY);
const fromScript = process.env['npm_lifecycle_event'] === 'seaworthy' ? process.env['INIT_CWD'] : undefined;

process.exitCode = await main(process.argv.slice(2), ownVersion(), {
  cwd: fromScript ?? process.cwd(),
  interactive,
  columns: () => process.stderr.columns || 80,
  processors: availableParallelism(),
  signal: interrupted.signal,
  style: styleFor(process.stdout.isTTY && process.env['NO_COLOR'] === undefined),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  now: () => new Date(),
  ...(interactive ? { ask } : {}),
  clock: () => performance.now(),
});

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question, { signal: interrupted.signal });
  } finally {
    lines.close();
  }
}
