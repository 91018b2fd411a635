import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { baselineOf, gate } from '../../src/index.ts';
import type { Baseline, GateOptions } from '../../src/index.ts';
import { auditOptions, audited } from './audited.ts';

/** For tests: a copy of an example in a git repository of its own, with the baseline of its only commit; to be changed and gated. */
export interface Changing {
  readonly dir: string;
  readonly baseline: Baseline;
  /** Replaces a text of a file; throws where it is not there. */
  readonly edit: (file: string, from: string | RegExp, to: string) => void;
  readonly write: (file: string, text: string) => void;
  readonly git: (...args: string[]) => string;
  /** Everything as it was at first. */
  readonly reset: () => void;
  readonly gate: (more?: Partial<GateOptions>) => ReturnType<typeof gate>;
  readonly remove: () => void;
}

export async function changing(example: string, run = false): Promise<Changing> {
  const work = mkdtempSync(join(tmpdir(), 'seaworthy-gate-'));
  const dir = join(work, basename(example));
  const foreign = /\/(node_modules|\.seaworthy)$/;
  cpSync(example, dir, { recursive: true, filter: (source) => !foreign.test(source) });
  if (existsSync(join(example, 'node_modules'))) symlinkSync(join(example, 'node_modules'), join(dir, 'node_modules'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'core.autocrlf=false', ...args], {
      cwd: dir,
      encoding: 'utf8',
    });
  git('init', '-q', '-b', 'main');
  writeFileSync(join(dir, '.git', 'info', 'exclude'), 'node_modules\n');
  git('add', '-A');
  git('commit', '-qm', 'as it is');
  const baseline = baselineOf(await audited(dir, run));
  const write = (file: string, text: string) => writeFileSync(join(dir, file), text);
  return {
    dir,
    baseline,
    git,
    write,
    edit(file, from, to) {
      const text = readFileSync(join(dir, file), 'utf8');
      const changed = text.replace(from, () => to);
      if (changed === text) throw new Error(`${file} does not hold ${String(from)}`);
      write(file, changed);
    },
    reset() {
      git('reset', '-q', '--hard');
      git('clean', '-fdq');
    },
    gate: (more = {}) => gate({ ...auditOptions(dir, run), baseline, base: null, ...more }),
    remove: () => rmSync(work, { recursive: true, force: true }),
  };
}
