import { openGround, type Ground, type GroundOptions } from './index.ts';

/** For tests: how to open a ground on an app; it may run below full seal unless `more` forbids it. */
export function groundOptions(dir: string, more: Partial<GroundOptions> = {}): GroundOptions {
  return {
    dir,
    unit: '.',
    seed: 'test',
    unsealed: true,
    install: false,
    signal: new AbortController().signal,
    progress: () => {},
    ...more,
  };
}

/** For tests: opens a ground on an app and brings the app up; the caller closes it. */
export async function openBooted(dir: string, more: Partial<GroundOptions> = {}): Promise<Ground> {
  const ground = await openGround(groundOptions(dir, more));
  await ground.prepare();
  await ground.migrate();
  await ground.boot();
  return ground;
}
