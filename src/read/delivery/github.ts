import type { Run, ScriptsOf, Step } from './command.ts';
import { stepsOf } from './command.ts';
import type { Yaml } from './yaml.ts';

/** What a published action does, by its name. */
const actions: readonly (readonly [Step['kind'], RegExp])[] = [
  ['scan', /codeql|trivy|snyk|gitleaks|trufflehog|semgrep|dependency-review|osv-scanner|anchore|checkov|scorecard|sonar|zaproxy|ghas/i],
  ['lint', /super-linter|megalinter|reviewdog|eslint|commitlint/i],
  ['test', /cypress-io\/github-action|codecept|percy/i],
  [
    'deploy',
    /deploy|vercel-action|actions-netlify|wrangler-action|flyctl-action.*deploy|configure-pages|gh-pages|render-action|ssh-action|scp-action|heroku/i,
  ],
  ['build', /docker\/(build-push|bake)-action/i],
];

export interface Workflow {
  readonly onChange: boolean;
  readonly steps: Step[];
  /** Local workflows that this one calls, relative to the root. */
  readonly calls: readonly string[];
}

/** The action.yml in a folder of the tree, or null. */
export type ActionIn = (dir: string) => Yaml | null;

/** A GitHub Actions workflow: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax */
export function githubWorkflow(root: Yaml, scriptsOf: ScriptsOf, actionIn: ActionIn): Workflow {
  const steps: Step[] = [];
  const calls: string[] = [];
  for (const [, job] of root.get('jobs')?.entries() ?? []) {
    const jobBlocks = blocking(job);
    const uses = job.get('uses')?.text;
    if (uses !== undefined && uses !== null) {
      if (uses.startsWith('./')) calls.push(uses.slice(2));
      else steps.push({ kind: 'other', command: `uses ${uses}`.slice(0, 200), line: job.line, blocks: jobBlocks });
    }
    for (const step of job.get('steps')?.items() ?? [])
      steps.push(...stepOf(step, [job, root], jobBlocks && blocking(step), scriptsOf, actionIn));
  }
  return { onChange: runsOnChange(root.get('on') ?? root.get('true')), steps, calls };
}

function stepOf(step: Yaml, around: readonly Yaml[], blocks: boolean, scriptsOf: ScriptsOf, actionIn: ActionIn): Step[] {
  const action = step.get('uses')?.text ?? null;
  if (action?.startsWith('./')) {
    // A composite action of the repository: its steps stand for the one that uses it, on the line of that one.
    const inner = actionIn(action.slice(2).replace(/\/$/, ''))?.get('runs')?.get('steps')?.items() ?? [];
    return inner
      .flatMap((each) => stepOf(each, [], blocks && blocking(each), scriptsOf, () => null))
      .map((each) => ({ ...each, line: step.line }));
  }
  const inContainer = action?.startsWith('docker://') ? (step.get('with')?.get('args') ?? null) : null;
  if (inContainer !== null) return stepsOf({ lines: inContainer.lines, dir: '.', blocks, pipefail: false }, scriptsOf);
  if (action !== null) {
    const kind = actions.find(([, pattern]) => pattern.test(action))?.[0];
    return kind === undefined ? [] : [{ kind, command: `uses ${action}`.slice(0, 200), line: step.line, blocks }];
  }
  const script = step.get('run');
  if (script === null) return [];
  const setting = (name: string) =>
    step.get(name)?.text ??
    around.map((at) => at.get('defaults')?.get('run')?.get(name)?.text ?? null).find((text) => text !== null) ??
    null;
  const run: Run = {
    lines: script.lines,
    dir: (setting('working-directory') ?? '.').replace(/^\.\//, '').replace(/\/$/, ''),
    blocks,
    // Without `shell: bash` GitHub runs `bash -e`, which does not notice a failure before a pipe.
    pipefail: setting('shell') === 'bash',
  };
  return stepsOf(run, scriptsOf);
}

function blocking(node: Yaml): boolean {
  const condition = node.get('if')?.text ?? '';
  const ignored = node.get('continue-on-error')?.text ?? 'false';
  return ignored === 'false' && !/^(\$\{\{)?\s*false\s*(\}\})?$/.test(condition);
}

function runsOnChange(on: Yaml | null): boolean {
  if (on === null) return false;
  const changes = (name: string | null) => name !== null && /^(push|pull_request|pull_request_target|merge_group)$/.test(name);
  if (changes(on.text) || on.items().some(({ text }) => changes(text))) return true;
  // A push filtered to tags is a release, not a change.
  return on
    .entries()
    .some(([name, filter]) => changes(name) && !(name === 'push' && filter.get('tags') !== null && filter.get('branches') === null));
}
