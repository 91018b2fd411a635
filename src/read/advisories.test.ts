import { describe, expect, it } from 'vitest';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Given } from '../model/producer.ts';
import advisories from './advisories.ts';
import { contextOf } from './code/program.testing.ts';

const given = {
  packages: {
    kind: 'packages',
    class: 'read',
    gaps: [],
    value: {
      locks: [
        {
          lockfile: 'package-lock.json',
          packages: ['6.5.1', '6.11.0'].map((version) => ({
            name: 'qs',
            version,
            licence: null,
            terms: 'unknown',
            integrity: null,
            direct: true,
            development: false,
            deprecated: null,
          })),
        },
      ],
      own: [],
    },
  },
  dependencies: { kind: 'dependencies', class: 'read', gaps: [], value: { units: [] } },
} satisfies Given<'packages' | 'dependencies', never>;

const lodash = {
  dir: '.',
  manifest: 'package.json',
  lockfile: null,
  imports: [],
  declared: [{ name: 'lodash', range: '4.17.20', kind: 'runtime' }],
};

describe('advisories', () => {
  it('are not asked for without --online', async () => {
    let connections = 0;
    const server = createServer(() => connections++).on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const before = process.env['npm_config_registry'];
    process.env['npm_config_registry'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      const bare = {
        packages: { ...given.packages, value: { locks: [], own: [] } },
        dependencies: { ...given.dependencies, value: { units: [lodash] } },
      };
      const { value } = await advisories.run(bare as never, contextOf({}));
      expect([value.asked, value.advisories.map(({ id }) => id)]).toEqual([null, ['GHSA-35jh-r3h4-6jhm']]);
      expect(connections).toBe(0);
    } finally {
      if (before === undefined) delete process.env['npm_config_registry'];
      else process.env['npm_config_registry'] = before;
      server.close();
    }
  });

  it('concern the versions in their range', async () => {
    const server = createServer((_request, response) => {
      response.end(JSON.stringify({ qs: [{ id: 7, title: 'x', severity: 'high', url: '', vulnerable_versions: '<6.5.3' }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const before = process.env['npm_config_registry'];
    process.env['npm_config_registry'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      const { value } = await advisories.run(given as never, { ...contextOf({}), online: true });
      expect(value.advisories.map(({ version, id }) => [version, id])).toEqual([['6.5.1', '7']]);
      // Without a lockfile, what is declared with one exact version is known all the same.
      const pinned = { name: 'qs', range: '6.5.2', kind: 'runtime' };
      const units = [
        { dir: '.', manifest: 'package.json', lockfile: null, imports: [], declared: [pinned, { ...pinned, range: '^6.5.0' }] },
      ];
      const bare = {
        packages: { ...given.packages, value: { locks: [], own: [] } },
        dependencies: { ...given.dependencies, value: { units } },
      };
      const found = await advisories.run(bare as never, { ...contextOf({}), online: true });
      expect(found.value.advisories.map(({ version, lockfile }) => [version, lockfile])).toEqual([['6.5.2', 'package.json']]);
    } finally {
      if (before === undefined) delete process.env['npm_config_registry'];
      else process.env['npm_config_registry'] = before;
      server.close();
    }
  });
});
