import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { EvidenceValue, Kind } from '../model/evidence/index.ts';
import type { Producer } from '../model/producer.ts';
import { openTree } from '../world/tree.ts';
import type { ReadContext } from './context.ts';
import delivery from './delivery.ts';
import { stepsOf } from './delivery/command.ts';
import dependencies from './dependencies.ts';
import { lockedVersions } from './dependencies/lockfile.ts';
import { packageNameOf } from './dependencies/specifier.ts';
import secrets from './secrets.ts';
import { byName, inEnvironmentFile } from './secrets/assignments.ts';
import { byProvider } from './secrets/providers.ts';
import units from './units.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Writes an app and runs one collector on it. */
async function read<K extends Kind>(collector: Producer<ReadContext, K>, app: Record<string, string>): Promise<EvidenceValue<K>> {
  const folder = mkdtempSync(join(tmpdir(), 'seaworthy-read-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(app)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { value } = await collector.run({} as never, { tree: await openTree(folder), cacheDir: null, jobs: 1, toolVersion: 'test' });
  return value;
}

// Right in shape and never real: made here, so that no file of this repository looks like a leak.
let state = 7;
const characters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const draw = (length: number, from = characters): string =>
  Array.from({ length }, () => from[(state = (state * 1103515245 + 12345) % 2 ** 31) % from.length]).join('');
const token = (claims: object): string =>
  ['eyJhbGciOiJIUzI1NiJ9', Buffer.from(JSON.stringify(claims)).toString('base64url'), draw(43)].join('.');

describe('secrets', () => {
  const found = async (path: string, text: string, more: Record<string, string> = {}) =>
    (await read(secrets, { [path]: text, ...more })).secrets.map(
      ({ type, certain, context }) => `${type} ${certain ? 'certain' : 'likely'} ${context}`,
    );

  it.each([
    [`const key = 'sk_live_${draw(24)}';`, 'stripe-live-key certain source'],
    [`const key = 'sk_test_${draw(24)}';`, 'stripe-test-key likely source'],
    [`new OpenAI({ apiKey: 'sk-proj-${draw(60)}' })`, 'openai-key certain source'],
    [`const anthropic = 'sk-ant-api03-${draw(93)}AA';`, 'anthropic-key certain source'],
    [`sendgrid.setApiKey('SG.${draw(22)}.${draw(43)}')`, 'sendgrid-key certain source'],
    [`new Resend('re_${draw(8)}_${draw(24)}')`, 'resend-key certain source'],
    [`createClient(url, '${token({ iss: 'supabase', role: 'service_role' })}')`, 'supabase-service-role-key certain source'],
    [`const bearer = '${token({ sub: 'u1', role: 'admin' })}';`, 'json-web-token likely source'],
    [`const github = 'ghp_${draw(36)}';`, 'github-token certain source'],
    [
      `new Pool({ connectionString: 'postgres://app:${draw(12)}@db.abcdefghijkl.supabase.co:5432/app' })`,
      'database-address certain source',
    ],
    [`const uri = 'mongodb://app:${draw(12)}@mongo.acme.io/app';`, 'database-address likely source'],
    [`const pem = \`-----BEGIN PRIVATE KEY-----\n${draw(64)}\n${draw(64)}\n-----END PRIVATE KEY-----\`;`, 'private-key certain source'],
    [`{ accessKeyId: 'x', secretAccessKey: '${draw(40)}' }`, 'aws-secret-access-key certain source'],
    [`const JWT_SECRET = process.env.JWT_SECRET || '${draw(32)}';`, 'signing-secret likely source'],
    [`const JWT_SECRET = process.env.JWT_SECRET ?? 'dev-secret';`, 'guessable-signing-secret likely source'],
    [`app.use(session({ secret: 'keyboard cat', resave: false }));`, 'guessable-signing-secret likely source'],
    [`jwt.sign({ id: user.id }, 'shhh-shop', { expiresIn: '1h' })`, 'guessable-signing-secret likely source'],
    [`if (password === 'letmein2024') grant();`, 'password likely source'],
    [`const apiKey: string = "${draw(32)}";`, 'secret-value likely source'],
  ])('%s', async (text, expected) => {
    expect(await found('server.js', text)).toEqual([expected]);
  });

  it.each([
    ["const key = 'sk_live_xxxxxxxxxxxxxxxxxxxxxxxx';"],
    ["const key = process.env.STRIPE_SECRET_KEY ?? 'your-stripe-secret-key-here';"],
    ["const id = 'AKIAIOSFODNN7EXAMPLE';"],
    [`const anon = '${token({ iss: 'supabase', role: 'anon' })}';`],
    [`const demo = '${token({ iss: 'supabase-demo', role: 'service_role' })}';`],
    ["const url = 'postgres://postgres:postgres@localhost:5432/app';"],
    // eslint-disable-next-line no-template-curly-in-string
    ['const url = `postgres://app:${process.env.DB_PASSWORD}@db.acme.io/app`;'],
    ["const TOKEN_KEY = 'auth_token_storage';"],
    ["const apiKey = 'key-1-key-1-key-1-key-1';"],
    ["const messages = { password: 'Password must have 8 characters', secret: 'Secret' };"],
    ["const routes = { resetPassword: '/reset-password-2', apiKeyHeader: 'x-api-key-v2-header' };"],
    ["const kind = ok ? 'jwt-secret' : 'no-secret-here';"],
    ["const hash = { password: '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy' };"],
    ["const integrity = 'sha512-abcABC0123456789abcABC0123456789abcABC0123456789abcABC0123456789==';"],
    ['const secret = config.get("JWT_SECRET"); const password = req.body.password1;'],
    ["<input name='password' type='password' placeholder='Passwort123' />"],
  ])('nothing in %s', async (text) => {
    expect(await found('server.js', text)).toEqual([]);
  });

  it('knows where a secret stands', async () => {
    const text = `const key = 'sk_live_${draw(24)}';`;
    const vite = { 'package.json': '{ "devDependencies": { "vite": "^7" } }' };
    for (const [path, context, more] of [
      ['src/pay.js', 'source', {}],
      ['src/pay.js', 'client', vite],
      ['public/pay.js', 'client', {}],
      ['src/pay.test.js', 'test', {}],
      ['docs/pay.md', 'documentation', {}],
      ['.env.example', 'example', {}],
      ['docker-compose.yml', 'configuration', {}],
    ] as const)
      expect(await found(path, text, more), path).toEqual([`stripe-live-key certain ${context}`]);
  });

  it('reads UTF-16, in which a secret would otherwise hide', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seaworthy-read-'));
    folders.push(folder);
    writeFileSync(join(folder, 'a.js'), Buffer.from(`\uFEFFconst key = 'sk_live_${draw(24)}';`, 'utf16le'));
    const { value } = await secrets.run({} as never, { tree: await openTree(folder), cacheDir: null, jobs: 1, toolVersion: 'test' });
    expect(value.secrets).toHaveLength(1);
  });

  it('shows no value, and tells two values apart', async () => {
    const [one, two] = [draw(32), draw(32)];
    const text = JSON.stringify(await read(secrets, { 'a.js': `const apiKey = '${one}';\nconst apiSecret = '${two}';` }));
    for (const value of [one, two]) for (let at = 0; at + 6 <= value.length; at++) expect(text).not.toContain(value.slice(at, at + 6));
    expect(new Set(text.match(/"hash":"[0-9a-f]{12}"/g)).size).toBe(2);
  });

  it('takes only real-looking values of secret names from environment files', () => {
    const lines = [
      'PORT=3000',
      'SESSION_SECRET=change-me',
      `API_KEY="${draw(24)}"`,
      'DB_PASSWORD=hunter2hunter',
      'PUBLIC_URL=https://x.io/a1b2c3d4e5f6g7h8i9',
      'TOKEN_EXPIRES=3600',
      'JWT_SECRET=shop',
    ];
    expect([...inEnvironmentFile(lines.join('\n'))].map(({ type }) => type)).toEqual([
      'secret-value',
      'password',
      'guessable-signing-secret',
    ]);
  });

  it('reports offsets at which the value stands, on any text', () => {
    const pieces = fc.constantFrom(
      'password',
      ' = ',
      ": '",
      "'",
      '"',
      '||',
      '\n',
      'JWT_SECRET',
      'eyJ',
      '.',
      '://',
      'a1B2c3D4e5F6g7H8',
      '@',
      '-----BEGIN PRIVATE KEY-----',
      '\\',
      '`',
      '{',
      'ü',
      '  ',
      'sk_live_',
      'secretAccessKey',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        for (const { start, value } of [...byProvider(text), ...byName(text, false), ...byName(text, true), ...inEnvironmentFile(text)])
          expect(text.slice(start, start + value.length)).toBe(value);
      }),
    );
  });
});

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
    (await read(dependencies, app)).units.flatMap(({ imports }) =>
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

describe('delivery', () => {
  const step = (text: string, scripts: Record<string, string> = {}) =>
    stepsOf({ lines: [{ text, line: 1 }], dir: '.', blocks: true, pipefail: false }, () => scripts).map(
      ({ kind, blocks }) => `${kind}${blocks ? '' : ' ignored'}`,
    );

  it.each<[string, Record<string, string>, string[]]>([
    ['npm test', { test: 'vitest run' }, ['test']],
    ['npm test', { test: 'echo "Error: no test specified" && exit 1' }, ['other']],
    ['npm test', {}, ['other']],
    ['npm test', { test: './scripts/test.sh' }, ['test']],
    ['npm test || true', { test: 'jest' }, ['test ignored']],
    ['npm run ci', { ci: 'npm run lint && npm run test:unit', lint: 'eslint .', 'test:unit': 'jest' }, ['lint', 'test']],
    ['npm test', { test: 'jest || true' }, ['test ignored']],
    ['npm run loop', { loop: 'npm run loop' }, ['other']],
    ['pnpm -r test', {}, ['test']],
    ['yarn lint', { lint: 'eslint . --fix' }, ['lint']],
    ['npx jest | tee out.txt', {}, ['test ignored']],
    ['npx tsc --noEmit && npx eslint .', {}, ['typecheck', 'lint']],
    ['CI=1 node --test', {}, ['test']],
    ['npx prettier --write .', {}, ['other']],
    ['npx turbo run lint test', {}, ['lint', 'test']],
    ['npm audit --audit-level=high', {}, ['scan']],
    ['vercel deploy --prod', {}, ['deploy']],
    ['echo "npm test"', {}, []],
    ['npm ci', {}, ['other']],
  ])('%s with %o', (command, scripts, expected) => {
    expect(step(command, scripts)).toEqual(expected);
  });

  const github = async (on: string, steps: string, job = '') =>
    (
      await read(delivery, {
        'package.json': '{ "scripts": { "test": "jest" } }',
        '.github/workflows/ci.yml': `on: ${on}\njobs:\n  a:\n${job}    steps:\n${steps}`,
      })
    ).workflows[0];

  it('tells what blocks on GitHub', async () => {
    const run = '      - run: npm test\n';
    expect(await github('[push]', run)).toMatchObject({ onChange: true, steps: [{ kind: 'test', line: 5, blocks: true }] });
    expect(await github('push', `${run}        continue-on-error: true\n`)).toMatchObject({ steps: [{ blocks: false }] });
    expect(await github('push', run, '    continue-on-error: true\n')).toMatchObject({ steps: [{ blocks: false }] });
    expect(await github('push', `${run}        if: false\n`)).toMatchObject({ steps: [{ blocks: false }] });
    expect(await github('push', '      - run: |\n          set +e\n          npm test\n')).toMatchObject({
      steps: [{ blocks: false, line: 7 }],
    });
    expect(await github('push', '      - run: npm test | tee log\n        shell: bash\n')).toMatchObject({ steps: [{ blocks: true }] });
    for (const [on, expected] of [
      ['{ pull_request: {} }', true],
      ['workflow_dispatch', false],
      ['{ schedule: [{ cron: x }] }', false],
      ["{ push: { tags: ['v*'] } }", false],
      ['{ push: { branches: [main] } }', true],
    ] as const)
      expect((await github(on, run))?.onChange, on).toBe(expected);
  });

  it('looks into composite actions and containers', async () => {
    const { workflows } = await read(delivery, {
      'package.json': '{ "scripts": { "test": "jest" } }',
      '.github/actions/check/action.yml':
        'runs:\n  using: composite\n  steps:\n    - run: npx eslint .\n      shell: bash\n    - uses: ./.github/actions/check\n',
      '.github/workflows/ci.yml':
        'on: push\njobs:\n  a:\n    steps:\n      - uses: ./.github/actions/check\n      - uses: docker://node:24\n        with: { args: npm test }\n',
    });
    expect(workflows[0]?.steps.map(({ kind, line }) => [kind, line])).toEqual([
      ['lint', 5],
      ['test', 7],
    ]);
  });

  it('reads the other systems', async () => {
    const { workflows } = await read(delivery, {
      'package.json': '{ "scripts": { "test": "jest", "lint": "eslint ." } }',
      '.gitlab-ci.yml':
        '.base:\n  script: [npm test]\nunit:\n  extends: .base\nlint:\n  script:\n    - npm run lint\n  allow_failure: true\n',
      '.circleci/config.yml':
        'jobs:\n  a:\n    steps:\n      - checkout\n      - run: npm test\n      - run: { name: x, command: npm run lint }\n',
      'azure-pipelines.yml': 'trigger: [main]\nsteps:\n  - script: npm test\n  - bash: npm run lint\n    continueOnError: true\n',
      'bitbucket-pipelines.yml':
        'pipelines:\n  pull-requests:\n    "**":\n      - step:\n          script:\n            - npm test\n            - npm run lint || true\n',
      Jenkinsfile: 'pipeline { stages { stage(\'t\') { steps { sh \'npm test\'\n sh """\n npm run lint || true\n""" } } } }',
    });
    expect(
      workflows.map(({ system, onChange, steps }) => [
        system,
        onChange,
        ...steps.map(({ kind, blocks }) => `${kind}${blocks ? '' : ' ignored'}`),
      ]),
    ).toEqual([
      ['circleci', true, 'test', 'lint'],
      ['gitlab', true, 'test', 'lint ignored'],
      ['jenkins', true, 'test', 'lint ignored'],
      ['azure', true, 'test', 'lint ignored'],
      ['bitbucket', true, 'test', 'lint ignored'],
    ]);
  });
});

it('units: what each manifest is', async () => {
  const manifest = (dependencies: string[], more: object = {}) =>
    JSON.stringify({ dependencies: Object.fromEntries(dependencies.map((name) => [name, '1'])), ...more });
  const { units: found } = await read(units, {
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
