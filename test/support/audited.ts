import { join } from 'node:path';
import { audit } from '../../src/index.ts';
import type { Report } from '../../src/index.ts';

/** For tests: the example with planted flaws. */
export const harbor = join(import.meta.dirname, '..', '..', 'examples', 'harbor');

/** An audit as the command line does it, with all its time and without anything that an earlier one left. */
export function audited(dir: string, run: boolean, online = false): Promise<Report> {
  return audit({
    dir,
    run,
    for: [],
    profile: null,
    seed: 'seaworthy',
    unsealed: false,
    install: false,
    online,
    budget: 'full',
    fresh: true,
    jobs: 1,
    now: () => new Date(),
    clock: () => performance.now(),
    signal: new AbortController().signal,
    listen: () => {},
  });
}
