import { expect, it } from 'vitest';
import { collected } from './collectors.testing.ts';
import units from './units.ts';

it('units: what each manifest is', async () => {
  const manifest = (dependencies: string[], more: object = {}) =>
    JSON.stringify({ dependencies: Object.fromEntries(dependencies.map((name) => [name, '1'])), ...more });
  const { units: found } = await collected(units, {
    'package.json': manifest([], { workspaces: ['*'], type: 'module', packageManager: 'pnpm@10.0.0' }),
    'pnpm-lock.yaml': '',
    'api/package.json': manifest(['fastify']),
    'jobs/package.json': manifest(['bullmq']),
    'shared/package.json': manifest([], { name: 'shared', main: 'x.js' }),
    'shop/package.json': manifest(['next', 'react']),
    'site/package.json': manifest(['react', 'vite']),
    'api/fixtures/package.json': manifest(['express']),
  });
  expect(found.map(({ dir, kind, packageManager }) => `${dir} ${kind} ${packageManager}`)).toEqual([
    '. other pnpm',
    'api api pnpm',
    'jobs worker pnpm',
    'shared library pnpm',
    'shop full-stack pnpm',
    'site web pnpm',
  ]);
});
