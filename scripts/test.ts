/**
 * Runs all tests: the slow ones one after another, and the quick ones beside them, because the slow ones mostly wait for
 * programs that they have started. What the quick ones say is printed in one piece. With arguments, `vitest run` gets these
 * and nothing runs beside it.
 */
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const vitest = join(import.meta.dirname, '..', 'node_modules', 'vitest', 'vitest.mjs');

/** The exit code of one run; with `later`, its output is printed when it has ended. */
function run(args: readonly string[], later: boolean): Promise<number> {
  const child = spawn(process.execPath, [vitest, 'run', ...args], {
    stdio: ['ignore', later ? 'pipe' : 'inherit', later ? 'pipe' : 'inherit'],
  });
  // What boots applications and measures time has the right of way.
  if (later && child.pid !== undefined) setPriority(child.pid, 5);
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });
}

const args = process.argv.slice(2);
const codes =
  args.length > 0 ? [await run(args, false)] : await Promise.all([run(['--project', 'slow'], false), run(['--project', 'unit'], true)]);
process.exitCode = Math.max(...codes);
