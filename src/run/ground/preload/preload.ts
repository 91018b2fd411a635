import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Layout } from '../layout.ts';

type Place = Pick<Layout, 'bin'>;

const fileIn = (layout: Place) => join(layout.bin, 'preload.cjs');
const clockIn = (layout: Place) => join(layout.bin, 'clock');

/** Lays what Node apps load first (preload.cjs) where the sealed app sees it and cannot change it. */
export async function layPreload(layout: Place): Promise<void> {
  await copyFile(fileURLToPath(new URL('./preload.cjs', import.meta.url)), fileIn(layout));
}

/** Moves the clock of Node apps that have loaded the preload; they notice at their next request. */
export async function movePreloadClock(layout: Place, seconds: number): Promise<void> {
  await writeFile(clockIn(layout), String(seconds * 1000));
}

/**
 * Variables that make Node load the preload, over those of the app.
 * @param wirePort where statements are marked
 * @param ports ports that this instance listens on instead of those of the first
 */
export function preloadVariables(
  layout: Place,
  env: Readonly<Record<string, string>>,
  wirePort: number,
  ports: Readonly<Record<string, number>>,
): Record<string, string> {
  const own = env['NODE_OPTIONS'];
  return {
    NODE_OPTIONS: `${own === undefined ? '' : `${own} `}--require=${JSON.stringify(fileIn(layout))}`,
    SEAWORTHY_PRELOAD: JSON.stringify({ wire: wirePort, clock: clockIn(layout), ports }),
  };
}
