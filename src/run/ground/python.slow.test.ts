import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { groundOptions } from './ground.testing.ts';
import { openGround, type Ground } from './index.ts';

const temporary = mkdtempSync(join(tmpdir(), 'ground-test-'));
process.env['TMPDIR'] = temporary;
let ground: Ground;
beforeAll(async () => {
  ground = await openGround(groundOptions(join(import.meta.dirname, 'testdata', 'django')));
  await ground.prepare();
}, 60_000);
afterAll(async () => {
  await ground.close();
  rmSync(temporary, { recursive: true, force: true });
});

test('a Django app is migrated and served, and what its requests do is seen', async () => {
  expect(await ground.migrate()).toEqual({ from: 'Django (manage.py)' });
  const boot = await ground.boot();
  expect(boot).toMatchObject({ start: expect.stringContaining('manage.py runserver'), port: 3000, oracle: { kind: 'rows' } });
  expect(boot.invented).toEqual([{ name: 'DJANGO_SECRET_KEY', shape: '64 hex' }]);
  expect((await ground.schema()).tables.map((table) => table.name)).toEqual(['public.django_migrations', 'public.shop_item']);
  const request = { actor: 'tester', method: 'POST', path: '/items', headers: {}, body: 'a canary', timeoutMs: 5_000 };
  const seen = await ground.request(request);
  expect(JSON.parse(seen.exchange.response?.body ?? '')).toEqual({ items: ['a canary'] });
  expect(seen.changes).toMatchObject([{ table: 'public.shop_item', op: 'insert', after: { name: 'a canary' } }]);
  await ground.undo(seen.changes);
  const after = await ground.request({ ...request, method: 'GET', body: null });
  expect(after.exchange.response?.body).toBe('{"items": []}');
}, 60_000);
