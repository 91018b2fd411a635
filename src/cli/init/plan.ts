import { baselineFile, stateInside } from '../../index.ts';
import type { FolderPlace } from '../../index.ts';
import { configFile } from '../../config/read.ts';
import { starterConfig } from '../../config/starter.ts';
import type { Profile, Trigger } from '../../model/words.ts';
import type { CiChoice } from '../options.ts';
import { agentsBlock, githubFile, githubWorkflow, gitlabFile, gitlabInclude, gitlabJob, hasAgentsBlock, prePush } from './workflows.ts';
import type { Source } from './workflows.ts';

/** What somebody wants, or the defaults. */
export interface Wanted {
  /** Null where nobody said. */
  readonly profile: Profile | null;
  readonly ci: CiChoice;
  readonly hook: boolean;
}

/** A file to be written, or why it is left alone. */
export interface Step {
  /** The folder below which it lies; nothing is written outside of it. */
  readonly base: string;
  readonly path: string;
  readonly does: 'create' | 'append' | 'leave';
  /** What it is for; why, where it is left alone. */
  readonly says: string;
  readonly text: string;
  readonly mode: number;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Nothing stands where the baseline goes. */
  readonly baseline: Step;
  /** What the owner has to do by hand, each a sentence. */
  readonly byHand: readonly string[];
}

/** The service that a repository seems to use, and how that is known. */
export function detectedCi({ repository }: FolderPlace): { ci: CiChoice; because: string } {
  if (repository === null) return { ci: 'none', because: 'there is no git repository' };
  const { uses, remote } = repository;
  if (uses.gitlab) return { ci: 'gitlab', because: 'there is a .gitlab-ci.yml' };
  if (uses.github) return { ci: 'github', because: 'there is a .github folder' };
  const host = /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([^:/]+)/i.exec(remote)?.[1]?.toLowerCase() ?? '';
  if (host.includes('gitlab')) return { ci: 'gitlab', because: 'its origin is on GitLab' };
  if (host.includes('github')) return { ci: 'github', because: 'its origin is on GitHub' };
  return remote === ''
    ? { ci: 'github', because: 'it has no remote yet, so GitHub is taken' }
    : { ci: 'none', because: 'its origin is neither on GitHub nor on GitLab' };
}

/** What would be written where. Looks at files, writes none. */
export function planFor(place: FolderPlace, wanted: Wanted, detected: readonly Trigger[], source: Source): Plan {
  const { root, repository } = place;
  const top = repository?.workTree ?? root;
  const prefix = repository?.prefix ?? '';
  const agents = agentsStep(root, source);
  const steps = [
    fresh(root, configFile, 'how it is audited', starterConfig(wanted.profile, detected)),
    ...(wanted.ci === 'github' ? [fresh(top, githubFile, 'the gate on every pull request', githubWorkflow(source, prefix))] : []),
    ...(wanted.ci === 'gitlab' ? [fresh(top, gitlabFile, 'the gate on every merge request', gitlabJob(source, prefix))] : []),
    agents,
    ...(wanted.hook && repository?.hooks
      ? [fresh(repository.hooks.base, repository.hooks.path, 'the gate before every push', prePush(source, prefix), 0o755)]
      : []),
  ];
  const included = wanted.ci === 'gitlab' && repository !== null && isIncluded(repository.workTree);
  return {
    steps,
    baseline: fresh(root, baselineFile, 'what is there today; the gate stops what comes on top', ''),
    byHand: [
      ...(wanted.ci === 'gitlab' && !included ? [`Add this line to .gitlab-ci.yml: ${gitlabInclude}`] : []),
      ...(wanted.hook && repository?.hooks === null ? ['No hook: git looks for its hooks elsewhere here (core.hooksPath).'] : []),
      ...(wanted.hook && repository === null ? ['No hook: there is no git repository.'] : []),
    ],
  };
}

function isIncluded(workTree: string): boolean {
  const state = stateInside(workTree, '.gitlab-ci.yml');
  return state.is === 'file' && state.text.includes(gitlabFile);
}

function fresh(base: string, path: string, says: string, text: string, mode = 0o644): Step {
  const state = stateInside(base, path);
  if (state.is === 'free') return { base, path, does: 'create', says, text, mode };
  return { base, path, does: 'leave', says: state.is === 'file' ? 'is there already' : state.why, text: '', mode };
}

function agentsStep(root: string, source: Source): Step {
  const says = 'what coding agents run, and never weaken';
  const step = fresh(root, 'AGENTS.md', says, agentsBlock(source));
  const state = stateInside(root, 'AGENTS.md');
  if (state.is !== 'file' || hasAgentsBlock(state.text)) return step;
  const gap = state.text === '' || state.text.endsWith('\n\n') ? '' : state.text.endsWith('\n') ? '\n' : '\n\n';
  return { ...step, does: 'append', says: `${says} (added at its end)`, text: `${gap}${agentsBlock(source)}` };
}
