import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Severity } from '../../model/words.ts';

type Risk = EvidenceValue<'delivery'>['risks'][number];

const meanings: Readonly<
  Record<Risk['risk'], { severity: Severity; says: (risk: Risk, more: string) => string; impact: string; remedy: string }>
> = {
  'runs-strangers-code': {
    severity: 'high',
    says: ({ detail }) =>
      `The workflow is started by strangers with the rights of the repository, takes over their code, and runs it (\`${detail}\`).`,
    impact: 'Anyone with an account opens a pull request and gets the secrets of the build and the right to change the repository.',
    remedy: 'Build what strangers send under `pull_request`, which gets no secrets, and let a second workflow publish the result.',
  },
  'script-injection': {
    severity: 'medium',
    says: ({ detail }) => `A text that strangers write is put into a script before the shell reads it: ${detail}.`,
    impact: 'Whoever writes a title or names a branch like a command has it run by the build.',
    remedy: 'Hand the text over as an environment variable of the step, and use "$NAME" in the script.',
  },
  'all-rights': {
    severity: 'medium',
    says: ({ detail }) => `${detail.charAt(0).toUpperCase()}${detail.slice(1)} has every right on the repository (permissions: write-all).`,
    impact: 'Any package or action that misbehaves during the build can change code, releases and settings.',
    remedy: 'State `permissions: contents: read` and add, per job, only what it needs.',
  },
  'action-of-a-branch': {
    severity: 'low',
    says: ({ detail }, more) =>
      `\`${detail}\`${more} is taken from a branch, so its owner, or whoever takes over their account, decides with each run what the build does.`,
    impact: 'A hijacked action reads the secrets of the build the same day.',
    remedy: 'Name the full commit of the action (`uses: owner/action@<40 digits>`) and let a bot propose updates.',
  },
  'action-of-a-tag': {
    severity: 'low',
    says: ({ detail }, more) => `\`${detail}\`${more} is named by a tag, which its owner, or whoever takes over their account, can move.`,
    impact: 'A hijacked action reads the secrets of the build the same day; that has happened to actions that many use.',
    remedy: 'Name the full commit of the action (`uses: owner/action@<40 digits>`) and let a bot propose updates.',
  },
  'rights-not-stated': {
    severity: 'low',
    says: () => 'The workflow does not state what it may do, so it has what the settings of the repository give, which may be every right.',
    impact: 'Any package or action that misbehaves during the build may change the code.',
    remedy: 'Add `permissions: contents: read` at the top, and per job what it needs beyond that.',
  },
};

export default defineCheck({
  title: 'Build workflows run with the least rights and pinned actions',
  control: 'dependencies/build-pipeline',
  severity: 'medium',
  cwe: [829, 94, 732],
  standards: [
    'OpenSSF Scorecard Token-Permissions',
    'OpenSSF Scorecard Pinned-Dependencies',
    'OpenSSF Scorecard Dangerous-Workflow',
    'A08:2025',
  ],
  why: 'The build holds the keys: it may change the code, publish packages and deploy. Whoever gets their own commands into it needs no weakness of the application any more.',
  remedy:
    'Give workflows only the rights that they need, pin actions of others to a commit, and never run what strangers send with rights of your own.',
  needs: ['delivery'],
  *run({ delivery: { value, gaps } }) {
    const workflows = value.workflows.filter(({ system }) => system === 'github');
    for (const { file } of workflows)
      if (!value.risks.some((risk) => risk.file === file)) yield pass('read', { kind: 'workflow', name: file });
    const judged = value.risks.map((risk) => ({ ...risk, severity: severityOf(risk) }));
    // What is one habit of all workflows is told once.
    for (const [name, all] of Map.groupBy(judged, ({ file, risk, severity }) =>
      severity === 'low' ? `all workflows: ${risk}` : `${file}: ${risk}`,
    )) {
      const [first] = all;
      if (first === undefined) continue;
      const { says, impact, remedy } = meanings[first.risk];
      const files = new Set(all.map(({ file }) => file)).size;
      const others = new Set(all.map(({ detail }) => detail)).size - 1;
      yield fail(
        'read',
        { kind: 'workflow', name },
        `${says(first, others > 0 ? ` (and ${others} more)` : '')}${files > 1 ? ` ${files} workflows are so.` : ''}`,
        {
          impact,
          remedy,
          severity: first.severity,
          where: { file: first.file, line: first.line, endLine: first.line },
          effect: first.risk,
        },
      );
    }
    const unread = gaps.find(({ file }) => file?.startsWith('.github/') === true);
    if (unread !== undefined) yield unknown('read', application, `A workflow was not read: ${unread.file ?? ''} (${unread.reason}).`);
    else if (workflows.length === 0)
      yield notApplicable(
        value.workflows.length === 0
          ? 'There are no build workflows.'
          : "The build workflows are not GitHub's; what theirs may do is set on their platform.",
      );
  },
});

/** What a pull request from a fork starts gets neither secrets nor the right to write. */
function severityOf({ risk, strangers }: Risk): Severity {
  return risk === 'script-injection' ? (strangers ? 'high' : 'low') : meanings[risk].severity;
}
