import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { family } from './limits.ts';
import type { RunningApp } from './app/app.ts';
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
function faketimeVariables(library: string, seconds: number): Record<string, string> {
  if (seconds === 0) return {};
  return {
    LD_PRELOAD: library,
    FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}

/** Whether what a program runs is Node with the preload, so that its clock moves while it runs. */
function hasPreload(program: Program): boolean {
  return family(program.first()).some((pid) => {
    try {
      return (
        basename(readlinkSync(`/proc/${pid}/exe`)) === 'node' &&
        /(?:^|\0)NODE_OPTIONS=[^\0]*preload\.cjs/.test(readFileSync(`/proc/${pid}/environ`, 'latin1'))
      );
    } catch {
      return false; // ended, or not ours to look into
    }
  });
}

/** Time in which an app ends that does not survive the loss of its connections. */
const graceMs = 150;

/** What the clock moves. */
interface Hands {
  /** Tells Node apps with the preload. */
  readonly mark: (seconds: number) => Promise<void>;
  readonly app: () => RunningApp | null;
  /** Starts the app anew. */
  readonly again: () => Promise<unknown>;
  /** Starts Postgres anew with these variables. */
  readonly restartPostgres: (inside: Readonly<Record<string, string>>) => Promise<void>;
  /** Whether the app keeps its data in files, so that Postgres' clock is nothing to it. */
  readonly inFile: () => boolean;
}

/** The clock of the ground, as far as it can be moved. */
export interface Clock {
  /** Variables under which a program that is not Node sees the clock as it is. */
  variables(): Readonly<Record<string, string>>;
  /** Moves it by so many seconds from the true time. Returns what it could not move or keep, in words. */
  move(seconds: number): Promise<string[]>;
}

/** A clock that goes right. */
export function openClock({ mark, app, again, restartPostgres, inFile }: Hands): Clock {
  let moved = 0;
  let variables: Readonly<Record<string, string>> = {};
  return {
    variables: () => variables,
    async move(seconds) {
      if (seconds === moved) return [];
      const before = app();
      const library = findFaketime();
      const stays: string[] = [];
      moved = seconds;
      variables = {};
      await mark(seconds);
      if (inFile()) stays.push("SQLite's own clock (CURRENT_TIMESTAMP, datetime('now'))");
      else if (library) await restartPostgres(faketimeVariables(library, seconds));
      else stays.push("the database's own clock (install libfaketime)");
      if (!before) return seconds === 0 ? [] : stays;
      if (!hasPreload(before.program)) {
        if (!library) return [...stays, "the app's clock: it does not run on Node (install libfaketime)"];
        variables = faketimeVariables(library, seconds);
        await again();
        return stays;
      }
      // Many apps end when an idle connection breaks.
      await new Promise((resolve) => setTimeout(resolve, graceMs));
      if (before.ended === null) return stays;
      await again();
      return [...stays, 'the memory of the app: it ended when the database was restarted, and was started anew'];
    },
  };
}
