import { hoursFor } from '../effort.ts';

/** Hours, low and high. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Writing anew with tests, by lines of what is replaced: an experienced person with a coding tool. */
const anew = { low: 0.02, high: 0.05 };
/** Tests for what is there, by lines. */
const testing = { low: 0.01, high: 0.025 };
/** How much longer a fix takes where nothing would notice that it broke something, and where functions cannot be taken in. */
const untested = 0.5;
const knotted = 0.5;

/** What the work on a module costs. */
export interface Measured {
  readonly lines: number;
  /** The checks of its findings, one entry for each finding. */
  readonly checks: readonly string[];
  readonly tested: boolean;
  /** Its hardest function has more decisions than anybody can follow. */
  readonly knotted: boolean;
}

/** Mending all that was found, with the tests that it takes to do so safely. */
export function hardening({ lines, checks, tested, knotted: hard }: Measured): Range {
  const fixes = hoursFor(checks);
  const slower = 1 + (tested ? 0 : untested) + (hard ? knotted : 0);
  const tests = tested ? { low: 0, high: 0 } : { low: lines * testing.low, high: lines * testing.high };
  return rounded({ low: fixes.low * slower + tests.low, high: fixes.high * slower + tests.high });
}

/** Writing the module anew. */
export function rebuilding({ lines }: Measured): Range {
  return rounded({ low: lines * anew.low, high: lines * anew.high });
}

function rounded({ low, high }: Range): Range {
  return { low: Math.ceil(low), high: Math.ceil(high) };
}
