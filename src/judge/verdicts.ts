import type { ControlResult } from '../model/control.ts';
import type { Verdict } from '../model/report.ts';
import { atLeast, triggers } from '../model/words.ts';
import type { Decision, Trigger } from '../model/words.ts';
import { blockingSet } from './catalogue/index.ts';
import { isProvenCritical } from './controls.ts';
import { failPolicy } from './policy.ts';
import type { DataPlace, SettledFinding, Signals } from './types.ts';

export interface VerdictInput {
  readonly controls: readonly ControlResult[];
  readonly findings: readonly SettledFinding[];
  readonly signals: Signals;
  /** Triggers that the user chose; empty means: those that are detected. */
  readonly for: readonly Trigger[];
}

/** Go or no-go before each trigger, and whether the trigger applies to this application. */
export function verdicts(input: VerdictInput): Record<Trigger, Verdict> {
  const one = (trigger: Trigger) => verdictOf(trigger, input);
  return {
    payments: one('payments'),
    'sensitive-data': one('sensitive-data'),
    scale: one('scale'),
    funding: one('funding'),
    regulated: one('regulated'),
  };
}

function verdictOf(trigger: Trigger, input: VerdictInput): Verdict {
  const set = blockingSet(trigger, input.signals.modelCalls === true);
  const status = new Map(input.controls.map((control) => [control.id, control.status]));
  const withStatus = (ids: readonly string[], wanted: string) => ids.filter((id) => status.get(id) === wanted);
  const failing = withStatus([...set.blocks, ...set.stated], 'fail');
  const criticals = input.findings.filter(isProvenCritical);
  const blocking = input.findings.filter(
    (finding) =>
      finding.status === 'fail' && failing.includes(finding.control) && atLeast(finding.severity, failPolicy(finding.control).severity),
  );
  const unproven = withStatus(set.blocks, 'unproven');
  const open = withStatus(set.stated, 'unproven');
  return {
    decision: decide(failing.length > 0 || criticals.length > 0, unproven.length > 0, open.length > 0),
    ...applicability(trigger, input),
    blockers: [...new Set([...criticals, ...blocking].map((finding) => finding.id)), ...failing],
    unproven,
    open,
  };
}

function decide(fails: boolean, unproven: boolean, open: boolean): Decision {
  if (fails) return 'no-go';
  if (unproven) return 'unproven';
  return open ? 'conditional' : 'go';
}

function applicability(trigger: Trigger, input: VerdictInput): { applies: boolean; why: string } {
  if (input.for.includes(trigger)) return { applies: true, why: 'Chosen with --for.' };
  const others = input.for.length > 0 ? ' (it was not chosen with --for)' : '';
  if (trigger === 'payments') return detected(input.signals.money, 'deals with money', others, input.signals, input.for);
  if (trigger === 'sensitive-data') return detected(input.signals.personal, 'holds personal data', others, input.signals, input.for);
  return { applies: false, why: `Counts when it is chosen: --for ${trigger}.` };
}

function detected(
  places: readonly DataPlace[],
  says: string,
  others: string,
  signals: Signals,
  chosen: readonly Trigger[],
): { applies: boolean; why: string } {
  const named = places.slice(0, 3).map((place) => `\`${place.name}\` (${place.because})`);
  const more = places.length > named.length ? ` and ${places.length - named.length} more` : '';
  if (places.length > 0) return { applies: chosen.length === 0, why: `The application ${says}: ${named.join(', ')}${more}${others}.` };
  const blind = !signals.sawTables ? ' The database tables could not be seen.' : '';
  return { applies: false, why: `Nothing found that ${says}.${blind}` };
}

/** The triggers that the exit code concerns: those that apply. */
export function applying(all: Readonly<Record<Trigger, Verdict>>): Trigger[] {
  return triggers.filter((trigger) => all[trigger].applies);
}
