import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findBrowser } from './find.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'find-browser-')));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
mkdirSync(join(dir, 'chrome'));
writeFileSync(join(dir, 'chrome', 'chrome'), '\x7fELF', { mode: 0o755 });
writeFileSync(join(dir, 'chrome', 'google-chrome'), '#!/bin/sh\nexec "$HERE/chrome"', { mode: 0o755 });
symlinkSync(join('chrome', 'google-chrome'), join(dir, 'google-chrome'));

test('takes the browser that CHROME_PATH names, with its installation, behind links and starting scripts', () => {
  expect(findBrowser({ CHROME_PATH: join(dir, 'google-chrome'), PATH: '' })).toEqual({
    file: join(dir, 'chrome', 'chrome'),
    dir: join(dir, 'chrome'),
  });
});

test('takes no other when the named one is not there', () => {
  expect(findBrowser({ CHROME_PATH: join(dir, 'nowhere'), PATH: process.env['PATH'] })).toBeNull();
});
