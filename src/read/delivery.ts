import { messageOf } from '../model/errors.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Gap } from '../model/words.ts';
import type { Tree } from '../world/tree.ts';
import { defineCollector } from './context.ts';
import type { ScriptsOf } from './delivery/command.ts';
import { githubWorkflow } from './delivery/github.ts';
import { azurePipeline, bitbucketPipeline, circlePipeline, gitlabPipeline, jenkinsPipeline } from './delivery/others.ts';
import type { Pipeline } from './delivery/others.ts';
import { rightsRisks } from './delivery/rights.ts';
import type { Yaml } from './delivery/yaml.ts';
import { manifestsOf } from './manifest.ts';
import type { Manifests } from './manifest.ts';

type Workflow = EvidenceValue<'delivery'>['workflows'][number];

const pipelines: readonly (readonly [RegExp, Workflow['system'], (root: Yaml, scriptsOf: ScriptsOf) => Pipeline])[] = [
  [/^\.gitlab-ci\.ya?ml$/, 'gitlab', gitlabPipeline],
  [/^\.circleci\/config\.ya?ml$/, 'circleci', circlePipeline],
  [/^azure-pipelines([.-][\w.-]+)?\.ya?ml$/, 'azure', azurePipeline],
  [/^bitbucket-pipelines\.ya?ml$/, 'bitbucket', bitbucketPipeline],
];
const unread =
  /^(\.travis\.ya?ml|\.drone\.ya?ml|\.woodpecker(\.ya?ml|\/.+)|\.buildkite\/.+\.ya?ml|\.teamcity\/.+|cloudbuild\.ya?ml|\.semaphore\/.+\.ya?ml|appveyor\.yml|buildspec\.ya?ml|\.forgejo\/workflows\/.+|\.gitea\/workflows\/.+)$/;
const maxBytes = 1024 * 1024;

/** Loaded when there is a workflow to read. */
const yaml = () => import('./delivery/yaml.ts');

export default defineCollector({
  name: 'read/delivery',
  needs: [],
  yields: 'delivery',
  async run(_given, { tree }) {
    const manifests = await manifestsOf(tree);
    const scriptsOf: ScriptsOf = (dir) => manifests.owner(dir === '.' ? 'x' : `${dir}/x`)?.scripts ?? {};
    const composites = await compositeActions(tree);
    const workflows: Workflow[] = [];
    const gaps: Gap[] = [];
    const risks: EvidenceValue<'delivery'>['risks'] = [];
    const called = new Map<string, boolean>();
    for (const { path, bytes } of tree.files) {
      const github = /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path);
      const row = pipelines.find(([pattern]) => pattern.test(path));
      if (unread.test(path)) gaps.push({ file: path, reason: 'a build system whose files are not read' });
      if (!github && row === undefined && path !== 'Jenkinsfile') continue;
      try {
        if (bytes > maxBytes) throw new Error('larger than 1 MiB');
        const text = (await tree.read(path)).toString('utf8');
        if (path === 'Jenkinsfile') workflows.push(workflow(path, 'jenkins', jenkinsPipeline(text, scriptsOf), gaps));
        const root = path === 'Jenkinsfile' ? null : (await yaml()).openYaml(text);
        if (root === null) continue;
        if (row !== undefined) workflows.push(workflow(path, row[1], row[2](root, scriptsOf), gaps));
        else {
          const { onChange, steps, calls } = githubWorkflow(root, scriptsOf, (dir) => composites.get(dir) ?? null);
          for (const call of calls) called.set(call, onChange || (called.get(call) ?? false));
          workflows.push({ file: path, system: 'github', onChange, steps });
          risks.push(...rightsRisks(root).map((risk) => ({ file: path, ...risk })));
        }
      } catch (thrown) {
        gaps.push({ file: path, reason: `it could not be read: ${messageOf(thrown).slice(0, 200)}` });
      }
    }
    // A reusable workflow runs when its caller does.
    const value = workflows.map((one) => ({ ...one, onChange: one.onChange || (called.get(one.file) ?? false) }));
    return { value: { workflows: value, hooks: hooksIn(tree, manifests), risks }, gaps };
  },
});

async function compositeActions(tree: Tree): Promise<Map<string, Yaml>> {
  const found = new Map<string, Yaml>();
  for (const { path, bytes } of tree.files) {
    const dir = /^(.+)\/action\.ya?ml$/.exec(path)?.[1];
    if (dir === undefined || bytes > maxBytes) continue;
    try {
      const root = (await yaml()).openYaml((await tree.read(path)).toString('utf8'));
      if (root !== null) found.set(dir, root);
    } catch {
      // An action that cannot be read does nothing that could be counted.
    }
  }
  return found;
}

function workflow(file: string, system: Workflow['system'], { onChange, steps, gap }: Pipeline, gaps: Gap[]): Workflow {
  if (gap !== null) gaps.push({ file, reason: gap });
  return { file, system, onChange, steps };
}

/** Git hooks that the repository sets up for those who work on it. */
function hooksIn(tree: Tree, manifests: Manifests): string[] {
  const files = tree.files
    .map(({ path }) => path)
    .filter((path) => /^(\.husky\/(pre|commit|post)[\w-]+|\.?lefthook\.ya?ml|\.pre-commit-config\.yaml)$/.test(path));
  const inManifests = manifests.all.flatMap(({ file, raw }) =>
    ['husky', 'simple-git-hooks', 'pre-commit', 'lefthook'].filter((field) => field in raw).map((field) => `${file}#${field}`),
  );
  return [...files, ...inManifests];
}
