import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { findProgram } from '../seal.ts';

/** A browser on this machine. */
export interface FoundBrowser {
  /** The program itself, not the script that distributions put before it: that one reads /etc. */
  readonly file: string;
  /** Its installation, where that lies outside of the system directories. */
  readonly dir: string | null;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge', 'brave-browser'];

/** Where installations keep the program, nearest to Chromium first. */
const places = [
  '/usr/lib/chromium/chromium',
  '/usr/lib/chromium-browser/chromium-browser',
  '/usr/lib64/chromium-browser/chromium-browser',
  '/opt/google/chrome/chrome',
  '/opt/microsoft/msedge/msedge',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Chromium or one of its kin: CHROME_PATH, then the usual places, then the search path; null when there is none. */
export function findBrowser(env: Readonly<Record<string, string | undefined>> = process.env): FoundBrowser | null {
  const chosen = env['CHROME_PATH'] ?? env['PUPPETEER_EXECUTABLE_PATH'];
  const onPath = () => names.map((name) => findProgram(name, env['PATH'] ?? '')).find((file) => file !== null);
  const file = chosen ? (existsSync(chosen) ? chosen : undefined) : (places.find((place) => existsSync(place)) ?? onPath());
  if (file === undefined) return null;
  const real = realpathSync(file);
  return { file: real, dir: /^\/(usr|nix|gnu)\//.test(real) ? null : dirname(real) };
}
