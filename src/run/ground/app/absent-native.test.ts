import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withoutNative } from './absent-native.ts';
import { advice } from './reasons.ts';
import type { Surroundings } from './plan.ts';

const app: Surroundings = { cwd: '/app', port: 3000, health: '/', env: { A: 'b' }, invented: [], sample: {}, notes: [] };
const missing = (name: string): string => {
  const lines = ['Error: Could not locate the bindings file. Tried:', `→ /app/node_modules/${name}/build/xml.node`];
  return `the app did not start (npm start): it ended with code 1; its last lines:\n${lines.join('\n')}\n${advice(lines, 'npm start')}`;
};

describe('an app whose package has no native part here', () => {
  it('is started without that part, and the report says so', () => {
    const first = withoutNative(app, missing('xml-native'));
    expect(first?.env).toEqual({ A: 'b', SEAWORTHY_ABSENT: 'xml-native' });
    expect(first?.notes.join()).toMatch(/native part of xml-native was not built.*not tried/);
    const second = first && withoutNative(first, missing('@scope/fast'));
    expect(second?.env['SEAWORTHY_ABSENT']).toBe('xml-native,@scope/fast');
  });

  it('is not started where it would not be itself without it, or where the part is not what it misses', () => {
    for (const name of ['bcrypt', 'sqlite3', 'better-sqlite3', '@node-rs/argon2']) expect(withoutNative(app, missing(name))).toBeNull();
    expect(withoutNative({ ...app, env: { SEAWORTHY_ABSENT: 'xml-native' } }, missing('xml-native'))).toBeNull();
    expect(withoutNative(app, 'Cannot find module "left-pad"')).toBeNull();
  });
});

describe('the preload', () => {
  const dir = mkdtempSync(join(tmpdir(), 'absent-'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  };
  write(
    'node_modules/xml-native/index.js',
    'throw Object.assign(new Error("Could not locate the bindings file"), { code: "MODULE_NOT_FOUND" });',
  );
  write('node_modules/other/index.js', 'throw new Error("broken");');
  write(
    'app.js',
    'const xml = require("xml-native"); console.log("started"); try { xml.parse("<a/>"); } catch (e) { console.log(e.message); }',
  );
  write('broken.js', 'require("other");');
  const run = (file: string): string =>
    execFileSync(process.execPath, ['--require', fileURLToPath(new URL('../preload/preload.cjs', import.meta.url)), join(dir, file)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { SEAWORTHY_PRELOAD: JSON.stringify({ wire: 1, clock: join(dir, 'clock'), ports: {} }), SEAWORTHY_ABSENT: 'xml-native' },
    });

  it('loads what stands absent, and throws where it is used', () => {
    expect(run('app.js')).toMatch(/^started\nthe native part of xml-native is not here/);
  });

  it('leaves every other failure as it is', () => {
    expect(() => run('broken.js')).toThrow();
  });
});
