import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { family } from './limits.ts';
import type { Program } from './programs.ts';

/** libfaketime (https://github.com/wolfcw/libfaketime) of the machine, where it is installed; threads need that one of its two libraries. */
export function findFaketime(): string | null {
  const dirs = ['/usr/lib', '/usr/local/lib', '/usr/lib64'];
  const multi = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => name.endsWith('-linux-gnu')) : [];
  return (
    [...multi.map((name) => join('/usr/lib', name)), ...dirs]
      .map((dir) => join(dir, 'faketime', 'libfaketimeMT.so.1'))
      .find((file) => existsSync(file)) ?? null
  );
}

/** Variables under which a program's wall clock is so many seconds ahead; timers and time-outs keep to the true time. */
export function faketimeVariables(library: string, seconds: number): Record<string, string> {
  if (seconds === 0) return {};
  return {
    LD_PRELOAD: library,
    FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}

/** Whether what a program runs is Node with the preload, so that its clock moves while it runs. */
export function hasPreload(program: Program): boolean {
  return family(program.first()).some((pid) => {
    try {
      return (
        basename(readlinkSync(`/proc/${pid}/exe`)) === 'node' &&
        readFileSync(`/proc/${pid}/environ`, 'latin1').includes('SEAWORTHY_PRELOAD=')
      );
    } catch {
      return false; // ended, or not ours to look into
    }
  });
}
