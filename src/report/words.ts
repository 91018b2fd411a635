import type { ControlStatus } from '../model/control.ts';
import type { Finding } from '../model/finding.ts';
import type { Report, Verdict } from '../model/report.ts';
import type { Verification } from '../model/verification.ts';
import { triggers } from '../model/words.ts';
import type { Decision, EvidenceClass, Profile, Trigger } from '../model/words.ts';

/** "Ready to ...". */
const todo: Readonly<Record<Trigger, string>> = {
  payments: 'take money',
  'sensitive-data': 'hold personal data',
  scale: 'grow beyond early users',
  funding: 'face technical due diligence',
  regulated: 'enter a regulated market',
};

/** What a verdict says, in plain words. */
export function verdictSentence(trigger: Trigger, decision: Decision): string {
  const what = todo[trigger];
  return {
    'no-go': `Not ready to ${what}`,
    unproven: `Not shown to be ready to ${what}`,
    conditional: `Ready to ${what} once a person confirms the open points`,
    go: `Ready to ${what}`,
  }[decision];
}

export const decisionLabel: Readonly<Record<Decision, string>> = {
  'no-go': 'No-go',
  unproven: 'Not proven',
  conditional: 'Conditional',
  go: 'Go',
};

export const triggerLabel: Readonly<Record<Trigger, string>> = {
  payments: 'Taking money',
  'sensitive-data': 'Personal data',
  scale: 'Growth',
  funding: 'Due diligence',
  regulated: 'Regulated market',
};

export const binLabel: Readonly<Record<Finding['bin'], string>> = {
  'before-launch': 'Mend before launch',
  'before-scaling': 'Mend before scaling',
  'can-wait': 'Can wait',
  fine: 'Fine as it is',
};

export const statusLabel: Readonly<Record<ControlStatus, string>> = {
  pass: 'Holds',
  fail: 'Fails',
  unproven: 'Not proven',
  stated: 'Stated by a person',
  'not-applicable': 'Not applicable',
};

export const classLabel: Readonly<Record<EvidenceClass, string>> = {
  ran: 'seen in an experiment',
  read: 'read in the code',
  stated: 'stated by a person',
};

export const profileLabel: Readonly<Record<Profile, string>> = {
  prototype: 'a prototype',
  internal: 'an internal tool',
  public: 'an application open to the public',
};

/** The six questions of an operator, by id, in the order in which they ask. */
export const questionLabel: Readonly<Record<string, string>> = {
  security: 'Security and authorisation',
  tests: 'Correct behaviour, and tests that assert it',
  errors: 'Errors and observability',
  performance: 'Performance under real load',
  architecture: 'Maintainable architecture',
  operability: 'Operability',
};

export const areaLabel: Readonly<Record<string, string>> = {
  security: 'Security and authorisation',
  correctness: 'Correctness',
  reliability: 'Reliability',
  schema: 'Database schema',
  performance: 'Performance',
  observability: 'Observability',
  operability: 'Operability',
  dependencies: 'Dependencies',
  architecture: 'Architecture',
  tests: 'Tests',
  compliance: 'Legal duties',
  ai: 'Language models',
};

/** What verifying checkpoints came to. */
export const stateTitle: Readonly<Record<Verification['state'], string>> = {
  tampered: 'Tampered: these checkpoints cannot be trusted.',
  'unknown-signer': 'Unknown signer: who put their name under this is not known.',
  'code-changed': 'Code changed: what was shown is about other code than this.',
  expired: 'Expired: what was shown no longer counts.',
  valid: 'Valid: what was shown still counts.',
  none: 'Nothing to verify: no checkpoint was kept here.',
};

/** Why what a checkpoint says about a trigger no longer counts. */
export const endingWords: Readonly<Record<NonNullable<Verification['triggers'][number]['ended']>, string>> = {
  code: 'no longer: the code changed',
  advisory: 'no longer: a package has a weakness not known then',
  days: 'no longer: the days agreed are over',
  'sign-off': 'no longer: its sign-off ended',
};

/** What a finding says first: who can do what to whom, else what is wrong. */
export function headline(finding: Finding): string {
  return finding.impact.trim() === '' ? finding.message : finding.impact;
}

/** The fails, worst first as the judgement ordered them. */
export function failures(report: Report): Finding[] {
  return report.findings.filter((finding) => finding.status === 'fail' && finding.bin !== 'fine');
}

/** The open questions. */
export function openQuestions(report: Report): Finding[] {
  return report.findings.filter((finding) => finding.status === 'unknown' && finding.bin !== 'fine');
}

/** The triggers that apply, each with its verdict. */
export function concerned(report: Report): { trigger: Trigger; verdict: Verdict }[] {
  return triggers.flatMap((trigger) => {
    const verdict = report.verdicts[trigger];
    return verdict?.applies ? [{ trigger, verdict }] : [];
  });
}

/** By what experiments were judged, in one sentence; empty when nothing ran. */
export function judgedBy(report: Report): string {
  const { oracle } = report.ran;
  if (!oracle) return '';
  const by = {
    rows: 'Experiments were judged by the rows and statements of its database',
    sqlite: 'Experiments were judged by the rows of its SQLite file; its statements cannot be seen',
    responses: 'Experiments could only be judged by its responses',
  }[oracle.kind];
  return `${by}: ${oracle.detail}.`;
}

/** The six questions in the order in which an operator asks them, each with its name and what the report says to it. */
export function questionsOf({ scores }: Report): { id: string; label: string; score: Report['scores'][string] }[] {
  return Object.entries(questionLabel).flatMap(([id, label]) => {
    const score = scores[id];
    return score ? [{ id, label, score }] : [];
  });
}

/** `1 finding`, `2 findings`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Why so much is not proven, in one sentence; empty when every control has a check. */
export function unexamined(report: Report): string {
  const none = report.controls.filter((control) => control.status === 'unproven' && control.checks.length === 0).length;
  return none === 0 ? '' : `For ${none} of them this version has no check yet.`;
}

/** Commands that would settle open questions, the one that settles most first. */
export function settling(report: Report): { command: string; settles: number }[] {
  const commands = new Map<string, number>();
  for (const control of report.controls) {
    if (control.status === 'unproven' && control.settle) commands.set(control.settle, (commands.get(control.settle) ?? 0) + 1);
  }
  return [...commands]
    .map(([command, settles]) => ({ command, settles }))
    .toSorted((a, b) => b.settles - a.settles || (a.command < b.command ? -1 : 1));
}

/** One sentence for the very top: the worst answer among the triggers that apply. */
export function answer(report: Report): { decision: Decision; sentence: string } {
  const all = concerned(report);
  for (const decision of ['no-go', 'unproven', 'conditional', 'go'] as const) {
    const [first, ...rest] = all.filter(({ verdict }) => verdict.decision === decision).map(({ trigger }) => todo[trigger]);
    if (first === undefined) continue;
    const what = [first, ...rest].join(' or ');
    const sentence = {
      'no-go': `Not ready to ${what}.`,
      unproven: `Not shown to be ready to ${what}.`,
      conditional: `Ready to ${what} once a person confirms the open points.`,
      go: `Ready to ${what}.`,
    }[decision];
    return { decision, sentence };
  }
  const urgent = failures(report).filter((finding) => finding.bin === 'before-launch').length;
  return urgent > 0
    ? { decision: 'no-go', sentence: `Not ready for users: ${count(urgent, 'fault')} to mend before launch.` }
    : { decision: 'unproven', sentence: 'No launch trigger was detected; choose one with --for to get a verdict.' };
}
