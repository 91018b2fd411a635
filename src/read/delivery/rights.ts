import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Yaml } from './yaml.ts';

export type Risk = Omit<EvidenceValue<'delivery'>['risks'][number], 'file'>;

/** Events that strangers cause, and that run with the rights of the repository. */
const trusted =
  /^(pull_request_target|issue_comment|issues|discussion|discussion_comment|workflow_run|fork|watch|pull_request_review_comment|pull_request_review)$/;
/** Texts that strangers write: https://securitylab.github.com/resources/github-actions-untrusted-input/ */
const untrusted =
  /\$\{\{[^}]*\bgithub\.(?:head_ref|event\.(?:issue|discussion|comment|review|review_comment|pull_request|pages|commits|head_commit|workflow_run)\b[\w.*[\]'"]*\.?(?:title|body|page_name|message|name|email|ref|label|head_branch|default_branch|display_title))\b[^}]*\}\}/;
const headOfStranger =
  /github\.event\.(pull_request\.head\.(sha|ref|repo\.full_name)|workflow_run\.head_(sha|branch))|github\.head_ref|refs\/pull\//;

/** What in a GitHub workflow lets strangers, or other people's actions, do more than the workflow needs. */
export function rightsRisks(root: Yaml): Risk[] {
  const on = root.get('on') ?? root.get('true');
  const events = [on?.text ?? null, ...(on?.items() ?? []).map(({ text }) => text), ...(on?.entries() ?? []).map(([name]) => name)].filter(
    (name) => name !== null,
  );
  const strangers = events.some((name) => trusted.test(name));
  const forks = strangers || events.includes('pull_request');
  const risks: Risk[] = [];
  const jobs = root.get('jobs')?.entries() ?? [];
  const top = root.get('permissions');
  for (const [name, permissions] of [['', top] as const, ...jobs.map(([job, value]) => [job, value.get('permissions')] as const)])
    if (permissions?.text === 'write-all')
      risks.push({ risk: 'all-rights', line: permissions.line, detail: name === '' ? 'the workflow' : `the job ${name}`, strangers });
  const bare = jobs.find(([, job]) => job.get('permissions') === null && job.get('uses') === null);
  if (top === null && bare !== undefined) risks.push({ risk: 'rights-not-stated', line: bare[1].line, detail: bare[0], strangers });
  for (const [, job] of jobs) {
    const called = job.get('uses');
    if (called?.text != null) risks.push(...unpinned(called));
    let foreign: Yaml | null = null;
    for (const step of job.get('steps')?.items() ?? []) {
      const uses = step.get('uses');
      if (uses?.text != null) {
        risks.push(...unpinned(uses));
        const ref = step.get('with')?.get('ref')?.text ?? '';
        if (uses.text.startsWith('actions/checkout@') && headOfStranger.test(ref)) foreign = step.get('with')?.get('ref') ?? step;
      }
      const script =
        step.get('run') ?? (uses?.text?.startsWith('actions/github-script@') === true ? (step.get('with')?.get('script') ?? null) : null);
      const injected = script?.lines.find(({ text }) => untrusted.test(text));
      if (injected !== undefined && forks)
        risks.push({
          risk: 'script-injection',
          line: injected.line,
          detail: (untrusted.exec(injected.text)?.[0] ?? '').slice(0, 120),
          strangers,
        });
      // What was taken over from a stranger is run: its scripts, its build, its tests.
      if (foreign !== null && strangers && runsCode(step)) {
        risks.push({
          risk: 'runs-strangers-code',
          line: foreign.line,
          detail: (step.get('run')?.lines[0]?.text ?? uses?.text ?? '').trim().slice(0, 120),
          strangers,
        });
        foreign = null;
      }
    }
  }
  return risks;
}

function runsCode(step: Yaml): boolean {
  const text = step.get('run')?.text ?? '';
  return (
    /\b(npm (i|ci|install|test|run)|pnpm|yarn|bun |npx|make|docker build|python|pip install|go (test|build|run)|cargo|mvn|gradle|node |bash |sh )\b/.test(
      text,
    ) || step.get('uses')?.text?.startsWith('./') === true
  );
}

/** Actions of others that are named by something their owner can move. */
function unpinned(uses: Yaml): Risk[] {
  const [, owner = '', ref] = /^([^/@]+)\/[^@]+(?:@(.+))?$/.exec(uses.text ?? '') ?? [];
  if (owner === '' || /^(\.|docker:)/.test(uses.text ?? '') || /^(actions|github)$/.test(owner)) return [];
  if (ref !== undefined && /^[0-9a-f]{40}$/.test(ref)) return [];
  const moving = ref === undefined || !/\d/.test(ref);
  return [
    { risk: moving ? 'action-of-a-branch' : 'action-of-a-tag', line: uses.line, detail: (uses.text ?? '').slice(0, 120), strangers: false },
  ];
}
