/** Where the tool is fetched from, and what of it: pinned, so that a new version is a change that somebody looks at. */
export interface Source {
  readonly version: string;
  /** `owner/name` on GitHub. */
  readonly repository: string;
}

/** Pinned as the field pins: the commit, with its version behind it. */
const checkout = 'actions/checkout@9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0 # v7.0.0';

export const githubFile = '.github/workflows/seaworthy.yml';
export const gitlabFile = '.gitlab/seaworthy.gitlab-ci.yml';
/** What the owner adds to `.gitlab-ci.yml`, which is never edited. */
export const gitlabInclude = `include: ${gitlabFile}`;

/** The workflow that runs the gate on every pull request through our action. */
export function githubWorkflow({ version, repository }: Source, directory: string): string {
  const own = directory === '' ? '' : `\n        with:\n          directory: ${JSON.stringify(directory)}`;
  return `name: Seaworthy

on: pull_request

permissions: {}

concurrency:
  group: seaworthy-\${{ github.ref }}
  cancel-in-progress: true

jobs:
  gate:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      contents: read
      pull-requests: write # one comment, written anew each time
      security-events: write # findings beside the code, in public repositories
    steps:
      - uses: ${checkout}
        with:
          fetch-depth: 0 # the gate looks for where the branch began
          persist-credentials: false
      - uses: ${repository}@v${version}${own}
`;
}

/** The same for GitLab: a job for merge requests, to be included. */
export function gitlabJob({ version }: Source, directory: string): string {
  const dir = directory === '' ? '.' : directory;
  return `seaworthy:
  image: node:24
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0" # the gate looks for where the branch began
    SEAWORTHY_DIR: ${JSON.stringify(dir)}
  script:
    - npx --yes seaworthy@${version} gate "$SEAWORTHY_DIR" --base "$CI_MERGE_REQUEST_DIFF_BASE_SHA" --format junit > seaworthy.xml
  after_script:
    - cat "$SEAWORTHY_DIR/.seaworthy/gate.md" || true
  artifacts:
    when: always
    reports:
      junit: seaworthy.xml
`;
}

/** A hook that keeps a push from leaving when it makes something worse. Only reads. */
export function prePush({ version }: Source, directory: string): string {
  const dir = directory === '' ? '' : ` '${directory.replaceAll("'", "'\\''")}'`;
  return `#!/bin/sh
# Seaworthy: nothing that is worse than the baseline leaves this machine.
# Not this once: git push --no-verify
exec npx --yes seaworthy@${version} gate${dir} --no-run --quiet
`;
}

const open = '<!-- seaworthy: begin -->';

/** True when the block stands in a text already. */
export function hasAgentsBlock(text: string): boolean {
  return text.includes(open);
}

/** What a coding agent is to run and never to weaken. */
export function agentsBlock({ version }: Source): string {
  const run = `npx --yes seaworthy@${version}`;
  return `${open}
## Seaworthy

A gate keeps changes from making this application worse than
\`seaworthy.baseline.json\` says.

- Before you call a change done, run \`${run} gate\`.
  Exit code 0: nothing got worse. 1: it lists what did and what to do.
- \`${run} explain <id>\` says what a finding means and how to mend it.
- Mend the cause, on the server, and look for the same mistake nearby.

Never make it pass by other means. Without being told to by a person, do not

- edit \`seaworthy.baseline.json\` or run \`gate --update\`,
- add waivers, overrides, attestations or rules to \`seaworthy.json\`,
- weaken, skip or delete tests, type checks or lint rules,
- change the workflow or the hook that runs the gate.

If you think that a finding is wrong, say so and leave it standing.
<!-- seaworthy: end -->
`;
}
