import { join } from 'node:path';
import { audit } from '../../src/index.ts';
import type { AuditOptions, Report } from '../../src/index.ts';

/** For tests: the example with planted flaws. */
export const harbor = join(import.meta.dirname, '..', '..', 'examples', 'harbor');

/** Its mended twin. */
export const hardened = join(import.meta.dirname, '..', '..', 'examples', 'harbor-hardened');

/** An audit as the command line does it, with all its time and without anything that an earlier one left. */
export function audited(dir: string, run: boolean, online = false): Promise<Report> {
  return audit({ ...auditOptions(dir, run), online });
}

/** How the tests audit. */
export function auditOptions(dir: string, run: boolean): AuditOptions {
  return {
    dir,
    run,
    for: [],
    profile: null,
    seed: 'seaworthy',
    unsealed: false,
    install: false,
    budget: 'full',
    fresh: true,
    jobs: 1,
    now: () => new Date(),
    clock: () => performance.now(),
    signal: new AbortController().signal,
    listen: () => {},
  };
}
