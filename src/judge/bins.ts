import type { Finding } from '../model/finding.ts';
import { atLeast } from '../model/words.ts';
import type { Trigger } from '../model/words.ts';
import { blockingSet } from './catalogue/index.ts';
import { failPolicy } from './policy.ts';
import type { SettledFinding } from './types.ts';

/** Areas whose grave faults harm people at once; elsewhere they harm when the application grows. */
const harmful = new Set(['security', 'correctness', 'reliability', 'compliance', 'ai']);

/** What must be mended when: what harms users or money now, what breaks with growth, what can wait. */
export function binOf(
  finding: SettledFinding,
  context: { readonly triggers: readonly Trigger[]; readonly modelCalls: boolean },
): Finding['bin'] {
  const open = finding.status === 'unknown';
  if (finding.severity === 'info' && !open) return 'fine';
  if (finding.severity === 'critical' && !open) return 'before-launch';
  // An open question weighs as much as the control that waits for its answer.
  const counts = open || atLeast(finding.severity, failPolicy(finding.control).severity);
  const blocks = (trigger: Trigger) => {
    const set = blockingSet(trigger, context.modelCalls);
    return set.blocks.includes(finding.control) || set.stated.includes(finding.control);
  };
  if (counts && context.triggers.some((trigger) => trigger !== 'scale' && blocks(trigger))) return 'before-launch';
  const area = finding.control.split('/')[0] ?? '';
  if (finding.severity === 'high' && !open) return harmful.has(area) ? 'before-launch' : 'before-scaling';
  if (counts && blocks('scale')) return 'before-scaling';
  return 'can-wait';
}
