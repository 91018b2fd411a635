import type { ScriptsOf, Step } from './command.ts';
import { stepsOf } from './command.ts';
import type { Yaml } from './yaml.ts';

export interface Pipeline {
  readonly onChange: boolean;
  readonly steps: Step[];
  /** What the file refers to and cannot be read here. */
  readonly gap: string | null;
}

const words = new Set(
  'default include stages variables workflow image services cache before_script after_script pages:deploy spec'.split(' '),
);

/** https://docs.gitlab.com/ci/yaml/ */
export function gitlabPipeline(root: Yaml, scriptsOf: ScriptsOf): Pipeline {
  const jobs = root.entries().filter(([name, job]) => !words.has(name) && !name.startsWith('.') && job.entries().length > 0);
  const steps = jobs.flatMap(([, job]) => {
    const bases = named(job.get('extends')).map((name) => root.get(name));
    const setting = (key: string) => job.get(key) ?? bases.map((base) => base?.get(key) ?? null).find((value) => value !== null) ?? null;
    const forgiven = setting('allow_failure');
    const blocks = (forgiven === null || forgiven.text === 'false') && setting('when')?.text !== 'manual';
    return scripts(
      [setting('before_script') ?? root.get('default')?.get('before_script') ?? root.get('before_script'), setting('script')],
      blocks,
      scriptsOf,
    );
  });
  return { onChange: true, steps, gap: root.get('include') === null ? null : 'it includes other files, whose jobs were not read' };
}

/** https://circleci.com/docs/configuration-reference/ */
export function circlePipeline(root: Yaml, scriptsOf: ScriptsOf): Pipeline {
  const commands = root.get('commands');
  const stepsIn = (list: Yaml | null, depth: number): Step[] =>
    (list?.items() ?? []).flatMap((step) => {
      const run = step.get('run');
      if (run !== null) {
        const script = run.get('command') ?? run;
        return stepsOf({ lines: script.lines, dir: dirOf(run.get('working_directory')), blocks: true, pipefail: true }, scriptsOf);
      }
      const name = step.text ?? step.entries()[0]?.[0] ?? '';
      return depth < 3 ? stepsIn(commands?.get(name)?.get('steps') ?? null, depth + 1) : [];
    });
  const steps = (root.get('jobs')?.entries() ?? []).flatMap(([, job]) => stepsIn(job.get('steps'), 0));
  return { onChange: true, steps, gap: root.get('orbs') === null ? null : 'it uses orbs, whose jobs were not read' };
}

/** https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/ */
export function azurePipeline(root: Yaml, scriptsOf: ScriptsOf): Pipeline {
  const jobs = [root, ...(root.get('stages')?.items() ?? [])].flatMap((level) => [level, ...(level.get('jobs')?.items() ?? [])]);
  const steps = jobs.flatMap((job) =>
    (job.get('steps')?.items() ?? []).flatMap((step) => {
      const blocks =
        step.get('continueOnError')?.text !== 'true' &&
        job.get('continueOnError')?.text !== 'true' &&
        step.get('enabled')?.text !== 'false';
      const script = step.get('script') ?? step.get('bash') ?? step.get('pwsh') ?? step.get('powershell');
      if (script !== null)
        return stepsOf({ lines: script.lines, dir: dirOf(step.get('workingDirectory')), blocks, pipefail: false }, scriptsOf);
      const task = step.get('task')?.text ?? '';
      const command = step.get('inputs')?.get('customCommand') ?? null;
      if (/^npm@/i.test(task) && command?.text)
        return stepsOf({ lines: [{ text: `npm ${command.text}`, line: command.line }], dir: '.', blocks, pipefail: false }, scriptsOf);
      return /webapp|deploy/i.test(task)
        ? [{ kind: 'deploy' as const, command: `task ${task}`.slice(0, 200), line: step.line, blocks }]
        : [];
    }),
  );
  return { onChange: root.get('trigger')?.text !== 'none' || ![null, 'none'].includes(root.get('pr')?.text ?? null), steps, gap: null };
}

/** https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/ */
export function bitbucketPipeline(root: Yaml, scriptsOf: ScriptsOf): Pipeline {
  const pipelines = root.get('pipelines');
  const steps: Step[] = [];
  const visit = (node: Yaml, depth: number): void => {
    const step = node.get('step');
    if (step !== null) steps.push(...scripts([step.get('script')], step.get('trigger')?.text !== 'manual', scriptsOf));
    else if (depth < 6) for (const next of [...node.items(), ...node.entries().map(([, value]) => value)]) visit(next, depth + 1);
  };
  if (pipelines !== null) visit(pipelines, 0);
  return { onChange: ['default', 'branches', 'pull-requests'].some((name) => (pipelines?.get(name) ?? null) !== null), steps, gap: null };
}

/** The `sh` steps of a Jenkinsfile, found as text: it is a Groovy program. */
export function jenkinsPipeline(text: string, scriptsOf: ScriptsOf): Pipeline {
  const steps = [...text.matchAll(/\bsh\s*\(?\s*(?:script:\s*)?("""|'''|"|')([\s\S]{0,4000}?)\1/g)].flatMap((match) => {
    const first = text.slice(0, match.index).split('\n').length;
    const lines = (match[2] ?? '').split('\n').map((each, index) => ({ text: each, line: first + index }));
    const before = text.slice(Math.max(0, match.index - 200), match.index);
    const blocks =
      !/catchError[^}]*$/.test(before) && !/returnStatus:\s*true/.test(text.slice(match.index, match.index + 4200).split('\n')[0] ?? '');
    return stepsOf({ lines, dir: '.', blocks, pipefail: false }, scriptsOf);
  });
  return { onChange: true, steps, gap: 'a Jenkinsfile is a program; only its literal sh steps were read' };
}

function scripts(parts: readonly (Yaml | null)[], blocks: boolean, scriptsOf: ScriptsOf): Step[] {
  // One shell runs all parts, so that `cd` and `set` carry over.
  const lines = parts.flatMap((part) =>
    part === null ? [] : part.items().length > 0 ? part.items().flatMap((item) => item.lines) : part.lines,
  );
  return stepsOf({ lines, dir: '.', blocks, pipefail: false }, scriptsOf);
}

function named(node: Yaml | null): string[] {
  return node === null ? [] : [node.text, ...node.items().map(({ text }) => text)].filter((text) => text !== null);
}

function dirOf(node: Yaml | null): string {
  return (node?.text ?? '.').replace(/^(~\/project|\$\(System\.DefaultWorkingDirectory\)|\.)\/?/, '') || '.';
}
