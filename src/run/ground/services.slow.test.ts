import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBooted } from './ground.testing.ts';
import type { Ground } from './index.ts';
import { findServices } from './services.ts';

const temporary = mkdtempSync(join(tmpdir(), 'ground-test-'));
process.env['TMPDIR'] = temporary;
afterAll(() => rmSync(temporary, { recursive: true, force: true }));
const dir = join(import.meta.dirname, 'testdata', 'queue');

describe('an app that wants Redis', () => {
  let ground: Ground;
  const say = async (...words: string[]) => {
    const path = `/${words.map(encodeURIComponent).join('/')}`;
    const seen = await ground.request({ actor: 'tester', method: 'GET', path, headers: {}, body: null, timeoutMs: 5_000 });
    return JSON.parse(seen.exchange.response?.body ?? 'null') as unknown;
  };
  beforeAll(async () => {
    ground = await openBooted(dir);
  }, 60_000);
  afterAll(() => ground.close());

  test('finds one of the ground, under the names that it knows it by', async () => {
    expect(findServices(dir)).toMatchObject({ found: [{ name: 'Redis' }], missing: [] });
    const environment = (await say('environment')) as Record<string, string>;
    expect(environment).toMatchObject({ QUEUE_REDIS_URL: 'redis://127.0.0.1:6379/2', REDIS_HOST: '127.0.0.1' });
    expect(environment).not.toHaveProperty('REDIS_PASSWORD');
    expect(await say('SET', 'a', '1')).toBe('+OK');
  });

  test('finds it as it left it when the app is started anew, and empty when the rows are put back', async () => {
    await say('SET', 'a', '1');
    await ground.reset(['memory']);
    expect(await say('EXISTS', 'a')).toBe(':1');
    await ground.reset(['rows']);
    expect(await say('EXISTS', 'a')).toBe(':0');
  }, 30_000);
});

test('a service that the machine has not is named', () => {
  const { found, missing } = findServices(dir, '', []);
  expect(found).toEqual([]);
  expect(missing).toMatchObject([{ name: 'Redis', debian: 'redis-server' }]);
});
