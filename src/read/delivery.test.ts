import { describe, expect, it } from 'vitest';
import { collected } from './collectors.testing.ts';
import delivery from './delivery.ts';
import { stepsOf } from './delivery/command.ts';

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
      await collected(delivery, {
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
    const { workflows } = await collected(delivery, {
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
    const { workflows } = await collected(delivery, {
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
