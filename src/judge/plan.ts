import type { Finding } from '../model/finding.ts';
import type { Report, Verdict } from '../model/report.ts';
import { atLeast, triggers } from '../model/words.ts';
import type { Trigger } from '../model/words.ts';
import { hoursFor } from './effort.ts';

interface Stage {
  readonly title: string;
  readonly takes: (finding: Finding) => boolean;
  /** What waiting costs. */
  readonly waiting: string;
}

const areaOf = (finding: Finding) => finding.check.split('/')[0] ?? '';
const inAreas =
  (...areas: string[]) =>
  (finding: Finding) =>
    finding.status === 'fail' && areas.includes(areaOf(finding));

/** The order of the work. A finding goes to the first stage that takes it. */
const stages: readonly Stage[] = [
  {
    title: 'Review what could not be proven',
    takes: (finding) => finding.status === 'unknown' && finding.bin === 'before-launch',
    waiting: 'What nobody has looked at is found by the first user who does.',
  },
  {
    title: 'Close the gaps that let someone harm people or money',
    takes: (finding) =>
      inAreas('security', 'compliance', 'ai', 'correctness')(finding) || finding.control === 'dependencies/known-vulnerabilities',
    waiting: 'Every further user is one more who can be harmed; after a leak come notices, refunds and lost trust.',
  },
  {
    title: 'Make failure visible',
    takes: inAreas('reliability', 'observability', 'operability'),
    waiting: 'Faults go on unseen, and each one takes hours to find because nothing was recorded.',
  },
  {
    title: 'Write tests that assert behaviour',
    takes: inAreas('tests'),
    waiting: 'Every later change, also the ones below, can silently undo what was just mended.',
  },
  {
    title: 'Harden performance under real load',
    takes: inAreas('performance', 'schema'),
    waiting: 'Changing tables and queries is cheap while they are empty and takes downtime when they are full.',
  },
  {
    title: 'Pay the debt that blocks',
    takes: inAreas('architecture', 'dependencies'),
    waiting: 'It slows every later change a little; nothing breaks tomorrow.',
  },
];

/** The work in order; each step with its hours, the triggers that it helps to unblock, and what waiting costs. */
export function plan(findings: readonly Finding[], verdicts: Readonly<Record<Trigger, Verdict>>): Report['plan'] {
  // What can wait is in no step: it stands in its bin and competes with nothing.
  const pressing = findings.filter((finding) => finding.bin === 'before-launch' || finding.bin === 'before-scaling');
  // Whoever mends anything needs tests that would notice what that breaks, so their faults never wait while something else is mended.
  const tests = pressing.some((finding) => finding.status === 'fail')
    ? findings.filter((finding) => inAreas('tests')(finding) && atLeast(finding.severity, 'medium'))
    : [];
  const left = new Set([...pressing, ...tests]);
  const steps: Report['plan'] = [];
  for (const stage of stages) {
    const mine = [...left].filter(stage.takes);
    if (mine.length === 0) continue;
    for (const finding of mine) left.delete(finding);
    steps.push({
      step: steps.length + 1,
      title: stage.title,
      findings: mine.map((finding) => finding.id),
      effort: mine.some((finding) => finding.status === 'unknown') ? reviewHours(mine) : hoursFor(mine.map((finding) => finding.check)),
      unblocks: triggers.filter((trigger) => concerns(verdicts[trigger], mine)),
      waiting: stage.waiting,
    });
  }
  return steps;
}

/** Looking at one open question takes minutes, not a fix. */
function reviewHours(findings: readonly Finding[]): { low: number; high: number } {
  return { low: Math.ceil(findings.length * 0.2), high: Math.ceil(findings.length * 0.5) };
}

function concerns(verdict: Verdict, findings: readonly Finding[]): boolean {
  return findings.some((finding) =>
    finding.status === 'fail' ? verdict.blockers.includes(finding.id) : verdict.unproven.includes(finding.control),
  );
}
