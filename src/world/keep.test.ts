import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maxBytes, openKeep } from './keep.ts';

const day = 24 * 60 * 60 * 1_000;
let cache = '';
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'seaworthy-keep-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const open = (root = '/app', now = new Date()) => openKeep(cache, root, now);
const files = (): string[] => readdirSync(join(cache, 'unfinished')).map((name) => join(cache, 'unfinished', name));
const only = (): string => {
  const [file = ''] = files();
  expect(files()).toEqual([file]);
  return file;
};

describe('what is kept for a tree', () => {
  it('is read again, replaced as a whole, and removed', () => {
    expect(open().read()).toBeNull();
    expect(open().write('one')).toBe(true);
    expect(open().write('two')).toBe(true);
    expect(open().read()).toBe('two');
    expect(open('/other').read()).toBeNull();
    open().remove();
    expect(files()).toEqual([]);
  });

  it('is not what a killed process left half-written', () => {
    open().write('one');
    writeFileSync(`${only()}.tmp`, 'tw', { mode: 0o644 });
    expect(open().read()).toBe('one');
    expect(open().write('two')).toBe(true);
    expect(statSync(only()).mode & 0o777).toBe(0o600);
    writeFileSync(`${only()}.tmp`, 'thr');
    open().remove();
    expect(files()).toEqual([]);
  });

  it('is for nobody else to read', () => {
    open().write('one');
    expect(statSync(only()).mode & 0o777).toBe(0o600);
    expect(statSync(join(cache, 'unfinished')).mode & 0o777).toBe(0o700);
  });

  it('is not trusted where others may write, nor through a link', () => {
    open().write('one');
    const file = only();
    chmodSync(file, 0o620);
    expect(open().read()).toBeNull();
    rmSync(file);
    writeFileSync(join(cache, 'planted'), 'two', { mode: 0o600 });
    symlinkSync(join(cache, 'planted'), file);
    expect(open().read()).toBeNull();
  });

  it('has a bound, and what is over it leaves the last one', () => {
    open().write('one');
    expect(open().write('x'.repeat(maxBytes + 1))).toBe(false);
    expect(open().read()).toBe('one');
  });

  it('is swept after seven days, whatever tree it was for', () => {
    open('/gone').write('old');
    const file = only();
    const written = statSync(file).mtimeMs;
    open('/app', new Date(written + 6 * day));
    expect(existsSync(file)).toBe(true);
    utimesSync(file, new Date(written - 8 * day), new Date(written - 8 * day));
    open('/app', new Date(written));
    expect(existsSync(file)).toBe(false);
  });

  it('is nothing without a place for it', () => {
    const nowhere = openKeep(null, '/app', new Date());
    expect([nowhere.write('one'), nowhere.read()]).toEqual([false, null]);
    writeFileSync(join(cache, 'file'), '');
    const broken = openKeep(join(cache, 'file'), '/app', new Date());
    expect([broken.write('one'), broken.read()]).toEqual([false, null]);
    broken.remove();
  });
});
