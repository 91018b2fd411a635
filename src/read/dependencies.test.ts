import { describe, expect, it } from 'vitest';
import { collected } from './collectors.testing.ts';
import dependencies from './dependencies.ts';
import { lockedVersions } from './dependencies/lockfile.ts';
import { packageNameOf } from './dependencies/specifier.ts';

describe('dependencies', () => {
  it.each([
    ['express', 'express'],
    ['lodash/fp', 'lodash'],
    ['@nestjs/common/utils', '@nestjs/common'],
    ['pg?external', 'pg'],
    ['node:fs', null],
    ['fs/promises', null],
    ['./a', null],
    ['../a', null],
    ['/abs', null],
    ['@/components', null],
    ['~/lib', null],
    ['#db', null],
    ['$lib/x', null],
    ['virtual:pwa', null],
    ['https://esm.sh/x', null],
    ['jsr:@std/path', null],
    ['npm:zod', null],
    ['\0internal', null],
    ['', null],
    ['@scope', null],
  ])('%s asks for %s', (specifier, name) => {
    expect(packageNameOf(specifier)).toBe(name);
  });

  it.each([
    [
      'package-lock.json',
      '{"lockfileVersion":1,"dependencies":{"pg":{"version":"8.1.0","dependencies":{"ms":{"version":"1.0.0"}}}}}',
      { pg: '8.1.0' },
    ],
    [
      'package-lock.json',
      '{"lockfileVersion":3,"packages":{"":{},"node_modules/a/node_modules/ms":{"version":"1.0.0"},"node_modules/ms":{"version":"2.0.0"},"node_modules/@x/y":{"version":"3.0.0"},"node_modules/own":{"link":true,"resolved":"packages/own"}}}',
      { ms: '2.0.0', '@x/y': '3.0.0', own: 'link:packages/own' },
    ],
    [
      'pnpm-lock.yaml',
      "lockfileVersion: '6.0'\n\npackages:\n\n  /pg@8.1.0:\n    resolution: {}\n\n  /@x/y@3.0.0(pg@8.1.0):\n    dev: true\n",
      { pg: '8.1.0', '@x/y': '3.0.0' },
    ],
    [
      'pnpm-lock.yaml',
      'lockfileVersion: 5.4\n\npackages:\n\n  /pg/8.1.0:\n    resolution: {}\n\n  /@x/y/3.0.0_pg@8.1.0:\n    dev: true\n',
      { pg: '8.1.0', '@x/y': '3.0.0' },
    ],
    [
      'pnpm-lock.yaml',
      "lockfileVersion: '9.0'\n\npackages:\n\n  '@x/y@3.0.0':\n    resolution: {}\n\n  pg@8.1.0:\n    resolution: {}\n\nsnapshots:\n\n  pg@8.1.0: {}\n",
      { pg: '8.1.0', '@x/y': '3.0.0' },
    ],
    [
      'yarn.lock',
      '# yarn lockfile v1\n\n"@x/y@^3.0.0":\n  version "3.0.0"\n  dependencies:\n    pg "^8"\n\npg@^8, pg@^8.1.0:\n  version "8.1.0"\n',
      { pg: '8.1.0', '@x/y': '3.0.0' },
    ],
    ['yarn.lock', '__metadata:\n  version: 8\n\n"pg@npm:^8":\n  version: 8.1.0\n  resolution: "pg@npm:8.1.0"\n', { pg: '8.1.0' }],
    [
      'bun.lock',
      '{\n  "lockfileVersion": 1,\n  "packages": {\n    "pg": ["pg@8.1.0", "", {}, "sha512"],\n    "@x/y": ["@x/y@3.0.0", "", {}],\n  },\n}',
      { pg: '8.1.0', '@x/y': '3.0.0' },
    ],
  ])('reads %s %#', (file, text, expected) => {
    expect(lockedVersions(file, text, '.')).toEqual(expected);
  });

  const statuses = async (app: Record<string, string>) =>
    (await collected(dependencies, app)).units.flatMap(({ imports }) =>
      imports.map(({ name, status, typeOnly }) => `${name} ${status}${typeOnly ? ' types' : ''}`),
    );

  it('tells declared, workspace, transitive and missing apart', async () => {
    expect(
      await statuses({
        'package.json': '{ "workspaces": ["packages/*"], "devDependencies": { "vitest": "3" } }',
        'package-lock.json':
          '{"packages":{"node_modules/vitest":{"version":"3.0.0"},"node_modules/qs":{"version":"6.0.0"},"node_modules/express":{"version":"5.0.0"}}}',
        'packages/shared/package.json': '{ "name": "@shop/shared" }',
        'packages/api/package.json': '{ "name": "@shop/api", "dependencies": { "express": "5" } }',
        'packages/api/src/a.ts':
          "import express from 'express';\nimport { x } from '@shop/shared/x';\nimport 'qs';\nexport * from 'invented';\nconst lazy = import('lazy-invented');\nimport { it } from 'vitest';\nimport type { T } from 'only-types';\n",
      }),
    ).toEqual([
      'express declared',
      '@shop/shared workspace',
      'qs transitive',
      'vitest declared',
      'only-types missing types',
      'invented missing',
      'lazy-invented missing',
    ]);
  });

  it('resolves aliases of tsconfig, bundlers and import maps inside the tree', async () => {
    expect(
      await statuses({
        'package.json': '{ "dependencies": {}, "_moduleAliases": { "root": "." } }',
        'tsconfig.json': '{ /* c */ "compilerOptions": { "baseUrl": ".", "paths": { "@app/*": ["src/*"], "config": ["src/config"] }, }, }',
        'vite.config.js': "export default { resolve: { alias: { '@ui': '/src/ui', '@lib': path.resolve('./lib') } } };",
        'src/money.ts': '',
        'src/a.ts':
          "import '@app/x'; import 'config'; import '@ui/button'; import '@lib'; import 'root/x'; import 'src/money'; import 'src/absent';",
      }),
    ).toEqual(['src missing']);
  });

  it('passes over requires that are allowed to fail, components without scripts, and types of @types', async () => {
    expect(
      await statuses({
        'package.json': '{ "devDependencies": { "@types/geojson": "7", "@types/babel__core": "7" } }',
        'a.js':
          "let fast;\ntry { fast = require('optional-fast'); } catch { fast = require('slow-one'); }\nrequire(name); require('x' + y);",
        'b.ts': "import type { Point } from 'geojson'; import type { T } from '@babel/core';",
        'C.vue':
          "<template><p>import x from 'nothing'</p></template>\n<script setup lang=\"ts\">\nimport { ref } from 'vue-invented';\n</script>",
      }),
    ).toEqual(['vue-invented missing', 'slow-one missing', 'geojson declared types', '@babel/core declared types']);
  });
});
