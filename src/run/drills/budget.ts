import { spoken } from '../../model/duration.ts';
import type { TimeLimit } from '../../model/duration.ts';
import type { Gap } from '../../model/words.ts';

/** What each experiment may have of the time, beside the others. */
const shares = {
  access: 5,
  injection: 2,
  faults: 2,
  'mass-assignment': 2,
  'response-fields': 2,
  revocations: 1,
  sessions: 1,
  live: 2,
  promotions: 1,
  'stored-passwords': 1,
} as const;
export type Experiment = keyof typeof shares;

/** The command that tries what a budget left out. */
export const withoutLimit = 'seaworthy audit --budget full';

/** The time of one experiment. */
export interface Turn {
  /** True once its share is spent; what it does not use falls to those after it. */
  over(): boolean;
}

/** The time for experimenting, from the first actor to the last drill. Setting the stage counts and is never cut off. */
export interface Budget {
  readonly limit: TimeLimit;
  /** Starts the clock, once. */
  start(): void;
  /** Milliseconds of experimenting so far, those of an interrupted audit included. */
  spent(): number;
  turn(experiment: Experiment): Turn;
}

interface BudgetOptions {
  readonly limit: TimeLimit;
  /** Milliseconds since some fixed moment; never goes back. */
  readonly clock: () => number;
  /** Milliseconds that were spent before. */
  readonly spent: number;
  /** Experiments that need no time any more. */
  readonly finished: readonly string[];
}

/** A budget whose clock does not run yet. */
export function openBudget(options: BudgetOptions): Budget {
  const waiting = new Set((Object.keys(shares) as Experiment[]).filter((one) => !options.finished.includes(one)));
  let since: number | null = null;
  const spent = (): number => options.spent + (since === null ? 0 : options.clock() - since);
  return {
    limit: options.limit,
    start() {
      since ??= options.clock();
    },
    spent,
    turn(experiment) {
      if (options.limit === 'full') return { over: () => false };
      waiting.add(experiment);
      const weights = [...waiting].reduce((sum, one) => sum + shares[one], 0);
      const until = spent() + (Math.max(0, options.limit - spent()) * shares[experiment]) / weights;
      waiting.delete(experiment);
      return { over: () => spent() >= until };
    },
  };
}

/** Tries one after the other while there is time; gives those that were left out. */
export async function whileTimeLasts<T>(turn: Turn, all: readonly T[], attempt: (one: T, index: number) => Promise<void>): Promise<T[]> {
  for (const [index, one] of all.entries()) {
    if (turn.over()) return all.slice(index);
    await attempt(one, index);
  }
  return [];
}

/** Why a cell was not tried. */
export function leftOutReason({ limit }: Budget): string {
  return `left out: the ${words(limit)} was spent`;
}

/** The gap that an experiment leaves which could not try all endpoints; none when it could. */
export function leftOutGaps({ limit }: Budget, what: string, leftOut: readonly unknown[], of: readonly unknown[]): Gap[] {
  if (leftOut.length === 0) return [];
  const reason = `${what}: ${leftOut.length} of ${of.length} endpoints left out, as the ${words(limit)} was spent`;
  return [{ file: null, reason, settle: withoutLimit }];
}

function words(limit: TimeLimit): string {
  return `budget of ${limit === 'full' ? limit : spoken(limit)}`;
}
