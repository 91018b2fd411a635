import { log } from './log.js';

const running = new Set<Promise<void>>();

/** Runs work after the answer was sent; failures are logged, and a shutdown waits for it. */
export function inBackground(name: string, requestId: string, work: () => Promise<void>): void {
  const promise = work()
    .catch((err: unknown) => log.error({ err, requestId, work: name }, 'background work failed'))
    .finally(() => running.delete(promise));
  running.add(promise);
}

/** Waits until all background work has ended. */
export async function backgroundDone(): Promise<void> {
  while (running.size > 0) await Promise.all(running);
}
