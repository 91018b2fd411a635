import { closeSync, existsSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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

/** Chromium or one of its kin: CHROME_PATH, then the usual places, then the search path; null when there is none that can be sealed in. */
export function findBrowser(env: Readonly<Record<string, string | undefined>> = process.env): FoundBrowser | null {
  const chosen = env['CHROME_PATH'] ?? env['PUPPETEER_EXECUTABLE_PATH'];
  const onPath = () => names.flatMap((name) => findProgram(name, env['PATH'] ?? '') ?? []);
  for (const file of chosen ? [chosen] : [...places, ...onPath()]) {
    const real = existsSync(file) ? programBehind(realpathSync(file)) : null;
    if (real !== null) return { file: real, dir: /^\/(usr|nix|gnu)\//.test(real) ? null : dirname(real) };
  }
  return null;
}

/** The program that a starting script leads to: beside it, or where its distribution keeps it. Null for one that only its packager can start. */
function programBehind(file: string): string | null {
  if (basename(file) === 'snap') return null;
  if (!isScript(file)) return file;
  const beside = ['chrome', 'msedge', 'brave', 'chromium'].map((name) => join(dirname(file), name));
  return [...beside, ...places].find((each) => each !== file && existsSync(each) && !isScript(each)) ?? null;
}

function isScript(file: string): boolean {
  const start = Buffer.alloc(2);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start);
  } finally {
    closeSync(descriptor);
  }
  return start.toString('latin1') === '#!';
}
